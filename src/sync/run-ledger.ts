/** The ledger of sync runs: what ran, when, and its report. A run that ends without an entry was killed. */
import type { Kysely } from "kysely";
import { formatJson } from "../base/json.ts";
import type { Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";

export async function beginRun(
  db: Kysely<Tables>,
  run: { id: string; sourceId: string; sourceName: string; schedules: readonly string[] | undefined },
): Promise<void> {
  const schedules = run.schedules?.join(", ");
  await db
    .insertInto("runs")
    .values({ id: run.id, source_id: run.sourceId, source_name: run.sourceName, state: "running", schedules })
    .execute();
}

export async function endRun(
  db: Kysely<Tables>,
  run: { id: string; state: "done" | "failed"; report: unknown },
): Promise<void> {
  await db
    .updateTable("runs")
    .set({ state: run.state, ended_at: new Date(), report: formatJson(run.report) })
    .where("id", "=", run.id)
    .execute();
}

const lookEveryMs = 1_000;

export interface Cancelling extends Disposable {
  /** Aborted when the caller's is, or when somebody asked the run to end. */
  readonly signal: AbortSignal;
}

/** Looks into the ledger now and then, since whoever asks may sit at another process. */
export function watchForCancel(db: Kysely<Tables>, { run, signal }: { run: string; signal: AbortSignal }): Cancelling {
  const asked = new AbortController();
  const look = async (): Promise<void> => {
    const row = await db.selectFrom("runs").select("cancel_requested").where("id", "=", run).executeTakeFirst();
    if (row?.cancel_requested === true) asked.abort(new HeadgateError("CANCELLED", { place: run }));
  };
  // A metadata database that does not answer is noticed by the run itself.
  const timer = setInterval(() => void look().catch(() => undefined), lookEveryMs);
  return { signal: AbortSignal.any([signal, asked.signal]), [Symbol.dispose]: () => clearInterval(timer) };
}

/** Asks a run to end, wherever it is. Throws RUN_NOT_FOUND for one that is not under way. */
export async function requestCancel(db: Kysely<Tables>, id: string): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable("runs")
    .set({ cancel_requested: true })
    .where("id", "=", id)
    .where("state", "=", "running")
    .executeTakeFirst();
  if (numUpdatedRows !== 1n)
    throw new HeadgateError("RUN_NOT_FOUND", { place: id, message: "no such run is under way" });
}
