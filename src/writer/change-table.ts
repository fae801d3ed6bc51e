/** Commits one change of a table's metadata that adds no rows: references, properties, or a newer format version. */
import { uuidv7 } from "../base/uuid.ts";
import type { Catalog, CatalogTable } from "../catalog/catalog.ts";
import { commit } from "../catalog/commit.ts";
import { commitAnew, type CommitAttempt } from "../catalog/commit-anew.ts";
import type { TableUpdate } from "../iceberg/table-update.ts";
import { writeTable } from "./write-table.ts";

interface MetadataChange {
  readonly table: CatalogTable;
  /**
   * Returns the changes to make to the table's present state. It is asked again when another writer committed first. An
   * empty list means that there is nothing to do.
   */
  updates(table: CatalogTable): readonly TableUpdate[] | Promise<readonly TableUpdate[]>;
  /** A description for people who read the history. */
  readonly summary: string;
  /** The run that the change belongs to; the files are named after it. */
  readonly runId?: string | undefined;
}

/**
 * Throws COMMIT_CONFLICT when other writers committed first at every attempt, and METADATA_INVALID for a change that
 * the table does not allow.
 */
export async function changeTable(catalog: Catalog, change: MetadataChange): Promise<void> {
  const { table, runId = uuidv7() } = change;
  await commitAnew(catalog, { table, uuid: runId, attempt: (attempt) => changeOnce(catalog, change, attempt) });
}

async function changeOnce(
  catalog: Catalog,
  { updates: updatesOf, runId, summary }: MetadataChange,
  { table, ...writing }: CommitAttempt,
): Promise<void> {
  const updates = await updatesOf(table);
  if (updates.length === 0) return;
  const step = await writeTable({ table: { current: table, updates }, rows: undefined }, writing);
  await commit(catalog, { id: uuidv7(), runId, summary, steps: [step], positions: [] });
}
