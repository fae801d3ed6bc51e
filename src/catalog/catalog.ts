/**
 * The contents of the lake: databases and tables by name, their metadata, their history. It only reads; pointers move
 * in commit.ts.
 * Invariant: metadata files are immutable, so one that is in the cache is not read again.
 */
import { silentLog, type EventLog } from "../base/event-log.ts";
import type { Kysely } from "kysely";
import { readingCache } from "../base/reading-cache.ts";
import { uuidv7 } from "../base/uuid.ts";
import { mainAccount, type Tables } from "../db/tables.ts";
import { inTransaction } from "../db/transaction.ts";
import { HeadgateError } from "../errors.ts";
import { giveDefaultTags } from "../governance/tag-store.ts";
import type { FileIO } from "../iceberg/file-io.ts";
import type { TableMetadata } from "../iceberg/table-metadata.ts";
import type { LakeFiles } from "./deletion-vectors.ts";
import { keptFileIO } from "./file-io.ts";
import { linkNames, withLinks, type LinkName } from "./link-names.ts";
import { readMetadata } from "./read-metadata.ts";
import { parseName, pickTable } from "./table-name.ts";
import type { ViewHead } from "./view.ts";
import { viewMetadata } from "./view-metadata.ts";
import { isOneOf, selectViews, viewVersion, type ViewEntry, type Wanted } from "./view-store.ts";

/** A table in one state of its metadata. */
export interface CatalogTable {
  readonly id: string;
  /** The name of its account. */
  readonly account?: string | undefined;
  /** Whether that is another account than the catalog's (`Catalog.accountId`). */
  readonly isElsewhere?: boolean | undefined;
  readonly database: string;
  readonly databaseId: string;
  readonly accountId: string;
  readonly name: string;
  readonly location: string;
  /** Other locations that may have files of the table; see table-files.ts. */
  readonly places: readonly string[];
  readonly metadataLocation: string;
  /** Set for a view, which has columns and no files. A catalog knows views only if it was opened with them (`withViews`). */
  readonly view?: ViewHead | undefined;
  /** The names that the catalog's account has for a table of another one. */
  readonly links?: readonly LinkName[] | undefined;
  readonly metadata: TableMetadata;
}

/** A table's row in the catalog, without its metadata. */
export type TableEntry = Omit<CatalogTable, "metadata">;

export interface Catalog extends LakeFiles {
  /** The account in which names are read and databases are created. */
  readonly accountId: string | undefined;
  /** The same catalog for somebody who acts in another account. */
  actingIn(accountId: string | undefined): Catalog;
  readonly db: Kysely<Tables>;
  /** Receives events about commits and their retries. */
  readonly log: EventLog;
  /** For planning scans: recently read files come from memory. */
  readonly manifests: FileIO;
  /** All tables of all accounts, or those of databases of one name, sorted by name. */
  entries(database?: string): Promise<readonly TableEntry[]>;
  /** Those with one of these ids, or in a database with one of them, sorted by name. */
  entriesOf(ids: readonly string[]): Promise<readonly TableEntry[]>;
  /**
   * Finds a table by its name as people write it. Throws TABLE_NOT_FOUND, TABLE_AMBIGUOUS, and USAGE for malformed
   * names.
   */
  find(name: string): Promise<CatalogTable>;
  /** The same without reading the metadata, which may be damaged. */
  findEntry(name: string): Promise<TableEntry>;
  /** Reads the table's metadata from `metadataLocation`. */
  load(entry: TableEntry): Promise<CatalogTable>;
  /** The same for a state that the table had before, which most statements never ask for. */
  loadEarlier(entry: TableEntry): Promise<CatalogTable>;
  /** The same catalog with its views among the tables. Whoever works on files must not use it. */
  withViews(): Catalog;
  /**
   * Everything in all accounts, also what the caller may not know: only for what other rights than the caller's decide
   * about, such as the tables that a view reads by the rights of its owner. Within a transaction, with what it has changed.
   */
  everything(transaction?: Kysely<Tables>): Catalog;
  /**
   * Returns the id of a database of the account, which is created if it does not exist. One that is made for a source has
   * the tags that the source gives from the moment when it is there.
   */
  ensureDatabase(name: string, sourceId?: string): Promise<string>;
}

/** Size of cached metadata as JSON text; in memory it takes about as much. */
const usualCachedBytes = 192 * 1024 * 1024;
const earlierBytes = 16 * 1024 * 1024;

interface CatalogParts extends LakeFiles {
  readonly db: Kysely<Tables>;
  readonly log?: EventLog | undefined;
  readonly cachedBytes?: number | undefined;
}

export function openCatalog(parts: CatalogParts): Catalog {
  const { db, log = silentLog, objects, derived, cachedBytes = usualCachedBytes } = parts;
  const read = async (location: string) => {
    const { metadata, characters } = await readMetadata(objects, location);
    return { value: metadata, bytes: characters };
  };
  const current = readingCache({ boundBytes: cachedBytes, placeOf: directoryOf }, read);
  const earlier = readingCache({ boundBytes: earlierBytes }, read);
  const loading = (metadataOf: typeof current) => async (entry: TableEntry) => ({
    ...entry,
    metadata: await metadataOf(entry.metadataLocation),
  });
  const load = loading(current);
  const common = { log, objects, derived, manifests: keptFileIO(objects), load, loadEarlier: loading(earlier) };
  return catalogOf({ db, accountId: mainAccount, common });
}

interface OneCatalog {
  /** The connection or the transaction through which it reads. */
  readonly db: Kysely<Tables>;
  readonly accountId: string | undefined;
  readonly common: Pick<Catalog, "log" | "objects" | "derived" | "manifests" | "load" | "loadEarlier">;
}

