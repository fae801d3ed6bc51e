/**
 * What a Parquet file says of its columns and of their parts, which the engine does not tell: decimals that are too long for it, what is
 * finer than it keeps, names that it changes (Apache Parquet format: `SchemaElement`, "Logical Types").
 */
import { quoteText } from "../../engine/duckdb-type.ts";
import type { Engine } from "../../engine/engine.ts";

/** A column, or a part of one. */
export interface ParquetPart {
  /** As the file has it, with the names around it: `s.list.element`. */
  readonly path: string;
  /** The last of the path. */
  readonly name: string;
  readonly logicalType: string;
  /** For a decimal only. */
  readonly precision: number;
  readonly scale: number;
  readonly isInt96: boolean;
  readonly parts: readonly ParquetPart[];
}

/** Those at the top, in the order of the file. */
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

/** The part and all that are in it. */
export function* allParts(part: ParquetPart): Generator<ParquetPart> {
  yield part;
  for (const own of part.parts) yield* allParts(own);
}

/** The lake's decimals have no more; the engine takes a longer one for a double. */
const mostDigits = 38;

export function isTooLong({ precision }: ParquetPart): boolean {
  return precision > mostDigits;
}

/** Times and instants in nanoseconds, of which the engine keeps microseconds. Local timestamps it keeps whole. */
export function isCut({ logicalType, isInt96 }: ParquetPart): boolean {
  const isFine = logicalType.includes("NANOS=NanoSeconds");
  const isLocal = logicalType.startsWith("TimestampType") && logicalType.includes("isAdjustedToUTC=0");
  return isInt96 || (isFine && !isLocal);
}

/** Names that a file, or a value of its, has twice, whatever their case: the engine gives the later ones a number. */
export function repeatedIn(parts: readonly ParquetPart[]): readonly ParquetPart[] {
  const seen = new Set<string>();
  return parts.filter(({ name }) => {
    const isRepeated = seen.has(name.toLowerCase());
    seen.add(name.toLowerCase());
    return isRepeated;
  });
}
