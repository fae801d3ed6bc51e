/** Which files of whole transactions several tables share, of those that the tables have not read. */
import { mapLimit } from "../../base/limit.ts";
import type { ForeignFile } from "../../objects/foreign-files.ts";
import type { PositionedTable } from "../../sync/source.ts";
import { loadState, type LoadState } from "./full-load.ts";
import { isTransactions } from "./layout.ts";
import type { Listing } from "./listing.ts";
import type { Looking } from "./looked-at.ts";
import { hasLateFiles, unreadFiles } from "./next-files.ts";
import { parsePosition } from "./position.ts";
import { tableKey } from "./transaction-widths.ts";
import { lookAtTransactions } from "./transactions-file.ts";

const openedAtOnce = 4;

/** For each table, the paths of the files that have rows of it. Only files that two of the tables may share are opened. */
export async function sharedFiles(
  looking: Looking,
  { listing, tables }: { listing: Listing; tables: readonly PositionedTable[] },
): Promise<readonly (readonly string[])[]> {
  const unread = await mapLimit(tables, openedAtOnce, (table) => unreadTransactions(looking, listing, table));
  const readers = Map.groupBy(unread.flat(), ({ path }) => path);
  const shared = [...readers.values()].flatMap((same) => (same.length > 1 && same[0] !== undefined ? [same[0]] : []));
  const keys = new Map(await mapLimit(shared, openedAtOnce, (file) => tablesIn(looking, file)));
  return tables.map(({ name }, index) => {
    const key = tableKey(name.name, name.schema);
    return (unread[index] ?? []).flatMap(({ path }) => (keys.get(path)?.has(key) === true ? [path] : []));
  });
}

async function unreadTransactions(
  looking: Looking,
  listing: Listing,
  { name, position }: PositionedTable,
): Promise<readonly ForeignFile[]> {
  const files = listing.find(name);
  if (files === undefined) return [];
  const since = position === undefined ? undefined : parsePosition(position);
  const load = await loadState(looking, files, since).catch((): LoadState => "new");
  const changes = hasLateFiles(files, since) ? files.changes : unreadFiles(files, since, load).changes;
  return changes.filter(({ path }) => isTransactions(path));
}

/** A file that cannot be understood stops every table that reads it, so nothing is shared through it. */
async function tablesIn(looking: Looking, file: ForeignFile): Promise<readonly [string, ReadonlySet<string>]> {
  const found = await lookAtTransactions(looking, file).catch(() => undefined);
  return [file.path, new Set(found?.widths.byTable.keys())];
}
