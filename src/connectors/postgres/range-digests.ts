/**
 * Digests of a table by ranges of its key, computed by the server (`RangeDigest` in sync/source.ts), so that only sums
 * are sent.
 * Invariant: every value is written as the lake would have it after a load, including values that the lake cannot hold.
 */
import type { KeyExtent, KeyRanges, RangeDigest, SourceColumn, SourceTable } from "../../sync/source.ts";
import type { Queries } from "./connection.ts";
import { resolvedType } from "./dictionary.ts";
import { placeOfTable, quoteName } from "./identifiers.ts";
import { relationsOf } from "./split.ts";
import { handlingOf } from "./types.ts";

export async function keyExtent(connection: Queries, table: SourceTable): Promise<KeyExtent | undefined> {
  const key = table.columns.find(({ name }) => name === table.key?.[0]);
  if (key === undefined || !["int", "long"].includes(key.lakeType)) return undefined;
  const name = quoteName(key.name);
  const [row] = await connection.query(
    `select min(${name}) as lowest, max(${name}) as highest, count(*) as total from ${relationsOf(table, undefined).from}`,
    [],
    placeOfTable(table.name),
  );
  const { lowest, highest, total } = row ?? {};
  if (typeof lowest !== "string" || typeof highest !== "string") return undefined;
  return { column: key.name, lowest: BigInt(lowest), highest: BigInt(highest), rows: Number(total) };
}

export async function digests(
  connection: Queries,
  table: SourceTable,
  ranges: KeyRanges | undefined,
  salt = "",
): Promise<readonly RangeDigest[] | undefined> {
  const values = table.columns.map(valueText);
  if (values.includes(undefined)) return undefined;
  const range = ranges === undefined ? "0" : rangeNumber(ranges);
  const line = barred(values.map((value) => `coalesce(${value}, '-')`));
  const rows = await connection.query(
    `select range, count(*) as total, sum(('x' || substr(md5(convert_to('${checkedSalt(salt)}' || line, 'UTF8')), 1, 15))::bit(60)::bigint) as sum
     from (select ${range} as range, ${line} as line from ${relationsOf(table, undefined).from}) lines
     group by range`,
    [],
    placeOfTable(table.name),
  );
  return rows.map((row) => ({
    range: BigInt(row["range"] ?? 0),
    rows: Number(row["total"]),
    sum: BigInt(row["sum"] ?? 0),
  }));
}

/** Within this bound, sums of keys stay below 64 bits. */
const narrow = 2n ** 62n;

/** SQL for the number of a row's range (`KeyRanges`). */
export function rangeNumber({ column, lowest, width, count }: KeyRanges): string {
  const name = quoteName(column);
  const isNarrow =
    count !== undefined && [lowest, lowest + width * count].every((end) => end < narrow && end > -narrow);
  const number = isNarrow
    ? `(${name}::int8 - ${lowest}::int8) / ${width}::int8`
    : `div(${name}::numeric - ${lowest}, ${width})`;
  const last = count === undefined ? "" : ` when ${name} >= ${lowest + width * (count - 1n)} then ${count - 1n}`;
  return `case when ${name} is null or ${name} < ${lowest + width} then 0${last} else ${number} end`;
}

/** Functions take at most a hundred arguments, but a table may have 1,600 columns, so they are joined in parts. */
const mostJoined = 50;

/** SQL for values that are not null, joined by bars. */
function barred(values: readonly string[]): string {
  const parts: string[] = [];
  for (let start = 0; start < values.length; start += mostJoined)
    parts.push(`concat_ws('|', ${values.slice(start, start + mostJoined).join(", ")})`);
  return parts.length === 1 ? (parts[0] ?? "''") : `concat_ws('|', ${parts.join(", ")})`;
}

/** Longer strings and bytes are written as their hash (`RangeDigest`). */
const longestWritten = 1000;

function checkedSalt(salt: string): string {
  if (/^[0-9a-f]*$/.test(salt)) return salt;
  throw new TypeError("expected a salt of hexadecimal digits");
}

const shortOrHashed = (bytes: string, written: string): string =>
  `case when octet_length(${bytes}) > ${longestWritten} then '#' || encode(sha256(${bytes}), 'hex') else ${written} end`;

function lengthFirst(text: string): string {
  const bytes = `convert_to(${text}, 'UTF8')`;
  return `octet_length(${bytes}) || ':' || ${shortOrHashed(bytes, text)}`;
}

const microseconds = (value: string): string => `(extract(epoch from ${value}) * 1000000)::bigint::text`;

/** The lake's timestamps end before the server's (binary-appenders.ts); later values are null there. */
const firstNotHeld = (type: string): string => `${type} '294247-01-10 04:00:54.775807+00'`;

/** Undefined for a type that servers do not all write alike. */
function valueText(column: SourceColumn): string | undefined {
  const name = quoteName(column.name);
  switch (column.lakeType.replace(/\(.*/, "")) {
    case "boolean":
      return `case when ${name} then '1' when not ${name} then '0' end`;
    case "int":
    case "long":
    case "uuid":
      return `${name}::text`;
    case "decimal":
      return `nullif(${name}, 'NaN')::text`;
    case "date":
      return `case when isfinite(${name}) then (${name} - date '1970-01-01')::text end`;
    case "timestamp":
    case "timestamptz":
      return `case when isfinite(${name}) and ${name} < ${firstNotHeld(column.lakeType)} then ${microseconds(name)} end`;
    case "time":
      return `case when ${name} < '24:00' then ${microseconds(name)} end`;
    case "binary":
      return shortOrHashed(name, `encode(${name}, 'hex')`);
    case "string":
      return lengthFirst(stringText(column));
    default:
      return undefined;
  }
}

/** `concat` keeps the trailing spaces of char(n), which a cast drops, but turns null into ''. */
function stringText(column: SourceColumn): string {
  const name = quoteName(column.name);
  const { builtIn } = resolvedType(column);
  if (builtIn === "bpchar") return `(case when ${name} is not null then concat(${name}) end)`;
  return `(${handlingOf(resolvedType(column)).select(name)})::text`;
}
