/**
 * Proves that source and lake are equal at one cut, table by table as multisets, or names the rows that differ; on request brings
 * the lake to the source by changing only those.
 */
import { mapLimit } from "../base/limit.ts";
import { commitCut } from "./commit-cut.ts";
import { inRun, type RunRequest } from "./in-run.ts";
import { reconcileTable, type TableVerdict } from "./reconcile-table.ts";
import type { SyncContext } from "./sync-context.ts";

export interface ReconcileRequest extends Omit<RunRequest, "full" | "verify"> {
  /** Brings the tables that differ to the source. */
  readonly repair: boolean;
}

export interface ReconcileReport {
  readonly run: string;
  readonly source: string;
  readonly position: string;
  /** The catalog transaction of the repair; null when there was none. */
  readonly commit: string | null;
  readonly seconds: number;
  readonly rowsRead: number;
  readonly tables: readonly TableVerdict[];
}

/** Throws what `inRun` throws; that tables differ is no failure. */
export function reconcileSource(context: SyncContext, request: ReconcileRequest): Promise<ReconcileReport> {
  return inRun(context, { ...request, full: false, verify: true }, async ({ run, targets, seconds }) => {
    const found = await mapLimit(targets, run.width, (target) => reconcileTable(run, target, request.repair));
    const commit = await commitCut(
      run,
      // A proof makes nothing, not even what a history lacks.
      found.flatMap(({ result }) =>
        result === undefined ? [] : [request.repair ? result : { ...result, history: "left" as const }],
      ),
    );
    const tables = found.map(({ verdict }) => verdict);
    const { position } = run.cut;
    return {
      run: run.run,
      source: run.source.name,
      position,
      commit,
      seconds: seconds(),
      rowsRead: run.rowsRead(),
      tables,
    };
  });
}
