"""Reads tables with PyIceberg. Input: a JSON list of {name, metadata, snapshot, columns: [[name, type]]}; output: see peer-reader.ts."""

import json
import os
import sys
import uuid

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.expressions import AlwaysTrue, IsNull
from pyiceberg.table import StaticTable


def texts(column, kind):
    if kind == "timestamptz":
        column = column.cast(pa.timestamp("us"))
    if kind in ("binary", "uuid") or kind.startswith("fixed"):
        values = column.to_pylist()
        if kind == "uuid":
            return [None if v is None else str(v if isinstance(v, uuid.UUID) else uuid.UUID(bytes=v)) for v in values]
        return [None if v is None else v.hex() for v in values]
    if kind in ("float", "double"):
        return [None if v is None else repr(v) for v in column.to_pylist()]
    return pc.cast(column, pa.string()).to_pylist()


endpoint = os.environ.get("AWS_ENDPOINT_URL_S3")
properties = {"s3.endpoint": endpoint, "s3.region": os.environ["AWS_REGION"]} if endpoint else {}

for table in json.load(sys.stdin):
    live = IsNull(table["live"]) if table.get("live") else AlwaysTrue()
    static = StaticTable.from_metadata(table["metadata"], properties)
    scan = static.scan(row_filter=live, snapshot_id=table["snapshot"])
    arrow = scan.to_arrow()
    columns = [texts(arrow.column(index), kind) for index, (_, kind) in enumerate(table["columns"])]
    print(json.dumps({"name": table["name"], "names": arrow.schema.names, "rows": [list(row) for row in zip(*columns)]}))
