/** Scheduled proofs: compares tables with their source, and repairs them if one of the schedules asks for that. */
import type { Work } from "../../jobs/run-due.ts";
import { reconcileSource, type ReconcileReport } from "../../sync/compare/reconcile-source.ts";
import { reconcileReport } from "../answers.ts";
import type { Context } from "../context.ts";
import { failedTables, sourceOf, union } from "./source-schedules.ts";

export interface ReconcileReports {
  readonly reconcile: ReconcileReport;
}

/** The schema of these reports in the answer of `schedule.run-due`. */
export const reconcileAnswer = { reconcile: reconcileReport.exactOptional() };

export const reconcileWork: Work<Context, ReconcileReports> = {
  mayConcernLake: false,
  async run(context, { sourceId, schedules, report, signal }) {
    const source = await sourceOf(context, sourceId);
    const repair = schedules.some(({ action }) => action === "repair");
    const reconcile = await reconcileSource(context, { source, ...union(schedules), repair, report, signal });
    const differ = reconcile.tables.filter((table) => !table.equal && table.error === undefined).length;
    const summary = `${differ} of ${reconcile.tables.length} tables differed`;
    return { reports: { reconcile }, summary, failed: failedTables(schedules, reconcile.tables) };
  },
};
