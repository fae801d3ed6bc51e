import type { TableEntry } from "../../catalog/catalog.ts";
import { historyId } from "../history/change-history.ts";
import { matchesAny } from "./table-pattern.ts";
import type { SyncContext } from "../run/sync-context.ts";

/** The lake tables that a source feeds, with their histories, by name; `patterns` refer to names in the source. */
export async function tablesOfSource(
  { db, catalog }: Pick<SyncContext, "db" | "catalog">,
  sourceId: string,
  patterns: readonly string[] = [],
): Promise<readonly TableEntry[]> {
  const rows = await db
    .selectFrom("positions")
    .select(["table_id", "source_schema", "source_name"])
    .where("source_id", "=", sourceId)
    .execute();
  const wanted = rows.filter(({ source_schema: schema, source_name: name }) => matchesAny(patterns, { schema, name }));
  const ids = new Set(wanted.flatMap(({ table_id: id }) => [id, historyId(id)]));
  return (await catalog.entries()).filter(({ id }) => ids.has(id));
}

/** Tables that no source feeds: those of other writers, imported ones, and those of removed sources. */
export async function unfedTables({
  db,
  catalog,
}: Pick<SyncContext, "db" | "catalog">): Promise<readonly TableEntry[]> {
  const rows = await db.selectFrom("positions").select("table_id").execute();
  const fed = new Set(rows.flatMap(({ table_id: id }) => [id, historyId(id)]));
  return (await catalog.entries()).filter(({ id }) => !fed.has(id));
}
