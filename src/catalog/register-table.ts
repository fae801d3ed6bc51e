/**
 * Adds another writer's table to the catalog as it is: its files stay where they are. From then on the catalog has its
 * own pointer to the table; whoever keeps writing to it elsewhere must register the newer metadata again.
 */
import { uuidv7 } from "../base/uuid.ts";
import { HeadgateError } from "../errors.ts";
import { isMetadataName, metadataVersion } from "../iceberg/metadata-file.ts";
import type { TableMetadata } from "../iceberg/table-metadata.ts";
import type { Catalog, TableEntry } from "./catalog.ts";
import { tableLabel } from "./table-name.ts";
import { commit, type TableStep } from "./commit.ts";
import { readMetadata } from "./read-metadata.ts";

export interface Registration {
  readonly database: string;
  readonly name: string;
  /** Location of a metadata file, or of the table to use its newest metadata. */
  readonly location: string;
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

/** Throws TABLE_LOCATION_INVALID, METADATA_INVALID, LAKE_NAME_TAKEN, COMMIT_CONFLICT. */
export async function registerTable(catalog: Catalog, registration: Registration): Promise<RegisteredTable> {
  const { database, name } = registration;
  const { metadata, metadataLocation } = await metadataAt(catalog, registration.location);
  const entries = await catalog.entries();
  const known = entries.find((entry) => entry.database === database && entry.name === name);
  const label = tableLabel(registration);
  await checkName(catalog, { known, entries, metadata, label });
  const step: TableStep = {
    tableId: known?.id ?? (metadata.tableUuid || uuidv7()),
    label,
    from: known?.metadataLocation,
    to: metadataLocation,
    snapshotId: metadata.currentSnapshotId,
    create:
      known === undefined
        ? { databaseId: await catalog.ensureDatabase(database), name, location: metadata.location }
        : undefined,
  };
  if (known?.metadataLocation !== metadataLocation)
    await commit(catalog, {
      id: uuidv7(),
      runId: undefined,
      summary: `registered ${label}`,
      steps: [step],
      positions: [],
    });
  const { formatVersion, snapshots } = metadata;
  return { table: label, metadataLocation, formatVersion, snapshots: snapshots.length, isNew: known === undefined };
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
  const trimmed = location.replace(/\/+$/, "");
  if (isMetadataName(trimmed)) return trimmed;
  const found: { location: string; modifiedAt: Date }[] = [];
  for await (const file of objects.list(`${trimmed}/metadata/`)) if (isMetadataName(file.location)) found.push(file);
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
 * Forgets a registered table; its files stay. Throws TABLE_NOT_FOUND, and LAKE_NAME_TAKEN for a table that was not
 * registered.
 */
export async function unregisterTable(catalog: Catalog, label: string): Promise<void> {
  const { id } = await catalog.find(label);
  if (await isOwn(catalog, id))
    throw new HeadgateError("LAKE_NAME_TAKEN", {
      place: label,
      message: `${label} was loaded from a source or imported, and was not registered`,
    });
  await catalog.db.transaction().execute(async (transaction) => {
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
