/**
 * Finds how many bytes the tables of an account keep, for those of which it is not known yet: tables that were made
 * before it was counted.
 */
import { tableFiles } from "./table-files.ts";
import { isView, type Catalog } from "./catalog.ts";
import { keptBytes } from "../iceberg/kept-bytes.ts";

/** A table that changes meanwhile is left for the next time. Throws what reading its metadata throws. */
export async function measureKept(catalog: Catalog, accountId: string): Promise<void> {
  const { db } = catalog;
  const unknown = await db
    .selectFrom("tables")
    .innerJoin("databases", "databases.id", "tables.database_id")
    .select("tables.id")
    .where("databases.account_id", "=", accountId)
    .where("kept_bytes", "is", null)
    .execute();
  if (unknown.length === 0) return;
  const ids = new Set(unknown.map(({ id }) => id));
  const all = catalog.everything();
  for (const entry of await all.entries()) {
    if (!ids.has(entry.id) || isView(entry)) continue;
    const table = await all.load(entry);
    const kept = await keptBytes(tableFiles(catalog, table).io, table.metadata);
    await db
      .updateTable("tables")
      .set({ kept_bytes: kept })
      .where("id", "=", entry.id)
      .where("metadata_location", "=", entry.metadataLocation)
      .execute();
  }
}
