"""A Spark that does what it is told until its input ends. Arguments: the runtime's jars, the warehouse.

Input: a JSON document a line, {sql} or {table, columns: [expression]}. Output: one a line: {} or {rows, metadata}; {error} where it failed.
"""

import json
import sys

from warehouse_spark import open_spark

spark = open_spark(sys.argv[1], sys.argv[2])


def answer(request):
    if "sql" in request:
        spark.sql(request["sql"]).collect()
        return {}
    table = spark._jvm.org.apache.iceberg.spark.Spark3Util.loadIcebergTable(spark._jsparkSession, request["table"])
    columns = [f"cast({expression} as string) as c{number}" for number, expression in enumerate(request["columns"])]
    rows = [list(row) for row in spark.table(request["table"]).selectExpr(*columns).collect()]
    return {"rows": rows, "metadata": table.operations().current().metadataFileLocation()}


for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as failure:
        reply = {"error": str(failure)[:2000]}
    print(json.dumps(reply), flush=True)
spark.stop()
