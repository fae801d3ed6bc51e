/**
 * The catalog as the tables of a query: looks up names once, reads every table of a statement at the same state of the
 * lake and as its reader may read it, and selects files from the manifests. One instance per statement.
 */
import { metadataAt, nextKeptState, sequenceAsOf, type AsOf as LakeAsOf } from "../catalog/as-of.ts";
import { isView, type Catalog, type CatalogTable, type TableEntry } from "../catalog/catalog.ts";
import { formatName, tableLabel, tableNotFound } from "../catalog/table-name.ts";
import { describeAsOf, findSnapshot, schemaOfState } from "../catalog/find-snapshot.ts";
import type { ViewEntry } from "../catalog/view-store.ts";
import { localFiles } from "../catalog/local-files.ts";
import { isMetadataTable, metadataTable } from "../catalog/metadata-tables.ts";
import { rowlessFile } from "../catalog/rowless-file.ts";
import { shapedFiles } from "../catalog/shaped-files.ts";
import { tableFiles } from "../catalog/table-files.ts";
import { securableTable } from "../governance/securable.ts";
import { HeadgateError } from "../errors.ts";
import { isWhole } from "../governance/table-access.ts";
import type { DataFile } from "../iceberg/data-file.ts";
import type { Expression } from "../iceberg/expression.ts";
import { planScan, skippedFiles } from "../iceberg/scan.ts";
import type { Snapshot } from "../iceberg/snapshot.ts";
import { snapshotById } from "../iceberg/table-metadata.ts";
import type { AsOf } from "./as-of.ts";
import { hidingFiles } from "./hide-files.ts";
import { pickReadable, readableNamed, type Readable, type TableRights } from "./readable-tables.ts";
import { restrictTable } from "./restrict-table.ts";
import type { FilePlan, QueryTable, TableSource } from "./table-source.ts";
import { viewBody, viewColumns, withBody, type ViewReading, type ViewRights } from "./view-tables.ts";

/** Without rights for views, none can be read. `catalog` may have views among its tables. */
export function lakeTables(catalog: Catalog, rights: TableRights, views?: ViewRights): TableSource {
  const entriesAsOf = entriesReader(catalog);
  const all = catalog.everything();
  const allAsOf = entriesReader(all);
  return {
    prefetch: () => entriesAsOf(undefined),
    async resolve(parts, asOf) {
      const entries = await entriesAsOf(ofLake(asOf));
      const { entry, access, about } = pick(parts, entries, rights);
      if (isView(entry)) {
        const table = restrictTable(await viewColumns(catalog, entry), access);
        if (views === undefined) throw tableNotFound(parts, []);
        return withBody(table, await viewBody(catalog, entry, viewReading(all, { asOf, views, allAsOf })));
      }
      const table = await (isWhole(access) ? load(catalog, entry) : load(catalog, entry).catch(hidingFiles(entry)));
      const snapshot = findSnapshot(table, isOfLake(asOf) ? undefined : asOf);
      return about === undefined
        ? restrictTable(queryTable(catalog, { table, snapshot, asOf }), access)
        : metadataQueryTable(catalog, { table, snapshot, name: about });
    },
  };
}

/** Finds whatever a view reads, as it is now. Throws VIEW_BROKEN, VIEW_CLOSED. */
export async function openView(catalog: Catalog, view: ViewEntry, views: ViewRights): Promise<void> {
  const all = catalog.everything();
  await viewBody(catalog, view, viewReading(all, { asOf: undefined, views, allAsOf: entriesReader(all) }));
}

interface ViewParts {
  readonly asOf: AsOf | undefined;
  readonly views: ViewRights;
  readonly allAsOf: ReturnType<typeof entriesReader>;
}

/** A snapshot, a tag or a branch is of one table, so that a view cannot be read as of it. Throws SNAPSHOT_NOT_FOUND. */
function viewReading(all: Catalog, { asOf, views, allAsOf }: ViewParts): ViewReading {
  if (asOf !== undefined && !isOfLake(asOf))
    throw new HeadgateError("SNAPSHOT_NOT_FOUND", {
      place: describeAsOf(asOf),
      message: "this is a state of one table, and a view reads many: name a time, a run, first or before-last",
    });
  return {
    asOf,
    rights: views,
    baseById: async (id) => (await allAsOf(asOf)).find((entry) => entry.id === id),
    async readBase(entry) {
      const table = await load(all, entry).catch(hidingFiles(entry));
      return queryTable(all, { table, snapshot: findSnapshot(table, undefined), asOf });
    },
  };
}

