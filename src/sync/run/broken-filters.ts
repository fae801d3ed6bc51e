/**
 * Warns of data filters that a change of columns has broken. Whoever has only such a filter reads nothing from then on,
 * so that the run is the moment to say it.
 */
import type { TableEntry } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import { brokenFilter } from "../../governance/broken-filter.ts";
import { openFilters } from "../../governance/data-filters.ts";
import { filterOf } from "../../governance/policy-rows.ts";
import type { SyncContext } from "./sync-context.ts";
import type { TableReport } from "./sync-report.ts";

/** One warning for each broken filter of a table whose columns changed in this run. */
export async function brokenFilters(
  context: Pick<SyncContext, "db" | "catalog">,
  reports: readonly TableReport[],
): Promise<readonly string[]> {
  const changed = reports.filter(({ schemaChanges }) => schemaChanges.length > 0);
  const found = await Promise.all(
    changed.map(async ({ lakeTable }) => ofTable(context, await context.catalog.findEntry(lakeTable))),
  );
  return found.flat();
}

async function ofTable(
  { db, catalog }: Pick<SyncContext, "db" | "catalog">,
  entry: TableEntry,
): Promise<readonly string[]> {
  const filters = await openFilters(db, entry.id);
  if (filters.length === 0) return [];
  const { metadata } = await catalog.load(entry);
  return filters.flatMap((row) => {
    const filter = filterOf(row);
    const why = filter && brokenFilter(filter, metadata);
    return why === undefined ? [] : [warning(row.name, tableLabel(entry), why)];
  });
}

function warning(filter: string, table: string, why: string): string {
  const remedy = `correct it with: headgate filter add ${filter} on ${table} --replace`;
  return `the data filter ${filter} of ${table} is broken: ${why}; who has only this filter reads nothing; ${remedy}`;
}
