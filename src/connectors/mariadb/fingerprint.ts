/**
 * A digest of a table's rows, computed by the server so that they need not be sent: the number of rows and the sum of
 * 64 bits of a cryptographic hash of each row. It is a sum because rows have no order. An exclusive or would cancel two
 * equal rows, and a checksum may not change when values are swapped between two rows.
 */
import type { SourceColumn, SourceTable } from "../../sync/source.ts";
import type { MariadbConnection } from "./connection.ts";
import { displayTable, quoteName, quoteTable } from "./identifiers.ts";
import { parseDeclaredType, typeHandling } from "./types.ts";

/** Prefix of every digest; changes when digests are computed differently. */
const version = "sha1-2";

/** Added for a row that the server cannot write as text (`max_allowed_packet`); larger than any sum of hashes. */
const unhashed = 10n ** 40n;

/** The sums of a part of a table. Every row is in exactly one part, so the sums of all parts add up to the table's. */
interface PartSums {
  readonly rows: bigint;
  readonly hashes: bigint;
}

export async function partSums(
  connection: MariadbConnection,
  table: SourceTable,
  predicate: string | undefined,
): Promise<PartSums> {
  const line = table.columns.map(valueText).join(", ");
  const [row] = await connection.query(
    `select count(*) as total, sum(ifnull(cast(conv(left(sha1(concat(${line})), 16), 16, 10) as unsigned), ${unhashed})) as hashes
     from ${quoteTable(table.name)}${predicate === undefined ? "" : ` where ${predicate}`}`,
    [],
    displayTable(table.name),
  );
  return { rows: BigInt(row?.["total"] ?? 0), hashes: BigInt(row?.["hashes"] ?? 0) };
}

/** Undefined if a row could not be hashed. */
export function fingerprintOf(parts: readonly PartSums[]): string | undefined {
  const [rows, hashes] = [total(parts.map((part) => part.rows)), total(parts.map((part) => part.hashes))];
  return hashes >= unhashed ? undefined : [version, rows, hashes].join(" ");
}

const total = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n);

/**
 * Writes each value so that its end is recognisable and no two rows are written alike. A null is a comma; numbers and
 * times, which contain no comma, are followed by one; other bytes are preceded by their length, and long ones are
 * hashed. If a value is too long for `concat`, the whole row becomes null, which counts as unhashed.
 */
function valueText({ name, sourceType, nullable }: SourceColumn): string {
  const column = quoteName(name);
  const value = writtenValue(column, sourceType);
  return nullable ? `if(${column} is null, ',', concat(${value}))` : value;
}

const plainTypes = /^((tiny|small|medium|big)?int(eger)?|decimal|date|datetime|timestamp|time|year|uuid|inet[46])$/;
const longTypes = /^((tiny|medium|long)?(text|blob)|json|vector|geometry|point|\w*(string|polygon|point|collection))$/;

/** Arguments of `concat` that write a value that is not null. */
function writtenValue(column: string, sourceType: string): string {
  const { base } = parseDeclaredType(sourceType);
  if (plainTypes.test(base)) return `${column}, ','`;
  if (base === "bit") return `${column} + 0, ','`;
  const value = typeHandling(sourceType).select?.(column);
  if (["float", "double", "real"].includes(base)) return `${value ?? column}, ','`;
  if (longTypes.test(base)) return `sha1(${column}), ','`;
  const bytes = `cast(${value ?? column} as binary)`;
  return `length(${value ?? column}), ':', ${bytes}`;
}
