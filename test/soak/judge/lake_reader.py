"""
Reads Iceberg tables by the specification alone: metadata.json, manifest list, manifests, Parquet files, position deletes and
deletion vectors, with fastavro and pyarrow. It shares no code with Headgate and is not PyIceberg: what both of those get wrong in
the same way, it finds. It reads only what Headgate writes, and fails on everything else instead of guessing.

Input on stdin: a JSON list of {"name", "metadata"}. Output: for each table one line
{"name", "columns": [[name, type]], "rows": [[value]], "snapshot", "records"}; spelling.py says how values are written.
"""

import gzip
import json
import sys
from struct import unpack_from
from zlib import crc32

import fastavro
import pyarrow.parquet as pq

from spelling import spell

DATA, POSITION_DELETES, EQUALITY_DELETES = 0, 1, 2
EXISTING, ADDED, DELETED = 0, 1, 2
DELETED_FILE_PATH, DELETED_POSITION = 2147483546, 2147483545


def local_path(location):
    """Locations are file: addresses that are not percent-encoded, or plain paths."""
    if not location.startswith("file:"):
        return location
    path = location[len("file:") :]
    return "/" + path.lstrip("/")


def avro_records(location):
    with open(local_path(location), "rb") as file:
        return list(fastavro.reader(file))


def current_snapshot(metadata):
    wanted = metadata.get("current-snapshot-id")
    if wanted in (None, -1):
        return None
    (found,) = [each for each in metadata["snapshots"] if each["snapshot-id"] == wanted]
    return found


def live_entries(snapshot):
    """Entries of all manifests that are not deleted, with the sequence numbers that they inherit."""
    for manifest in avro_records(snapshot["manifest-list"]):
        for entry in avro_records(manifest["manifest_path"]):
            if entry["status"] == DELETED:
                continue
            sequence = entry["sequence_number"]
            if sequence is None:
                if entry["status"] != ADDED:
                    raise ValueError("an existing entry without a sequence number")
                sequence = manifest["sequence_number"]
            if (manifest["content"] == 0) != (entry["data_file"]["content"] == DATA):
                raise ValueError("a manifest of data lists deletes, or the other way round")
            yield sequence, manifest["partition_spec_id"], entry["data_file"]


def partition_key(data_file):
    return json.dumps(data_file["partition"], default=str, sort_keys=True)


def field_ids(schema):
    """Which Parquet column holds which field."""
    found = {}
    for index, field in enumerate(schema):
        raw = (field.metadata or {}).get(b"PARQUET:field_id")
        if raw is None:
            raise ValueError(f"the column {field.name} has no field id")
        found[int(raw)] = index
    return found


def deleted_positions(deletes):
    """Maps a data file's path to [(sequence, spec, partition, positions)]."""
    found = {}
    for sequence, spec, file in deletes:
        place = (sequence, spec, partition_key(file))
        if file["content"] == EQUALITY_DELETES:
            raise ValueError("equality deletes, which Headgate never writes")
        if file["file_format"].upper() == "PUFFIN":
            path, positions = file["referenced_data_file"], read_vector(file)
            if len(positions) != file["record_count"]:
                raise ValueError("a deletion vector holds another number of positions than its entry says")
            found.setdefault(path, []).append((*place, positions))
            continue
        table = pq.ParquetFile(local_path(file["file_path"])).read()
        ids = field_ids(table.schema)
        if table.num_rows != file["record_count"]:
            raise ValueError("a delete file holds another number of rows than its entry says")
        by_path = {}
        paths = table.column(ids[DELETED_FILE_PATH]).to_pylist()
        for path, position in zip(paths, table.column(ids[DELETED_POSITION]).to_pylist()):
            by_path.setdefault(path, set()).add(position)
        for path, positions in by_path.items():
            found.setdefault(path, []).append((*place, positions))
    return found


def read_vector(file):
    with open(local_path(file["file_path"]), "rb") as puffin:
        puffin.seek(file["content_offset"])
        blob = puffin.read(file["content_size_in_bytes"])
    (length,) = unpack_from(">I", blob, 0)
    (checksum,) = unpack_from(">I", blob, 4 + length)
    if len(blob) != 8 + length or blob[4:8] != b"\xd1\xd3\x39\x64" or crc32(blob[4 : 4 + length]) != checksum:
        raise ValueError("a deletion vector that is not whole")
    return roaring_64(blob[8 : 4 + length])


