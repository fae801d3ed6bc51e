/**
 * Writes the rows of a relation as one data file of the lake: Parquet, zstd, columns named and carrying their Iceberg field ids,
 * with the statistics its manifest entry needs.
 */
import { stat } from "node:fs/promises";
import { quoteName, quoteText } from "./duckdb-type.ts";
import type { Engine, EngineRow } from "./engine.ts";

export interface FileColumn {
  readonly name: string;
  readonly fieldId: number;
  /** SQL over the relation. */
  readonly expression: string;
  /** True where the values are of type float or double. */
  readonly isFloat?: boolean | undefined;
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

export interface CopiedFile {
  readonly rowCount: number;
  readonly sizeBytes: number;
  readonly columns: readonly ColumnStatistics[];
}

interface CopyDataFile {
  readonly engine: Engine;
  readonly columns: readonly FileColumn[];
  /** What follows `from`. */
  readonly relation: string;
  /** Where to write; replaced if it exists. */
  readonly path: string;
  /** A row group is what one thread holds in memory. */
  readonly groupRows: number;
  readonly signal?: AbortSignal | undefined;
}

/** Throws DISK_FULL, SQL_FAILED when a value does not fit its type, SQL_OUT_OF_MEMORY, ENGINE_LOST. */
export async function copyDataFile(request: CopyDataFile): Promise<CopiedFile> {
  const { engine, columns, relation, path, groupRows, signal } = request;
  const named = distinctNames(columns);
  const list = named.map(({ expression, fileName }) => `${expression} as ${quoteName(fileName)}`).join(",\n  ");
  const ids = named.map(({ fileName, fieldId }) => `${quoteName(fileName)}: ${fieldId}`).join(", ");
  const share = (await hasNegativeZero(request)) ? 0 : dictionaryShare;
  const { rows } = await engine.run(
    `copy (select ${list} from ${relation}) to ${quoteText(path)} (
    format parquet, compression zstd, compression_level ${compressionLevel}, row_group_size ${groupRows},
    row_group_size_bytes ${rowGroupBytes}, dictionary_size_limit ${Math.ceil(groupRows * share)}, field_ids {${ids}}, return_stats)`,
    { signal },
  );
  return statistics(rows, { named, path });
}

/** DuckDB 1.5.5 takes −0 for 0 when it looks values up in a dictionary: files that hold one are written without. */
async function hasNegativeZero({ engine, columns, relation, signal }: CopyDataFile): Promise<boolean> {
  const floats = columns.filter(({ isFloat }) => isFloat === true);
  if (floats.length === 0) return false;
  const found = floats.map(({ expression }) => `bool_or(${expression} = 0 and signbit(${expression}))`).join(" or ");
  const { rows } = await engine.run(`select ${found} from ${relation}`, { signal });
  return rows[0]?.[0] === true;
}

/** Ends a row group early where few rows are many bytes: the engine counts rows by the thousand. */
const rowGroupBytes = 32 * 1024 * 1024;
/** The fastest: a twentieth more bytes than the usual level, for a fifth less of the work (bench/full-load). */
const compressionLevel = 1;
/** Of a row group's rows: a column with more distinct values is written plainly. Looking for them costs more than it saves. */
const dictionaryShare = 1 / 16;

interface NamedColumn extends FileColumn {
  readonly fileName: string;
}

/** DuckDB takes names that differ in case for the same; readers go by field id, so a suffix does no harm. */
function distinctNames(columns: readonly FileColumn[]): readonly NamedColumn[] {
  const taken = new Set<string>();
  return columns.map((column) => {
    const fileName =
      taken.has(column.name.toLowerCase()) || column.name === "" ? `${column.name}_${column.fieldId}` : column.name;
    taken.add(fileName.toLowerCase());
    return { ...column, fileName };
  });
}

interface StatisticEntry {
  readonly key: string;
  readonly value: readonly { readonly key: string; readonly value: string }[];
}

async function statistics(
  rows: readonly EngineRow[],
  { named, path }: { named: readonly NamedColumn[]; path: string },
): Promise<CopiedFile> {
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
