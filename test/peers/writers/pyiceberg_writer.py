"""Changes a table with PyIceberg. Input: {metadata, action, filter}; output: the location of the next metadata file and its snapshot.

The catalog is the caller: what PyIceberg commits becomes a metadata file that the caller points to.
"""

import json
import re
import sys
import uuid
from datetime import datetime, timedelta

from pyiceberg.catalog import CommitTableResponse
from pyiceberg.catalog.noop import NoopCatalog
from pyiceberg.io import load_file_io
from pyiceberg.serializers import FromInputFile, ToOutputFile
from pyiceberg.table import Table
from pyiceberg.table.update import update_table_metadata


class Caller(NoopCatalog):
    """Takes commits; the pointer is moved by whoever runs this."""

    def commit_table(self, table, requirements, updates):
        for requirement in requirements:
            requirement.validate(table.metadata)
        metadata = update_table_metadata(table.metadata, updates, metadata_location=table.metadata_location)
        version = int(re.search(r"/(\d+)-[^/]*$", table.metadata_location)[1]) + 1
        location = f"{table.metadata.location}/metadata/{version:05d}-{uuid.uuid4()}.metadata.json"
        ToOutputFile.table_metadata(metadata, table.io.new_output(location))
        return CommitTableResponse(metadata=metadata, metadata_location=location)


def act(table, action, row_filter):
    if action == "rewrite":
        table.overwrite(table.scan().to_arrow())
    elif action == "delete":
        table.delete(row_filter)
    elif action == "double":
        table.append(table.scan(row_filter).to_arrow())
    elif action == "expire":
        table.maintenance.expire_snapshots().older_than(datetime.now() + timedelta(minutes=1)).commit()
    else:
        raise ValueError(action)


request = json.load(sys.stdin)
io = load_file_io(location=request["metadata"])
metadata = FromInputFile.table_metadata(io.new_input(request["metadata"]))
table = Table(("shop", "table"), metadata, request["metadata"], io, Caller("caller"))
act(table, request["action"], request.get("filter"))
print(json.dumps({"location": table.metadata_location, "snapshot": str(table.metadata.current_snapshot_id)}))
