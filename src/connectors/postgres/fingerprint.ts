/**
 * A digest of an object's rows, computed by the server so that they need not travel: the number of rows and the sums of two
 * 64-bit hashes of each row's text. A sum, because rows have no order. For what has no row versions to prove anything by.
 */
import type { SourceTable } from "../../sync/source.ts";
import type { Queries } from "./connection.ts";
import { placeOfTable, quoteName, quoteTable } from "./identifiers.ts";

/** Stands before every digest; another number when digests are made differently. */
const version = "hash-1";

export async function fingerprint(connection: Queries, table: SourceTable): Promise<string> {
  const columns = table.columns.map(({ name }) => quoteName(name)).join(", ");
  const [row] = await connection.query(
    `select count(*) as total, coalesce(sum(hashtextextended(line, 0)::numeric), 0) as high,
       coalesce(sum(hashtextextended(line, 1)::numeric), 0) as low
     from (select value::text collate "C" as line from (select ${columns} from ${quoteTable(table.name)}) value) lines`,
    [],
    placeOfTable(table.name),
  );
  return [version, row?.["total"], row?.["high"], row?.["low"]].join(" ");
}
