/**
 * Digests of a table by ranges of its key, computed by the server (sync/source.ts, `RangeDigest`): only sums travel.
 * Invariant: a value is written as the lake would write it after a load, what cannot be held included.
 */
import type { KeyExtent, KeyRanges, RangeDigest, SourceColumn, SourceTable } from "../../sync/source.ts";
import type { MariadbConnection } from "./connection.ts";
import { displayTable, quoteName, quoteTable } from "./identifiers.ts";
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

/** The number of a row's range (`KeyRanges`). */
function rangeNumber({ column, lowest, width, count }: KeyRanges): string {
  const name = quoteName(column);
  const last = count === undefined ? "" : ` when ${name} >= ${lowest + width * (count - 1n)} then ${count - 1n}`;
  const number = `(cast(${name} as decimal(30)) - ${lowest}) div ${width}`;
  return `case when ${name} is null or ${name} < ${lowest + width} then 0${last} else ${number} end`;
}

function checkedSalt(salt: string): string {
  if (/^[0-9a-f]*$/.test(salt)) return salt;
  throw new TypeError("expected a salt of hexadecimal digits");
}

/** Stands in the sum for a row that the server could not write as text (`max_allowed_packet`): no sum comes near. */
const unhashed = 10n ** 40n;

/** Undefined also when a row could not be hashed. */
export async function digests(
  connection: MariadbConnection,
  table: SourceTable,
  ranges: KeyRanges | undefined,
  salt = "",
): Promise<readonly RangeDigest[] | undefined> {
  const values = table.columns.map(valueText);
  if (values.includes(undefined)) return undefined;
  const range = ranges === undefined ? "0" : rangeNumber(ranges);
  const line = values.join(", '|', ");
  const rows = await connection.query(
    `select ${range} as part, count(*) as total,
       sum(ifnull(cast(conv(left(md5(concat('${checkedSalt(salt)}', ${line})), 15), 16, 10) as unsigned), ${unhashed})) as hashes
     from ${quoteTable(table.name)} group by part`,
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

/**
 * As the lake would have it, and never null but where the server could not write a value: `concat` then makes the whole row null,
 * which counts as unhashed. Undefined for what is not written alike everywhere.
 */
function valueText({ name: column, sourceType, lakeType }: SourceColumn): string | undefined {
  const name = quoteName(column);
  switch (lakeType.replace(/\(.*/, "")) {
    case "boolean":
    case "int":
    case "long":
      return unlessNull(name, `${name} + 0`);
    case "decimal": {
      // A declared width shows as zeros in front.
      const isPlain = parseDeclaredType(sourceType).base === "decimal" && !sourceType.includes("zerofill");
      return unlessNull(name, isPlain ? name : `${name} + 0`);
    }
    case "date":
      return ifWhole(name, `to_days(${name}) - 719528 - ${isEarly(name)}`);
    case "timestamp":
    case "timestamptz":
      return ifWhole(name, `timestampdiff(microsecond, '1970-01-01', ${name}) - 86400000000 * ${isEarly(name)}`);
    case "uuid":
      return unlessNull(name, name);
    case "binary":
      return unlessNull(name, shortOrHashed(name, `lower(hex(${name}))`));
    case "string":
      return unlessNull(name, stringText(typeHandling(sourceType).select?.(name) ?? name));
    default:
      return undefined;
  }
}

/** `concat` makes a text of each value by itself: beside '-' a uuid or an address would make a uuid of that, which is none. */
const unlessNull = (name: string, value: string): string => `if(${name} is null, '-', concat(${value}))`;

/** Zero and partial dates and days that their month does not have are null in the lake. */
const ifWhole = (name: string, value: string): string =>
  `if(month(${name}) > 0 and dayofmonth(${name}) between 1 and if(${isEarly(name)} and month(${name}) = 2, 29, dayofmonth(last_day(${name}))), concat(${value}), '-')`;

/** The lake counts the year 0 as the leap year that it is by its calendar, the server as a common one: two months lie a day before. */
const isEarly = (name: string): string => `(year(${name}) = 0 and month(${name}) < 3)`;

function stringText(value: string): string {
  const text = `convert(${value} using utf8mb4)`;
  return `length(${text}), ':', ${shortOrHashed(text, text)}`;
}

const shortOrHashed = (bytes: string, written: string): string =>
  `if(length(${bytes}) > ${longestWritten}, concat('#', sha2(${bytes}, 256)), ${written})`;
