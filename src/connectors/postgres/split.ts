/**
 * Cuts tables into ranges of pages (`ctid`), which need no key and hold each row of a snapshot exactly once: a row version never
 * moves while a snapshot that sees it is open. A partitioned table is cut partition by partition.
 */
import type { SourceTable, SplitRange, TableName } from "../../sync/source.ts";
import type { PostgresConnection } from "./connection.ts";
import { placeOfTable, quoteName, quoteTable } from "./identifiers.ts";

export interface CtidRange {
  /** The table or partition the pages are of. */
  readonly relation: TableName;
  /** First page. */
  readonly from: number;
  /** The page after the last one; null: to the end, whatever is added. */
  readonly to: number | null;
}

/** Rows of the whole object at or above a value, and those with none. */
export interface SinceRange {
  readonly since: string;
  readonly column: string;
}

/** Rows of the whole object from one whole number to below another. */
export interface BetweenRange {
  readonly column: string;
  readonly from: string;
  readonly below: string;
}

export type Range = CtidRange | SinceRange | BetweenRange;

export function parseRange(range: SplitRange | undefined): Range | undefined {
  return range === undefined ? undefined : (JSON.parse(range) as Range);
}

/** What to read: the whole object, or the pages of one relation. */
export function relationsOf(
  { name, kind }: SourceTable,
  range: Range | undefined,
): { readonly from: string; readonly where: string } {
  const whole = kind === "table" ? `only ${quoteTable(name)}` : quoteTable(name);
  if (range === undefined) return { from: whole, where: "" };
  if ("since" in range) {
    const column = quoteName(range.column);
    return { from: whole, where: ` where (${column} >= '${range.since.replaceAll("'", "''")}' or ${column} is null)` };
  }
  if ("below" in range) {
    const column = quoteName(range.column);
    return { from: whole, where: ` where ${column} >= ${BigInt(range.from)} and ${column} < ${BigInt(range.below)}` };
  }
  const upper = range.to === null ? "" : ` and ctid < '(${range.to},0)'`;
  return { from: `only ${quoteTable(range.relation)}`, where: ` where ctid >= '(${range.from},0)'${upper}` };
}

export async function splitTable(
  connection: PostgresConnection,
  table: SourceTable,
  bytes: number,
): Promise<readonly (SplitRange | undefined)[]> {
  if (table.kind === "view" || table.kind === "foreign table") return [undefined];
  const relations = await connection.query(sizesStatement, [quoteTable(table.name)], placeOfTable(table.name));
  const ranges = relations.flatMap((row): CtidRange[] => {
    const relation = { schema: row["schema"] ?? "", name: row["name"] ?? "" };
    const count = Math.max(1, Math.ceil(Number(row["bytes"]) / bytes));
    return pageRanges({ relation, pages: Number(row["pages"]), count });
  });
  return ranges.length <= 1 ? [undefined] : ranges.map((range) => JSON.stringify(range));
}

/** The leaves of a partition tree are the table itself when it has none; sizes include out-of-line values. */
const sizesStatement = `
  select n.nspname as schema, c.relname as name, pg_relation_size(c.oid) / current_setting('block_size')::int as pages, pg_table_size(c.oid) as bytes
  from (
    select relid from pg_partition_tree($1::regclass) where isleaf
    union select $1::regclass where not exists (select from pg_partition_tree($1::regclass))
  ) leaves
  join pg_class c on c.oid = leaves.relid join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm')
  order by c.oid`;

function pageRanges({ relation, pages, count }: { relation: TableName; pages: number; count: number }): CtidRange[] {
  const each = Math.max(1, Math.ceil(pages / count));
  const ranges: CtidRange[] = [];
  for (let from = 0; from === 0 || from < pages; from += each)
    ranges.push({ relation, from, to: from + each < pages ? from + each : null });
  return ranges;
}
