/**
 * A sync run: brings chosen tables of one source to one consistent cut and makes all of them visible in one catalog commit.
 * Not a schedule: it owns no state of its own; positions belong to tables.
 * Invariant: readers see the previous cut until the commit, and the whole new one after it. What did not change costs nothing.
 */
import { mapLimit } from "../base/limit.ts";
import { commitCut } from "./commit-cut.ts";
import { inRun, type RunRequest } from "./in-run.ts";
import { loadTable } from "./load-table.ts";
import type { SyncContext } from "./sync-context.ts";
import type { SyncReport, TableReport } from "./sync-report.ts";
import type { SourceObject } from "./source.ts";
import { vanishedTables } from "./sync-target.ts";

/** Throws what `inRun` throws. */
export function syncSource(context: SyncContext, request: Omit<RunRequest, "verify">): Promise<SyncReport> {
  return inRun(
    context,
    { ...request, verify: false },
    async ({ run, targets, discovered, waiting, paused, seconds }) => {
      const { id: sourceId, name: source } = request.source;
      const gone = request.patterns.length > 0 ? [] : await vanishedTables(context, { sourceId, discovered });
      const results = await mapLimit(targets, run.width, (target) => loadTable(run, target));
      const commit = await commitCut(run, results);
      return {
        run: run.run,
        source,
        commit,
        position: run.cut.position,
        seconds: seconds(),
        rowsRead: run.rowsRead(),
        splitsKept: run.splitsKept(),
        tables: [
          ...results.map(({ report }) => report),
          ...gone.map(goneReport),
          ...waiting.map((object) => waitingReport(source, object)),
          ...paused.map((object) => pausedReport(source, object)),
        ],
        warnings: run.cut.caution === undefined ? [] : [run.cut.caution],
      };
    },
  );
}

const nothingDone = {
  mode: "full" as const,
  modeReason: "",
  files: 0,
  bytes: 0,
  schemaChanges: [],
  inexact: [],
  cautions: [],
};

function waitingReport(source: string, { name, estimatedRows }: SourceObject): TableReport {
  const sourceTable = `${name.schema}.${name.name}`;
  const reason = `new in the source; take it in with: headgate sync ${source} --table '${sourceTable}'`;
  return { ...nothingDone, sourceTable, lakeTable: "", outcome: "waiting", reason, rows: estimatedRows ?? 0 };
}

function pausedReport(source: string, { name }: SourceObject): TableReport {
  const sourceTable = `${name.schema}.${name.name}`;
  const reason = `paused; go on with: headgate table resume ${source}.${sourceTable}`;
  return { ...nothingDone, sourceTable, lakeTable: "", outcome: "paused", reason, rows: 0 };
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
  const reason = "no longer in the source; kept as it was";
  return { ...nothingDone, sourceTable, lakeTable, outcome: "gone", reason, rows };
}
