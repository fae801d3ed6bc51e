/**
 * Turns staged batches into one data file of the lake: Parquet, zstd, columns named and carrying their Iceberg field ids, with
 * the statistics its manifest entry needs.
 */
import { stat } from "node:fs/promises";
import { HeadgateError } from "../errors.ts";
import { duckdbType, quoteName, quoteText } from "./duckdb-type.ts";
import type { EngineRow, Engine } from "./engine.ts";
import type { PlainParquetFile } from "./plain-parquet.ts";

export interface DataFileColumn {
  readonly name: string;
  readonly fieldId: number;
  /** Iceberg primitive type. */
  readonly type: string;
  /** The staged column's name. */
  readonly stagedName: string;
  /** True where the staged values are texts. */
  readonly isText: boolean;
  readonly convert?: ((reference: string) => string) | undefined;
}

export interface ColumnStatistics {
  readonly fieldId: number;
  readonly sizeBytes: number;
  /** Nulls and NaN included. */
  readonly valueCount: number;
  readonly nullCount: number;
  /** Absent for types that have none. */
  readonly hasNan?: boolean | undefined;
  /** As DuckDB writes the value; absent where it is not known (long texts, no values). */
  readonly lower?: string | undefined;
  readonly upper?: string | undefined;
}

export interface DataFile {
  readonly rowCount: number;
  readonly sizeBytes: number;
  readonly columns: readonly ColumnStatistics[];
  /** Texts that were not UTF-8, by field id; each is kept with its bytes escaped as `\xHH`. */
  readonly repairedTexts: ReadonlyMap<number, number>;
}

interface WriteDataFile {
  readonly engine: Engine;
  readonly staged: readonly PlainParquetFile[];
  readonly columns: readonly DataFileColumn[];
  /** Where to write; replaced if it exists. */
  readonly path: string;
}

/** Throws DISK_FULL, SQL_FAILED when a value does not fit its type, ENGINE_LOST. */
export async function writeDataFile(request: WriteDataFile): Promise<DataFile> {
  try {
    return await copyWithRoom(request, { textsAsBytes: false });
  } catch (failure) {
    if (!isInvalidText(failure)) throw failure;
    for (const file of request.staged) await file.relabelTexts();
    return copyWithRoom(request, { textsAsBytes: true });
  }
}

/** Copies of its largest batch that the engine makes on the way, more or less. */
const copiesOfBatch = 12;

/** A value of many megabytes needs more memory than is set aside for ordinary rows: it gets what its size asks for. */
async function copyWithRoom(request: WriteDataFile, reading: { textsAsBytes: boolean }): Promise<DataFile> {
  try {
    return await copy(request, reading);
  } catch (failure) {
    if (!(failure instanceof HeadgateError) || failure.code !== "SQL_OUT_OF_MEMORY") throw failure;
    const { engine, staged } = request;
    const largest = Math.max(...staged.map(({ bytes }) => bytes));
    await engine.allowMemory(engine.memoryMb + Math.ceil((largest * copiesOfBatch) / 1_000_000));
    return copy(request, reading);
  }
}

function isInvalidText(failure: unknown): boolean {
  return failure instanceof HeadgateError && /invalid (string encoding|unicode|UTF)/i.test(failure.message);
}

async function copy(
  { engine, staged, columns, path }: WriteDataFile,
  { textsAsBytes }: { textsAsBytes: boolean },
): Promise<DataFile> {
  const source = `read_parquet([${staged.map((file) => quoteText(file.path)).join(", ")}])`;
  const named = distinctNames(columns);
  const list = named
    .map((column) => `${expression(column, textsAsBytes)} as ${quoteName(column.fileName)}`)
    .join(",\n  ");
  const ids = named.map(({ fileName, fieldId }) => `${quoteName(fileName)}: ${fieldId}`).join(", ");
  const groupRows = rowGroupSize(staged);
  const { rows } = await engine.run(`copy (select ${list} from ${source}) to ${quoteText(path)} (
    format parquet, compression zstd, compression_level ${compressionLevel}, row_group_size ${groupRows},
    row_group_size_bytes ${rowGroupBytes}, dictionary_size_limit ${Math.ceil(groupRows * dictionaryShare)}, field_ids {${ids}}, return_stats)`);
  const repairedTexts = textsAsBytes ? await countRepaired(engine, { source, columns }) : new Map<number, number>();
  return { ...(await statistics(rows, { named, path })), repairedTexts };
}

