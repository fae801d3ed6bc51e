/**
 * How the rows of a described object are stored, as far as reading and proofs depend on it: whether they have row
 * versions, whether they can be read page by page, and whether they belong to the cut's snapshot at all. Found without
 * locking anything.
 */
import type { SourceTable } from "../../sync/source.ts";
import type { Queries } from "./connection.ts";

export interface Storage {
  /** Whether every row has an `xmin` that the user may read and that tells which transaction wrote it. */
  readonly hasRowVersions: boolean;
  /** Whether the table consists of relations of this server that can be read one by one. */
  readonly isDivisible: boolean;
  /**
   * Whether the table's own key and not-null constraints hold for all rows that it shows. They do not hold for the rows
   * of child tables, and nobody checks them for foreign tables.
   */
  readonly areConstraintsKept: boolean;
  /** Rows of a foreign table come from a state of their own, not from the snapshot. */
  readonly isInSnapshot: boolean;
}

/** A described table contains its storage, as its columns contain their types (dictionary.ts). */
export function storageOf(table: SourceTable): Storage {
  return (table as SourceTable & { readonly storage: Storage }).storage;
}

/** Storage by oid. */
export async function readStorage(connection: Queries, oids: readonly string[]): Promise<ReadonlyMap<string, Storage>> {
  const distributed = await distributedTables(connection);
  const rows = await connection.query(storageStatement, [oids]);
  return new Map(
    rows.map((row): [string, Storage] => {
      const oid = row["table_oid"] ?? "";
      const isHere = row["is_foreign"] !== "t" && !distributed.has(oid);
      const isOrdinary = row["is_view"] !== "t" && row["is_other"] !== "t" && !distributed.has(oid);
      const hasRowVersions = isOrdinary && isHere && row["may_select"] === "t";
      const areConstraintsKept = row["is_foreign"] !== "t" && row["is_inherited"] !== "t";
      return [oid, { hasRowVersions, isDivisible: isOrdinary, areConstraintsKept, isInSnapshot: isHere }];
    }),
  );
}

/** Rows of tables that Citus distributes are on other servers; the local table of that name is empty. */
async function distributedTables(connection: Queries): Promise<ReadonlySet<string>> {
  const [found] = await connection.query("select to_regclass('pg_catalog.pg_dist_partition') is not null as is_there");
  if (found?.["is_there"] !== "t") return new Set();
  const rows = await connection.query("select logicalrelid::oid as oid from pg_dist_partition");
  return new Set(rows.map((row) => row["oid"] ?? ""));
}

/**
 * For each object and everything that inherits from it or that a view reads: whether any of it is foreign or has
 * another kind of storage. A child in a schema that belongs to an extension is the extension's own storage (the chunks
 * of TimescaleDB), which may hold less than the parent shows.
 */
const storageStatement = `
  with recursive reached as (
    select t.oid as table_oid, t.oid from unnest($1::oid[]) t(oid)
    union
    (
      with known as (select table_oid, oid from reached)
      select known.table_oid, i.inhrelid from known join pg_inherits i on i.inhparent = known.oid
      union all
      select known.table_oid, d.refobjid from known join pg_class v on v.oid = known.oid and v.relkind = 'v'
      join pg_rewrite r on r.ev_class = known.oid
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
    )
  )
  select reached.table_oid, bool_or(c.relkind = 'f') as is_foreign,
    bool_or(c.oid <> reached.table_oid and not c.relispartition) as is_inherited,
    bool_or(c.relkind = 'v' and c.oid = reached.table_oid) as is_view,
    bool_or(coalesce(am.amname, 'heap') <> 'heap' or (c.oid <> reached.table_oid and e.objid is not null)) as is_other,
    bool_or(c.oid = reached.table_oid and has_table_privilege(c.oid, 'select')) as may_select
  from reached join pg_class c on c.oid = reached.oid
  left join pg_am am on am.oid = c.relam and c.relkind in ('r', 'm')
  left join pg_depend e on e.classid = 'pg_namespace'::regclass and e.objid = c.relnamespace and e.refclassid = 'pg_extension'::regclass and e.deptype = 'e'
  group by reached.table_oid`;
