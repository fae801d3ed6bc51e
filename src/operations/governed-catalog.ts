/** The catalog as somebody may know it: hidden tables do not exist, also for suggestions and for short names. */
import type { Catalog, TableEntry } from "../catalog/catalog.ts";
import { parseName, pickTable } from "../catalog/table-name.ts";

export function governedCatalog(catalog: Catalog, mayKnow: (entry: TableEntry) => boolean): Catalog {
  const entries = async (database?: string): Promise<readonly TableEntry[]> =>
    (await catalog.entries(database)).filter(mayKnow);
  return {
    ...catalogForWork(catalog, mayKnow),
    entries,
    entriesOf: async (ids) => (await catalog.entriesOf(ids)).filter(mayKnow),
    withViews: () => governedCatalog(catalog.withViews(), mayKnow),
  };
}

/**
 * The catalog without the names that are links: whoever changes or drops something names the thing itself, so that nobody
 * drops a table of another account who meant their own name for it.
 */
export function catalogOfOwnNames(catalog: Catalog): Catalog {
  const withoutLinks = (found: readonly TableEntry[]): readonly TableEntry[] =>
    found.map(({ links: _links, ...entry }) => entry);
  const entries = async (database?: string) => withoutLinks(await catalog.entries(database));
  const findEntry = async (name: string): Promise<TableEntry> => pickTable(parseName(name), await entries());
  return {
    ...catalog,
    entries,
    entriesOf: async (ids) => withoutLinks(await catalog.entriesOf(ids)),
    findEntry,
    find: async (name) => catalog.load(await findEntry(name)),
    withViews: () => catalogOfOwnNames(catalog.withViews()),
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
