/**
 * The frame of every run over a source: one at a time, entered in the ledger, what dead runs left removed first, the chosen
 * tables described and found in the lake, one cut opened. Not what is done in it.
 */
import { using } from "../base/cleanup.ts";
import { presentError } from "../base/present-error.ts";
import type { Report } from "../base/progress.ts";
import { semaphore } from "../base/semaphore.ts";
import { HeadgateError } from "../errors.ts";
import { uuidv7 } from "../base/uuid.ts";
import { reach } from "./crash-points.ts";
import { admitTables } from "./admit-tables.ts";
import { checkDistinct } from "./lake-name.ts";
import { lockSource } from "./lock-source.ts";
import { beginRun, endRun, followRun } from "./run-ledger.ts";
import { offeredTables, selectTables } from "./select-tables.ts";
import type { RegisteredSource } from "./source-registry.ts";
import type { Cut, Source, SourceObject } from "./source.ts";
import { sweepPlans, sweepRuns } from "./sweep-runs.ts";
import type { SyncContext } from "./sync-context.ts";
import type { SyncRun } from "./sync-run.ts";
import { resolveTargets, type SyncTarget } from "./sync-target.ts";

export interface RunRequest {
  readonly source: RegisteredSource;
  /** Exact names or globs; empty for all tables. */
  readonly patterns: readonly string[];
  /** Load from the beginning, whatever is known about changes. */
  readonly full: boolean;
  /** Take nothing for granted that was stored about the lake's rows: read them. */
  readonly verify: boolean;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** Given for what schedules ask for; the caller holds the source's lock. Tables named that the source no longer has are left out. */
  readonly schedules?: readonly string[] | undefined;
}

export interface RunScope {
  readonly run: SyncRun;
  readonly targets: readonly SyncTarget[];
  /** New tables that somebody has to name first. */
  readonly waiting: readonly SourceObject[];
  /** Tables that somebody paused. */
  readonly paused: readonly SourceObject[];
  /** Everything the source has. */
  readonly discovered: readonly SourceObject[];
  /** Seconds since the run began. */
  seconds(): number;
}

/** Throws what failed, as a HeadgateError; the lake is then as it was, and the next run goes on from the splits already read. */
export async function inRun<R>(
  context: SyncContext,
  request: RunRequest,
  work: (scope: RunScope) => Promise<R>,
): Promise<R> {
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

async function oneRun<R>(context: SyncContext, request: RunRequest, work: (scope: RunScope) => Promise<R>): Promise<R> {
  const { id: sourceId, name: sourceName } = request.source;
  const swept = await sweepRuns(context, sourceId);
  if (swept > 0) request.report({ kind: "note", text: `removed ${swept} files of a run that did not end` });
  const run = uuidv7();
  await beginRun(context.db, { id: run, sourceId, sourceName, schedules: request.schedules });
  const followed = followRun(context.db, { run, signal: request.signal, report: request.report });
  try {
    const { signal, report } = followed;
    const result = await endedBy(
      signal,
      using(context.sources.open(request.source), (source) =>
        openScope(source, { ...context, ...request, signal, report, run }, work),
      ),
    );
    await endRun(context.db, { id: run, state: "done", report: result });
    return result;
  } catch (failure) {
    await endRun(context.db, { id: run, state: "failed", report: presentError(failure) });
    throw failure;
  } finally {
    followed[Symbol.dispose]();
  }
}

/** For a run to end by itself once it shall. */
const graceMs = 2_000;

/** A source that does not answer is not waited for once the run shall end: what is still under way cannot commit any more. */
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

type Parts = SyncContext & RunRequest & { readonly run: string };

async function openScope<R>(source: Source, parts: Parts, work: (scope: RunScope) => Promise<R>): Promise<R> {
  const started = performance.now();
  const named = { name: parts.source.name, mainSchema: source.mainSchema };
  const discovered = await source.discover();
  await sweepPlans(parts, { sourceId: parts.source.id, discovered });
  const offered = offeredTables(discovered, parts.source, parts.patterns);
  const selected = selectTables(offered, parts.patterns, { isTolerant: parts.schedules !== undefined });
  const { chosen, waiting, paused } = await admitTables(parts, selected);
  checkDistinct(named, chosen);
  const described = await source.describe(chosen.map(({ name }) => name));
  const targets = await resolveTargets(parts, { source: named, sourceId: parts.source.id, tables: described });
  const seconds = (): number => (performance.now() - started) / 1000;
  return using(source.openCut({ readers: parts.config.readers }), (cut) =>
    work({ run: syncRun(parts, cut), targets, discovered, waiting, paused, seconds }),
  );
}

/** What the engine needs to write one data file: a row group, raw and encoded. */
const fileMemoryMb = 96;

function filesAtOnce({ engineMemoryMb, engineThreads }: SyncContext["config"]): number {
  return Math.max(1, Math.min(engineThreads, Math.floor(engineMemoryMb / fileMemoryMb)));
}

/** One more table than readers is under way, so that a reader never waits for the engine to finish a table's last file. */
function syncRun(parts: Parts, cut: Cut): SyncRun {
  const reading = semaphore(cut.readers);
  let rowsRead = 0;
  let splitsKept = 0;
  let files = 0;
  return {
    ...parts,
    newFile: async (table, extension: string = "parquet") => {
      const location = `${table}/data/${parts.run}-${files++}.${extension}`;
      return { ...(await parts.objects.draft(location)), location };
    },
    reach: (point) => reach(point, parts.config),
    cut,
    openedAt: new Date(),
    width: cut.readers + 1,
    writing: { slots: semaphore(filesAtOnce(parts.config)), batches: 0 },
    inReader: (work) => reading.run(work),
    countRows: (rows) => void (rowsRead += rows),
    countKept: () => void splitsKept++,
    rowsRead: () => rowsRead,
    splitsKept: () => splitsKept,
  };
}
