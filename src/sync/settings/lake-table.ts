/** Finds the current lake table that a source table feeds. */
import type { CatalogTable } from "../../catalog/catalog.ts";
import type { TableName } from "../source.ts";
import type { SyncContext } from "../run/sync-context.ts";

/** Undefined before the table's first run. */
export async function lakeTable(
  { db, catalog }: Pick<SyncContext, "db" | "catalog">,
  { sourceId, table }: { sourceId: string; table: TableName },
): Promise<CatalogTable | undefined> {
  const position = await db
    .selectFrom("positions")
    .select("table_id")
    .where("source_id", "=", sourceId)
    .where("source_schema", "=", table.schema)
    .where("source_name", "=", table.name)
    .executeTakeFirst();
  const entry = position && (await catalog.entries()).find(({ id }) => id === position.table_id);
  return entry && catalog.load(entry);
}
