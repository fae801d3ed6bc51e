/**
 * Does what schedules say is due. Everything due for one source, or for the whole lake, is done together while its lock
 * is held. A schedule stays due until it is done, so any number of processes may look at the same time, and the next
 * one does what another did not finish. The handlers know what the work is (see operations/scheduled/).
 * Invariant: a schedule never starts a run beside another run of its source, and however many times were missed, they
 * are made up for once.
 */
import type { Kysely } from "kysely";
import { mapLimit } from "../base/limit.ts";
import { presentError, type PresentedError } from "../base/present-error.ts";
import type { Report } from "../base/progress.ts";
import { withoutRowValues } from "../base/row-values.ts";
import { withLockIfFree } from "../db/session-lock.ts";
import type { Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import {
  dueSchedules,
  dueTargets,
  markDone,
  markFailed,
  markPartlyDone,
  type DueTarget,
  type Schedule,
} from "./schedules.ts";

/** A kind of scheduled work. `Reports` has a member for the report of each kind. */
export interface Work<Context, Reports> {
  /** Whether a schedule of this kind may have no source and so concern the whole lake. */
  readonly mayConcernLake: boolean;
  /** Does what all of these schedules ask for at once. Throws if none of it could be done. */
  run(context: Context, request: WorkRequest): Promise<WorkDone<Reports>>;
}

export interface WorkRequest {
  /** Null for the whole lake. */
  readonly sourceId: string | null;
  /** The schedules of this kind that are due; there is at least one. */
  readonly schedules: readonly Schedule[];
  readonly report: Report;
  readonly signal: AbortSignal;
}

export interface WorkDone<Reports> {
  readonly reports: Reports;
  /** A summary for a log: "3 of 12 tables changed". */
  readonly summary: string;
  /** Tables that failed while the others succeeded; only these are tried again. */
  readonly failed: readonly FailedTable[];
}

export interface FailedTable {
  /** The table as schedules name it: `schema.name` in the source. */
  readonly sourceTable: string;
  readonly error: PresentedError;
  /** Names of the schedules that asked for the table. */
  readonly schedules: readonly string[];
}

export interface DueOutcome {
  /** Null for the whole lake. */
  readonly source: string | null;
  /** Names of the schedules that were due. */
  readonly schedules: readonly string[];
  readonly outcome: "done" | "done with failures" | "failed";
  /** A summary of each kind of work, in one line. */
  readonly summary: string;
  readonly failed: readonly FailedTable[];
  /** Why none of it was done. */
  readonly error?: PresentedError | undefined;
}

export interface DueRequest<Context, Reports> {
  /** The handler of each action. If several are due, they run in the order given here. */
  readonly handlers: Readonly<Record<string, Work<Context, Reports>>>;
  /** Schedules due at this time are done; the next due time is after it. */
  readonly now: Date;
  readonly report: Report;
  readonly signal: AbortSignal;
}

interface WithMetadata {
  readonly db: Kysely<Tables>;
}

const targetsAtOnce = 2;

/** A failure of the work is not thrown: the result describes it, and the work is tried again. */
export async function runDue<Context extends WithMetadata, Reports extends object>(
  context: Context,
  request: DueRequest<Context, Reports>,
): Promise<readonly (DueOutcome & Partial<Reports>)[]> {
  const targets = await dueTargets(context.db, request.now);
  const runs = await mapLimit(targets, targetsAtOnce, (target) => runTarget(context, { ...request, target }));
  return runs.filter((run) => run !== undefined);
}

export type TargetRequest<Context, Reports> = DueRequest<Context, Reports> & { readonly target: DueTarget };

/**
 * Does what is due for one source, or for the whole lake. Returns undefined if another process is doing the work or has
 * just done it.
 */
export function runTarget<Context extends WithMetadata, Reports extends object>(
  context: Context,
  request: TargetRequest<Context, Reports>,
): Promise<(DueOutcome & Partial<Reports>) | undefined> {
  const { target, now } = request;
  return withLockIfFree(context.db, lockNameOf(target), async () => {
    const due = await dueSchedules(context.db, { sourceId: target.sourceId, now });
    return due.length === 0 ? undefined : runSchedules(context, { ...request, due });
  });
}

/** Every run of a source holds this lock, whoever asked for it (sync/run/lock-source.ts). */
function lockNameOf({ sourceId }: DueTarget): string {
  return sourceId ?? "schedules of the whole lake";
}

type SchedulesRequest<Context, Reports> = TargetRequest<Context, Reports> & { readonly due: readonly Schedule[] };

async function runSchedules<Context extends WithMetadata, Reports extends object>(
  context: Context,
  request: SchedulesRequest<Context, Reports>,
): Promise<DueOutcome & Partial<Reports>> {
  const { db } = context;
  const { due, now, target } = request;
  const common = { source: target.sourceName, schedules: due.map(({ name }) => name) };
  try {
    const done = await inTime(request, (signal) => doAll(context, { ...request, signal }));
    const failed = done.flatMap((kind) => kind.failed);
    for (const schedule of due) await markOutcome(db, { schedule, failed, now });
    const outcome = { failed, outcome: failed.length > 0 ? "done with failures" : "done" } as const;
    const summary = done.map((kind) => kind.summary).join("; ");
    return { ...common, ...outcome, summary, ...merged(done.map(({ reports }) => reports)) };
  } catch (failure) {
    request.signal.throwIfAborted();
    const error = presentError(failure);
    for (const schedule of due) await markFailed(db, { schedule, error: withoutRowValues(error), now });
    return { ...common, outcome: "failed", failed: [], summary: "", ...merged<Reports>([]), error };
  }
}

/** The reports have different members. */
function merged<Reports extends object>(reports: readonly Reports[]): Partial<Reports> {
  const none: Partial<Reports> = {};
  return reports.reduce((all, one) => ({ ...all, ...one }), none);
}

/** Does one kind of work after the other, in the order of the handlers. */
async function doAll<Context, Reports>(
  context: Context,
  { handlers, due, target, report, signal }: SchedulesRequest<Context, Reports>,
): Promise<readonly WorkDone<Reports>[]> {
  const done: WorkDone<Reports>[] = [];
  const unknown = due.find(({ action }) => handlers[action] === undefined);
  if (unknown !== undefined)
    throw new TypeError(`schedule ${unknown.name} asks for ${unknown.action}, which is unknown`);
  for (const work of new Set(Object.values(handlers))) {
    const schedules = due.filter(({ action }) => handlers[action] === work);
    if (schedules.length > 0)
      done.push(await work.run(context, { sourceId: target.sourceId, schedules, report, signal }));
  }
  return done;
}

/** Ends the work after the longest of the schedules' timeouts. */
async function inTime<Context, Reports, Result>(
  { due, signal, target }: SchedulesRequest<Context, Reports>,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const seconds = Math.max(...due.map(({ timeoutSeconds }) => timeoutSeconds));
  const late = new AbortController();
  const place = `${target.sourceName ?? "the whole lake"}, after ${seconds} s`;
  const timer = setTimeout(() => late.abort(new HeadgateError("RUN_TIMED_OUT", { place })), seconds * 1_000);
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } finally {
    clearTimeout(timer);
  }
}

/** Marks a schedule as done except for those of its tables that failed. */
async function markOutcome(
  db: Kysely<Tables>,
  { schedule, failed, now }: { schedule: Schedule; failed: readonly FailedTable[]; now: Date },
): Promise<void> {
  const own = failed.filter(({ schedules }) => schedules.includes(schedule.name));
  const [first] = own;
  if (first === undefined) return markDone(db, schedule, now);
  const tables = [...new Set(own.map(({ sourceTable }) => sourceTable))];
  const { message } = first.error;
  const more = tables.length === 1 ? "" : `, and ${tables.length - 1} more tables failed`;
  const error = withoutRowValues({ ...first.error, message: `${first.sourceTable}: ${message}${more}` });
  await markPartlyDone(db, { schedule, error, tables, now });
}
