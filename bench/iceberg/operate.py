"""PyIceberg's side of a question (see question.ts): does the operation again and again, warm, and says how long it took."""

import json
import resource
import statistics
import sys
import time
import uuid
from datetime import UTC, datetime

from pyiceberg.expressions import AlwaysTrue, And, EqualTo, GreaterThanOrEqual, LessThanOrEqual
from pyiceberg.serializers import FromInputFile, ToOutputFile
from pyiceberg.table import StaticTable
from pyiceberg.table.update import update_table_metadata
from pyiceberg.table.update.snapshot import ExpireSnapshots

question = json.loads(sys.argv[1])
table = StaticTable.from_metadata(question["metadataFile"])


def parse():
    return len(FromInputFile.table_metadata(table.io.new_input(question["metadataFile"])).snapshots)


def plan(row_filter):
    return len(list(table.scan(row_filter=row_filter).plan_files()))


def append():
    """On top of the table as it is, the catalog's own step left out."""
    transaction = table.transaction()
    producer = transaction.update_snapshot().fast_append()
    updates, _ = producer.append_data_file(some_file)._commit()
    metadata = update_table_metadata(table.metadata, updates)
    output = table.io.new_output(f"{metadata.location}/metadata/99999-{uuid.uuid4()}.metadata.json")
    ToOutputFile.table_metadata(metadata, output)
    return int(metadata.current_snapshot().summary["total-data-files"])


def expire():
    oldest = datetime.fromtimestamp((table.metadata.last_updated_ms - question["maxAgeMs"]) / 1000, UTC)
    updates, _ = ExpireSnapshots(table.transaction()).older_than(oldest)._commit()
    return len(table.metadata.snapshots) - len(update_table_metadata(table.metadata, updates).snapshots)


works = {
    "parse": parse,
    "plan": lambda: plan(AlwaysTrue()),
    "plan-partition": lambda: plan(EqualTo("day", question["day"])),
    "plan-bounds": lambda: plan(And(GreaterThanOrEqual("id", question["from"]), LessThanOrEqual("id", question["to"]))),
    "append": append,
    "expire": expire,
}
if question["operation"] == "append":
    some_file = next(iter(table.scan(row_filter=EqualTo("day", question["day"])).plan_files())).file
work = works[question["operation"]]
answer = work()
times = []
for _ in range(question["runs"]):
    started = time.perf_counter()
    work()
    times.append((time.perf_counter() - started) * 1000)
peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
print(json.dumps({"least": min(times), "median": statistics.median(times), "peakMB": peak, "answer": answer}))
