"""Makes the files beside it: what Arrow writes to Parquet and DuckDB does not. Run with pyarrow 26: python make.py"""
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def write(name, arrays, **options):
    table = pa.Table.from_arrays(list(arrays.values()), names=[key.split("#")[0] for key in arrays])
    table = table.replace_schema_metadata(None)
    path = Path(__file__).with_name(f"{name}.parquet")
    pq.write_table(table, path, compression="none", write_statistics=False, use_dictionary=False, store_schema=False, **options)


long = pa.decimal256(39, 2)
write("long-decimal", {"id": pa.array([1]), "amount": pa.array([Decimal("1.00")], long)})
write("long-decimal-within", {"id": pa.array([1]), "amounts": pa.array([[Decimal("1.00")]], pa.list_(long))})
write(
    "nanoseconds",
    {
        "t": pa.array([1_001], pa.time64("ns")),
        "times": pa.array([[1_001]], pa.list_(pa.time64("ns"))),
        "s": pa.array([{"x": 1_001}], pa.struct([("x", pa.timestamp("ns", "UTC"))])),
        "local": pa.array([[1_001]], pa.list_(pa.timestamp("ns"))),
    },
)
write("int96", {"t": pa.array([1_001], pa.timestamp("ns"))}, use_deprecated_int96_timestamps=True)
write(
    "odd-types",
    {
        "nothing": pa.array([None], pa.null()),
        "half": pa.array([0.5], pa.float16()),
        "most": pa.array([2**64 - 1], pa.uint64()),
        "mosts": pa.array([[2**64 - 1]], pa.list_(pa.uint64())),
        "word": pa.array(["a"]).dictionary_encode(),
        "large": pa.array(["b"], pa.large_string()),
        "twice": pa.array([[("k", 1), ("k", 2)]], pa.map_(pa.string(), pa.int32())),
    },
)
write("repeated", {"Id": pa.array([1]), "id": pa.array([2]), "id#2": pa.array([3]), "s": pa.array([{"a": 4, "A": 5}])})
