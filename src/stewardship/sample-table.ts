/**
 * A bounded sample of a table's rows, read from its own data files: a few hundred rows in a row at each of a few places,
 * which are spread over the files. The same state of a table always gives the same sample.
 * Invariant: the sample exists only in memory, and nothing of it is logged.
 */
import type { Catalog, CatalogTable } from "../catalog/catalog.ts";
import { localFiles, type LocalFile } from "../catalog/local-files.ts";
import { readColumn } from "../catalog/read-column.ts";
import { shapedFiles } from "../catalog/shaped-files.ts";
import { tableFiles } from "../catalog/table-files.ts";
import { tableLabel } from "../catalog/table-name.ts";
import { quoteName } from "../engine/duckdb-type.ts";
import type { Engine, StatementOptions } from "../engine/engine.ts";
import type { ReadColumn } from "../engine/read-column.ts";
import { readDataFilesSql } from "../engine/read-data-files.ts";
import { HeadgateError } from "../errors.ts";
import { planScan } from "../iceberg/scan.ts";
import { currentSchema, currentSnapshot } from "../iceberg/table-metadata.ts";
import { isPrimitive, type NestedField } from "../iceberg/type.ts";
import type { ColumnSample } from "./classify/column-sample.ts";

export interface SampledColumn extends ColumnSample {
  readonly fieldId: number;
}

interface Sampling {
  readonly engine: Engine;
  readonly table: CatalogTable;
  /** The columns of the table to look at. */
  isWanted(fieldId: number): boolean;
  readonly signal?: AbortSignal | undefined;
}

const mostPlaces = 4;
const rowsEach = 200;
const mostCharacters = 2_000;

/** Columns whose type holds no text, number or date of interest have no values. Throws what reading a table throws. */
export async function sampleTable(
  catalog: Catalog,
  { engine, table, isWanted, signal }: Sampling,
): Promise<readonly SampledColumn[]> {
  const fields = currentSchema(table.metadata).fields.filter(({ id }) => isWanted(id));
  const read = fields.flatMap((field) => readable(field));
  const files = read.length === 0 ? [] : await spreadFiles(catalog, engine, table);
  const rows = files.length === 0 ? [] : await rowsOf(engine, { files, columns: read, signal });
  const sampled = new Map(read.map(({ fieldId }, at) => [fieldId, rows.map((row) => row[at])]));
  const texts = (fieldId: number): readonly string[] =>
    (sampled.get(fieldId) ?? []).filter((value) => typeof value === "string");
  const columns = fields.map((field) => sampleOf(field, texts(field.id), rows.length));
  return withRareValues(columns, { engine, files, read, signal });
}

function sampleOf(field: NestedField, values: readonly string[], rows: number): SampledColumn {
  const type = isPrimitive(field.type) ? field.type : "nested";
  return { fieldId: field.id, name: field.name, type, values, rows };
}

const lookedAt = /^(?:string|int|long|date|timestamp|timestamptz|timestamp_ns|timestamptz_ns|decimal\(\d+, ?0\))$/;

function readable(field: NestedField): readonly ReadColumn[] {
  if (isPrimitive(field.type) && !lookedAt.test(field.type)) return [];
  try {
    return [{ ...readColumn(field), name: `c${field.id}` }];
  } catch (failure) {
    if (failure instanceof HeadgateError && failure.code === "COLUMN_UNREADABLE") return [];
    throw failure;
  }
}

async function spreadFiles(catalog: Catalog, engine: Engine, table: CatalogTable): Promise<readonly LocalFile[]> {
  const { metadata } = table;
  const own = tableFiles(catalog, table);
  const planned = await planScan(own.io, { metadata, snapshot: currentSnapshot(metadata), filter: undefined });
  const filled = planned.files
    .filter(({ dataFile }) => dataFile.recordCount > 0n)
    .toSorted((one, other) => (one.dataFile.filePath < other.dataFile.filePath ? -1 : 1));
  const files = everyNth(filled, mostPlaces);
  const local = await localFiles(own, { table: tableLabel(table), metadata, files });
  return shapedFiles(engine, { metadata, files: local });
}

function everyNth<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, at) => list[Math.floor((at * list.length) / most)]).filter(
    (item) => item !== undefined,
  );
}

interface Reading {
  readonly files: readonly LocalFile[];
  readonly columns: readonly ReadColumn[];
  readonly signal: StatementOptions["signal"];
}

async function rowsOf(engine: Engine, { files, columns, signal }: Reading): Promise<readonly (readonly unknown[])[]> {
  const places = placesIn(files);
  const parts = places.map(({ file, first }) => {
    const rows = readDataFilesSql({ files: [file], columns, placesIn: [file] });
    const list = columns.map(textSql).join(", ");
    return `(select ${list} from (${rows}) rows_of where row >= ${first} and row < ${first + rowsEach})`;
  });
  return (await engine.run(parts.join(" union all "), { signal })).rows;
}

interface Place {
  readonly file: LocalFile;
  readonly first: number;
}

/** One place in each of several files, further back in each; two or more places in a file that is almost alone. */
function placesIn(files: readonly LocalFile[]): readonly Place[] {
  return files.flatMap((file, at) => {
    const rows = Number(file.dataFile.recordCount);
    const shares = files.length === 1 ? [0, 0.5] : [at / files.length];
    if (rows <= rowsEach * shares.length) return [{ file, first: 0 }];
    return shares.map((share) => ({ file, first: Math.min(Math.floor(rows * share), rows - rowsEach) }));
  });
}

function textSql({ name, sqlType, parts }: ReadColumn): string {
  const column = quoteName(name);
  const text = parts === undefined ? `${column}::varchar` : `to_json(${column})::varchar`;
  return sqlType === "varchar" || parts !== undefined ? `left(${text}, ${mostCharacters})` : text;
}

/** A column with fewer values than this in the sample is searched for others, in the same files. */
const fewValues = 5;
const mostSearched = 6;
const mostFound = 60;

interface Searching {
  readonly engine: Engine;
  readonly files: readonly LocalFile[];
  readonly read: readonly ReadColumn[];
  readonly signal: StatementOptions["signal"];
}

/** A column that is empty in nearly all rows may still hold something in the others. */
async function withRareValues(
  columns: readonly SampledColumn[],
  { engine, files, read, signal }: Searching,
): Promise<readonly SampledColumn[]> {
  const rare = columns
    .filter(({ values, rows }) => values.length < fewValues && rows >= rowsEach)
    .slice(0, mostSearched);
  const found = new Map<number, readonly string[]>();
  for (const { fieldId } of rare) {
    const column = read.find((one) => one.fieldId === fieldId);
    if (column === undefined) continue;
    const rows = readDataFilesSql({ files, columns: [column] });
    const filled = `select ${textSql(column)} from (${rows}) rows_of where ${quoteName(column.name)} is not null limit ${mostFound}`;
    const values = (await engine.run(filled, { signal })).rows.map(([value]) => value);
    found.set(
      fieldId,
      values.filter((value) => typeof value === "string"),
    );
  }
  return columns.map((column) => ({ ...column, values: found.get(column.fieldId) ?? column.values }));
}
