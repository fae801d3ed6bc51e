"""Iceberg's own library for Java, in Spark's JVM: what Spark 3.5 has no types for.

Arguments: the jars, and a jar of Commons Lang newer than Spark's, which the library needs for variants. Input: a JSON document
{write: folder or null, read: [{name, metadata, columns: [[name, type]]}]}. Output: one a table, {name, metadata, rows}: timestamps as
nanoseconds since 1970, what is in variants as DuckDB writes it, the variant null as "(variant null)".
"""

import json
import os
import sys

from local_spark import local_spark

builder = local_spark(sys.argv[1]).config("spark.driver.extraClassPath", sys.argv[2])
spark = builder.getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
java = spark._jvm.java
iceberg = spark._jvm.org.apache.iceberg
gateway = spark.sparkContext._gateway
types = iceberg.types.Types
variants = iceberg.variants.Variants
configuration = spark.sparkContext._jsc.hadoopConfiguration()


def listed(items):
    return java.util.ArrayList(items)


def made_variants():
    """Every kind of value a variant can have, but instants in nanoseconds."""
    names = variants.metadata(listed(["a", "b", "k"]))
    entries = variants.array()
    for value in (variants.of(1), variants.ofNull(), variants.of("x")):
        entries.add(value)
    whole = variants.object(names)
    for name, value in (("a", variants.of(1)), ("b", variants.of("two")), ("k", entries)):
        whole.put(name, value)
    decimal = java.math.BigDecimal
    plain = [
        variants.ofNull(),
        variants.of(True),
        variants.of(False),
        variants.of(123456),
        variants.of(java.lang.Long.parseLong("9007199254740993")),
        variants.of(1.5),
        variants.of(decimal("1234567.89")),
        variants.of(decimal("123456789012345.678")),
        variants.of(decimal("12345678901234567890123.45678")),
        variants.ofIsoDate("2026-01-02"),
        variants.ofIsoTime("03:04:05.123456"),
        variants.ofIsoTimestamptz("2026-01-02T03:04:05.123456+00:00"),
        variants.ofIsoTimestampntz("1969-12-31T23:59:59.999999"),
        variants.ofIsoTimestampntzNanos("2026-01-02T03:04:05.123456789"),
        variants.ofUUID("f79c3e09-677c-4bbd-a479-3f349cb785e7"),
        variants.of("a text"),
        variants.of("long " * 40),
        variants.of(java.nio.ByteBuffer.wrap(bytearray(b"\x00\xff"))),
    ]
    empty = variants.emptyMetadata()
    return [None, iceberg.variants.Variant.of(names, whole)] + [iceberg.variants.Variant.of(empty, v) for v in plain]


def write(folder, instants):
    optional = types.NestedField.optional
    schema = iceberg.Schema(
        listed(
            [
                optional(1, "id", types.IntegerType.get()),
                optional(2, "doc", types.VariantType.get()),
                optional(3, "moment", types.TimestampNanoType.withoutZone()),
                optional(5, "none", types.UnknownType.get()),
            ]
            + ([optional(4, "instant", types.TimestampNanoType.withZone())] if instants else [])
        )
    )
    properties = java.util.HashMap()
    properties["format-version"] = "3"
    table = iceberg.hadoop.HadoopTables(configuration).create(schema, iceberg.PartitionSpec.unpartitioned(), properties, folder)
    days = ["1969-12-31T23:59:59.999999999", "2026-01-01T00:00:00.123456789"]
    documents = made_variants()
    append = table.newAppend()
    for part, moment in enumerate(days):
        place = table.io().newOutputFile(f"{folder}/data/{part}.parquet")
        writer = iceberg.data.GenericAppenderFactory(table.schema(), table.spec()).newAppender(place, iceberg.FileFormat.PARQUET)
        for number, document in enumerate(documents):
            record = iceberg.data.GenericRecord.create(table.schema())
            record.setField("id", part * 100 + number)
            record.setField("doc", document)
            record.setField("moment", java.time.LocalDateTime.parse(moment))
            if instants:
                record.setField("instant", java.time.OffsetDateTime.parse(moment + "Z"))
            writer.add(record)
        writer.close()
        file = iceberg.DataFiles.builder(table.spec()).withInputFile(place.toInputFile()).withMetrics(writer.metrics())
        append.appendFile(file.withFormat(iceberg.FileFormat.PARQUET).build())
    append.commit()
    delete(table, folder, [4, 105])
    return table.operations().current().metadataFileLocation()


