/**
 * A sync run brings the chosen tables of one source to one consistent cut and makes all of them visible in one catalog
 * commit. It is not a schedule and has no state of its own; positions belong to tables. A table that fails is reported
 * and left as it was.
 * Invariant: readers see the previous cut until the commit, and the whole new one after it. Tables that did not change
 * cost nothing.
 */
import { catalogIn } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import { scanAfterCommit } from "../../stewardship/scan-after-commit.ts";
import { sourceLabel } from "../settings/table-pattern.ts";
import { lakeName } from "./lake-name.ts";
import type { WaitingTable } from "../settings/admit-tables.ts";
import { brokenFilters } from "./broken-filters.ts";
import { brokenViews } from "./broken-views.ts";
import { commitTables } from "./commit-tables.ts";
import type { BroughtTables } from "./brought.ts";
import { holdTogether } from "./hold-together.ts";
import { eachCut } from "./each-cut.ts";
import { inRun, type RunOutcome } from "./in-run.ts";
import { keepComments } from "./keep-comments.ts";
import type { RunRequest } from "./run-request.ts";
import { loadTable } from "../load/load-table.ts";
import type { LoadResult } from "../load/load-result.ts";
import type { SyncContext } from "./sync-context.ts";
import type { SyncReport, TableReport } from "./sync-report.ts";
import type { SourceObject } from "../source.ts";
import type { CutRun } from "./sync-run.ts";
import { vanishedTables, type SyncTarget, type VanishedTable } from "./sync-target.ts";
import type { FailedTable } from "./failed-table.ts";
import { eachTable, type Attempt } from "./table-failure.ts";

/** Throws what `inRun` throws. */
export function syncSource(context: SyncContext, request: Omit<RunRequest, "verify">): Promise<SyncReport> {
  return inRun(
    context,
    { ...request, verify: false },
    {
      bring: (source, parts, chosen) => eachCut(source, parts, { chosen, inCut: syncCut }),
      report: (outcome) => reportOf(context, { request, outcome }),
    },
  );
}

async function syncCut(run: CutRun, targets: readonly SyncTarget[]): Promise<BroughtTables<TableReport>> {
  const loaded = await eachTable(run, targets, (target) => loadTable(run, target));
  const { commit, tables } = await commitTables(run, loaded, holdTogether(run));
  await keepComments(
    run,
    targets.filter((_, index) => "done" in (tables[index] ?? {})),
  );
  await lookForPersonalData(run, tables);
  return { commit, tables: tables.map((table) => ("done" in table ? { done: table.done.report } : table)) };
}

/** A table that did not change has no new columns. */
async function lookForPersonalData(run: CutRun, tables: readonly Attempt<LoadResult>[]): Promise<void> {
  const tableIds = tables.flatMap((table) =>
    "done" in table && table.done.change !== undefined ? [table.done.target.tableId] : [],
  );
  await scanAfterCommit(run, { tableIds, runId: run.run, report: run.report, signal: run.signal });
}

async function reportOf(
  context: SyncContext,
  { request, outcome }: { request: Omit<RunRequest, "verify">; outcome: RunOutcome<TableReport> },
): Promise<SyncReport> {
  const { id: sourceId, name: source } = request.source;
  const { run, commit, position, seconds, rowsRead, splitsKept, warnings } = outcome;
  const { discovered, waiting, paused, mainSchema, tables } = outcome;
  const done = tables.map((table) => ("done" in table ? table.done : failedReport(table.failed)));
  const own = { ...context, catalog: catalogIn(context.catalog, request.source.accountId) };
  const gone = request.patterns.length > 0 ? [] : await vanishedTables(context, { sourceId, discovered });
  return {
    run,
    source,
    commit,
    position,
    seconds,
    rowsRead,
    splitsKept,
    tables: [
      ...done,
      ...gone.map((table) => goneReport(table)),
      ...waiting.map((object) => waitingReport(source, object)),
      ...paused.map((object) => pausedReport({ name: source, mainSchema }, object)),
    ],
    warnings: [...warnings, ...(await brokenFilters(own, done)), ...(await brokenViews(own, done))],
  };
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

function failedReport({ sourceTable, lakeTable, error }: FailedTable): TableReport {
  const reason = `${error.message}; it stays as it was`;
  return { ...nothingDone, sourceTable, lakeTable, outcome: "failed", reason, rows: 0, error };
}

function waitingReport(source: string, { name, estimatedRows, isDropped }: WaitingTable): TableReport {
  const sourceTable = sourceLabel(name);
  const reason = `${isDropped ? "dropped from the lake" : "new in the source"}; load it with: headgate sync ${source} --table '${sourceTable}'`;
  return { ...nothingDone, sourceTable, lakeTable: "", outcome: "waiting", reason, rows: estimatedRows ?? 0 };
}

function pausedReport(source: Parameters<typeof lakeName>[0], { name }: SourceObject): TableReport {
  const lakeTable = tableLabel(lakeName(source, name));
  const reason = `paused; resume it with: headgate table resume '${lakeTable}'`;
  return { ...nothingDone, sourceTable: sourceLabel(name), lakeTable, outcome: "paused", reason, rows: 0 };
}

function goneReport({ sourceTable, lakeTable, rows }: VanishedTable): TableReport {
  const reason = "no longer in the source; kept as it was";
  return { ...nothingDone, sourceTable, lakeTable, outcome: "gone", reason, rows };
}
