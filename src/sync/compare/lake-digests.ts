/**
 * Digests of a lake table by ranges of its key, computed in the engine: the lake's counterpart of `RangeDigest`
 * (sync/source.ts).
 */
import { isFloat, quoteName } from "../../engine/duckdb-type.ts";
import type { ReadColumn } from "../../engine/read-column.ts";
import { unmarkedRows } from "../../writer/row-difference.ts";
import type { DigestHash, KeyRanges, RangeDigest } from "../source.ts";
import type { Sides } from "./table-sides.ts";

interface DigestParts {
  readonly sides: Pick<Sides, "engine" | "columns" | "live" | "deletedAt" | "signal">;
  /** Undefined for the whole table as range 0. */
  readonly ranges: LakeRanges | undefined;
  /** Hexadecimal digits. */
  readonly salt: string;
  readonly hash: DigestHash;
}

export interface LakeRanges extends Omit<KeyRanges, "column"> {
  /** The key's column, as one of the columns of the sides. */
  readonly key: ReadColumn;
}

export async function lakeDigests({ sides, ranges, salt, hash }: DigestParts): Promise<readonly RangeDigest[]> {
  const { engine, columns, signal } = sides;
  const line = columns.map((column) => `coalesce(${valueText(column)}, '-')`).join(", ");
  const range = ranges === undefined ? "0" : rangeSql(ranges);
  const { rows } = await engine.run(
    `select (range)::varchar, count(*)::varchar, sum(('0x' || ${hash}('${salt}' || line)[1:15])::bigint)::varchar
     from (select ${range} as range, concat_ws('|', ${line}) as line from (${unmarkedRows(sides)}) data) lines group by range`,
    { signal },
  );
  return rows.map(([number, count, sum]) => ({
    range: BigInt(String(number)),
    rows: Number(count),
    sum: BigInt(String(sum)),
  }));
}

/** SQL expression for the number of a row's range (`KeyRanges`). */
export function rangeSql({ key, lowest, width, count }: LakeRanges): string {
  const name = quoteName(key.name);
  const last = count === undefined ? "" : ` when ${name} >= ${lowest + width * (count - 1n)} then ${count - 1n}`;
  const distance = `${name}::hugeint - ${lowest}`;
  // The engine divides 128-bit numbers many times slower than 64-bit ones. Rows of other ranges may be too far away for
  // 64 bits; try_cast then gives null.
  const isNear = count !== undefined && width * count < 2n ** 63n;
  const number = isNear ? `try_cast(${distance} as bigint) // ${width}` : `(${distance}) // ${width}`;
  return `case when ${name} is null or ${name} < ${lowest + width} then 0${last} else ${number} end`;
}

export function hasDigest(columns: readonly ReadColumn[]): boolean {
  return columns.every(({ sqlType }) => !isFloat(sqlType));
}

function valueText({ name, sqlType }: ReadColumn): string {
  const column = quoteName(name);
  switch (sqlType.replace(/\(.*/, "")) {
    case "boolean":
      return `case when ${column} then '1' when not ${column} then '0' end`;
    case "date":
      return `(${column} - date '1970-01-01')::varchar`;
    case "time":
    case "timestamp":
    case "timestamptz":
      return `epoch_us(${column})::varchar`;
    case "blob":
      return shortOrHashed(`octet_length(${column})`, { bytes: column, written: `lower(hex(${column}))` });
    case "varchar":
      return `strlen(${column}) || ':' || ${shortOrHashed(`strlen(${column})`, { bytes: column, written: column })}`;
    case "decimal":
      return isFraction(sqlType) ? `regexp_replace(${column}::varchar, '^(-?)\\.', '\\10.')` : `${column}::varchar`;
    default:
      return `${column}::varchar`;
  }
}

/** For types that have only a fraction, such as `decimal(5,5)`, DuckDB writes no digit before the point. */
function isFraction(sqlType: string): boolean {
  const [, precision, scale] = /\((\d+), ?(\d+)\)/.exec(sqlType) ?? [];
  return precision !== undefined && precision === scale;
}

/** Longer strings and bytes are written as their hash (`RangeDigest`). */
const longestWritten = 1000;

function shortOrHashed(length: string, { bytes, written }: { bytes: string; written: string }): string {
  return `case when ${length} > ${longestWritten} then '#' || sha256(${bytes}) else ${written} end`;
}
