/**
 * Proves that source and lake are equal at one cut, table by table as multisets, or names the rows that differ. With
 * `repair`, it changes the rows that differ so that the lake equals the source.
 */
import { commitTables } from "../run/commit-tables.ts";
import { holdTogether } from "../run/hold-together.ts";
import { inRun } from "../run/in-run.ts";
import type { RunRequest } from "../run/run-request.ts";
import type { BroughtTables } from "../run/brought.ts";
import { eachCut } from "../run/each-cut.ts";
import type { LoadResult } from "../load/load-result.ts";
import { reconcileTable, type TableVerdict } from "./reconcile-table.ts";
import type { SyncContext } from "../run/sync-context.ts";
import type { CutRun } from "../run/sync-run.ts";
import type { SyncTarget } from "../run/sync-target.ts";
import type { FailedTable } from "../run/failed-table.ts";
import { eachTable, type Attempt } from "../run/table-failure.ts";

export interface ReconcileRequest extends Omit<RunRequest, "full" | "verify"> {
  /** Makes tables that differ equal to the source. */
  readonly repair: boolean;
}

export interface ReconcileReport {
  readonly run: string;
  readonly source: string;
  readonly position: string;
  /** The catalog transaction of the repair; null if there was none. */
  readonly commit: string | null;
  readonly seconds: number;
  readonly rowsRead: number;
  readonly tables: readonly TableVerdict[];
}

/** Throws what `inRun` throws. Tables that differ, or that cannot be compared, are results and not failures. */
export function reconcileSource(context: SyncContext, request: ReconcileRequest): Promise<ReconcileReport> {
  return inRun(
    context,
    { ...request, full: false, verify: true },
    {
      bring: (source, parts, chosen) =>
        eachCut(source, parts, {
          chosen,
          inCut: (run, targets) => reconcileCut(run, { targets, repair: request.repair }),
        }),
      report: ({ run, position, commit, seconds, rowsRead, tables }) => ({
        run,
        source: request.source.name,
        position,
        commit,
        seconds,
        rowsRead,
        tables: tables.map((table) => ("done" in table ? table.done : failedVerdict(table.failed))),
      }),
    },
  );
}

async function reconcileCut(
  run: CutRun,
  { targets, repair }: { targets: readonly SyncTarget[]; repair: boolean },
): Promise<BroughtTables<TableVerdict>> {
  const found = await eachTable(run, targets, (target) => reconcileTable(run, target, repair));
  const results = found.map((table): Attempt<LoadResult | undefined> => {
    if ("failed" in table) return table;
    const { result } = table.done;
    // A proof creates nothing, not even a missing history entry.
    return { done: repair ? result : result && { ...result, history: "left" as const } };
  });
  const { commit, tables } = await commitTables(run, results, repair ? holdTogether(run) : undefined);
  return {
    commit,
    tables: found.map((table, index): Attempt<TableVerdict> => {
      const committed = tables[index];
      if (committed !== undefined && "failed" in committed) return committed;
      return "done" in table ? { done: table.done.verdict } : table;
    }),
  };
}

function failedVerdict({ sourceTable, lakeTable, error }: FailedTable): TableVerdict {
  return {
    sourceTable,
    lakeTable,
    equal: false,
    how: `could not be compared: ${error.message}`,
    rows: 0,
    rowsOnlyInSource: 0,
    rowsOnlyInLake: 0,
    examples: { onlyInSource: [], onlyInLake: [] },
    repaired: false,
    error,
  };
}
