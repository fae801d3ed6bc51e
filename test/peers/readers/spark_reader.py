"""Reads tables with Spark and Iceberg's runtime. Argument: the runtime's jar. Input and output: see peer-reader.ts."""

import json
import sys

from pyspark.sql import SparkSession

spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.jars", sys.argv[1])
    .config("spark.ui.enabled", "false")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.memory", "1g")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "1")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")

for table in json.load(sys.stdin):
    reader = spark.read.format("iceberg")
    if table["snapshot"]:
        reader = reader.option("snapshot-id", str(table["snapshot"]))
    if table["widened"]:
        reader = reader.option("vectorization-enabled", "false")
    frame = reader.load(table["metadata"])

    def text(name, kind):
        quoted = "`" + name.replace("`", "``") + "`"
        return f"lower(hex({quoted}))" if kind == "binary" or kind.startswith("fixed") else f"cast({quoted} as string)"

    rows = frame.selectExpr(*[f"{text(name, kind)} as c{index}" for index, (name, kind) in enumerate(table["columns"])]).collect()
    print(json.dumps({"name": table["name"], "names": frame.columns, "rows": [list(row) for row in rows]}))
spark.stop()
