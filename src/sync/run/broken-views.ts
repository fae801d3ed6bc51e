/**
 * Warns of views that a change of columns has broken: nobody reads them from then on, so that the run is the moment to
 * say it.
 */
import { tableLabel } from "../../catalog/table-name.ts";
import { allViews } from "../../catalog/view-store.ts";
import { lastColumnNames } from "../../iceberg/last-column-names.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import type { SyncContext } from "./sync-context.ts";
import type { TableReport } from "./sync-report.ts";

/** One warning for each view that needs a column which a table lost in this run, or earlier. */
export async function brokenViews(
  { db, catalog }: Pick<SyncContext, "db" | "catalog">,
  reports: readonly TableReport[],
): Promise<readonly string[]> {
  const changed = reports.filter(({ schemaChanges }) => schemaChanges.length > 0);
  if (changed.length === 0) return [];
  const views = await allViews(db, catalog.accountId);
  if (views.length === 0) return [];
  const found = changed.map(async ({ lakeTable }) => {
    const table = await catalog.find(lakeTable);
    const there = new Set(currentSchema(table.metadata).fields.map(({ id }) => id));
    return views.flatMap(({ entry, text }) => {
      const uses = text.reads.find(({ id }) => id === table.id)?.uses ?? [];
      const missing = uses.filter((fieldId) => !there.has(fieldId)).map(lastColumnNames(table.metadata));
      return missing.length === 0 ? [] : [warning(tableLabel(entry), tableLabel(table), missing.join(", "))];
    });
  });
  return (await Promise.all(found)).flat();
}

function warning(view: string, table: string, columns: string): string {
  const remedy = `give it another statement with: headgate view create ${view} --replace`;
  return `the view ${view} is broken: it needs ${columns} of ${table}, which was dropped; nobody reads it until it is replaced; ${remedy}`;
}
