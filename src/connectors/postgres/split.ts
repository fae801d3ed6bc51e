/**
 * Divides tables into ranges of pages (`ctid`), which need no key and hold each row of a snapshot exactly once, because
 * a row version never moves while a snapshot that sees it is open. A partitioned table is divided partition by
 * partition, and a foreign partition is one range.
 */
import type { SourceTable, SplitRange, TableName } from "../../sync/source.ts";
import type { Queries } from "./connection.ts";
import { placeOfTable, quoteName, quoteTable } from "./identifiers.ts";
import { isTextHeld } from "./incarnation.ts";
import { storageOf } from "./storage.ts";

export interface CtidRange {
  /** The table or partition that has the pages. */
  readonly relation: TableName;
  /** First page. */
  readonly from: number;
  /** The page after the last one; null: to the end, whatever is added. */
  readonly to: number | null;
}

/** All rows of one relation of the object. */
export interface RelationRange {
  readonly relation: TableName;
}

/** Rows of the whole object at or above a value, and rows without a value. */
export interface SinceRange {
  readonly since: string;
  readonly column: string;
}

/** Rows of the whole object from one whole number to below another; if `from` is absent, also rows without a value. */
export interface BetweenRange {
  readonly between: string;
  readonly from?: string | undefined;
  readonly below?: string | undefined;
}

export type Range = CtidRange | RelationRange | SinceRange | BetweenRange;

export function parseRange(range: SplitRange | undefined): Range | undefined {
  return range === undefined ? undefined : (JSON.parse(range) as Range);
}

/**
 * The FROM and WHERE for a read: the whole object or one part of it. The whole is what `select` from its name shows. A
 * parent table also shows its children's rows, so the whole is never read with `only`, whereas its parts always are.
 */
export function relationsOf(
  { name }: SourceTable,
  range: Range | undefined,
): { readonly from: string; readonly where: string } {
  const whole = quoteTable(name);
  if (range === undefined) return { from: whole, where: "" };
  if ("since" in range) {
    const column = quoteName(range.column);
    return { from: whole, where: ` where (${column} >= '${range.since.replaceAll("'", "''")}' or ${column} is null)` };
  }
  if ("between" in range) return { from: whole, where: ` where ${betweenPredicate(range)}` };
  const relation = `only ${quoteTable(range.relation)}`;
  if (!("from" in range)) return { from: relation, where: "" };
  const upper = range.to === null ? "" : ` and ctid < '(${range.to},0)'`;
  return { from: relation, where: ` where ctid >= '(${range.from},0)'${upper}` };
}

function betweenPredicate({ between, from, below }: BetweenRange): string {
  const column = quoteName(between);
  const upper = below === undefined ? "true" : `${column} < ${BigInt(below)}`;
  return from === undefined ? `(${upper} or ${column} is null)` : `${column} >= ${BigInt(from)} and ${upper}`;
}

/**
 * The parts together make up the whole: the table itself and everything that inherits from it, each once. If the user
 * may not read one of them by its own name (a grant only on the partitioned table), the whole is read through its name.
 * The same holds for tables whose text can change without a write, because a partition may compute a virtual column
 * differently from the table.
 */
export async function splitTable(
  connection: Queries,
  table: SourceTable,
  bytes: number,
): Promise<readonly (SplitRange | undefined)[]> {
  if (!storageOf(table).isDivisible || !isTextHeld(table)) return [undefined];
  const { schema, name } = table.name;
  const relations = await connection.query(relationsStatement, [schema, name], placeOfTable(table.name));
  if (relations.some((row) => row["is_readable"] !== "t")) return [undefined];
  const ranges = relations.flatMap((row): readonly (CtidRange | RelationRange)[] => {
    const relation = { schema: row["schema"] ?? "", name: row["name"] ?? "" };
    if (row["kind"] === "f") return [{ relation }];
    const count = Math.max(1, Math.ceil(Number(row["bytes"]) / bytes));
    return pageRanges({ relation, pages: Number(row["pages"]), count });
  });
  return ranges.length <= 1 ? [undefined] : ranges.map((range) => JSON.stringify(range));
}

/**
 * Read from `pg_inherits` as the snapshot sees it, so that partitions attached or detached since then do not matter. A
 * partition that is being detached is no longer shown by its parent, and temporary children belong to other sessions.
 * Sizes include out-of-line values.
 */
const relationsStatement = `
  with recursive tree as (
    select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2
    union
    select i.inhrelid from tree join pg_inherits i on i.inhparent = tree.oid
    join pg_class c on c.oid = i.inhrelid and c.relpersistence <> 't' where not i.inhdetachpending
  )
  select n.nspname as schema, c.relname as name, c.relkind as kind,
    case when c.relkind <> 'f' then pg_relation_size(c.oid) / current_setting('block_size')::int end as pages,
    case when c.relkind <> 'f' then pg_table_size(c.oid) end as bytes,
    has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') and not row_security_active(c.oid) as is_readable
  from tree join pg_class c on c.oid = tree.oid join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm', 'f')
  order by c.oid`;

function pageRanges({ relation, pages, count }: { relation: TableName; pages: number; count: number }): CtidRange[] {
  const each = Math.max(1, Math.ceil(pages / count));
  const ranges: CtidRange[] = [];
  for (let from = 0; from === 0 || from < pages; from += each)
    ranges.push({ relation, from, to: from + each < pages ? from + each : null });
  return ranges;
}
