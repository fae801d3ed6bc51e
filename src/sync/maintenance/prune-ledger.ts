/**
 * Lets old runs go, and commits of which no table's state is left. What is still needed stays however old it is: runs that were not
 * swept, the last one and the last one that was done of each source and its schedules, runs whose commits stay, and commits that
 * imports name.
 * Invariant: each step is a short transaction that locks nothing but rows nobody changes any more.
 */
import { sql, type Kysely, type RawBuilder } from "kysely";
import type { Config } from "../../config.ts";
import type { Tables } from "../../db/tables.ts";

export interface PrunedLedger {
  readonly runs: number;
  readonly commits: number;
}

const rowsAtOnce = 1_000;
const dayMs = 24 * 3_600_000;

/** What was before it is old. */
export function ledgerHorizon({ runHistoryDays }: Pick<Config, "runHistoryDays">, now: Date): Date {
  return new Date(now.getTime() - runHistoryDays * dayMs);
}

export async function countPrunable(db: Kysely<Tables>, before: Date): Promise<PrunedLedger> {
  const count = async (found: RawBuilder<unknown>): Promise<number> => {
    const { rows } = await sql<{ rows: bigint }>`select count(*) as rows from (${found}) found`.execute(db);
    return Number(rows[0]?.rows ?? 0);
  };
  return { runs: await count(oldRuns(before)), commits: await count(oldCommits(before)) };
}

export async function pruneLedger(
  db: Kysely<Tables>,
  { before, signal }: { before: Date; signal: AbortSignal },
): Promise<PrunedLedger> {
  const prune = async (table: "runs" | "commits", found: RawBuilder<unknown>): Promise<number> => {
    for (let rows = 0; ;) {
      signal.throwIfAborted();
      const { numAffectedRows = 0n } = await sql`
        delete from ${sql.table(table)} where id in (${found} limit ${rowsAtOnce} for update skip locked)`.execute(db);
      rows += Number(numAffectedRows);
      if (numAffectedRows === 0n) return rows;
    }
  };
  return { runs: await prune("runs", oldRuns(before)), commits: await prune("commits", oldCommits(before)) };
}

function oldCommits(before: Date): RawBuilder<unknown> {
  return sql`select id from commits where ${isOldCommit(before)}`;
}

function isOldCommit(before: Date): RawBuilder<unknown> {
  return sql`
    committed_at < ${before}
    and not exists (select from table_commits where commit_id = commits.id)
    and not exists (select from imported_files where commit_id = commits.id)
    and not exists (select from runs unswept where unswept.id = commits.run_id and state <> 'done' and not swept)`;
}

function oldRuns(before: Date): RawBuilder<unknown> {
  return sql`
    select id from runs
    where started_at < ${before} and ended_at < ${before} and (state = 'done' or swept)
      and not exists (select from commits where run_id = runs.id and not (${isOldCommit(before)}))
      and exists (
        select from runs later
        where later.source_name = runs.source_name and later.schedules is not distinct from runs.schedules
          and later.started_at > runs.started_at and later.ended_at is not null
          and (later.state = 'done' or runs.state <> 'done')
      )`;
}
