/**
 * A digest of a table's rows, computed by the server so that they need not travel: the number of rows and the sum of 64 bits of
 * a cryptographic hash of each. A sum, because rows have no order; not an exclusive or, which two equal rows would cancel; not
 * a checksum, which values swapped between two rows can leave as it was.
 */
import type { SourceColumn, SourceTable } from "../../sync/source.ts";
import type { MariadbConnection } from "./connection.ts";
import { displayTable, quoteName, quoteTable } from "./identifiers.ts";
import { typeHandling } from "./types.ts";

/** Stands before every digest; another number when digests are made differently. */
const version = "sha1-1";

/** Added for a row that is too large for the server to hash (`max_allowed_packet`): no sum of hashes comes near. */
const unhashed = 10n ** 40n;

/** Undefined when a row could not be hashed. */
export async function fingerprint(connection: MariadbConnection, table: SourceTable): Promise<string | undefined> {
  const values = table.columns.flatMap(valueTexts).join(", ");
  const [row] = await connection.query(
    `select count(*) as total, sum(ifnull(cast(conv(left(sha1(concat_ws('#', ${values})), 16), 16, 10) as unsigned), ${unhashed})) as hashes
     from ${quoteTable(table.name)}`,
    [],
    displayTable(table.name),
  );
  const hashes = BigInt(row?.["hashes"] ?? 0);
  return row === undefined || hashes >= unhashed ? undefined : [version, row["total"], hashes].join(" ");
}

/** Texts have their length before them, so that no two rows are written alike; null is a dash, which no value is. */
function valueTexts({ name, sourceType, lakeType, nullable }: SourceColumn): readonly string[] {
  const column = typeHandling(sourceType).select?.(quoteName(name)) ?? quoteName(name);
  if (lakeType !== "string" && lakeType !== "binary") return [nullable ? `ifnull(${column}, '-')` : column];
  const bytes = `cast(${column} as binary)`;
  return [`ifnull(length(${bytes}), '-')`, `ifnull(${bytes}, '')`];
}
