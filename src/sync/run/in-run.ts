/**
 * The frame of every run over a source: one at a time, entered in the ledger, what dead runs left removed first, the chosen
 * tables described and found in the lake, a cut opened for them. Not what is done in a cut.
 * Invariant: a table that fails is told and left as it was, and the others go on.
 */
import { using } from "../../base/cleanup.ts";
import { HeadgateError } from "../../errors.ts";
import { uuidv7 } from "../../base/uuid.ts";
import { admitTables, type WaitingTable } from "../settings/admit-tables.ts";
import { checkNamed } from "../settings/check-named.ts";
import { eachCut, openCounters, type CutOutcome, type Cuts } from "./each-cut.ts";
import { lockSource } from "./lock-source.ts";
import type { RunRequest } from "./run-request.ts";
import { asRun } from "../../jobs/run-ledger.ts";
import { offeredTables, selectTables, withoutTables } from "../settings/select-tables.ts";
import type { Source, SourceObject } from "../source.ts";
import { sweepPlans, sweepRuns } from "./sweep-runs.ts";
import type { SyncContext } from "./sync-context.ts";
import type { SyncRun } from "./sync-run.ts";
import { vanishedTables, type SyncTarget } from "./sync-target.ts";
import { noteFailures } from "./table-failures.ts";

/** What became of a run. */
export interface RunOutcome<T> extends Cuts<T> {
  /** The run's id. */
  readonly run: string;
  readonly seconds: number;
  readonly rowsRead: number;
  /** Splits taken over from a run that did not finish. */
  readonly splitsKept: number;
  /** The tables that were tried, in the order of `tables`. */
  readonly chosen: readonly SourceObject[];
  /** New and dropped tables that somebody has to name first. */
  readonly waiting: readonly WaitingTable[];
  /** Tables that somebody paused. */
  readonly paused: readonly SourceObject[];
  readonly mainSchema: Source["mainSchema"];
  /** Everything the source has, as far as its user is told. */
  readonly discovered: readonly SourceObject[];
}

export interface RunWork<T, R> {
  /** Does the work for the tables of one cut. Throws what ends the run. */
  inCut(run: SyncRun, targets: readonly SyncTarget[]): Promise<CutOutcome<T>>;
  /** The report that is kept in the ledger and returned. */
  report(outcome: RunOutcome<T>): Promise<R> | R;
}

/**
 * Throws what made the run impossible, as a HeadgateError; the lake is then as it was, and the next run goes on from the splits
 * already read. What failed for single tables is in the report.
 */
export async function inRun<T, R>(context: SyncContext, request: RunRequest, work: RunWork<T, R>): Promise<R> {
  const { source, patterns, excluded = [] } = request;
  if (request.schedules === undefined) await checkNamed(context, { source, patterns: [...patterns, ...excluded] });
  const run = (): Promise<R> => untilNobodyInterferes(request, () => oneRun(context, request, work));
  if (request.schedules !== undefined) return run();
  return lockSource(context.db, { sourceId: request.source.id, report: request.report }, run);
}

/** Another engine may commit to a table while a run is under way, and rarely does; then what was found is found anew. */
const attempts = 3;

async function untilNobodyInterferes<R>({ report }: RunRequest, work: () => Promise<R>): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (failure) {
      if (!(failure instanceof HeadgateError) || failure.code !== "COMMIT_CONFLICT" || attempt === attempts)
        throw failure;
      report({ kind: "note", text: `another writer changed ${failure.place ?? "a table"} meanwhile: once more` });
    }
  }
}

async function oneRun<T, R>(context: SyncContext, request: RunRequest, work: RunWork<T, R>): Promise<R> {
  const { id: sourceId, name: sourceName } = request.source;
  const swept = await sweepRuns(context, sourceId);
  if (swept > 0) request.report({ kind: "note", text: `removed ${swept} files of a run that did not end` });
  const run = uuidv7();
  const kind = request.verify ? "reconcile" : "sync";
  const { signal, report, schedules } = request;
  const entry = { id: run, sourceId, sourceName, kind, schedules, signal, report } as const;
  return asRun(context.catalog, entry, async (listener) => {
    const outcome = await endedBy(
      listener.signal,
      using(context.sources.open(request.source), (source) =>
        runTables(source, { ...context, ...request, ...listener, run }, work),
      ),
    );
    const result = await work.report(outcome);
    const failed = outcome.tables.flatMap((table) => ("failed" in table ? [table.failed] : []));
    await noteFailures(context.db, { ...outcome, sourceId, failed });
    return { report: result, hasFailures: failed.length > 0 };
  });
}

/** Grace period after an abort. */
const graceMs = 2_000;

/** A source that does not answer is not waited for once the run is to end: what is still under way cannot commit any more. */
async function endedBy<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => void (timer = setTimeout(() => reject(signal.reason), graceMs));
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([work, ended]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    clearTimeout(timer);
  }
}

/** With those that were loaded before and that this user may not see any more: they are no less part of the source for that. */
async function discoverAll(source: Source, parts: Parts): Promise<readonly SourceObject[]> {
  const discovered = await source.discover();
  const vanished = await vanishedTables(parts, { sourceId: parts.source.id, discovered });
  const hidden = vanished.length === 0 ? [] : await source.hidden(vanished.map(({ name }) => name));
  return [...discovered, ...hidden.map((name): SourceObject => ({ name, kind: "table" }))];
}

type Parts = SyncContext & RunRequest & { readonly run: string };

async function runTables<T, R>(source: Source, parts: Parts, work: RunWork<T, R>): Promise<RunOutcome<T>> {
  const started = performance.now();
  const discovered = await discoverAll(source, parts);
  await sweepPlans(parts, { sourceId: parts.source.id, discovered });
  const offered = offeredTables(discovered, parts.source, parts.patterns);
  const named = selectTables(offered, parts.patterns, { isTolerant: parts.schedules !== undefined });
  const selected = withoutTables(named, parts.excluded);
  const { chosen, waiting, paused } = await admitTables(parts, selected);
  const counters = openCounters();
  const cuts = await eachCut(
    source,
    { ...parts, counters },
    { chosen, inCut: (run, targets) => work.inCut(run, targets) },
  );
  return {
    ...cuts,
    run: parts.run,
    chosen,
    seconds: (performance.now() - started) / 1000,
    rowsRead: counters.rowsRead,
    splitsKept: counters.splitsKept,
    discovered,
    waiting,
    paused,
    mainSchema: source.mainSchema,
  };
}
