/**
 * Does what schedules say is due: everything that is due of a source, in one run while its lock is held. A schedule is due until it
 * was done, so any number of processes may look at once, and what one of them did not finish the next one does.
 * Invariant: a schedule never makes a run beside another run of its source, and times that were missed are made up for once.
 */
import { mapLimit } from "../base/limit.ts";
import { presentError, type PresentedError } from "../base/present-error.ts";
import { withoutRowValues } from "../base/row-values.ts";
import type { Report } from "../base/progress.ts";
import { HeadgateError } from "../errors.ts";
import { dueSchedules, dueSources, markDone, markFailed, markPartlyDone, type Schedule } from "../jobs/schedules.ts";
import { tryLockSource } from "../sync/run/lock-source.ts";
import type { RunRequest } from "../sync/run/run-request.ts";
import { maintainTables, type UpkeepReport } from "../maintenance/maintain-tables.ts";
import { ledgerHorizon, pruneLedger, type PrunedLedger } from "../maintenance/prune-ledger.ts";
import { tablesOfSource } from "../sync/settings/tables-of-source.ts";
import { usualLimits } from "../maintenance/upkeep-run.ts";
import { reconcileSource, type ReconcileReport } from "../sync/compare/reconcile-source.ts";
import type { RegisteredSource } from "../sync/settings/source-registry.ts";
import type { SyncContext } from "../sync/run/sync-context.ts";
import type { SyncReport } from "../sync/run/sync-report.ts";
import { syncSource } from "../sync/run/sync-source.ts";
import { matchesAny } from "../sync/settings/table-pattern.ts";

export interface DueRun {
  readonly source: string;
  /** Their names. */
  readonly schedules: readonly string[];
  /** `done with failures`: of some tables, which are tried again. */
  readonly outcome: "done" | "done with failures" | "failed";
  readonly sync?: SyncReport | undefined;
  readonly reconcile?: ReconcileReport | undefined;
  readonly upkeep?: UpkeepReport | undefined;
  /** Old rows of the ledger that were let go with it. */
  readonly ledger?: PrunedLedger | undefined;
  readonly error?: PresentedError | undefined;
}

export interface DueRequest {
  /** Schedules that are due at this time, and due again after it. */
  readonly now: Date;
  readonly report: Report;
  readonly signal: AbortSignal;
}

const sourcesAtOnce = 2;

/** Throws nothing that a source did: that is in what is returned, and tried again. */
export async function runDue(context: SyncContext, request: DueRequest): Promise<readonly DueRun[]> {
  const sources = await dueSources(context.db, request.now);
  const runs = await mapLimit(sources, sourcesAtOnce, (sourceId) => runSource(context, { ...request, sourceId }));
  return runs.filter((run) => run !== undefined);
}

type SourceRequest = DueRequest & { readonly sourceId: string };

/** Undefined where another process is at it, or was. */
function runSource(context: SyncContext, request: SourceRequest): Promise<DueRun | undefined> {
  return tryLockSource(context.db, request.sourceId, async () => {
    const due = await dueSchedules(context.db, request);
    if (due.length === 0) return undefined;
    const source = await context.sources.byId(request.sourceId);
    return runSchedules(context, { ...request, source, due });
  });
}

type SchedulesRequest = SourceRequest & { readonly source: RegisteredSource; readonly due: readonly Schedule[] };

async function runSchedules(context: SyncContext, request: SchedulesRequest): Promise<DueRun> {
  const { db } = context;
  const { due, now, source } = request;
  const names = due.map(({ name }) => name);
  const common = { source: source.name, schedules: names };
  try {
    const reports = await inTime(request, (signal) => act(context, { ...request, signal }));
    const failed = failedTables(reports);
    for (const schedule of due) await markOutcome(db, { schedule, failed, now });
    return { ...common, ...reports, outcome: failed.length > 0 ? "done with failures" : "done" };
  } catch (failure) {
    request.signal.throwIfAborted();
    const error = presentError(failure);
    for (const schedule of due) await markFailed(db, { schedule, error: withoutRowValues(error), now });
    return { ...common, outcome: "failed", error };
  }
}

