"""Makes TPC-H's eight tables as Parquet files and its queries as JSON: make_tpch.py FOLDER SCALE."""

import json
import os
import sys

import duckdb
import duckdb_extension_tpch

folder, scale = sys.argv[1], float(sys.argv[2])
extensions = os.path.join(os.path.dirname(duckdb_extension_tpch.__file__), "extensions", f"v{duckdb.__version__}")
connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
connection.execute(f"load '{extensions}/tpch.duckdb_extension'")
connection.execute(f"call dbgen(sf = {scale})")
for (table,) in connection.execute("select table_name from duckdb_tables()").fetchall():
    connection.execute(f"copy {table} to '{folder}/{table}.parquet' (format parquet, compression snappy)")
queries = connection.execute("select query from tpch_queries() order by query_nr").fetchall()
with open(f"{folder}/queries.json", "w") as file:
    json.dump([query for (query,) in queries], file)
