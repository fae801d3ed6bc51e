/**
 * A sync run: brings chosen tables of one source to one consistent cut and makes all of them visible in one catalog commit.
 * Not a schedule: it owns no state of its own; positions belong to tables.
 * Invariant: readers see the previous cut until the commit, and the whole new one after it. What did not change costs nothing.
 */
import { using } from "../base/cleanup.ts";
import { mapLimit } from "../base/limit.ts";
import type { Report } from "../base/progress.ts";
import { semaphore } from "../base/semaphore.ts";
import { uuidv7 } from "../base/uuid.ts";
import { presentError } from "../base/present-error.ts";
import { reach } from "./crash-points.ts";
import { commitCut } from "./commit-cut.ts";
import { loadTable } from "./load-table.ts";
import { lockSource } from "./lock-source.ts";
import { checkDistinct } from "./lake-name.ts";
import { beginRun, endRun } from "./run-ledger.ts";
import { selectTables } from "./select-tables.ts";
import type { RegisteredSource } from "./source-registry.ts";
import type { Cut, Source } from "./source.ts";
import type { SyncContext } from "./sync-context.ts";
import type { SyncReport, TableReport } from "./sync-report.ts";
import type { SyncRun } from "./sync-run.ts";
import { sweepRuns } from "./sweep-runs.ts";
import { resolveTargets, vanishedTables } from "./sync-target.ts";

export interface SyncRequest {
  readonly source: RegisteredSource;
  /** Exact names or globs; empty for all tables. */
  readonly patterns: readonly string[];
  /** Load from the beginning, whatever is known about changes. */
  readonly full: boolean;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** Throws what failed, as a HeadgateError; the lake is then as it was, and the next run goes on from the splits already read. */
export async function syncSource(context: SyncContext, request: SyncRequest): Promise<SyncReport> {
  const { id: sourceId, name: sourceName } = request.source;
  return lockSource(context.db, { sourceId, report: request.report }, async () => {
    const swept = await sweepRuns(context, sourceId);
    if (swept > 0) request.report({ kind: "note", text: `removed ${swept} files of a run that did not end` });
    const run = uuidv7();
    await beginRun(context.db, { id: run, sourceId, sourceName });
    try {
      const report = await using(context.sources.open(request.source), (source) =>
        runOn(source, { ...context, ...request, run }),
      );
      await endRun(context.db, { id: run, state: "done", report });
      return report;
    } catch (failure) {
      await endRun(context.db, { id: run, state: "failed", report: presentError(failure) });
      throw failure;
    }
  });
}

type Parts = SyncContext & SyncRequest & { readonly run: string };

async function runOn(source: Source, parts: Parts): Promise<SyncReport> {
  const started = performance.now();
  const named = { name: parts.source.name, mainSchema: source.mainSchema };
  const discovered = await source.discover();
  const chosen = selectTables(discovered, parts.patterns);
  checkDistinct(named, chosen);
  const described = await source.describe(chosen.map(({ name }) => name));
  const targets = await resolveTargets(parts, { source: named, sourceId: parts.source.id, tables: described });
  const gone = parts.patterns.length > 0 ? [] : await vanishedTables(parts, { sourceId: parts.source.id, discovered });
  return using(source.openCut({ readers: parts.config.readers }), async (cut) => {
    const run = syncRun(parts, cut);
    const results = await mapLimit(targets, run.width, (target) => loadTable(run, target));
    const commit = await commitCut(run, results);
    return {
      run: parts.run,
      source: parts.source.name,
      commit,
      position: cut.position,
      seconds: (performance.now() - started) / 1000,
      rowsRead: run.rowsRead(),
      splitsKept: run.splitsKept(),
      tables: [...results.map(({ report }) => report), ...gone.map(goneReport)],
      warnings: cut.caution === undefined ? [] : [cut.caution],
    };
  });
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
    newFile: async (table) => {
      const location = `${table}/data/${parts.run}-${files++}.parquet`;
      return { ...(await parts.objects.draft(location)), location };
    },
    reach: (point) => reach(point, parts.config),
    cut,
    width: cut.readers + 1,
    writing: { slots: semaphore(filesAtOnce(parts.config)), batches: 0 },
    inReader: (work) => reading.run(work),
    countRows: (rows) => void (rowsRead += rows),
    countKept: () => void splitsKept++,
    rowsRead: () => rowsRead,
    splitsKept: () => splitsKept,
  };
}

function goneReport({
  sourceTable,
  lakeTable,
  rows,
}: {
  sourceTable: string;
  lakeTable: string;
  rows: number;
}): TableReport {
  const none = { files: 0, bytes: 0, schemaChanges: [], inexact: [], cautions: [] };
  return { sourceTable, lakeTable, outcome: "gone", reason: "no longer in the source; kept as it was", rows, ...none };
}
