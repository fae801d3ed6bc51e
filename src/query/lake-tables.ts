/**
 * The catalog as a query's tables: names looked up once, every table of one statement at the same state of the lake, files
 * chosen from the manifests. One for each statement.
 */
import { metadataAt, sequenceAsOf, type AsOf as LakeAsOf } from "../catalog/as-of.ts";
import type { Catalog, CatalogTable, TableEntry } from "../catalog/catalog.ts";
import { fileIO } from "../catalog/file-io.ts";
import { localFiles } from "../catalog/local-files.ts";
import { shapedFiles } from "../catalog/shaped-files.ts";
import { HeadgateError } from "../errors.ts";
import type { DataFile } from "../iceberg/data-file.ts";
import type { Expression } from "../iceberg/expression.ts";
import { planScan, skippedFiles } from "../iceberg/scan.ts";
import type { Snapshot } from "../iceberg/snapshot.ts";
import { currentSchema, currentSnapshot, schemaOfSnapshot, snapshotById } from "../iceberg/table-metadata.ts";
import { describeAsOf, type AsOf } from "./as-of.ts";
import { pickByName } from "./pick-by-name.ts";
import type { FilePlan, QueryTable, TableSource } from "./table-source.ts";

export function lakeTables(catalog: Catalog): TableSource {
  const entriesAsOf = entriesReader(catalog);
  return {
    async resolve(parts, asOf) {
      const lakeAsOf = asOf !== undefined && !("snapshot" in asOf) ? asOf : undefined;
      const entry = pickByName(parts, await entriesAsOf(lakeAsOf));
      const table =
        lakeAsOf === undefined ? await catalog.load(entry) : await loadState(catalog, { entry, asOf: lakeAsOf });
      return queryTable(catalog, { table, snapshot: snapshotOf(table, asOf) });
    },
  };
}

/** Throws SNAPSHOT_NOT_FOUND where upkeep has let the state go. */
async function loadState(
  catalog: Catalog,
  { entry, asOf }: { entry: TableEntry; asOf: LakeAsOf },
): Promise<CatalogTable> {
  const expired = (cause?: unknown): HeadgateError => {
    const message = "this state is older than the table keeps";
    return new HeadgateError("SNAPSHOT_NOT_FOUND", {
      place: `${labelOf(entry)} at ${describeAsOf(asOf)}`,
      message,
      cause,
    });
  };
  const now = await catalog.load(pickByName([entry.database, entry.name], await catalog.entries(entry.database)));
  const then = await catalog.load(entry).catch((failure: unknown) => {
    throw failure instanceof HeadgateError && failure.code === "DATA_FILE_MISSING" ? expired(failure) : failure;
  });
  const { currentSnapshotId: id } = then.metadata;
  if (id !== undefined && snapshotById(now.metadata, id) === undefined) throw expired();
  return then;
}

/** The tables of the lake now or at a moment, each moment read once. */
function entriesReader(catalog: Catalog): (asOf: LakeAsOf | undefined) => Promise<readonly TableEntry[]> {
  let current: Promise<readonly TableEntry[]> | undefined;
  const earlier = new Map<string, Promise<readonly TableEntry[]>>();
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
): Promise<readonly TableEntry[]> {
  const then = await metadataAt(db, await sequenceAsOf(db, asOf));
  return (await entries).flatMap((entry) => {
    const state = then.get(entry.id);
    return state === undefined ? [] : [{ ...entry, metadataLocation: state.metadataLocation }];
  });
}

function snapshotOf(table: CatalogTable, asOf: AsOf | undefined): Snapshot | undefined {
  if (asOf === undefined || !("snapshot" in asOf)) return currentSnapshot(table.metadata);
  const snapshot = snapshotById(table.metadata, asOf.snapshot);
  if (snapshot === undefined)
    throw new HeadgateError("SNAPSHOT_NOT_FOUND", { place: `${labelOf(table)} at ${describeAsOf(asOf)}` });
  return snapshot;
}

function queryTable(catalog: Catalog, state: { table: CatalogTable; snapshot: Snapshot | undefined }): QueryTable {
  const { table, snapshot } = state;
  const schema =
    snapshot === undefined || snapshot === currentSnapshot(table.metadata)
      ? currentSchema(table.metadata)
      : schemaOfSnapshot(table.metadata, snapshot);
  return {
    id: `${table.metadataLocation}#${snapshot?.snapshotId ?? ""}`,
    database: table.database,
    name: table.name,
    columns: schema.fields.map(({ id, name, type, initialDefault }) => ({ fieldId: id, name, type, initialDefault })),
    planFiles: (filter) => planFiles(catalog, { ...state, filter }),
    shapeFiles: (engine, files) => shapedFiles(engine, { metadata: table.metadata, files }),
  };
}

async function planFiles(
  catalog: Catalog,
  { table, snapshot, filter }: { table: CatalogTable; snapshot: Snapshot | undefined; filter: Expression | undefined },
): Promise<FilePlan> {
  const { metadata } = table;
  const plan = await planScan(fileIO(catalog.objects), { metadata, snapshot, filter });
  const local = await localFiles(catalog, { table: labelOf(table), metadata, files: plan.files });
  return {
    files: local.map(({ dataFile, deleteFiles: _, ...file }) => ({ ...file, ...sizes(dataFile) })),
    skipped: plan.skipped.map((file) => ({ location: file.filePath, ...sizes(file) })),
    skippedFiles: skippedFiles(plan),
    skippedManifests: plan.skippedManifests.length,
  };
}

function sizes({ recordCount, fileSizeInBytes }: DataFile): { recordCount: number; sizeBytes: number } {
  return { recordCount: Number(recordCount), sizeBytes: Number(fileSizeInBytes) };
}

function labelOf({ database, name }: TableEntry): string {
  return `${database}.${name}`;
}
