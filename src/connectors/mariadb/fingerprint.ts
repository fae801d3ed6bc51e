/**
 * A digest of a table's rows, computed by the server so that they need not travel: the number of rows and the sum of 128-bit
 * hashes of each. A sum, because rows have no order; not an exclusive or, which two equal rows would cancel.
 */
import type { SourceTable } from "../../sync/source.ts";
import type { MariadbConnection } from "./connection.ts";
import { quoteName, quoteTable } from "./identifiers.ts";
import { typeHandling } from "./types.ts";

/** Stands before every digest; another number when digests are made differently. */
const version = "md5-1";

/** Undefined when a row is too large for the server to hash (`max_allowed_packet`). */
export async function fingerprint(connection: MariadbConnection, table: SourceTable): Promise<string | undefined> {
  const [row] = await connection.query(
    `select count(*) as total, count(digest) as hashed,
       sum(cast(conv(left(digest, 16), 16, 10) as unsigned)) as high,
       sum(cast(conv(right(digest, 16), 16, 10) as unsigned)) as low
     from (select md5(concat(${table.columns.map(valueBytes).join(", ")})) as digest from ${quoteTable(table.name)}) hashes`,
    [],
    `${table.name.schema}.${table.name.name}`,
  );
  if (row === undefined || row["total"] !== row["hashed"]) return undefined;
  return [version, row["total"], row["high"] ?? "0", row["low"] ?? "0"].join(" ");
}

/** The value with its length before it, so that no two rows have the same bytes; null has no length. */
function valueBytes({ name, sourceType }: SourceTable["columns"][number]): string {
  const column = quoteName(name);
  const bytes = `cast(${typeHandling(sourceType).select?.(column) ?? column} as binary)`;
  return `ifnull(concat(length(${bytes}), ':', ${bytes}), '-')`;
}
