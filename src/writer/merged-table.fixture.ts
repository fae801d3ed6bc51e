/**
 * A table on disk that is changed as a sync run changes it, for tests of merges, and an engine that reads what it then has.
 * The file that imports it has both for its tests.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect } from "vitest";
import { uuidv7 } from "../base/uuid.ts";
import { fileIO } from "../catalog/file-io.ts";
import { tableFiles } from "../catalog/table-files.ts";
import { localFiles, type LocalFile } from "../catalog/local-files.ts";
import { copyDataFiles, publishAll } from "../engine/copy-data-files.ts";
import { plainLayout } from "../engine/file-layout.ts";
import type { Engine } from "../engine/engine.ts";
import { openEngine } from "../engine/open-engine.ts";
import { lastUpdatedColumn, readDataFilesSql, rowIdColumn, type ReadFile } from "../engine/read-data-files.ts";
import type { ReadColumn } from "../engine/read-column.ts";
import { type FormatVersion } from "../iceberg/format-version.ts";
import { newTable } from "../iceberg/new-table.ts";
import { planScan, type ScanPlan } from "../iceberg/scan.ts";
import type { Schema } from "../iceberg/schema.ts";
import { produceSnapshot } from "../iceberg/snapshot-producer.ts";
import { currentSnapshot, defaultSpec, writtenVersion, type TableMetadata } from "../iceberg/table-metadata.ts";
import { applyUpdates, layoutUpdates } from "../iceberg/table-update.ts";
import { applyTransform } from "../iceberg/transform.ts";
import type { PrimitiveType } from "../iceberg/type.ts";
import { valueFromText } from "../iceberg/value.ts";
import { fileCache } from "../objects/file-cache.ts";
import { fileObjectStore } from "../objects/fs/file-object-store.ts";
import { mergeRows } from "./merge-rows.ts";
import { compareRows } from "./row-difference.ts";
import { deletesEntry } from "./staged-deletes.ts";
import { manifestEntry, stagedFile, type StagedFile } from "./staged-file.ts";
import { tableLayout, usualLayout } from "./table-layout.ts";
import type { TableChange } from "./table-change.ts";

/** Values that a careless comparison would confuse. */
export type Row = readonly [text: string | null, other: string | null, number: string | null, large?: string | null];

export const plainSchema: Schema = {
  schemaId: 0,
  fields: [
    { id: 1, name: "file", required: false, type: "string" },
    { id: 2, name: "row", required: false, type: "string" },
    { id: 3, name: "number", required: false, type: "double" },
    { id: 4, name: "large", required: false, type: "decimal(38,10)" },
  ],
  identifierFieldIds: [],
};
export const plainColumns: readonly ReadColumn[] = [
  { fieldId: 1, name: "c1", sqlType: "varchar" },
  { fieldId: 2, name: "c2", sqlType: "varchar" },
  { fieldId: 3, name: "c3", sqlType: "double" },
  { fieldId: 4, name: "c4", sqlType: "decimal(38,10)" },
];

const row: fc.Arbitrary<Row> = fc.tuple(
  fc.constantFrom(null, "", "a", "ab", "null"),
  fc.constantFrom(null, "", "bc", "c"),
  fc.constantFrom(null, "0", "-0", "nan", "inf", "1.5"),
  fc.constantFrom(null, "0", "-0.0000000001", "18446744073709551616.5"),
);
export const rows = fc.array(row, { maxLength: 40 });

const signal = new AbortController().signal;
let directory: string;
let scratchDirectory: string;
export let engine: Engine;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headgate-merge-"));
  scratchDirectory = join(directory, "scratch");
  await mkdir(scratchDirectory);
  engine = await openEngine({ memoryMb: 192, threads: 1, scratchDirectory });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

export function valuesSql(list: readonly Row[]): string {
  const text = (value: string | null): string => (value === null ? "null" : `'${value}'`);
  const tuples = list.map(
    ([one, two, three, four = null]) =>
      `(${text(one)}, ${text(two)}, ${text(three)}::double, ${text(four)}::decimal(38,10))`,
  );
  const values = tuples.length === 0 ? "(null, null, null::double, null::decimal(38,10))" : tuples.join(", ");
  return `(select * from (values ${values}) v(c1, c2, c3, c4) where ${tuples.length > 0})`;
}

export async function rowsOf(files: readonly ReadFile[]): Promise<string[]> {
  const sql = readDataFilesSql({ files, columns: plainColumns });
  const { rows: found } = await engine.run(`select c1, c2, c3::varchar, c4::varchar from (${sql}) live`);
  return found.map((values) => JSON.stringify(values)).toSorted();
}

export interface Shape<R> {
  readonly schema: Schema;
  readonly columns: readonly ReadColumn[];
  readonly relation: (list: readonly R[]) => string;
  /** Given if deleted rows stay in the table, marked in this column. */
  readonly deletedAt?: ReadColumn;
}

/** When rows are seen to be deleted. */
export const markedAt = new Date("2026-05-01T10:00:00.500Z");

export const plain: Shape<Row> = { schema: plainSchema, columns: plainColumns, relation: valuesSql };

/** Opens a new table on disk that is changed in the same way as by a sync run. */
export function openTable(formatVersion: FormatVersion): ReturnType<typeof openShaped<Row>> {
  return openShaped(formatVersion, plain);
}

