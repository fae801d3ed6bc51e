/** One change of a table's metadata that adds no rows: references, properties, a newer format. A commit of its own. */
import { uuidv7 } from "../base/uuid.ts";
import { metadataLocation, metadataVersion } from "../iceberg/new-table.ts";
import { formatTableMetadata } from "../iceberg/table-metadata.ts";
import { applyUpdates, type TableUpdate } from "../iceberg/table-update.ts";
import { tableLabel, type Catalog, type CatalogTable } from "./catalog.ts";
import { commit, type CatalogCommit } from "./commit.ts";

interface TableChange {
  readonly table: CatalogTable;
  readonly updates: readonly TableUpdate[];
  /** For people who read the history. */
  readonly summary: string;
  /** The run it belongs to; its files are named after it. */
  readonly runId?: string | undefined;
  readonly within?: CatalogCommit["within"];
}

/** Throws COMMIT_CONFLICT when another writer was at the table, METADATA_INVALID for what the table does not allow. */
export async function changeTable(
  { db, objects }: Pick<Catalog, "db" | "objects">,
  { table, updates, summary, runId, within }: TableChange,
): Promise<void> {
  const { metadata, metadataLocation: from, id: tableId } = table;
  const next = applyUpdates(metadata, { updates, previousFile: from, now: Date.now() });
  const to = metadataLocation(next, { version: metadataVersion(from) + 1, uuid: runId ?? uuidv7() });
  await objects.put(to, Buffer.from(formatTableMetadata(next)));
  const step = { tableId, label: tableLabel(table), from, to, snapshotId: next.currentSnapshotId };
  await commit(db, { id: uuidv7(), runId, summary, steps: [step], positions: [], within });
}