def delete(table, folder, ids):
    """By equal ids."""
    field_ids = gateway.new_array(spark._jvm.int, 1)
    field_ids[0] = 1
    keys = table.schema().select(listed(["id"]))
    everywhere = iceberg.PartitionSpec.unpartitioned()
    factory = iceberg.data.GenericAppenderFactory(table.schema(), everywhere, field_ids, keys, None)
    place = table.io().newOutputFile(f"{folder}/data/gone.parquet")
    encrypted = iceberg.encryption.EncryptedFiles.plainAsEncryptedOutput(place)
    writer = factory.newEqDeleteWriter(encrypted, iceberg.FileFormat.PARQUET, None)
    for number in ids:
        record = iceberg.data.GenericRecord.create(keys)
        record.setField("id", number)
        writer.write(record)
    writer.close()
    table.newRowDelta().addDeletes(writer.toDeleteFile()).commit()


def each(iterator):
    while iterator.hasNext():
        yield iterator.next()


def content(value):
    kind = value.type().toString()
    if kind == "NULL":
        return None
    if kind.startswith("BOOLEAN"):
        return kind.endswith("TRUE")
    if kind == "OBJECT":
        whole = value.asObject()
        return {name: content(whole.get(name)) for name in sorted(each(whole.fieldNames().iterator()))}
    if kind == "ARRAY":
        entries = value.asArray()
        return [content(entries.get(index)) for index in range(entries.numElements())]
    if kind == "BINARY":
        buffer = value.asPrimitive().get().duplicate()
        return "".join(f"\\x{buffer.get() & 255:02X}" for _ in range(buffer.remaining()))
    if kind == "STRING" or kind.startswith("INT") or kind == "DOUBLE":
        return value.asPrimitive().get()
    shown = value.toString()
    text = shown[shown.index("value=") + 6 : -1]
    return text.replace("T", " ").replace("+00:00", "+00") if kind.startswith("TIMESTAMP") else text


def text(value, kind):
    if value is None:
        return None
    if kind == "variant":
        found = content(value.value())
        if found is None:
            return "(variant null)"
        return found if isinstance(found, str) else json.dumps(found, separators=(",", ":"))
    if kind.startswith("timestamp"):
        utc = java.time.ZoneOffset.UTC
        instant = value.toInstant(utc) if kind == "timestamp_ns" else value.toInstant()
        return str(instant.getEpochSecond() * 10**9 + instant.getNano())
    return str(value)


def read(name, metadata, columns):
    operations = iceberg.StaticTableOperations(metadata, iceberg.hadoop.HadoopFileIO(configuration))
    wanted = listed([column for column, _ in columns])
    records = iceberg.data.IcebergGenerics.read(iceberg.BaseTable(operations, name)).select(wanted).build()
    rows = [[text(record.getField(column), kind) for column, kind in columns] for record in each(records.iterator())]
    print(json.dumps({"name": name, "metadata": metadata, "names": [], "rows": rows}), flush=True)


asked = json.load(sys.stdin)
if asked["write"]:
    kinds = [["id", "int"], ["doc", "variant"], ["moment", "timestamp_ns"], ["none", "unknown"]]
    read("java", write(asked["write"], False), kinds)
    read("instants", write(asked["write"] + "-instants", True), kinds + [["instant", "timestamptz_ns"]])
for table in asked["read"]:
    read(table["name"], table["metadata"], table["columns"])
spark.stop()
