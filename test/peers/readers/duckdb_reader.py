"""Reads tables with DuckDB's iceberg extension. Input and output: see peer-reader.ts."""

import json
import os
import sys

import duckdb


def load(connection, name):
    module = __import__(f"duckdb_extension_{name}")
    folder = os.path.join(os.path.dirname(module.__file__), "extensions", f"v{duckdb.__version__}")
    connection.execute(f"load '{folder}/{name}.duckdb_extension'")


connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
connection.execute("set timezone = 'UTC'")
for name in ("avro", "iceberg"):
    load(connection, name)

endpoint = os.environ.get("AWS_ENDPOINT_URL_S3")
if endpoint:
    load(connection, "httpfs")
    connection.execute(
        "create secret (type s3, url_style 'path', use_ssl false, "
        f"endpoint '{endpoint.split('//')[1]}', region '{os.environ['AWS_REGION']}', "
        f"key_id '{os.environ['AWS_ACCESS_KEY_ID']}', secret '{os.environ['AWS_SECRET_ACCESS_KEY']}')"
    )

for table in json.load(sys.stdin):
    def text(name, kind):
        quoted = '"' + name.replace('"', '""') + '"'
        return f"lower(hex({quoted}))" if kind == "binary" or kind.startswith("fixed") else f"{quoted}::varchar"

    columns = ", ".join(text(name, kind) for name, kind in table["columns"])
    at = f", snapshot_from_id => {table['snapshot']}::ubigint" if table["snapshot"] else ""
    path = table["metadata"].replace("'", "''")
    rows = connection.execute(f"select {columns} from iceberg_scan('{path}'{at})").fetchall()
    names = [row[0] for row in connection.execute(f"describe select * from iceberg_scan('{path}'{at})").fetchall()]
    print(json.dumps({"name": table["name"], "names": names, "rows": rows}))
