/**
 * Finds tables by name among those that a reader may read. A table that they may not know of does not exist: not for its
 * name, not for names that mean several tables, and not for suggestions.
 */
import type { TableEntry } from "../catalog/catalog.ts";
import { pickTable, tableNotFound, type NamedTable } from "../catalog/table-name.ts";
import type { TableAccess } from "../governance/table-access.ts";

/** The part of a table that the reader may read. Undefined if they may not know that the table exists. */
export type TableRights = (entry: TableEntry) => TableAccess | undefined;

/** A table that the reader may know of, with the part of it that they may read. */
export interface Readable<Entry extends TableEntry> {
  readonly entry: Entry;
  readonly access: TableAccess;
}

/** Asks about tables of this name alone. Throws TABLE_NOT_FOUND, TABLE_AMBIGUOUS. */
export function pickReadable<Entry extends TableEntry>(
  parts: readonly string[],
  entries: readonly Entry[],
  rights: TableRights,
): Readable<Entry> {
  const known = readableNamed(parts, entries, rights);
  if (known.size === 0)
    throw tableNotFound(
      parts,
      entries.filter((entry) => rights(entry) !== undefined),
    );
  const entry = pickTable(parts, [...known.keys()]);
  return { entry, access: known.get(entry) ?? { parts: [] } };
}

/** The tables that `[table]`, `[database, table]` or `[account, database, table]` could mean, if case is ignored. */
export function readableNamed<Entry extends TableEntry>(
  parts: readonly string[],
  entries: readonly Entry[],
  rights: TableRights,
): ReadonlyMap<Entry, TableAccess> {
  const folded = parts.map((part) => part.toLowerCase());
  const [name, database, account] = folded.toReversed();
  const isMeant = (entry: NamedTable): boolean => {
    if (parts.length > 3 || entry.name.toLowerCase() !== name) return false;
    if (database !== undefined && entry.database.toLowerCase() !== database) return false;
    return account === undefined ? entry.isElsewhere !== true : entry.account?.toLowerCase() === account;
  };
  const named = entries.filter((entry) => isMeant(entry) || entry.links?.some(isMeant) === true);
  return new Map(
    named.flatMap((entry): [Entry, TableAccess][] => {
      const access = rights(entry);
      return access === undefined ? [] : [[entry, access]];
    }),
  );
}
