"""Reads tables with Spark and Iceberg's runtime. Argument: the runtime's jars. Input and output: see peer-reader.ts."""

import json
import os
import sys

sys.path.append(os.path.dirname(os.path.dirname(__file__)))
from local_spark import local_spark

endpoint = os.environ.get("AWS_ENDPOINT_URL_S3")
builder = local_spark(sys.argv[1])
if endpoint:
    # Tables by their metadata files go through Hadoop's file systems; Iceberg's own reader of S3 wants a catalog.
    extensions = "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"
    builder = builder.config("spark.sql.extensions", extensions)
    for key, value in {
        "": "org.apache.iceberg.spark.SparkCatalog",
        ".catalog-impl": "org.apache.iceberg.jdbc.JdbcCatalog",
        ".uri": "jdbc:sqlite:file:lake?mode=memory&cache=shared",
        ".jdbc.schema-version": "V1",
        ".warehouse": "s3://nowhere",
        ".io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
        ".s3.endpoint": endpoint,
        ".s3.path-style-access": "true",
        ".client.region": os.environ["AWS_REGION"],
    }.items():
        builder = builder.config(f"spark.sql.catalog.lake{key}", value)
spark = builder.getOrCreate()
spark.sparkContext.setLogLevel("ERROR")

if endpoint:
    spark.sql("create namespace lake.peers")


def place(table, index):
    if not endpoint:
        return table["metadata"]
    spark.sql(f"call lake.system.register_table('peers.t{index}', '{table['metadata']}')")
    return f"lake.peers.t{index}"


for index, table in enumerate(json.load(sys.stdin)):
    reader = spark.read.format("iceberg")
    if table["snapshot"]:
        reader = reader.option("snapshot-id", str(table["snapshot"]))
    if table["widened"]:
        reader = reader.option("vectorization-enabled", "false")
    frame = reader.load(place(table, index))

    def text(name, kind, expression=None):
        quoted = expression or "`" + name.replace("`", "``") + "`"
        return f"lower(hex({quoted}))" if kind == "binary" or kind.startswith("fixed") else f"cast({quoted} as string)"

    rows = frame.selectExpr(*[f"{text(*column)} as c{number}" for number, column in enumerate(table["columns"])]).collect()
    print(json.dumps({"name": table["name"], "names": frame.columns, "rows": [list(row) for row in rows]}))
spark.stop()
