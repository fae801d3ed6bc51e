/**
 * Names the sessions whose lock prevented a table from being read. It looks the table up by name, because the failed
 * connection is gone.
 */
import { HeadgateError } from "../../errors.ts";
import type { SourceTable } from "../../sync/source.ts";
import type { Queries } from "./connection.ts";
import { placeOfTable } from "./identifiers.ts";

interface LockParts {
  readonly table: SourceTable;
  readonly failure: unknown;
}

/** The failure itself or, if a lock was not released in time, one that names the sessions. */
export async function nameLockHolders(connection: Queries, { table, failure }: LockParts): Promise<unknown> {
  if (!(failure instanceof HeadgateError) || failure.code !== "SOURCE_TABLE_LOCKED") return failure;
  const { schema, name } = table.name;
  const holders = await connection.query(holdersStatement, [schema, name]).catch(() => []);
  if (holders.length === 0) return failure;
  const message = `the table is locked by ${holders.map((row) => row["holder"] ?? "").join("; ")}`;
  return new HeadgateError("SOURCE_TABLE_LOCKED", { place: placeOfTable(table.name), message, cause: failure });
}

/**
 * Exclusive locks on the table, its children and their indexes, held or waited for, because a reader queues behind
 * both.
 */
const holdersStatement = `
  with recursive tree as (
    select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2
    union
    select i.inhrelid from tree join pg_inherits i on i.inhparent = tree.oid
  ), relations as (
    select oid from tree union select x.indexrelid from tree join pg_index x on x.indrelid = tree.oid
  )
  select distinct concat('process ', l.pid, ' of ', coalesce(a.usename, 'another user'),
    case when a.application_name <> '' then concat(' (', a.application_name, ')') end,
    case when l.granted then concat(', ', coalesce(a.state, 'active')) else ', which is itself waiting for the lock' end,
    case when a.xact_start is not null then concat(', since ', date_trunc('second', a.xact_start)) end) as holder
  from relations join pg_locks l on l.relation = relations.oid and l.locktype = 'relation' and l.mode = 'AccessExclusiveLock'
    and l.database = (select oid from pg_database where datname = current_database())
  left join pg_stat_activity a on a.pid = l.pid
  where l.pid <> pg_backend_pid()
  order by 1`;
