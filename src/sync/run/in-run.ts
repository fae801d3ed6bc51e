/**
 * The frame of every run over a source: ensures one run at a time, records it in the ledger, removes what dead runs
 * left, and selects the tables. How they are read is up to the work, in cuts (each-cut.ts) or otherwise.
 * Invariant: a table that fails is reported and left as it was, and the others continue.
 */
import { using } from "../../base/cleanup.ts";
import { catalogIn } from "../../catalog/catalog.ts";
import { HeadgateError } from "../../errors.ts";
import { uuidv7 } from "../../base/uuid.ts";
import { admitTables, type WaitingTable } from "../settings/admit-tables.ts";
import { checkNamed } from "../settings/check-named.ts";
import type { Brought } from "./brought.ts";
import { openCounters, type RunParts } from "./open-run.ts";
import { lockSource } from "./lock-source.ts";
import type { RunRequest } from "./run-request.ts";
import { checkBudget } from "./check-budget.ts";
import { asRun } from "../../jobs/run-ledger.ts";
import { offeredTables, selectTables, withoutTables } from "../settings/select-tables.ts";
import type { Source, SourceObject } from "../source.ts";
import { sweepPlans, sweepRuns } from "./sweep-runs.ts";
import type { SyncContext } from "./sync-context.ts";
import { vanishedTables } from "./sync-target.ts";
import { noteFailures } from "./table-failures.ts";

/** The outcome of a run. */
export interface RunOutcome<T> extends Brought<T> {
  /** The run's id. */
  readonly run: string;
  readonly seconds: number;
  readonly rowsRead: number;
  /** Splits reused from a run that did not finish. */
  readonly splitsKept: number;
  /** The tables that the run tried, in the order of `tables`. */
  readonly chosen: readonly SourceObject[];
  /** New and dropped tables that are loaded only when somebody names them. */
  readonly waiting: readonly WaitingTable[];
  /** Tables that are paused. */
  readonly paused: readonly SourceObject[];
  readonly mainSchema: Source["mainSchema"];
  /** Everything that the source has, as far as its user can see. */
  readonly discovered: readonly SourceObject[];
}

export interface RunWork<T, R> {
  /** Does the work for the tables of one cut. Throws if the run has to end. */
  bring(source: Source, parts: RunParts, chosen: readonly SourceObject[]): Promise<Brought<T>>;
  /** The report that is stored in the ledger and returned. */
  report(outcome: RunOutcome<T>): Promise<R> | R;
}

/**
 * Throws the HeadgateError that made the run impossible; the lake is then unchanged, and the next run continues with
 * the splits already read. Failures of single tables are in the report.
 */
export async function inRun<T, R>(context: SyncContext, request: RunRequest, work: RunWork<T, R>): Promise<R> {
  const { source, patterns, excluded = [] } = request;
  if (request.schedules === undefined) await checkNamed(context, { source, patterns: [...patterns, ...excluded] });
  const run = (): Promise<R> => untilNobodyInterferes(request, () => oneRun(context, request, work));
  if (request.schedules !== undefined) return run();
  return lockSource(context.db, { sourceId: request.source.id, report: request.report }, run);
}

/** Another engine rarely commits to a table during a run; when it does, the run starts over. */
const attempts = 3;

async function untilNobodyInterferes<R>({ report }: RunRequest, work: () => Promise<R>): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (failure) {
      if (!(failure instanceof HeadgateError) || failure.code !== "COMMIT_CONFLICT" || attempt === attempts)
        throw failure;
      report({
        kind: "note",
        text: `another writer has changed ${failure.place ?? "a table"} meanwhile, so the run starts again`,
      });
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
  const own = { ...context, catalog: catalogIn(context.catalog, request.source.accountId) };
  return asRun(context.catalog, entry, async (listener) => {
    if (kind === "sync") await checkBudget(own, { accountId: request.source.accountId, report });
    const outcome = await endedBy(
      listener.signal,
      using(context.sources.open(request.source), (source) =>
        runTables(source, { ...own, ...request, ...listener, run }, work),
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

/**
 * When the run is to end, a source that does not answer is not awaited: whatever is still in progress can no longer
 * commit.
 */
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

/**
 * Includes tables that were loaded before and that this user may no longer see, because they still belong to the
 * source.
 */
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
  const brought = await work.bring(source, { ...parts, counters }, chosen);
  return {
    ...brought,
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
