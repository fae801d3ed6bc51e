/**
 * The contents of the lake: databases and tables by name, their metadata, their history. It only reads; pointers move
 * in commit.ts.
 * Invariant: metadata files are immutable, so one that is in the cache is not read again.
 */
import { silentLog, type EventLog } from "../base/event-log.ts";
import type { Kysely } from "kysely";
import { readingCache } from "../base/reading-cache.ts";
import { uuidv7 } from "../base/uuid.ts";
import type { Tables } from "../db/tables.ts";
import type { FileIO } from "../iceberg/file-io.ts";
import type { TableMetadata } from "../iceberg/table-metadata.ts";
import type { LakeFiles } from "./deletion-vectors.ts";
import { keptFileIO } from "./file-io.ts";
import { readMetadata } from "./read-metadata.ts";
import { parseName, pickTable } from "./table-name.ts";

/** A table in one state of its metadata. */
export interface CatalogTable {
  readonly id: string;
  readonly database: string;
  readonly name: string;
  readonly location: string;
  readonly metadataLocation: string;
  readonly metadata: TableMetadata;
}

/** A table's row in the catalog, without its metadata. */
export type TableEntry = Omit<CatalogTable, "metadata">;

export interface Catalog extends LakeFiles {
  readonly db: Kysely<Tables>;
  /** Receives events about commits and their retries. */
  readonly log: EventLog;
  /** For planning scans: recently read files come from memory. */
  readonly manifests: FileIO;
  /** All tables, or those of one database, sorted by name. */
  entries(database?: string): Promise<readonly TableEntry[]>;
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
  /** Returns the id of a database, which is created if it does not exist. */
  ensureDatabase(name: string): Promise<string>;
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
  const entries = (database?: string): Promise<readonly TableEntry[]> => selectEntries(db, database);
  const loading = (metadataOf: typeof current) => async (entry: TableEntry) => ({
    ...entry,
    metadata: await metadataOf(entry.metadataLocation),
  });
  const load = loading(current);
  return {
    db,
    log,
    objects,
    derived,
    manifests: keptFileIO(objects),
    entries,
    load,
    loadEarlier: loading(earlier),
    find: async (name) => load(pickTable(parseName(name), await entries())),
    findEntry: async (name) => pickTable(parseName(name), await entries()),
    ensureDatabase: (name) => ensureDatabase(db, name),
  };
}

/** A table's metadata files are in one directory, and only the latest is asked for again. */
function directoryOf(location: string): string {
  return location.slice(0, location.lastIndexOf("/"));
}

function selectEntries(db: Kysely<Tables>, database: string | undefined): Promise<readonly TableEntry[]> {
  return db
    .selectFrom("tables")
    .innerJoin("databases", "databases.id", "tables.database_id")
    .select([
      "tables.id",
      "databases.name as database",
      "tables.name",
      "tables.location",
      "tables.metadata_location as metadataLocation",
    ])
    .$if(database !== undefined, (query) => query.where("databases.name", "=", database ?? ""))
    .orderBy("databases.name")
    .orderBy("tables.name")
    .execute();
}

async function ensureDatabase(db: Kysely<Tables>, name: string): Promise<string> {
  await db
    .insertInto("databases")
    .values({ id: uuidv7(), name })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { id } = await db.selectFrom("databases").select("id").where("name", "=", name).executeTakeFirstOrThrow();
  return id;
}
