/**
 * Creates tables with Headgate's own writer that no sync creates: every type with its extremes, every partition
 * transform, evolved schemas, appended, overwritten and deleted files. They are registered in the catalog, so that SQL
 * reads them like any table.
 */
import { join } from "node:path";
import { uuidv7 } from "../../src/base/uuid.ts";
import { commit } from "../../src/catalog/commit.ts";
import { fileIO } from "../../src/catalog/file-io.ts";
import { plainLayout } from "../../src/engine/file-layout.ts";
import { publishAll } from "../../src/engine/copy-data-files.ts";
import { writeDataFiles } from "../../src/engine/write-data-files.ts";
import { quoteText } from "../../src/engine/duckdb-type.ts";
import type { DataFile } from "../../src/iceberg/data-file.ts";
import { metadataVersion, writeMetadata } from "../../src/iceberg/metadata-file.ts";
import { newTable } from "../../src/iceberg/new-table.ts";
import { partitionTypes, unpartitioned, type Partition, type PartitionSpec } from "../../src/iceberg/partition-spec.ts";
import type { Schema } from "../../src/iceberg/schema.ts";
import { produceSnapshot } from "../../src/iceberg/snapshot-producer.ts";
import type { SortOrder } from "../../src/iceberg/sort-order.ts";
import { currentSchema, defaultSpec, type TableMetadata } from "../../src/iceberg/table-metadata.ts";
import { applyUpdates, type TableUpdate } from "../../src/iceberg/table-update.ts";
import { applyTransform } from "../../src/iceberg/transform.ts";
import { valueFromText, type Value } from "../../src/iceberg/value.ts";
import type { Context } from "../../src/operations/context.ts";
import { manifestEntry } from "../../src/writer/staged-file.ts";

/** A row as DuckDB literals, in the schema's order. */
export type LiteralRow = readonly string[];

export interface MadeTable {
  readonly name: string;
  readonly metadata: TableMetadata;
  readonly metadataFile: string;
}

interface MakerTable {
  readonly name: string;
  readonly schema: Schema;
  readonly spec?: PartitionSpec;
  readonly sortOrder?: SortOrder;
}

export const peerDatabase = "peers";

export async function createTable(context: Context, { name, schema, spec, sortOrder }: MakerTable): Promise<MadeTable> {
  const uuid = uuidv7();
  const metadata = newTable({
    uuid,
    location: `${context.config.lakeLocation}/${uuid}`,
    schema,
    spec,
    sortOrder,
    now: Date.now(),
  });
  return publish(context, { name, metadata, before: undefined });
}

/** Writes one file per partition, commits them, and removes the requested files. */
export async function changeFiles(
  context: Context,
  table: MadeTable,
  change: { rows?: readonly LiteralRow[]; remove?: "all" | ReadonlySet<string> },
): Promise<MadeTable> {
  const add = await writeRows(context, table.metadata, change.rows ?? []);
  const now = Date.now();
  const { updates } = await produceSnapshot(fileIO(context.objects), table.metadata, {
    add,
    remove: change.remove ?? new Set(),
    now,
  });
  return publish(context, {
    name: table.name,
    metadata: applyUpdates(table.metadata, { updates, previousFile: table.metadataFile, now }),
    before: table,
  });
}

export async function evolve(context: Context, table: MadeTable, updates: readonly TableUpdate[]): Promise<MadeTable> {
  const metadata = applyUpdates(table.metadata, { updates, previousFile: table.metadataFile, now: Date.now() });
  return publish(context, { name: table.name, metadata, before: table });
}

