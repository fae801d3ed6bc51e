/**
 * Makes a table of the lake from the rows of a Parquet file, written and committed by the code that syncs use, in files
 * like those of a load, and deletes some of its rows as a merge does. No source, no sync.
 */
import { linkSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { uuidv7 } from "../../src/base/uuid.ts";
import { commit } from "../../src/catalog/commit.ts";
import { fileIO } from "../../src/catalog/file-io.ts";
import { tableFiles } from "../../src/catalog/table-files.ts";
import { localFiles } from "../../src/catalog/local-files.ts";
import { copyDataFiles, publishAll } from "../../src/engine/copy-data-files.ts";
import { duckdbType, quoteName, quoteText } from "../../src/engine/duckdb-type.ts";
import { plainLayout } from "../../src/engine/file-layout.ts";
import { readDataFilesSql } from "../../src/engine/read-data-files.ts";
import type { DataFile } from "../../src/iceberg/data-file.ts";
import { metadataVersion, writeMetadata } from "../../src/iceberg/metadata-file.ts";
import { newTable } from "../../src/iceberg/new-table.ts";
import { unpartitioned } from "../../src/iceberg/partition-spec.ts";
import { planScan } from "../../src/iceberg/scan.ts";
import type { Schema } from "../../src/iceberg/schema.ts";
import { produceSnapshot } from "../../src/iceberg/snapshot-producer.ts";
import { currentSchema, currentSnapshot, type TableMetadata } from "../../src/iceberg/table-metadata.ts";
import { applyUpdates } from "../../src/iceberg/table-update.ts";
import type { Context } from "../../src/operations/context.ts";
import { mergeRows } from "../../src/writer/merge-rows.ts";
import { deletesEntry } from "../../src/writer/staged-deletes.ts";
import { manifestEntry, stagedFile } from "../../src/writer/staged-file.ts";
import type { LocatedDraft } from "../../src/objects/object-store.ts";

export const database = "bench";

interface FileSize {
  readonly groupRows: number;
  readonly fileRows: number;
}

/** A batch of a load is 8 MB as staged: this many rows of TPC-H's large tables. Sixteen of them are a usual file. */
const usualSize: FileSize = { groupRows: 61_440, fileRows: 16 * 61_440 };

interface Loading {
  readonly name: string;
  /** The Parquet file with the rows. */
  readonly path: string;
  readonly size?: FileSize;
}

interface LoadedTable {
  readonly schema: Schema;
  readonly files: readonly DataFile[];
}

export async function loadTable(context: Context, { name, path, size = usualSize }: Loading): Promise<LoadedTable> {
  const { uuid, location } = newPlace(context);
  const schema = await schemaOf(context, path);
  const files = await writeFiles(context, { schema, location, path, size });
  const metadata = newTable({ uuid, location, schema, now: Date.now() });
  await commitFiles(context, { name, metadata, previousFile: undefined, add: files });
  return { schema, files };
}

/** Another table with the same rows in files of its own, which are links and take no space on the disk. */
export async function linkTable(context: Context, name: string, { schema, files }: LoadedTable): Promise<void> {
  const { uuid, location } = newPlace(context);
  const add: DataFile[] = [];
  for (const file of files) {
    const filePath = `${location}/data/${uuidv7()}.parquet`;
    const path = fileURLToPath(filePath);
    mkdirSync(dirname(path), { recursive: true });
    linkSync(fileURLToPath(file.filePath), path);
    add.push({ ...file, filePath });
  }
  const metadata = newTable({ uuid, location, schema, now: Date.now() });
  await commitFiles(context, { name, metadata, previousFile: undefined, add });
}

function newPlace({ config }: Context): { uuid: string; location: string } {
  const uuid = uuidv7();
  return { uuid, location: `${config.lakeLocation}/${uuid}` };
}

async function schemaOf(context: Context, path: string): Promise<Schema> {
  const engine = await context.loadEngine();
  const { rows } = await engine.run(`describe from ${quoteText(path)}`);
  const fields = rows.map(([name, type], index) => ({
    id: index + 1,
    name: String(name),
    required: false,
    type: icebergType(String(type)),
  }));
  return { schemaId: 0, fields, identifierFieldIds: [] };
}

function icebergType(sqlType: string): string {
  const plain = ["int", "long", "string", "date"].find((type) => duckdbType(type) === sqlType.toLowerCase());
  return plain ?? sqlType.toLowerCase();
}

interface Writing {
  readonly schema: Schema;
  readonly location: string;
  readonly path: string;
  readonly size: FileSize;
}

async function writeFiles(
  context: Context,
  { schema, location, path, size: { fileRows, groupRows } }: Writing,
): Promise<readonly DataFile[]> {
  const engine = await context.loadEngine();
  const { rows } = await engine.run(`select count(*) from ${quoteText(path)}`);
  const written: DataFile[] = [];
  for (let first = 0; first < Number(rows[0]?.[0]); first += fileRows) {
    const files = await copyDataFiles({
      engine,
      columns: schema.fields.map(({ id, name }) => ({ name, fieldId: id, expression: quoteName(name) })),
      relation: `read_parquet(${quoteText(path)}, file_row_number = true)
        where file_row_number between ${first} and ${first + fileRows - 1}`,
      layout: plainLayout,
      scratchDirectory: context.config.scratchDirectory,
      groupRows,
      newFile: () => newFile(context, location),
    });
    await publishAll(files);
    const layout = { schema, spec: unpartitioned, sortOrderId: 0 };
    written.push(...files.map((file) => manifestEntry(stagedFile(file), layout)));
  }
  return written;
}

async function newFile({ objects }: Context, tableLocation: string): Promise<LocatedDraft> {
  const location = `${tableLocation}/data/${uuidv7()}.parquet`;
  return { ...(await objects.draft(location)), location };
}

/** Deletes by position the rows for which `where` (SQL over the columns) is true. Returns how many were deleted. */
export async function deleteRows(context: Context, { name, where }: { name: string; where: string }): Promise<number> {
  const { catalog, config } = context;
  const { metadata, metadataLocation: previousFile } = await catalog.find(`${database}.${name}`);
  const live = await liveFiles(context, { name, metadata });
  const engine = await context.loadEngine();
  const schema = currentSchema(metadata);
  const columns = schema.fields.map(({ id, name: column, type }) => ({
    fieldId: id,
    name: column,
    sqlType: duckdbType(String(type)),
  }));
  const [going, places] = [`gone_${name}`, readDataFilesSql({ files: live, columns, placesIn: live })];
  const { rows } = await engine.run(`create table ${going} as select file, row from (${places}) rows where ${where}`);
  const { add, deletes } = await mergeRows({
    formatVersion: 2,
    engine,
    columns,
    live,
    fresh: [],
    difference: {
      rowsAdded: 0,
      rowsRemoved: Number(rows[0]?.[0]),
      coming: going,
      going,
      [Symbol.asyncDispose]: async () => {},
    },
    schema,
    layout: plainLayout,
    scratchDirectory: config.scratchDirectory,
    smallFileBytes: 0,
    signal: new AbortController().signal,
    newFile: () => newFile(context, metadata.location),
    reach: () => {},
  });
  await engine.run(`drop table ${going}`);
  if (add.length > 0) throw new Error(`${name}: rows were to be deleted, not written anew`);
  await commitFiles(context, { name, metadata, previousFile, add: deletes.map(deletesEntry) });
  return Number(rows[0]?.[0]);
}

export async function liveFiles(
  { objects, catalog }: Context,
  { name, metadata }: { name: string; metadata?: TableMetadata },
) {
  const known = metadata ?? (await catalog.find(`${database}.${name}`)).metadata;
  const { files } = await planScan(fileIO(objects), {
    metadata: known,
    snapshot: currentSnapshot(known),
    filter: undefined,
  });
  const own = tableFiles(catalog, { database, name, location: known.location, places: [] });
  return localFiles(own, { table: name, metadata: known, files });
}

interface Committing {
  readonly name: string;
  readonly metadata: TableMetadata;
  /** Undefined for a new table. */
  readonly previousFile: string | undefined;
  readonly add: readonly DataFile[];
}

async function commitFiles(context: Context, { name, metadata, previousFile, add }: Committing): Promise<void> {
  const { db, objects, catalog } = context;
  const now = Date.now();
  const { updates, snapshot } = await produceSnapshot(fileIO(objects), metadata, { add, remove: new Set(), now });
  const next = applyUpdates(metadata, { updates, previousFile, now });
  const version = previousFile === undefined ? 0 : metadataVersion(previousFile) + 1;
  const to = await writeMetadata(fileIO(objects), next, { version, uuid: uuidv7() });
  const step = {
    tableId: metadata.tableUuid,
    label: `${database}.${name}`,
    from: previousFile,
    to,
    snapshotId: snapshot.snapshotId,
    create:
      previousFile === undefined
        ? { databaseId: await catalog.ensureDatabase(database), name, location: metadata.location }
        : undefined,
  };
  await commit({ db }, { id: uuidv7(), runId: undefined, summary: `made ${name}`, steps: [step], positions: [] });
}
