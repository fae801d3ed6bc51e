/**
 * Finds in the dictionary why an object cannot be loaded as it is, before anything is read and without locking
 * anything.
 * Invariant: something that the user may not see is an obstacle; it is never treated as a missing table, column or row.
 */
import type { ErrorCode } from "../../errors.ts";
import type { Obstacle } from "../../sync/source.ts";
import type { Queries } from "./connection.ts";
import { quoteName, quoteTable } from "./identifiers.ts";
import type { TextRow } from "./statement.ts";

export interface FoundObstacle extends Obstacle {
  /** The remedy as a statement, or as a comment if there is no statement. */
  readonly mend: string;
  /** The user who has the obstacle, quoted. */
  readonly user: string;
}

/** Obstacles by oid, for the objects that have one. */
export async function findObstacles(
  connection: Queries,
  oids: readonly string[],
): Promise<ReadonlyMap<string, FoundObstacle>> {
  const rows = await connection.query(factsStatement, [oids]);
  return new Map(
    rows.flatMap((row): [string, FoundObstacle][] => {
      const obstacle = obstacleOf(row);
      if (obstacle === undefined) return [];
      const { code, message, mend, otherwise } = obstacle;
      const remedy = [`run on the server: ${mend}`, ...(otherwise === undefined ? [] : [otherwise])].join(" or ");
      const user = quoteName(row["me"] ?? "");
      return [
        [row["oid"] ?? "", { code, message, remedy: mend.startsWith("--") ? mend.slice(3) : remedy, mend, user }],
      ];
    }),
  );
}

/** Counts all columns in the dictionary, including those that the user may not read. */
const factsStatement = `
  select c.oid, n.nspname as schema, c.relname as name, current_user as me,
    has_schema_privilege(n.oid, 'usage') as may_use_schema, has_table_privilege(c.oid, 'select') as may_select,
    has_any_column_privilege(c.oid, 'select') as may_select_some, row_security_active(c.oid) as hides_rows,
    c.relpersistence = 'u' and pg_is_in_recovery() as is_emptied, c.relkind = 'm' and not c.relispopulated as is_unpopulated,
    columns.total, columns.refused
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (
    select count(*) as total,
      string_agg(quote_ident(a.attname), ', ' order by a.attnum) filter (where not has_column_privilege(c.oid, a.attnum, 'select')) as refused
    from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  ) columns
  where c.oid = any($1::oid[])`;

interface Hindrance {
  readonly code: ErrorCode;
  readonly message: string;
  readonly mend: string;
  /** An alternative remedy. */
  readonly otherwise?: string | undefined;
}

function obstacleOf(row: TextRow): Hindrance | undefined {
  const name = { schema: row["schema"] ?? "", name: row["name"] ?? "" };
  const [table, schema, me] = [quoteTable(name), quoteName(name.schema), quoteName(row["me"] ?? "")];
  if (row["may_use_schema"] !== "t")
    return {
      code: "SOURCE_RIGHT_MISSING",
      message: `${me} may not use the schema`,
      mend: `grant usage on schema ${schema} to ${me}; grant select on ${table} to ${me};`,
    };
  if (row["total"] === "0")
    return {
      code: "SOURCE_TABLE_UNFIT",
      message: "the table has no columns, and a table of the lake must have at least one",
      mend: "-- give the table a column, or leave it out with --exclude",
    };
  return missingRight(row, { table, me }) ?? hiddenRows(row, me) ?? missingRows(row, table);
}

function missingRight(row: TextRow, { table, me }: { table: string; me: string }): Hindrance | undefined {
  const refused = row["refused"] ?? undefined;
  if (row["may_select"] === "t" || refused === undefined) return undefined;
  if (row["may_select_some"] !== "t")
    return {
      code: "SOURCE_RIGHT_MISSING",
      message: `${me} may not read the table`,
      mend: `grant select on ${table} to ${me};`,
    };
  return {
    code: "SOURCE_RIGHT_MISSING",
    message: `${me} may not read these columns: ${refused}`,
    mend: `grant select (${refused}) on ${table} to ${me};`,
    otherwise: "leave the table out with --exclude",
  };
}

function hiddenRows(row: TextRow, me: string): Hindrance | undefined {
  if (row["hides_rows"] !== "t") return undefined;
  return {
    code: "SOURCE_ROWS_HIDDEN",
    message: `row-level security would hide rows from ${me}`,
    mend: `alter role ${me} bypassrls;`,
    otherwise: "connect as a user to whom no policy of the table applies",
  };
}

function missingRows(row: TextRow, table: string): Hindrance | undefined {
  if (row["is_emptied"] === "t")
    return {
      code: "SOURCE_TABLE_UNFIT",
      message: "the table is unlogged, and a standby has no rows of unlogged tables",
      mend: `alter table ${table} set logged; -- on the primary`,
      otherwise: "connect to the primary",
    };
  if (row["is_unpopulated"] === "t")
    return {
      code: "SOURCE_TABLE_UNFIT",
      message: "the materialized view has not been filled yet",
      mend: `refresh materialized view ${table};`,
    };
  return undefined;
}
