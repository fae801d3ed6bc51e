/**
 * Digests of a table by ranges of its key, computed by the server (`RangeDigest` in sync/source.ts), so that only sums
 * are sent.
 * Invariant: every value is written as the lake would have it after a load, including values that the lake cannot hold.
 */
import type { KeyExtent, KeyRanges, RangeDigest, SourceColumn, SourceTable } from "../../sync/source.ts";
import type { MariadbConnection } from "./connection.ts";
import { displayTable, quoteName, quoteTable } from "./identifiers.ts";
import { rangePredicate, spanRange } from "./key-range.ts";
import { parseDeclaredType, typeHandling } from "./types.ts";

export async function keyExtent(connection: MariadbConnection, table: SourceTable): Promise<KeyExtent | undefined> {
  const key = table.columns.find(({ name }) => name === table.key?.[0]);
  if (key === undefined || !["int", "long", "decimal(20,0)"].includes(key.lakeType)) return undefined;
  if (["bit", "decimal", "year"].includes(parseDeclaredType(key.sourceType).base)) return undefined;
  const name = quoteName(key.name);
  const [row] = await connection.query(
    `select min(${name}) as lowest, max(${name}) as highest, count(*) as total from ${quoteTable(table.name)}`,
    [],
    displayTable(table.name),
  );
  const { lowest, highest, total } = row ?? {};
  if (typeof lowest !== "string" || typeof highest !== "string") return undefined;
  return { column: key.name, lowest: BigInt(lowest), highest: BigInt(highest), rows: Number(total) };
}

/** Longer strings and bytes are written as their hash (`RangeDigest`). */
const longestWritten = 1000;

/** Within these bounds, additions and subtractions stay within 64 bits. */
const safeBound = 2n ** 62n;

/** SQL for the number of a row's range (`KeyRanges`). */
function rangeNumber({ column, lowest, width, count }: KeyRanges): string {
  const name = quoteName(column);
  const last = count === undefined ? "" : ` when ${name} >= ${lowest + width * (count - 1n)} then ${count - 1n}`;
  const isSafe = count !== undefined && lowest > -safeBound && lowest + width * count < safeBound;
  const number = `(${isSafe ? name : `cast(${name} as decimal(30))`} - (${lowest})) div ${width}`;
  return `case when ${name} is null or ${name} < ${lowest + width} then 0${last} else ${number} end`;
}

function checkedSalt(salt: string): string {
  if (/^[0-9a-f]*$/.test(salt)) return salt;
  throw new TypeError("expected a salt of hexadecimal digits");
}

/**
 * Added to the sum for a row that the server cannot write as text (`max_allowed_packet`); larger than any sum of
 * hashes.
 */
const unhashed = 10n ** 40n;

interface DigestParts {
  readonly table: SourceTable;
  readonly ranges: KeyRanges | undefined;
  readonly salt: string;
  /** SQL after `where`; absent: every row. */
  readonly predicate: string | undefined;
}

/** Also undefined if a row could not be hashed. */
export async function digests(
  connection: MariadbConnection,
  { table, ranges, salt, predicate }: DigestParts,
): Promise<readonly RangeDigest[] | undefined> {
  const values = table.columns.map(valueText);
  if (values.includes(undefined)) return undefined;
  const range = ranges === undefined ? "0" : rangeNumber(ranges);
  const line = values.join(", '|', ");
  const rows = await connection.query(
    `select ${range} as part, count(*) as total,
       sum(ifnull(cast(conv(left(sha1(concat('${checkedSalt(salt)}', ${line})), 15), 16, 10) as unsigned), ${unhashed})) as hashes
     from ${quoteTable(table.name)}${predicate === undefined ? "" : ` where ${predicate}`} group by part`,
    [],
    displayTable(table.name),
  );
  const found = rows.map((row) => ({
    range: BigInt(row["part"] ?? 0),
    rows: Number(row["total"]),
    sum: BigInt(row["hashes"] ?? 0),
  }));
  return found.some(({ sum }) => sum >= unhashed) ? undefined : found;
}

/** Predicates that divide the ranges among readers, so that each range is read by only one of them. */
export function shareRanges(ranges: KeyRanges | undefined, readers: number): readonly (string | undefined)[] {
  if (ranges?.count === undefined || ranges.count < BigInt(readers)) return [undefined];
  const { column, lowest, width, count } = ranges;
  const starts = Array.from({ length: readers }, (_, reader) => (count * BigInt(reader)) / BigInt(readers));
  const keys = starts.map((start) => (start === 0n ? undefined : lowest + width * start));
  return keys.map((from, index) => rangePredicate(spanRange(column, { from, to: keys[index + 1] })));
}

