/**
 * A digest of an object's rows: their number and the sums of two 64-bit hashes of each row's text. Sums, because rows
 * have no order. Used for objects without row versions that could prove anything.
 *
 * The server computes it, either so that rows need not be sent, or together with the rows when they are read. Only the
 * latter is the digest of what was read: foreign rows, and views that depend on the clock, may differ from one
 * statement to the next.
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

/** Prefix of every digest; changes when digests are computed differently. */
const version = "hash-2";

export function formatFingerprint({ rows, first, second }: RowSums): string {
  return [version, rows, first, second].join(" ");
}

/** SQL for the two hashes of a row, from the column that contains its text. */
export function rowHashes(text: string): readonly [first: string, second: string] {
  return [`hashtextextended(${text}, 0)`, `hashtextextended(${text}, 1)`];
}

/** SQL for a row's text: its columns as PostgreSQL writes a row, whatever their names. */
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
