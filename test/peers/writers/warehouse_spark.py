"""A Spark whose catalog `lake` is a directory. Not a script."""

import os
import sys

sys.path.append(os.path.dirname(os.path.dirname(__file__)))
from local_spark import local_spark


def open_spark(jars, warehouse):
    spark = (
        local_spark(jars)
        .config("spark.sql.extensions", "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
        .config("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog")
        .config("spark.sql.catalog.lake.type", "hadoop")
        .config("spark.sql.catalog.lake.warehouse", warehouse)
        .config("spark.sql.catalog.lake.cache-enabled", "false")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    return spark
