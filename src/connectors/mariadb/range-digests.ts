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

/** Stands in the sum for a row that is too large for the server to hash (`max_allowed_packet`): no sum comes near. */
const unhashed = 10n ** 40n;

/** Undefined also when a row could not be hashed. */
export async function digests(
  connection: MariadbConnection,
  table: SourceTable,
  ranges: KeyRanges | undefined,
): Promise<readonly RangeDigest[] | undefined> {
  const values = table.columns.map(valueText);
  if (values.includes(undefined)) return undefined;
  const range =
    ranges === undefined
      ? "0"
      : `(cast(${quoteName(ranges.column)} as decimal(30)) - ${ranges.lowest}) div ${ranges.width}`;
  const line = values.map((value) => `ifnull(${value}, '-')`).join(", ");
  const rows = await connection.query(
    `select ${range} as part, count(*) as total,
       sum(ifnull(cast(conv(left(md5(concat_ws('|', ${line})), 15), 16, 10) as unsigned), ${unhashed})) as hashes
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

/** Zero and partial dates are null in the lake. */
const whole = (name: string, value: string): string =>
  `if(month(${name}) > 0 and dayofmonth(${name}) > 0, ${value}, null)`;

/** Undefined for what is not written alike everywhere. */
function valueText({ name: column, sourceType, lakeType }: SourceColumn): string | undefined {
  const name = quoteName(column);
  switch (lakeType.replace(/\(.*/, "")) {
    case "boolean":
    case "int":
    case "long":
      return `(${name} + 0)`;
    case "decimal":
      return lakeType === "decimal(20,0)" && parseDeclaredType(sourceType).base !== "decimal" ? `(${name} + 0)` : name;
    case "date":
      return whole(name, `to_days(${name}) - 719528`);
    case "timestamp":
    case "timestamptz":
      return whole(name, `timestampdiff(microsecond, '1970-01-01', ${name})`);
    case "uuid":
      return `cast(${name} as char)`;
    case "binary":
      return `lower(hex(${name}))`;
    case "string":
      return stringText(typeHandling(sourceType).select?.(name) ?? name);
    default:
      return undefined;
  }
}

function stringText(value: string): string {
  const text = `convert(${value} using utf8mb4)`;
  return `concat(length(${text}), ':', ${text})`;
}
