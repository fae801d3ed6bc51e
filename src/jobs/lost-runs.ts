/**
 * Finds runs whose process has ended although the ledger still says that they run. A run holds its lock until it has
 * recorded its end, and the lock is free the moment its process dies. This only finds such runs; the next run that
 * needs the lock records the loss (sweep-runs.ts, import-attempts.ts).
 */
import type { Kysely, Selectable } from "kysely";
import { heldLocks } from "../db/session-lock.ts";
import type { RunRow, Tables } from "../db/tables.ts";
import { runLockName } from "./run-lock.ts";

type Run = Pick<Selectable<RunRow>, "id" | "kind" | "state" | "source_id" | "source_name">;

/** Returns their ids. */
export async function lostRuns(db: Kysely<Tables>, runs: readonly Run[]): Promise<ReadonlySet<string>> {
  const running = runs.filter(({ state }) => state === "running");
  const held = await heldLocks(db, [...new Set(running.map(lockOf))]);
  const doubtful = running.filter((run) => !held.has(lockOf(run))).map(({ id }) => id);
  if (doubtful.length === 0) return new Set();
  // A run that ended between the two queries has recorded its end by now.
  const rows = await db
    .selectFrom("runs")
    .select("id")
    .where("id", "in", doubtful)
    .where("state", "=", "running")
    .execute();
  return new Set(rows.map(({ id }) => id));
}

function lockOf({ kind, source_id: sourceId, source_name: sourceName }: Run): string {
  return runLockName({ kind, sourceId, sourceName });
}