interface Picked extends Readable<EntryAsOf> {
  /** Name of a table about the table. */
  readonly about: string | undefined;
}

/** Tables about a table tell of all its rows, so they exist only for people who may read the whole table. */
function pick(parts: readonly string[], entries: readonly EntryAsOf[], rights: TableRights): Picked {
  const about = aboutTable(parts, entries, rights);
  if (about === undefined) return { ...pickReadable(parts, entries, rights), about };
  const picked = pickReadable(parts.slice(0, -1), entries, rights);
  return isWhole(picked.access) ? { ...picked, about } : { ...pickReadable(parts, entries, rights), about: undefined };
}

/**
 * `snapshots` for `orders.snapshots`, unless that is the name of a table. Throws TABLE_AMBIGUOUS for `a.b.snapshots` if
 * it could be a table of the account a as well as the snapshots of a table a.b.
 */
function aboutTable(parts: readonly string[], entries: readonly EntryAsOf[], rights: TableRights): string | undefined {
  const name = parts.at(-1) ?? "";
  if (parts.length < 2 || !isMetadataTable(name)) return undefined;
  if (readableNamed(parts, entries, rights).size === 0) return isOfView(parts, entries, rights) ? undefined : name;
  if (parts.length === 3 && readableNamed(parts.slice(0, -1), entries, rights).size > 0)
    throw new HeadgateError("TABLE_AMBIGUOUS", {
      place: formatName(parts),
      message: `${formatName(parts)} is a table of the account ${parts[0]}, and could also be the ${name} of a table`,
    });
  return undefined;
}

/** A view has no files and no states to tell of. */
function isOfView(parts: readonly string[], entries: readonly EntryAsOf[], rights: TableRights): boolean {
  return [...readableNamed(parts.slice(0, -1), entries, rights).keys()].some(isView);
}

/** A table as it is now, or as it was at a moment of the lake. */
interface EntryAsOf extends TableEntry {
  readonly earlier?: EarlierState;
}

interface EarlierState {
  readonly asOf: LakeAsOf;
  /** Sequence number of the lake's last commit at that moment. */
  readonly sequence: bigint;
  readonly isKept: boolean;
}

async function load(catalog: Catalog, entry: EntryAsOf): Promise<CatalogTable> {
  const { earlier } = entry;
  return earlier === undefined ? catalog.load(entry) : loadState(catalog, { entry, earlier });
}

/** Throws SNAPSHOT_NOT_FOUND if maintenance has removed the state. */
async function loadState(
  catalog: Catalog,
  { entry, earlier }: { entry: TableEntry; earlier: EarlierState },
): Promise<CatalogTable> {
  const current = (await catalog.entries(entry.database)).find(({ id }) => id === entry.id);
  if (current === undefined) throw tableNotFound([entry.database, entry.name], []);
  const now = await catalog.load(current);
  if (!earlier.isKept) throw await notKept(catalog, { now, earlier });
  const then = await catalog.loadEarlier(entry).catch(async (cause: unknown) => {
    const isGone = cause instanceof HeadgateError && cause.code === "DATA_FILE_MISSING";
    throw isGone ? await notKept(catalog, { now, earlier, cause }) : cause;
  });
  const { currentSnapshotId: id } = then.metadata;
  if (id !== undefined && snapshotById(now.metadata, id) === undefined) throw await notKept(catalog, { now, earlier });
  return then;
}

/** The error for a removed state; it tells the earliest state that can still be read. */
async function notKept(
  { db }: Catalog,
  { now, earlier, cause }: { now: CatalogTable; earlier: EarlierState; cause?: unknown },
): Promise<HeadgateError> {
  const snapshotIds = now.metadata.snapshots.map(({ snapshotId }) => snapshotId);
  const next = await nextKeptState(db, { tableId: now.id, sequence: earlier.sequence, snapshotIds });
  const since = next === undefined ? "" : `; the first later state that still exists is of ${next.toISOString()}`;
  return new HeadgateError("SNAPSHOT_NOT_FOUND", {
    place: `${tableLabel(now)} at ${describeAsOf(earlier.asOf)}`,
    message: `this state has been removed${since}`,
    cause,
  });
}

