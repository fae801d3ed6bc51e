"""Makes tables with Spark and Iceberg's own library, then reads them. Arguments: the runtime's jars, the warehouse.

Input: [{name, steps, columns: [[expression, type]]}]. A step is a statement of SQL, or {table, equal: {column: [values]}, format}: rows equal to
these are deleted by value, as streaming writers do, in Parquet unless another format is named. Output: a JSON document a table: {name, metadata, rows}, each value as text.
"""

import json
import sys

from warehouse_spark import open_spark

spark = open_spark(sys.argv[1], sys.argv[2])
jvm = spark._jvm


def load(name):
    return jvm.org.apache.iceberg.spark.Spark3Util.loadIcebergTable(spark._jsparkSession, name)


def delete_equal(name, equal, file_format):
    table = load(name)
    schema = table.schema().select(list(equal))
    ids = spark.sparkContext._gateway.new_array(jvm.int, len(equal))
    for index, column in enumerate(equal):
        ids[index] = schema.findField(column).fieldId()
    factory = jvm.org.apache.iceberg.data.GenericAppenderFactory(table.schema(), table.spec(), ids, schema, None)
    path = f"{table.location()}/data/equal-{jvm.java.util.UUID.randomUUID()}.{file_format.lower()}"
    output = jvm.org.apache.iceberg.encryption.EncryptedFiles.plainAsEncryptedOutput(table.io().newOutputFile(path))
    writer = factory.newEqDeleteWriter(output, jvm.org.apache.iceberg.FileFormat.fromString(file_format), None)
    for values in zip(*equal.values()):
        record = jvm.org.apache.iceberg.data.GenericRecord.create(schema)
        for column, value in zip(equal, values):
            record.setField(column, value)
        writer.write(record)
    writer.close()
    table.newRowDelta().addDeletes(writer.toDeleteFile()).commit()


for wanted in json.load(sys.stdin):
    for step in wanted["steps"]:
        if isinstance(step, str):
            spark.sql(step)
        else:
            delete_equal(step["table"], step["equal"], step.get("format", "PARQUET"))
    name = f"lake.{wanted['name']}"
    columns = [f"cast({expression} as string) as c{number}" for number, (expression, _) in enumerate(wanted["columns"])]
    rows = [list(row) for row in spark.table(name).selectExpr(*columns).collect()]
    metadata = load(name).operations().current().metadataFileLocation()
    print(json.dumps({"name": wanted["name"], "metadata": metadata, "rows": rows}))
spark.stop()
