/**
 * Reads details about a Parquet file's columns and their parts that the engine does not report: decimals that are too
 * long for it, times finer than it keeps, names that it changes (Apache Parquet format: `SchemaElement`, "Logical
 * Types").
 */
import { quoteText } from "../../engine/duckdb-type.ts";
import type { Engine } from "../../engine/engine.ts";

/** A column, or a part of one. */
export interface ParquetPart {
  /** Full path in the file, with the enclosing names: `s.list.element`. */
  readonly path: string;
  /** The last part of the path. */
  readonly name: string;
  readonly logicalType: string;
  /** Set only for a decimal. */
  readonly precision: number;
  readonly scale: number;
  readonly isInt96: boolean;
  readonly parts: readonly ParquetPart[];
}

/** The top-level parts, in the order of the file. */
export async function parquetParts(engine: Engine, path: string): Promise<readonly ParquetPart[]> {
  const { rows } = await engine.run(
    `select name, num_children::integer, coalesce(logical_type, ''), coalesce(converted_type, ''),
      coalesce(precision, 0)::integer, coalesce(scale, 0)::integer, coalesce(type, '') from parquet_schema([${quoteText(path)}])`,
  );
  let next = 1;
  const read = (around: string): ParquetPart => {
    const [name, children, logicalType, converted, precision, scale, type] = rows[next++] ?? [];
    const own = `${around}${String(name)}`;
    const isDecimal = String(logicalType).startsWith("DecimalType") || converted === "DECIMAL";
    return {
      path: own,
      name: String(name),
      logicalType: String(logicalType),
      precision: isDecimal ? Number(precision) : 0,
      scale: Number(scale),
      isInt96: type === "INT96",
      parts: Array.from({ length: Number(children ?? 0) }, () => read(`${own}.`)),
    };
  };
  return Array.from({ length: Number(rows[0]?.[1] ?? 0) }, () => read(""));
}

/** The part and everything nested in it. */
export function* allParts(part: ParquetPart): Generator<ParquetPart> {
  yield part;
  for (const own of part.parts) yield* allParts(own);
}

/** The most digits of a decimal in the lake; the engine would read a longer one as a double. */
const mostDigits = 38;

export function isTooLong({ precision }: ParquetPart): boolean {
  return precision > mostDigits;
}

/** Times and instants in nanoseconds, which the engine cuts to microseconds. It keeps local timestamps in full. */
export function isCut({ logicalType, isInt96 }: ParquetPart): boolean {
  const isFine = logicalType.includes("NANOS=NanoSeconds");
  const isLocal = logicalType.startsWith("TimestampType") && logicalType.includes("isAdjustedToUTC=0");
  return isInt96 || (isFine && !isLocal);
}

/** Names that occur twice, ignoring case, in a file or in a nested value; the engine numbers the later ones. */
export function repeatedIn(parts: readonly ParquetPart[]): readonly ParquetPart[] {
  const seen = new Set<string>();
  return parts.filter(({ name }) => {
    const isRepeated = seen.has(name.toLowerCase());
    seen.add(name.toLowerCase());
    return isRepeated;
  });
}
