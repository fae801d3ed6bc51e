/**
 * The ledger of runs of every kind: what ran, when, and its report. A run without a recorded end was killed.
 * Invariant: no value of a row is kept here, because everybody with the right to watch may read it.
 */
import type { Kysely } from "kysely";
import type { EventLog } from "../base/event-log.ts";
import { formatJson } from "../base/json.ts";
import type { ProgressEvent, Report } from "../base/progress.ts";
import { presentError } from "../base/present-error.ts";
import { withoutRowValues } from "../base/row-values.ts";
import { sumOf } from "../base/sum.ts";
import type { RunKind, RunState, Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";

/** The database that records runs, and the log that receives events about them. */
export interface Ledger {
  readonly db: Kysely<Tables>;
  readonly log: EventLog;
}

/** The part of a run's record that is written before it begins. */
export interface RunEntry {
  readonly id: string;
  /** Null if it concerns no source. */
  readonly sourceId: string | null;
  /** For a run that concerns no source; by default it concerns the whole lake. The runs of a source are its account's. */
  readonly accountId?: string | undefined;
  readonly sourceName: string;
  readonly kind: RunKind;
  readonly schedules?: readonly string[] | undefined;
}

export interface RunListener {
  readonly signal: AbortSignal;
  readonly report: Report;
}

export interface RunResult<R> {
  readonly report: R;
  /** Whether some of its tables failed while the others succeeded. */
  readonly hasFailures?: boolean | undefined;
}

/**
 * Does the work as a run: the run is entered in the ledger, its progress is updated there, and its end is recorded,
 * however it ends. The caller holds the run's lock (run-lock.ts). Throws what the work throws, or the reason why the
 * run had to end.
 */
export async function asRun<R>(
  ledger: Ledger,
  { signal, report, ...entry }: RunEntry & RunListener,
  work: (listener: RunListener) => Promise<RunResult<R>>,
): Promise<R> {
  const { id } = entry;
  await beginRun(ledger, entry);
  using followed = followRun(ledger.db, { run: id, signal, report });
  try {
    const result = await work(followed);
    const state = result.hasFailures === true ? "done with failures" : "done";
    await endRun(ledger, { id, state, report: result.report });
    return result.report;
  } catch (failure) {
    // If the run was told to end, the reason for that is reported, not the failures that it caused.
    const reason: unknown = followed.signal.aborted ? followed.signal.reason : failure;
    await failRun(ledger, { id, failure: reason });
    throw reason;
  }
}

async function beginRun({ db, log }: Ledger, entry: RunEntry): Promise<void> {
  const { id, sourceId, sourceName, kind, schedules } = entry;
  const account = (sourceId === null ? entry.accountId : await accountOfSource(db, sourceId)) ?? null;
  const values = { id, source_id: sourceId, source_name: sourceName, kind, schedules: schedules?.join(", ") };
  await db
    .insertInto("runs")
    .values({ ...values, account_id: account, state: "running" })
    .execute();
  log("run begun", { run: id, kind, source: sourceName, schedules });
}

async function accountOfSource(db: Kysely<Tables>, id: string): Promise<string | undefined> {
  const row = await db.selectFrom("sources").select("account_id").where("id", "=", id).executeTakeFirst();
  return row?.account_id;
}

export async function endRun(
  { db, log }: Ledger,
  run: { id: string; state: Exclude<RunState, "running" | "lost">; report: unknown },
): Promise<void> {
  // The files of a failed table were removed at once, so nothing is left to sweep.
  const swept = run.state === "done with failures" ? { swept: true } : {};
  await db
    .updateTable("runs")
    .set({ state: run.state, ended_at: new Date(), report: formatJson(withoutRowValues(run.report)), ...swept })
    .where("id", "=", run.id)
    .execute();
  log("run ended", { run: run.id, state: run.state });
}

/** A run that somebody stopped is cancelled; any other one has failed. */
function failRun(ledger: Ledger, { id, failure }: { id: string; failure: unknown }): Promise<void> {
  const error = presentError(failure);
  ledger.log("run failed", { run: id, error });
  return endRun(ledger, { id, state: error.code === "CANCELLED" ? "cancelled" : "failed", report: error });
}

/**
 * Records that the processes of these runs have ended. From now on they cannot commit, because a commit needs its run
 * to be running.
 */
export async function noteLost(db: Kysely<Tables>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const report = formatJson(presentError(new HeadgateError("RUN_LOST")));
  await db
    .updateTable("runs")
    .set({ state: "lost", ended_at: new Date(), report })
    .where("id", "in", ids)
    .where("state", "=", "running")
    .execute();
}

/** Records that nothing is left of what these runs wrote and did not commit. */
export async function noteSwept(db: Kysely<Tables>, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.updateTable("runs").set({ swept: true }).where("id", "in", ids).execute();
}

/** How far a run is, for people who watch from elsewhere. */
export interface RunProgress {
  /** Number of tables, or parts of large ones, that are done. */
  readonly done: number;
  /** Number of rows read so far. */
  readonly rows: number;
  readonly tasks: readonly { readonly task: string; readonly rows: number; readonly total?: number | undefined }[];
  /** The newest of those that are done, the last one first. */
  readonly ended: readonly { readonly task: string; readonly outcome: string; readonly rows?: number | undefined }[];
}

/** The progress is written again every second, so its size is bounded for sources with very many tables. */
const mostEnded = 300;

const lookEveryMs = 1_000;

interface FollowedRun extends RunListener, Disposable {
  /** Aborted when the caller's signal is, or when somebody asked the run to end. */
  readonly signal: AbortSignal;
  /** Reports to the caller and to the ledger. */
  readonly report: Report;
}

/** Polls the ledger, because whoever asks the run to end may use another process, and records the progress there. */
function followRun(db: Kysely<Tables>, { run, signal, report }: RunListener & { readonly run: string }): FollowedRun {
  const asked = new AbortController();
  const progress = gatherProgress();
  const look = async (): Promise<void> => {
    const noted = progress.news();
    if (noted !== undefined)
      await db
        .updateTable("runs")
        .set({ progress: formatJson(noted) })
        .where("id", "=", run)
        .execute();
    const row = await db.selectFrom("runs").select("cancel_requested").where("id", "=", run).executeTakeFirst();
    if (row?.cancel_requested === true) asked.abort(new HeadgateError("CANCELLED", { place: run }));
  };
  // The run itself notices when the metadata database does not answer.
  const timer = setInterval(() => void look().catch(() => undefined), lookEveryMs);
  return {
    signal: AbortSignal.any([signal, asked.signal]),
    report(event) {
      progress.add(event);
      report(event);
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

interface GatheredProgress {
  add(event: ProgressEvent): void;
  /** Returns undefined if nothing has happened since the last call. */
  news(): RunProgress | undefined;
}

function gatherProgress(): GatheredProgress {
  const tasks = new Map<string, RunProgress["tasks"][number]>();
  const ended: RunProgress["ended"][number][] = [];
  let done = 0;
  let rowsDone = 0;
  let isNew = false;
  return {
    add(event) {
      if (event.kind !== "rows" && event.kind !== "done") return;
      const { task } = event;
      isNew = true;
      if (event.kind === "rows") return void tasks.set(task, { task, rows: event.rows, total: event.total });
      rowsDone += tasks.get(task)?.rows ?? 0;
      tasks.delete(task);
      ended.unshift({ task, outcome: event.outcome, rows: event.rows });
      ended.length = Math.min(ended.length, mostEnded);
      done++;
    },
    news() {
      if (!isNew) return undefined;
      isNew = false;
      const going = [...tasks.values()];
      return { done, rows: rowsDone + sumOf(going, ({ rows }) => rows), tasks: going, ended };
    },
  };
}

/** Asks a run to end, whichever process it is in. Throws RUN_NOT_FOUND for a run that is not running. */
export async function requestCancel(db: Kysely<Tables>, id: string): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable("runs")
    .set({ cancel_requested: true })
    .where("id", "=", id)
    .where("state", "=", "running")
    .executeTakeFirst();
  if (numUpdatedRows !== 1n)
    throw new HeadgateError("RUN_NOT_FOUND", { place: id, message: "no run with this id is under way" });
}
