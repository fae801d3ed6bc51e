/** One change of a table's metadata that adds no rows: references, properties, a newer format. A commit of its own. */
import { uuidv7 } from "../base/uuid.ts";
import { metadataVersion, writeMetadata } from "../iceberg/metadata-file.ts";
import { applyUpdates, type TableUpdate } from "../iceberg/table-update.ts";
import { tableLabel, type Catalog, type CatalogTable } from "./catalog.ts";
import { commit } from "./commit.ts";
import { commitAnew, type CommitAttempt } from "./commit-anew.ts";

interface TableChange {
  readonly table: CatalogTable;
  /** What to change of the table as it is; asked again when another writer's commit came first. None: nothing is to be done. */
  updates(table: CatalogTable): readonly TableUpdate[] | Promise<readonly TableUpdate[]>;
  /** For people who read the history. */
  readonly summary: string;
  /** The run it belongs to; its files are named after it. */
  readonly runId?: string | undefined;
}

/** Throws COMMIT_CONFLICT when other writers were always first, METADATA_INVALID for what the table does not allow. */
export async function changeTable(catalog: Catalog, change: TableChange): Promise<void> {
  const { table, runId = uuidv7() } = change;
  await commitAnew(catalog, { table, uuid: runId, attempt: (attempt) => changeOnce(catalog, change, attempt) });
}

async function changeOnce(
  { db }: Catalog,
  { updates: updatesOf, runId, summary }: TableChange,
  { table, io, uuid }: CommitAttempt,
): Promise<void> {
  const { metadata, metadataLocation: from, id: tableId } = table;
  const updates = await updatesOf(table);
  if (updates.length === 0) return;
  const next = applyUpdates(metadata, { updates, previousFile: from, now: Date.now() });
  const to = await writeMetadata(io, next, { version: metadataVersion(from) + 1, uuid });
  const step = { tableId, label: tableLabel(table), from, to, snapshotId: next.currentSnapshotId };
  await commit(db, { id: uuidv7(), runId, summary, steps: [step], positions: [] });
}
