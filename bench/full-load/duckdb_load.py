"""Loads the table with DuckDB's scanner of the database into one zstd Parquet file."""

import os

import duckdb

is_mariadb = os.environ["BENCH_DIALECT"] == "mariadb"
extension = "mysql_scanner" if is_mariadb else "postgres_scanner"
module = __import__(f"duckdb_extension_{extension}")
folder = os.path.join(os.path.dirname(module.__file__), "extensions", f"v{duckdb.__version__}")
connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
connection.execute(f"load '{folder}/{extension}.duckdb_extension'")
host, port, user, password = (os.environ[f"BENCH_{name}"] for name in ("HOST", "PORT", "USER", "PASSWORD"))
if is_mariadb:
    connection.execute(f"attach 'host={host} port={port} user={user} password={password} database=bench' as source (type mysql, read_only)")
    table = "source.bench.t"
else:
    connection.execute(f"attach 'host={host} port={port} user={user} password={password} dbname=bench' as source (type postgres, read_only)")
    table = "source.public.t"
connection.execute(f"copy (select * from {table}) to '{os.environ['BENCH_OUTPUT']}/duckdb.parquet' (format parquet, compression zstd)")
