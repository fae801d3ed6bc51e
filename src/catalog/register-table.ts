/**
 * Adds another writer's table to the catalog as it is: its files stay where they are. From then on the catalog has its
 * own pointer to the table; whoever keeps writing to it elsewhere must register the newer metadata again.
 */
import type { Kysely, Transaction } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import { inPolicyChange } from "../db/policy-change.ts";
import type { Tables } from "../db/tables.ts";
import { inTransaction } from "../db/transaction.ts";
import { HeadgateError } from "../errors.ts";
import { closeTable } from "../governance/closed-tables.ts";
import { keptBytes } from "../iceberg/kept-bytes.ts";
import { isMetadataName, metadataVersion } from "../iceberg/metadata-file.ts";
import type { TableMetadata } from "../iceberg/table-metadata.ts";
import { canonicalLocation } from "../objects/by-root.ts";
import { selectEntries, type Catalog, type TableEntry } from "./catalog.ts";
import { checkNamedFiles } from "./check-named-files.ts";
import { lockName } from "./lock-name.ts";
import { placesOf, tableFiles } from "./table-files.ts";
import { tableLabel } from "./table-name.ts";
import { commit, type TableStep } from "./commit.ts";
import { readMetadata } from "./read-metadata.ts";

export interface Registration {
  readonly database: string;
  readonly name: string;
  /** Location of a metadata file, or of the table to use its newest metadata. */
  readonly location: string;
  /** More locations that have files of the table. */
  readonly filesAt: readonly string[];
  /** Throws unless these locations may be read, and become places of the table beside the other tables. */
  approve(locations: readonly string[], beside: readonly TableEntry[]): Promise<void>;
}

export interface RegisteredTable {
  /** `database.table`. */
  readonly table: string;
  readonly metadataLocation: string;
  readonly formatVersion: number;
  readonly snapshots: number;
  /** False if the table was registered before and has new metadata. */
  readonly isNew: boolean;
}

/**
 * Throws what `approve` throws, TABLE_LOCATION_INVALID, METADATA_INVALID, FILE_OUTSIDE_TABLE, LAKE_NAME_TAKEN,
 * COMMIT_CONFLICT.
 */
export async function registerTable(catalog: Catalog, registration: Registration): Promise<RegisteredTable> {
  const { database, name, filesAt, approve } = registration;
  const entries = await catalog.entries();
  const known = entries.find(
    (entry) => entry.database === database && entry.name === name && entry.isElsewhere !== true,
  );
  const label = tableLabel(registration);
  const others = entries.filter((entry) => entry !== known);
  await approve([directoryAt(registration.location)], others);
  const { metadata, metadataLocation } = await metadataAt(catalog, registration.location);
  await checkName(catalog, { known, entries, metadata, label });
  const named = namedPlaces(metadata, filesAt);
  await approve(named, others);
  const { location = metadata.location } = known ?? {};
  const places = named.filter((place) => place !== trimmed(location));
  const files = tableFiles(catalog, { database, name, location, places });
  await checkNamedFiles(files, metadata);
  const step: TableStep = {
    tableId: known?.id ?? (metadata.tableUuid || uuidv7()),
    label,
    from: known?.metadataLocation,
    to: metadataLocation,
    snapshotId: metadata.currentSnapshotId,
    kept: { total: await keptBytes(files.io, metadata) },
    create:
      known === undefined
        ? { databaseId: await catalog.ensureDatabase(database), name, location: metadata.location, isForeign: true }
        : undefined,
  };
  const within = async (transaction: Transaction<Tables>): Promise<void> => {
    await approve(named, await placedSince(transaction, { entries, own: step.tableId }));
    await setPlaces(transaction, step.tableId, places);
  };
  if (known?.metadataLocation === metadataLocation) await inTransaction(catalog.db, within);
  else
    await commit(catalog, {
      id: uuidv7(),
      runId: undefined,
      summary: `registered ${label}`,
      steps: [step],
      positions: [],
      within,
    });
  const { formatVersion, snapshots } = metadata;
  return { table: label, metadataLocation, formatVersion, snapshots: snapshots.length, isNew: known === undefined };
}

/** Properties by which a table says that its writers put files elsewhere. */
const pathProperties = [
  "write.data.path",
  "write.metadata.path",
  "write.object-storage.path",
  "write.folder-storage.path",
] as const;

/** The locations that the metadata and the caller name; each has to be approved. */
function namedPlaces({ location, properties }: TableMetadata, filesAt: readonly string[]): readonly string[] {
  const declared = pathProperties.flatMap((name) => properties[name] ?? []);
  return [...new Set([location, ...declared, ...filesAt].map(trimmed))];
}

function trimmed(location: string): string {
  return canonicalLocation(location).replace(/\/+$/, "");
}