def roaring_64(data):
    """A count, then for each a 32-bit key and a 32-bit roaring bitmap."""
    (count,) = unpack_from("<Q", data, 0)
    at, found = 8, set()
    for _ in range(count):
        (high,) = unpack_from("<I", data, at)
        lows, at = roaring_32(data, at + 4)
        found.update((high << 32) | low for low in lows)
    return found


def roaring_32(data, start):
    (cookie,) = unpack_from("<I", data, start)
    at = start + 4
    runs = bytes()
    if cookie & 0xFFFF == 12347:
        size = (cookie >> 16) + 1
        runs = data[at : at + (size + 7) // 8]
        at += len(runs)
    elif cookie == 12346:
        (size,) = unpack_from("<I", data, at)
        at += 4
    else:
        raise ValueError(f"unknown roaring cookie {cookie}")
    headers = [unpack_from("<HH", data, at + 4 * index) for index in range(size)]
    at += 4 * size
    if not runs or size >= 4:
        at += 4 * size
    found = []
    for index, (key, cardinality) in enumerate(headers):
        base = key << 16
        if runs and runs[index // 8] >> (index % 8) & 1:
            (number,) = unpack_from("<H", data, at)
            pairs = unpack_from(f"<{2 * number}H", data, at + 2)
            at += 2 + 4 * number
            for first, more in zip(pairs[::2], pairs[1::2]):
                found.extend(range(base + first, base + first + more + 1))
        elif cardinality + 1 > 4096:
            bits = int.from_bytes(data[at : at + 8192], "little")
            at += 8192
            found.extend(base + low for low in range(65536) if bits >> low & 1)
        else:
            found.extend(base + low for low in unpack_from(f"<{cardinality + 1}H", data, at))
            at += 2 * (cardinality + 1)
    return found, at


def applies(delete, data):
    """Position deletes hold for data that is not newer, of the same partition."""
    return delete[0] >= data[0] and delete[1] == data[1] and delete[2] == data[2]


def rows_of_file(data, fields, deletes):
    sequence, spec, file = data
    if file["file_format"].upper() != "PARQUET":
        raise ValueError(f"a data file of format {file['file_format']}")
    parquet = pq.ParquetFile(local_path(file["file_path"]))
    table = parquet.read()
    if table.num_rows != file["record_count"]:
        raise ValueError("a data file holds another number of rows than its entry says")
    ids = field_ids(table.schema)
    place = (sequence, spec, partition_key(file))
    gone = set()
    for delete in deletes.get(file["file_path"], []):
        if applies(delete, place):
            gone |= delete[3]
    columns = [column_of(table, ids, field) for field in fields]
    return [row for position, row in enumerate(zip(*columns)) if position not in gone] if fields else []


def column_of(table, ids, field):
    if field["id"] in ids:
        return spell(table.column(ids[field["id"]]), field["type"])
    if field.get("initial-default") is not None:
        raise ValueError("a default for older files, which Headgate never writes")
    return [None] * table.num_rows


def metadata_of(location):
    with open(local_path(location), "rb") as file:
        content = file.read()
    return json.loads(gzip.decompress(content) if location.endswith(".gz.metadata.json") else content)


def read(asked):
    metadata = metadata_of(asked["metadata"])
    (schema,) = [each for each in metadata["schemas"] if each["schema-id"] == metadata["current-schema-id"]]
    fields, snapshot = schema["fields"], current_snapshot(metadata)
    entries = [] if snapshot is None else list(live_entries(snapshot))
    deletes = deleted_positions([entry for entry in entries if entry[2]["content"] != DATA])
    data = [entry for entry in entries if entry[2]["content"] == DATA]
    paths = [file["file_path"] for _, _, file in data]
    if len(paths) != len(set(paths)):
        raise ValueError("a data file is listed twice")
    rows = [row for entry in data for row in rows_of_file(entry, fields, deletes)]
    summary = {} if snapshot is None else snapshot.get("summary", {})
    listed = sum(file["record_count"] for _, _, file in data)
    if snapshot is not None and int(summary.get("total-records", listed)) != listed:
        raise ValueError(f"the summary says {summary['total-records']} records, the data files hold {listed}")
    return {
        "name": asked["name"],
        "columns": [[field["name"], kind_of(field["type"])] for field in fields],
        "rows": rows,
    }


def kind_of(kind):
    return kind if isinstance(kind, str) else json.dumps(kind)


def answer(asked):
    try:
        return read(asked)
    except Exception as failure:  # A table that cannot be read is a finding, not the end of the others.
        return {"name": asked["name"], "failure": f"{type(failure).__name__}: {failure}"}


if __name__ == "__main__":
    for asked in json.load(sys.stdin):
        print(json.dumps(answer(asked)), flush=True)