/** Ends a row group early where few rows are many bytes: the engine counts rows by the thousand. */
const rowGroupBytes = 32 * 1024 * 1024;
/** The fastest: a twentieth more bytes than the usual level, for a fifth less of the work (bench/full-load). */
const compressionLevel = 1;
/** Of a row group's rows: a column with more distinct values is written plainly. Looking for them costs more than it saves. */
const dictionaryShare = 1 / 16;

interface NamedColumn extends DataFileColumn {
  readonly fileName: string;
}

/** DuckDB takes names that differ in case for the same; readers go by field id, so a suffix does no harm. */
function distinctNames(columns: readonly DataFileColumn[]): readonly NamedColumn[] {
  const taken = new Set<string>();
  return columns.map((column) => {
    const fileName =
      taken.has(column.name.toLowerCase()) || column.name === "" ? `${column.name}_${column.fieldId}` : column.name;
    taken.add(fileName.toLowerCase());
    return { ...column, fileName };
  });
}

function expression({ stagedName, type, isText, convert }: DataFileColumn, textsAsBytes: boolean): string {
  const reference = isText && textsAsBytes ? repaired(quoteName(stagedName)) : quoteName(stagedName);
  return `cast(${convert?.(reference) ?? reference} as ${duckdbType(type)})`;
}

function repaired(reference: string): string {
  return `coalesce(try(decode(${reference})), ${reference}::varchar)`;
}

async function countRepaired(
  engine: Engine,
  { source, columns }: { source: string; columns: readonly DataFileColumn[] },
): Promise<Map<number, number>> {
  const texts = columns.filter(({ isText }) => isText);
  const counts = texts.map(
    ({ stagedName }) =>
      `count(*) filter (where ${quoteName(stagedName)} is not null and try(decode(${quoteName(stagedName)})) is null)`,
  );
  const { rows } = await engine.run(`select ${counts.join(", ")} from ${source}`);
  return new Map(
    texts
      .map(({ fieldId }, index): [number, number] => [fieldId, Number(rows[0]?.[index])])
      .filter(([, count]) => count > 0),
  );
}

/** A row group is what one thread holds in memory: as many rows as the largest batch had, which was bounded by bytes. */
function rowGroupSize(staged: readonly PlainParquetFile[]): number {
  const rows = Math.max(...staged.map((file) => file.rows));
  return Math.max(2048, Math.ceil(rows / 2048) * 2048);
}

interface StatisticEntry {
  readonly key: string;
  readonly value: readonly { readonly key: string; readonly value: string }[];
}

async function statistics(
  rows: readonly EngineRow[],
  { named, path }: { named: readonly NamedColumn[]; path: string },
): Promise<Omit<DataFile, "repairedTexts">> {
  const [, count, , , columnStatistics] = rows[0] ?? [];
  const byName = new Map(
    (columnStatistics as unknown as StatisticEntry[]).map(({ key, value }) => [
      key,
      new Map(value.map((entry) => [entry.key, entry.value])),
    ]),
  );
  const { size } = await stat(path);
  return {
    rowCount: Number(count ?? 0),
    sizeBytes: size,
    columns: named.flatMap(({ fieldId, fileName }) => {
      const known = byName.get(quoteName(fileName));
      return known === undefined ? [] : [columnStatistic(fieldId, known)];
    }),
  };
}

function columnStatistic(fieldId: number, known: ReadonlyMap<string, string>): ColumnStatistics {
  const nan = known.get("has_nan");
  return {
    fieldId,
    sizeBytes: Number(known.get("column_size_bytes") ?? 0),
    valueCount: Number(known.get("num_values") ?? 0),
    nullCount: Number(known.get("null_count") ?? 0),
    hasNan: nan === undefined ? undefined : nan === "true",
    lower: known.get("min"),
    upper: known.get("max"),
  };
}
