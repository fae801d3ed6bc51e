/**
 * Runs whose process is gone although the ledger still says that they run: a run holds its lock until it has noted its end, and the
 * lock is free the moment its process dies. Only tells; the next run that needs the lock notes it (sweep-runs.ts, import-attempts.ts).
 */
import type { Kysely, Selectable } from "kysely";
import { heldLocks } from "../db/session-lock.ts";
import type { RunRow, Tables } from "../db/tables.ts";
import { runLockName } from "./run-lock.ts";

type Run = Pick<Selectable<RunRow>, "id" | "kind" | "state" | "source_id" | "source_name">;

/** Ids. */
export async function lostRuns(db: Kysely<Tables>, runs: readonly Run[]): Promise<ReadonlySet<string>> {
  const running = runs.filter(({ state }) => state === "running");
  const held = await heldLocks(db, [...new Set(running.map(lockOf))]);
  const doubtful = running.filter((run) => !held.has(lockOf(run))).map(({ id }) => id);
  if (doubtful.length === 0) return new Set();
  // One that ended between the two looks has noted so by now.
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