function catalogOf({ db, accountId, common }: OneCatalog): Catalog {
  const entries = async (database?: string): Promise<readonly TableEntry[]> =>
    linked(db, accountId, await selectEntries(db, { accountId, database }));
  const entriesOf = async (ids: readonly string[]): Promise<readonly TableEntry[]> =>
    ids.length === 0 ? [] : linked(db, accountId, await selectEntries(db, { accountId, ids }));
  const findEntry = async (name: string): Promise<TableEntry> => pickTable(parseName(name), await entries());
  const tables: Catalog = {
    ...common,
    db,
    accountId,
    actingIn: (other) => catalogOf({ db, accountId: other, common }),
    entries,
    entriesOf,
    find: async (name) => common.load(await findEntry(name)),
    findEntry,
    withViews: () => catalogWithViews(tables),
    everything: (transaction = db) => catalogWithViews(catalogOf({ db: transaction, accountId, common })),
    ensureDatabase: (name, sourceId) => ensureDatabase(db, { accountId, name, sourceId }),
  };
  return tables;
}

/** A view has no snapshot, no file and no location, so nothing that works on files finds any through this catalog. */
function catalogWithViews(tables: Catalog): Catalog {
  const { db, accountId } = tables;
  const withThem = async (
    entriesAsked: Promise<readonly TableEntry[]>,
    wanted: Omit<Wanted, "accountId">,
  ): Promise<readonly TableEntry[]> => {
    const viewsAsked = selectViews(db, { accountId, ...wanted }).then((found) => linked(db, accountId, found));
    const [own, views] = await Promise.all([entriesAsked, viewsAsked]);
    return views.length === 0 ? own : [...own, ...views].toSorted(byName);
  };
  const entries = (database?: string) => withThem(tables.entries(database), { database });
  const load = async (entry: TableEntry): Promise<CatalogTable> => {
    if (!isView(entry)) return tables.load(entry);
    return { ...entry, metadata: viewMetadata(entry.id, await viewVersion(tables.db, entry)) };
  };
  const findEntry = async (name: string): Promise<TableEntry> => pickTable(parseName(name), await entries());
  return {
    ...tables,
    entries,
    entriesOf: async (ids) => (ids.length === 0 ? [] : withThem(tables.entriesOf(ids), { ids })),
    load,
    findEntry,
    find: async (name) => load(await findEntry(name)),
    actingIn: (other) => catalogWithViews(tables.actingIn(other)),
    withViews: () => catalogWithViews(tables),
  };
}

async function linked<T extends TableEntry>(
  db: Kysely<Tables>,
  accountId: string | undefined,
  things: readonly T[],
): Promise<readonly T[]> {
  const isOfOthers = things.some(({ isElsewhere }) => isElsewhere === true);
  return accountId === undefined || !isOfOthers ? things : withLinks(things, await linkNames(db, accountId));
}

export function isView(entry: TableEntry): entry is TableEntry & ViewEntry {
  return entry.view !== undefined;
}

function byName(one: TableEntry, other: TableEntry): number {
  return orderOf(one) < orderOf(other) ? -1 : 1;
}

function orderOf({ database, name, account = "" }: TableEntry): string {
  return [database, name, account].join("\0");
}

/** The catalog for somebody who acts in the account: the same one if it is that account's already. */
export function catalogIn(catalog: Catalog, accountId: string | undefined): Catalog {
  return catalog.accountId === accountId ? catalog : catalog.actingIn(accountId);
}

/** A table's metadata files are in one directory, and only the latest is asked for again. */
function directoryOf(location: string): string {
  return location.slice(0, location.lastIndexOf("/"));
}

/** The entries of a catalog; within a transaction, with the changes that it has made itself. */
export async function selectEntries(
  db: Kysely<Tables>,
  { accountId, database, ids }: Wanted,
): Promise<readonly TableEntry[]> {
  const rows = await db
    .selectFrom("tables")
    .innerJoin("databases", "databases.id", "tables.database_id")
    .innerJoin("accounts", "accounts.id", "databases.account_id")
    .select([
      "tables.id",
      "accounts.name as account",
      "databases.name as database",
      "databases.id as databaseId",
      "databases.account_id as accountId",
      "tables.name",
      "tables.location",
      "tables.places",
      "tables.metadata_location as metadataLocation",
    ])
    .$if(database !== undefined, (query) => query.where("databases.name", "=", database ?? ""))
    .$if(ids !== undefined, (query) => query.where(isOneOf("tables", ids ?? [])))
    .orderBy("databases.name")
    .orderBy("tables.name")
    .orderBy("accounts.name")
    .execute();
  return rows.map((row) => ({ ...row, isElsewhere: row.accountId !== accountId }));
}

/** Somebody who acts in no account creates nothing. Throws ACCOUNT_NOT_FOUND. */
async function ensureDatabase(db: Kysely<Tables>, { accountId, name, sourceId }: NewDatabase): Promise<string> {
  if (accountId === undefined) throw new HeadgateError("ACCOUNT_NOT_FOUND", { place: `database ${name}` });
  return inTransaction(db, async (transaction) => {
    const own = transaction
      .selectFrom("databases")
      .select("id")
      .where("name", "=", name)
      .where("account_id", "=", accountId);
    const made = await transaction
      .insertInto("databases")
      .values({ id: uuidv7(), name, account_id: accountId })
      .onConflict((conflict) => conflict.doNothing())
      .returning("id")
      .executeTakeFirst();
    if (made !== undefined && sourceId !== undefined)
      await giveDefaultTags(transaction, { sourceId, databaseId: made.id });
    return (made ?? (await own.executeTakeFirstOrThrow())).id;
  });
}

interface NewDatabase {
  readonly accountId: string | undefined;
  readonly name: string;
  readonly sourceId: string | undefined;
}
