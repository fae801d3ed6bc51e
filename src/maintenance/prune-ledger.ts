/**
 * Deletes old runs, and commits of which no table's state is left. Whatever is still needed is kept, however old it is:
 * runs that were not swept, the last run and the last successful run of each source and its schedules, runs whose
 * commits are kept, and commits that imports name.
 * Invariant: each step is a short transaction that locks only rows which nobody changes any more.
 */
import { sql, type Kysely, type RawBuilder } from "kysely";
import type { Config } from "../config.ts";
import { withLockIfFree } from "../db/session-lock.ts";
import type { Tables } from "../db/tables.ts";

export interface PrunedLedger {
  readonly runs: number;
  readonly commits: number;
}

/** How many rows one query looks for, and how many one statement deletes. */
const [rowsFound, rowsAtOnce] = [50_000, 1_000];
const dayMs = 24 * 3_600_000;

/** Rows from before this time are old. */
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

/** Does nothing while another process is pruning. */
export async function pruneLedger(
  db: Kysely<Tables>,
  { before, signal }: { before: Date; signal: AbortSignal },
): Promise<PrunedLedger> {
  const pruned = await withLockIfFree(db, "old runs", async () => ({
    runs: await deleteAll(db, { table: "runs", found: oldRuns(before), signal }),
    commits: await deleteAll(db, { table: "commits", found: oldCommits(before), signal }),
  }));
  return pruned ?? { runs: 0, commits: 0 };
}

/** A row found to be deletable stays deletable, so the search runs once and needs no lock. */
async function deleteAll(
  db: Kysely<Tables>,
  { table, found, signal }: { table: "runs" | "commits"; found: RawBuilder<unknown>; signal: AbortSignal },
): Promise<number> {
  for (let rows = 0; ;) {
    const { rows: some } = await sql<{ id: string }>`${found} limit ${rowsFound}`.execute(db);
    for (let from = 0; from < some.length; from += rowsAtOnce) {
      signal.throwIfAborted();
      const ids = some.slice(from, from + rowsAtOnce).map(({ id }) => id);
      await db.deleteFrom(table).where("id", "in", ids).execute();
    }
    rows += some.length;
    if (some.length < rowsFound) return rows;
  }
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
    select runs.id from runs join (
      select source_name, schedules,
        max(started_at) filter (where ended_at is not null) as last_at,
        max(started_at) filter (where state = 'done') as last_done_at
      from runs group by source_name, schedules
    ) asked on asked.source_name = runs.source_name and asked.schedules is not distinct from runs.schedules
    where started_at < ${before} and ended_at < ${before} and (state = 'done' or swept)
      and started_at < last_at and (state <> 'done' or started_at < last_done_at)
      and not exists (select from commits where run_id = runs.id and not (${isOldCommit(before)}))`;
}
