/** The catalog as somebody may know it: hidden tables do not exist, also for suggestions and for short names. */
import type { Catalog, TableEntry } from "../catalog/catalog.ts";
import { parseName, pickTable } from "../catalog/table-name.ts";

export function governedCatalog(catalog: Catalog, mayKnow: (entry: TableEntry) => boolean): Catalog {
  const entries = async (database?: string): Promise<readonly TableEntry[]> =>
    (await catalog.entries(database)).filter(mayKnow);
  return {
    ...catalogForWork(catalog, mayKnow),
    entries,
    withViews: () => governedCatalog(catalog.withViews(), mayKnow),
  };
}

/**
 * To work on what somebody names, all tables are needed, but a name means only a table that they may know. Otherwise
 * the work could be done on another table than the one that was decided about.
 */
export function catalogForWork(catalog: Catalog, mayKnow: (entry: TableEntry) => boolean): Catalog {
  const findEntry = async (name: string): Promise<TableEntry> =>
    pickTable(parseName(name), (await catalog.entries()).filter(mayKnow));
  return {
    ...catalog,
    findEntry,
    find: async (name) => catalog.load(await findEntry(name)),
    withViews: () => catalogForWork(catalog.withViews(), mayKnow),
  };
}
