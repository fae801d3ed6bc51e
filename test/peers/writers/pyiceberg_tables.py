"""Makes tables with PyIceberg. Argument: an empty directory. Output: a JSON document a table: {name, metadata}."""

import json
import os
import sys

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.expressions import And, EqualTo, GreaterThanOrEqual
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import BucketTransform, IdentityTransform, MonthTransform, TruncateTransform
from pyiceberg.types import (
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    IntegerType,
    LongType,
    NestedField,
    StringType,
    TimestampType,
    TimestamptzType,
)

home = sys.argv[1]
warehouse = os.path.join(home, "py")
os.makedirs(warehouse)
catalog = SqlCatalog("py", uri=f"sqlite:///{home}/catalog.db", warehouse=f"file://{warehouse}")
catalog.create_namespace("py")

schema = Schema(
    NestedField(1, "id", LongType(), required=False),
    NestedField(2, "city", StringType(), required=False),
    NestedField(3, "at", TimestamptzType(), required=False),
    NestedField(4, "local", TimestampType(), required=False),
    NestedField(5, "day", DateType(), required=False),
    NestedField(6, "amount", DecimalType(12, 2), required=False),
    NestedField(7, "share", DoubleType(), required=False),
    NestedField(8, "open", BooleanType(), required=False),
    NestedField(9, "small", IntegerType(), required=False),
)


def rows(start, stop):
    import datetime as dt
    from decimal import Decimal

    moment = dt.datetime(1969, 12, 1)
    numbers = range(start, stop)
    none = lambda n, value: None if n % 11 == 5 else value
    return pa.table(
        {
            "id": pa.array(numbers, pa.int64()),
            "city": [none(n, f"oraș {n % 3}") for n in numbers],
            "at": pa.array([none(n, moment + dt.timedelta(hours=7 * n)) for n in numbers], pa.timestamp("us", "UTC")),
            "local": pa.array([moment + dt.timedelta(days=5 * n, microseconds=n) for n in numbers], pa.timestamp("us")),
            "day": pa.array([moment.date() + dt.timedelta(days=9 * n) for n in numbers], pa.date32()),
            "amount": pa.array([none(n, Decimal(n * 37) / 100) for n in numbers], pa.decimal128(12, 2)),
            "share": pa.array([float("nan") if n % 13 == 1 else n / 8 for n in numbers], pa.float64()),
            "open": [n % 2 == 0 for n in numbers],
            "small": pa.array(numbers, pa.int32()),
        }
    )


def made(name):
    print(json.dumps({"name": f"py.{name}", "metadata": catalog.load_table(f"py.{name}").metadata_location}))


spec = PartitionSpec(
    PartitionField(2, 1000, IdentityTransform(), "city"),
    PartitionField(3, 1001, MonthTransform(), "at_month"),
    PartitionField(1, 1002, BucketTransform(3), "id_bucket"),
)
table = catalog.create_table("py.parted", schema, partition_spec=spec)
table.append(rows(0, 60))
with table.update_spec() as update:
    update.remove_field("at_month")
    update.add_field("amount", TruncateTransform(1000), "amount_truncated")
table.append(rows(60, 90))
table.delete(And(GreaterThanOrEqual("id", 20), EqualTo("open", True)))
made("parted")

table = catalog.create_table("py.evolved", schema)
table.append(rows(0, 20))
with table.update_schema() as update:
    update.rename_column("city", "town")
    update.update_column("small", field_type=LongType())
    update.update_column("amount", field_type=DecimalType(20, 2))
    update.delete_column("open")
    update.add_column("note", StringType())
    update.move_first("day")
table.append(
    rows(20, 30).drop_columns(["open"]).rename_columns({"city": "town"}).set_column(
        8 - 1, "small", pa.array(range(2**33, 2**33 + 10), pa.int64())
    ).append_column("note", pa.array(["new"] * 10))
)
made("evolved")

table = catalog.create_table("py.taken_in", schema)
outside = os.path.join(warehouse, "outside.parquet")
pq.write_table(rows(0, 15), outside)
table.add_files([f"file://{outside}"])
with table.update_schema() as update:
    update.rename_column("city", "town")
table.delete(EqualTo("id", 3))
made("taken_in")
