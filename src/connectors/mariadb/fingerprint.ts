/**
 * A digest of a table's rows, computed by the server so that they need not travel: the number of rows and the sum of 64 bits of
 * a cryptographic hash of each. A sum, because rows have no order; not an exclusive or, which two equal rows would cancel; not
 * a checksum, which values swapped between two rows can leave as it was.
 */
import type { SourceColumn, SourceTable } from "../../sync/source.ts";
import type { MariadbConnection } from "./connection.ts";
import { displayTable, quoteName, quoteTable } from "./identifiers.ts";
import { parseDeclaredType, typeHandling } from "./types.ts";

/** Stands before every digest; another number when digests are made differently. */
const version = "sha1-2";

/** Added for a row that the server could not write as text (`max_allowed_packet`): no sum of hashes comes near. */
const unhashed = 10n ** 40n;

/** The sums of a part of a table: rows are in one part each, so that the sums of all parts are the sum of the table. */
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

/** Undefined when a row could not be hashed. */
export function fingerprintOf(parts: readonly PartSums[]): string | undefined {
  const [rows, hashes] = [total(parts.map((part) => part.rows)), total(parts.map((part) => part.hashes))];
  return hashes >= unhashed ? undefined : [version, rows, hashes].join(" ");
}

const total = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n);

/**
 * A text that tells where it ends, so that no two rows are written alike: a null is a comma; numbers and times, which contain no
 * comma, are followed by one; other bytes have their length before them, long ones are hashed. Only a null is written as null:
 * a value that is too long for `concat` makes the whole row null, which counts as unhashed.
 */
function valueText({ name, sourceType, nullable }: SourceColumn): string {
  const column = quoteName(name);
  const value = writtenValue(column, sourceType);
  return nullable ? `if(${column} is null, ',', concat(${value}))` : value;
}

const plainTypes = /^((tiny|small|medium|big)?int(eger)?|decimal|date|datetime|timestamp|time|year|uuid|inet[46])$/;
const longTypes = /^((tiny|medium|long)?(text|blob)|json|vector|geometry|point|\w*(string|polygon|point|collection))$/;

/** The arguments of `concat` that stand for a value that is not null. */
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