/** Lists the tables of the lake now or at a moment; reads each moment once. */
function entriesReader(catalog: Catalog): (asOf: LakeAsOf | undefined) => Promise<readonly EntryAsOf[]> {
  let current: Promise<readonly TableEntry[]> | undefined;
  const earlier = new Map<string, Promise<readonly EntryAsOf[]>>();
  const now = (): Promise<readonly TableEntry[]> => (current ??= catalog.entries());
  return (asOf) => {
    if (asOf === undefined) return now();
    const key = JSON.stringify(asOf);
    const entries = earlier.get(key) ?? entriesAt(catalog, { asOf, entries: now() });
    earlier.set(key, entries);
    return entries;
  };
}

async function entriesAt(
  { db }: Catalog,
  { asOf, entries }: { asOf: LakeAsOf; entries: Promise<readonly TableEntry[]> },
): Promise<readonly EntryAsOf[]> {
  const sequence = await sequenceAsOf(db, asOf);
  const then = await metadataAt(db, sequence);
  return (await entries).flatMap((entry): EntryAsOf[] => {
    if (isView(entry)) return [entry];
    const state = then.get(entry.id);
    if (state === undefined) return [];
    const { metadataLocation, isKept } = state;
    return [{ ...entry, metadataLocation, earlier: { asOf, sequence, isKept } }];
  });
}

function ofLake(asOf: AsOf | undefined): LakeAsOf | undefined {
  return isOfLake(asOf) ? asOf : undefined;
}

function isOfLake(asOf: AsOf | undefined): asOf is LakeAsOf {
  return asOf !== undefined && !("snapshot" in asOf) && !("reference" in asOf);
}

interface QueriedState {
  readonly table: CatalogTable;
  readonly snapshot: Snapshot | undefined;
  readonly asOf: AsOf | undefined;
}

function queryTable(catalog: Catalog, state: QueriedState): QueryTable {
  const { table, snapshot, asOf } = state;
  const schema = schemaOfState(table, state);
  return {
    id: `${table.metadataLocation}#${snapshot?.snapshotId ?? ""}#${asOf === undefined ? "" : "then"}`,
    securable: securableTable(table),
    snapshotId: snapshot?.snapshotId,
    account: table.account,
    isElsewhere: table.isElsewhere,
    database: table.database,
    name: table.name,
    columns: schema.fields.map(({ id, name, type, initialDefault }) => ({ fieldId: id, name, type, initialDefault })),
    planFiles: (filter) => planFiles(catalog, { ...state, filter }),
    shapeFiles: (engine, files) => shapedFiles(engine, { metadata: table.metadata, files }),
  };
}

function metadataQueryTable(
  catalog: Catalog,
  { table, snapshot, name }: { table: CatalogTable; snapshot: Snapshot | undefined; name: string },
): QueryTable {
  const { columns, shape, file } = metadataTable(catalog, { table, snapshot, name });
  return {
    id: `${table.metadataLocation}#${snapshot?.snapshotId ?? ""}#${name.toLowerCase()}`,
    securable: securableTable(table),
    snapshotId: snapshot?.snapshotId,
    account: table.account,
    isElsewhere: table.isElsewhere,
    database: table.database,
    name: `${table.name}.${name}`,
    columns,
    isMetadata: true,
    async planFiles() {
      const path = await file();
      const made = { path, location: path, deletes: [], shape: { columns: shape, hasIds: false } };
      return { files: [{ ...made, recordCount: 0, sizeBytes: 0 }], skipped: [], skippedFiles: 0, skippedManifests: 0 };
    },
  };
}

async function planFiles(
  catalog: Catalog,
  { table, snapshot, filter }: { table: CatalogTable; snapshot: Snapshot | undefined; filter: Expression | undefined },
): Promise<FilePlan> {
  const { metadata } = table;
  const own = tableFiles(catalog, table);
  const plan = await planScan(own.manifests, { metadata, snapshot, filter });
  const local = await localFiles(own, { table: tableLabel(table), metadata, files: plan.files });
  return {
    files: local.map((file) => ({ ...file, ...sizes(file.dataFile) })),
    skipped: plan.skipped.map((file) => ({ location: file.filePath, ...sizes(file) })),
    skippedFiles: skippedFiles(plan),
    skippedManifests: plan.skippedManifests.length,
    rowlessFile: await rowlessFile(catalog),
  };
}

function sizes({ recordCount, fileSizeInBytes }: DataFile): { recordCount: number; sizeBytes: number } {
  return { recordCount: Number(recordCount), sizeBytes: Number(fileSizeInBytes) };
}