export function openShaped<R>(formatVersion: FormatVersion, { schema, columns, relation, deletedAt }: Shape<R>) {
  const location = `${pathToFileURL(directory).href}/${uuidv7()}`;
  const objects = fileObjectStore(pathToFileURL(directory).href);
  const derived = fileCache({ directory: join(directory, "derived"), boundBytes: 1_000_000 });
  let metadata: TableMetadata = newTable({ uuid: uuidv7(), location, schema, formatVersion, now: Date.now() });
  const own = tableFiles({ objects, derived }, { database: "d", name: "t", location, places: [] });
  const newFile = async (extension: string = "parquet") => {
    const file = `${location}/data/${uuidv7()}.${extension}`;
    return { ...(await objects.draft(file)), location: file };
  };
  const plan = (): Promise<ScanPlan> =>
    planScan(fileIO(objects), { metadata, snapshot: currentSnapshot(metadata), filter: undefined });
  const live = async (): Promise<readonly LocalFile[]> =>
    localFiles(own, { table: "t", metadata, files: (await plan()).files });
  const stage = async (list: readonly R[]): Promise<readonly StagedFile[]> => {
    const fileColumns = columns.map(({ fieldId, name, sqlType }) => ({
      fieldId,
      name,
      expression: name,
      isFloat: sqlType === "double",
      isVariant: sqlType === "variant",
    }));
    const files = await copyDataFiles({
      engine,
      columns: fileColumns,
      relation: relation(list),
      layout: plainLayout,
      scratchDirectory,
      groupRows: 2048,
      newFile,
    });
    await publishAll(files);
    return files.map(stagedFile);
  };
  const apply = async ({ add, deletes, remove }: TableChange): Promise<void> => {
    const layout = { schema, spec: defaultSpec(metadata), sortOrderId: metadata.defaultSortOrderId };
    const { updates } = await produceSnapshot(fileIO(objects), metadata, {
      add: [...add.map((file) => manifestEntry(file, layout)), ...deletes.map(deletesEntry)],
      remove,
      now: Date.now(),
    });
    metadata = applyUpdates(metadata, { updates, previousFile: undefined, now: Date.now() });
  };
  const bring = async (list: readonly R[], smallFileBytes: number): Promise<TableChange | undefined> => {
    const staged = await stage(list);
    const fresh = await Promise.all(
      staged.map(async ({ location: at }) => ({ location: at, path: await objects.localPath(at), deletes: [] })),
    );
    const sides = { engine, columns, live: await live(), fresh, deletedAt, signal };
    const { difference } = await compareRows(sides);
    if (difference === undefined) return undefined;
    const change = await mergeRows({
      ...sides,
      marks: deletedAt && { column: deletedAt, places: difference.going, at: markedAt },
      formatVersion: writtenVersion(metadata),
      schema,
      layout: tableLayout(usualLayout, { schema, metadata }).files,
      scratchDirectory,
      difference,
      smallFileBytes,
      newFile,
      reach: () => {},
    });
    await difference[Symbol.asyncDispose]();
    await apply(change);
    return change;
  };
  const layOut = (partitionBy: readonly string[]): void => {
    const sortBy = partitionBy.length === 0 ? [] : ["row desc", "bucket(4, file) nulls last"];
    const { spec, sortOrder } = tableLayout({ ...usualLayout, partitionBy, sortBy }, { schema, metadata });
    const updates = layoutUpdates(spec, sortOrder);
    metadata = applyUpdates(metadata, { updates, previousFile: undefined, now: Date.now() });
  };
  /** Expects every row to be in a file whose partition is what our own transforms make of the row. */
  const expectPartitioned = async (): Promise<void> => {
    for (const file of await live()) {
      const { specId, partition } = file.dataFile;
      const fields = metadata.partitionSpecs.find((spec) => spec.specId === specId)?.fields ?? [];
      for (const [index, { sourceId, transform }] of fields.entries()) {
        const type = schema.fields[sourceId - 1]?.type as PrimitiveType;
        const sql = `select distinct c${sourceId}::varchar from (${readDataFilesSql({ files: [file], columns })}) data`;
        for (const [text] of (await engine.run(sql)).rows) {
          const value = text === null ? null : (valueFromText(type, String(text)) ?? null);
          expect(applyTransform(transform, { type, value })).toEqual(partition[index]);
        }
      }
    }
  };
  const upgrade = (): void => {
    const updates = [{ action: "upgrade-format-version", formatVersion: 3 }] as const;
    metadata = applyUpdates(metadata, { updates, previousFile: undefined, now: Date.now() });
  };
  return { bring, plan, live, layOut, upgrade, expectPartitioned, summary: () => currentSnapshot(metadata)?.summary };
}

/** Facts about a row with an id. */
export interface KnownRow {
  readonly values: string;
  readonly updated: unknown;
}

export async function numberedRows(files: readonly ReadFile[]): Promise<ReadonlyMap<unknown, KnownRow>> {
  const sql = readDataFilesSql({ files, columns: [...plainColumns, rowIdColumn, lastUpdatedColumn] });
  const { rows: found } = await engine.run(
    `select c1, c2, c3::varchar, c4::varchar, _row_id, _last_updated_sequence_number from (${sql}) live`,
  );
  const known = new Map(
    found.map((values) => [values[4], { values: JSON.stringify(values.slice(0, 4)), updated: values[5] }]),
  );
  expect(known.size).toBe(found.length);
  return known;
}