export interface FailedDue {
  /** `schema.name` in the source. */
  readonly sourceTable: string;
  readonly error: PresentedError;
}

/** Tables that failed while the others were brought to now, or compared. */
export function failedTables({ sync, reconcile }: Pick<DueRun, "sync" | "reconcile">): readonly FailedDue[] {
  const tables = [...(sync?.tables ?? []), ...(reconcile?.tables ?? [])];
  return tables.flatMap(({ sourceTable, error }) => (error === undefined ? [] : [{ sourceTable, error }]));
}

/** A schedule is done but for those of its tables that failed. */
async function markOutcome(
  db: SyncContext["db"],
  { schedule, failed, now }: { schedule: Schedule; failed: readonly FailedDue[]; now: Date },
): Promise<void> {
  const own = schedule.action === "maintain" ? [] : failed.filter((table) => isOf(schedule, table));
  const [first] = own;
  if (first === undefined) return markDone(db, schedule, now);
  const tables = [...new Set(own.map(({ sourceTable }) => sourceTable))];
  const { message } = first.error;
  const more = tables.length === 1 ? "" : `, and ${tables.length - 1} more tables failed`;
  const error = { ...first.error, message: `${first.sourceTable}: ${message}${more}` };
  await markPartlyDone(db, { schedule, error, tables, now });
}

/** Names may have dots of their own, so each is looked at as the one between schema and table. */
function isOf({ tables }: Schedule, { sourceTable }: FailedDue): boolean {
  const parts = sourceTable.split(".");
  return parts.some((_part, dot) =>
    matchesAny(tables, { schema: parts.slice(0, dot).join("."), name: parts.slice(dot).join(".") }),
  );
}

/** Ended when the longest of their times is over. */
async function inTime<T>(
  { due, signal, source }: SchedulesRequest,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const seconds = Math.max(...due.map(({ timeoutSeconds }) => timeoutSeconds));
  const late = new AbortController();
  const failure = new HeadgateError("RUN_TIMED_OUT", { place: `${source.name}, after ${seconds} s` });
  const timer = setTimeout(() => late.abort(failure), seconds * 1_000);
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } finally {
    clearTimeout(timer);
  }
}

async function act(
  context: SyncContext,
  request: SchedulesRequest,
): Promise<Pick<DueRun, "sync" | "reconcile" | "upkeep" | "ledger">> {
  const { source, report, signal } = request;
  const common = { source, report, signal };
  const asked = (...actions: Schedule["action"][]) => request.due.filter(({ action }) => actions.includes(action));
  const [syncs, proofs] = [asked("sync"), asked("reconcile", "repair")];
  const sync = syncs.length === 0 ? undefined : await syncSource(context, { ...common, ...union(syncs), full: false });
  const repair = proofs.some(({ action }) => action === "repair");
  const reconcile =
    proofs.length === 0 ? undefined : await reconcileSource(context, { ...common, ...union(proofs), repair });
  const keeping = asked("maintain");
  const kept = keeping.length === 0 ? {} : await keepUp(context, { ...common, ...union(keeping) });
  return { sync, reconcile, ...kept };
}

/** Patterns name tables as their source does. */
async function keepUp(
  context: SyncContext,
  { patterns, ...request }: ReturnType<typeof union> & Pick<RunRequest, "source" | "report" | "signal">,
): Promise<Pick<DueRun, "upkeep" | "ledger">> {
  const tables = await tablesOfSource(context, request.source.id, patterns);
  const limits = usualLimits(new Date());
  const upkeep = await maintainTables(context, { ...request, tables, limits });
  const before = ledgerHorizon(context.config, limits.now);
  return { upkeep, ledger: await pruneLedger(context.db, { before, signal: request.signal }) };
}

/** All tables where one of them asks for all; of one that was done but for some tables only those. */
function union(schedules: readonly Schedule[]): { patterns: readonly string[]; schedules: readonly string[] } {
  const asked = schedules.map(({ tables, retryTables }) => retryTables ?? tables);
  return {
    patterns: asked.some((tables) => tables.length === 0) ? [] : [...new Set(asked.flat())],
    schedules: schedules.map(({ name }) => name),
  };
}