/**
 * Writes a value as the lake would have it. It is null only if the server cannot write the value; `concat` then makes
 * the whole row null, which counts as unhashed. Undefined for a type that servers do not all write alike. Every
 * function costs the server time per row, so the declared type decides which ones are needed.
 */
function valueText(column: SourceColumn): string | undefined {
  const { sourceType, lakeType } = column;
  const name = quoteName(column.name);
  switch (lakeType.replace(/\(.*/, "")) {
    case "boolean":
    case "int":
    case "long":
    case "decimal":
      return unlessNull(column, isPlainNumber(sourceType) ? name : `${name} + 0`);
    case "date":
      return ifWhole(name, {
        whole: `to_days(${name}) - 719528`,
        early: `to_days(${name}) - 719528 - ${isEarly(name)}`,
      });
    case "timestamp":
      return ifWhole(name, {
        whole: `(to_seconds(${name}) - 62167219200) * 1000000 + microsecond(${name})`,
        early: `timestampdiff(microsecond, '1970-01-01', ${name}) - 86400000000 * ${isEarly(name)}`,
      });
    case "timestamptz":
      return instantText(name, parseDeclaredType(sourceType).numbers[0] ?? 0);
    case "uuid":
      return unlessNull(column, `concat(${name})`);
    case "binary":
      return unlessNull(column, shortOrHashed(name, `lower(hex(${name}))`));
    case "string":
      return unlessNull(column, stringText(column));
    default:
      return undefined;
  }
}

/** Years, bits and whole numbers with a declared width are not written as plain digits. */
const isPlainNumber = (sourceType: string): boolean =>
  /^((tiny|small|medium|big)?int(eger)?|decimal)$/.test(parseDeclaredType(sourceType).base) &&
  !sourceType.includes("zerofill");

/**
 * `concat` converts each value to text separately. Without it, `if` would convert '-' to a uuid or an address, which
 * fails. If the dictionary is wrong about a column, the null makes the whole row unhashed.
 */
const unlessNull = ({ name, nullable }: SourceColumn, value: string): string =>
  nullable ? `if(${quoteName(name)} is null, '-', concat(${value}))` : value;

/**
 * Zero and partial dates, and days that their month does not have, are null in the lake. `whole` is used for days that
 * every month of every year from 1 on has, `early` for others.
 */
const ifWhole = (name: string, { whole, early }: { whole: string; early: string }): string =>
  `if(dayofmonth(${name}) between 1 and 28 and month(${name}) > 0 and year(${name}) > 0, concat(${whole}),
    if(month(${name}) > 0 and dayofmonth(${name}) between 1 and if(${isEarly(name)} and month(${name}) = 2, 29, dayofmonth(last_day(${name}))), concat(${early}), '-'))`;

/** The lake's calendar counts year 0 as a leap year, the server as a common year, so two months differ by a day. */
const isEarly = (name: string): string => `(year(${name}) = 0 and month(${name}) < 3)`;

/**
 * A timestamp is either zero or a valid one after 1970; the server writes as many digits of the second as are declared.
 */
function instantText(name: string, digits: number): string {
  const seconds = `unix_timestamp(${name})`;
  const written = digits === 0 ? seconds : `replace(${seconds}, '.', '')`;
  return `if(${name} is null or ${name} = 0, '-', concat(${written}, '${"0".repeat(6 - digits)}'))`;
}

function stringText({ name, sourceType }: SourceColumn): string {
  const value = typeHandling(sourceType).select?.(quoteName(name));
  const isUtf8 = value === undefined && parseDeclaredType(sourceType).charset === "utf8mb4";
  const text = isUtf8 ? quoteName(name) : `convert(${value ?? quoteName(name)} using utf8mb4)`;
  const isShort = mostBytes(sourceType) <= longestWritten;
  return `length(${text}), ':', ${isShort ? text : shortOrHashed(text, text)}`;
}

/** The most bytes of a string of the type in UTF-8; labels of enums and sets are part of the type's text. */
function mostBytes(sourceType: string): number {
  const { base, numbers } = parseDeclaredType(sourceType);
  if (base === "char" || base === "varchar") return 4 * (numbers[0] ?? Number.POSITIVE_INFINITY);
  return base === "enum" || base === "set" ? Buffer.byteLength(sourceType) : Number.POSITIVE_INFINITY;
}

const shortOrHashed = (bytes: string, written: string): string =>
  `if(length(${bytes}) > ${longestWritten}, concat('#', sha2(${bytes}, 256)), ${written})`;