async function publish(
  context: Context,
  { name, metadata, before }: { name: string; metadata: TableMetadata; before: MadeTable | undefined },
): Promise<MadeTable> {
  const version = before === undefined ? 0 : metadataVersion(before.metadataFile) + 1;
  const metadataFile = await writeMetadata(fileIO(context.objects), metadata, { version, uuid: uuidv7() });
  const create =
    before === undefined
      ? { databaseId: await context.catalog.ensureDatabase(peerDatabase), name, location: metadata.location }
      : undefined;
  await commit(context.catalog, {
    id: uuidv7(),
    runId: undefined,
    summary: `made ${name}`,
    steps: [
      {
        tableId: metadata.tableUuid,
        label: `${peerDatabase}.${name}`,
        from: before?.metadataFile,
        to: metadataFile,
        snapshotId: metadata.currentSnapshotId,
        create,
      },
    ],
    positions: [],
  });
  return { name, metadata, metadataFile };
}

async function writeRows(
  context: Context,
  metadata: TableMetadata,
  rows: readonly LiteralRow[],
): Promise<readonly DataFile[]> {
  const [schema, spec] = [currentSchema(metadata), defaultSpec(metadata)];
  const groups = new Map<string, { partition: Partition; rows: LiteralRow[] }>();
  for (const row of rows) {
    const partition = await partitionOf(context, { schema, spec, row });
    const key = JSON.stringify(partition.map((value) => (value === null ? null : String(value))));
    const group = groups.get(key) ?? { partition, rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  return Promise.all([...groups.values()].map((group) => writeFile(context, { metadata, ...group })));
}

async function partitionOf(
  context: Context,
  { schema, spec, row }: { schema: Schema; spec: PartitionSpec; row: LiteralRow },
): Promise<Partition> {
  const values: (Value | null)[] = [];
  for (const { sourceId, transform } of spec.fields) {
    const index = schema.fields.findIndex(({ id }) => id === sourceId);
    const type = String(schema.fields[index]?.type);
    const literal = row[index] ?? "null";
    const shown = type === "binary" ? `hex(${literal})` : `(${literal})::varchar`;
    const { rows } = await (await context.loadEngine()).run(`select ${shown}`);
    const text = rows[0]?.[0];
    const value = typeof text === "string" ? (valueFromText(type, text) ?? null) : null;
    values.push(applyTransform(transform, { type, value }));
  }
  return values;
}

async function writeFile(
  context: Context,
  { metadata, partition, rows }: { metadata: TableMetadata; partition: Partition; rows: readonly LiteralRow[] },
): Promise<DataFile> {
  const engine = await context.loadEngine();
  const [schema, spec] = [currentSchema(metadata), defaultSpec(metadata)];
  const staged = join(context.config.scratchDirectory, `${uuidv7()}.parquet`);
  const values = rows.map((row) => `(${row.join(", ")})`).join(", ");
  await engine.run(
    `copy (select * from (values ${values}) t(${schema.fields.map((_field, index) => `c${index}`).join(", ")})) to ${quoteText(staged)} (format parquet)`,
  );
  const location = `${metadata.location}/data/${uuidv7()}.parquet`;
  const columns = schema.fields.map(({ id, name, type }, index) => ({
    name,
    fieldId: id,
    type: String(type),
    stagedName: `c${index}`,
    isText: false,
  }));
  const { files } = await writeDataFiles({
    engine,
    staged: [{ path: staged, rows: rows.length, bytes: 0, relabelTexts: async () => {} }],
    columns,
    layout: plainLayout,
    scratchDirectory: context.config.scratchDirectory,
    newFile: () => context.objects.draft(location),
  });
  await publishAll(files);
  const [written] = files;
  if (written === undefined) throw new Error("a file was to be written");
  const layout = { schema, spec: unpartitioned, sortOrderId: 0 };
  return { ...manifestEntry({ ...written.file, location }, layout), specId: spec.specId, partition };
}

/** Most tests want partition fields whose types no reader has trouble with. */
export function specOf(
  schema: Schema,
  fields: readonly { readonly sourceId: number; readonly transform: PartitionSpec["fields"][number]["transform"] }[],
): PartitionSpec {
  const spec = {
    ...unpartitioned,
    fields: fields.map(({ sourceId, transform }, index) => ({
      fieldId: 1000 + index,
      sourceId,
      name: `p${index}`,
      transform,
    })),
  };
  partitionTypes(spec, schema);
  return spec;
}
