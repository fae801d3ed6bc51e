"""Loads the table with dlt's sql_database source and its connectorx backend into Parquet files."""

import os
import shutil
from urllib.parse import quote

import dlt
from dlt.sources.sql_database import sql_table

host, port, user, password = (os.environ[f"BENCH_{name}"] for name in ("HOST", "PORT", "USER", "PASSWORD"))
if os.environ["BENCH_DIALECT"] == "mariadb":
    credentials = f"mysql+pymysql://{user}:{quote(password)}@{host}:{port}/bench"
    backend = {"conn": f"mysql://{user}:{quote(password)}@{host}:{port}/bench"}
    schema = None
else:
    credentials = f"postgresql://{user}:{quote(password)}@/bench?host={quote(host, safe='')}&port={port}"
    backend = {"conn": f"postgresql://{user}:{quote(password)}@{quote(host, safe='')}:{port}/bench"}
    schema = "public"
output = os.path.join(os.environ["BENCH_OUTPUT"], "dlt")
shutil.rmtree(output, ignore_errors=True)
table = sql_table(credentials=credentials, table="t", schema=schema, backend="connectorx", backend_kwargs={**backend, "return_type": "arrow"}, reflection_level="full_with_precision")
pipeline = dlt.pipeline("bench", destination=dlt.destinations.filesystem(f"file://{output}"), dataset_name="bench", pipelines_dir=os.path.join(output, "work"))
pipeline.run(table, loader_file_format="parquet", write_disposition="replace")