/** The directory of a metadata file; any other location is a directory. */
function directoryAt(location: string): string {
  const place = trimmed(location);
  return isMetadataName(place) ? place.slice(0, place.lastIndexOf("/")) : place;
}

interface Placed {
  /** The tables as they were when the registration began. */
  readonly entries: readonly TableEntry[];
  readonly own: string;
}

/**
 * Other tables that have been registered, or got other places, since then. Until the transaction ends, nobody else can
 * register one, so two never get the same place at the same moment.
 */
async function placedSince(transaction: Transaction<Tables>, { entries, own }: Placed): Promise<readonly TableEntry[]> {
  await lockName(transaction, "places of tables");
  const before = new Set(entries.map(placesText));
  const now = await selectEntries(transaction, { accountId: undefined });
  return now.filter((entry) => entry.id !== own && !before.has(placesText(entry)));
}

function placesText({ id, ...entry }: TableEntry): string {
  return JSON.stringify([id, ...placesOf(entry)]);
}

async function setPlaces(db: Kysely<Tables>, id: string, places: readonly string[]): Promise<void> {
  await db.updateTable("tables").set({ places }).where("id", "=", id).execute();
}

interface Naming {
  readonly known: TableEntry | undefined;
  readonly entries: readonly TableEntry[];
  readonly metadata: TableMetadata;
  readonly label: string;
}

/**
 * A name always means the same table, a table has only one name, and a table that a source or an import fills is not
 * replaced.
 */
async function checkName(catalog: Catalog, { known, entries, metadata, label }: Naming): Promise<void> {
  const other = entries.find(({ id }) => id === metadata.tableUuid);
  if (other !== undefined && other !== known)
    throw new HeadgateError("LAKE_NAME_TAKEN", {
      place: label,
      message: `this table is already registered as ${tableLabel(other)}`,
    });
  if (known === undefined) return;
  if (!(await isOwn(catalog, known.id)) && (metadata.tableUuid === "" || known.id === metadata.tableUuid)) return;
  throw new HeadgateError("LAKE_NAME_TAKEN", { place: label, message: `${label} is the name of another table` });
}

/** Throws TABLE_LOCATION_INVALID, METADATA_INVALID. */
async function metadataAt(
  catalog: Catalog,
  location: string,
): Promise<{ metadata: TableMetadata; metadataLocation: string }> {
  try {
    const metadataLocation = await newestMetadata(catalog, location);
    const { metadata } = await readMetadata(catalog.objects, metadataLocation);
    return { metadata, metadataLocation };
  } catch (cause) {
    if (!(cause instanceof HeadgateError) || cause.code !== "DATA_FILE_MISSING") throw cause;
    throw new HeadgateError("TABLE_LOCATION_INVALID", { place: location, message: cause.message, cause });
  }
}

/** Throws DATA_FILE_MISSING if there is none. */
async function newestMetadata({ objects }: Catalog, location: string): Promise<string> {
  const place = location.replace(/\/+$/, "");
  if (isMetadataName(place)) return place;
  const found: { location: string; modifiedAt: Date }[] = [];
  for await (const file of objects.list(`${place}/metadata/`)) if (isMetadataName(file.location)) found.push(file);
  const [newest] = found.toSorted(
    (left, right) =>
      metadataVersion(right.location) - metadataVersion(left.location) ||
      right.modifiedAt.getTime() - left.modifiedAt.getTime(),
  );
  if (newest !== undefined) return newest.location;
  throw new HeadgateError("DATA_FILE_MISSING", {
    place: location,
    message: "this location has no metadata of an Iceberg table",
  });
}

/**
 * Forgets a registered table; its files stay, and its grants and data filters end as when a table is dropped. Throws
 * TABLE_NOT_FOUND, and LAKE_NAME_TAKEN for a table that was not registered.
 */
export async function unregisterTable(catalog: Catalog, label: string, by: string | null): Promise<void> {
  const table = await catalog.find(label);
  const { id } = table;
  if (await isOwn(catalog, id))
    throw new HeadgateError("LAKE_NAME_TAKEN", {
      place: label,
      message: `${label} was loaded from a source or imported, and was not registered`,
    });
  await inPolicyChange(catalog.db, async (transaction) => {
    await closeTable(transaction, table, { by, reason: "the table was unregistered" });
    await transaction.deleteFrom("table_commits").where("table_id", "=", id).execute();
    await transaction.deleteFrom("tables").where("id", "=", id).execute();
  });
}

/** Whether Headgate writes the table's rows: by a source's runs or by imports. */
async function isOwn({ db }: Catalog, id: string): Promise<boolean> {
  const fed = await db.selectFrom("positions").select("table_id").where("table_id", "=", id).executeTakeFirst();
  const imported = await db.selectFrom("imports").select("table_id").where("table_id", "=", id).executeTakeFirst();
  return fed !== undefined || imported !== undefined;
}
