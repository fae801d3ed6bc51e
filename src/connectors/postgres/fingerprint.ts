/**
 * A digest of an object's rows: their number and the sums of two 64-bit hashes of each row's text. A sum, because rows have no
 * order. For what has no row versions to prove anything by.
 *
 * The server computes it, so that rows need not travel; or it comes with the rows when they are read. Only the second is the digest
 * of what was read: foreign rows, and a view that looks at the clock, may differ from one statement to the next.
 */
import type { SourceTable } from "../../sync/source.ts";
import type { Queries } from "./connection.ts";
import { placeOfTable, quoteName } from "./identifiers.ts";
import { relationsOf } from "./split.ts";

export interface RowSums {
  readonly rows: bigint;
  readonly first: bigint;
  readonly second: bigint;
}

/** Stands before every digest; another number when digests are made differently. */
const version = "hash-2";

export function formatFingerprint({ rows, first, second }: RowSums): string {
  return [version, rows, first, second].join(" ");
}

/** SQL for the two hashes of a row, from the column that holds its text. */
export function rowHashes(text: string): readonly [first: string, second: string] {
  return [`hashtextextended(${text}, 0)`, `hashtextextended(${text}, 1)`];
}

/** SQL for a row's text: its columns as PostgreSQL writes a row, whatever they are called. */
export function rowText({ columns }: SourceTable): string {
  return `row(${columns.map(({ name }) => quoteName(name)).join(", ")})::text collate "C"`;
}

export async function fingerprint(connection: Queries, table: SourceTable): Promise<string> {
  const [first, second] = rowHashes("line");
  const [row] = await connection.query(
    `select count(*) as total, coalesce(sum(${first}::numeric), 0) as first, coalesce(sum(${second}::numeric), 0) as second
     from (select ${rowText(table)} as line from ${relationsOf(table, undefined).from} offset 0) lines`,
    [],
    placeOfTable(table.name),
  );
  return formatFingerprint({
    rows: BigInt(row?.["total"] ?? 0),
    first: BigInt(row?.["first"] ?? 0),
    second: BigInt(row?.["second"] ?? 0),
  });
}
