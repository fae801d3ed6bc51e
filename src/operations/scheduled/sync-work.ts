/** Scheduled syncs: all requested tables are loaded from one cut. */
import type { Work } from "../../jobs/run-due.ts";
import type { SyncReport } from "../../sync/run/sync-report.ts";
import { syncSource } from "../../sync/run/sync-source.ts";
import { syncReport } from "../answers.ts";
import type { Context } from "../context.ts";
import { failedTables, sourceOf, union } from "./source-schedules.ts";

export interface SyncReports {
  readonly sync: SyncReport;
}

/** The schema of these reports in the answer of `schedule.run-due`. */
export const syncAnswer = { sync: syncReport.exactOptional() };

export const syncWork: Work<Context, SyncReports> = {
  mayConcernLake: false,
  async run(context, { sourceId, schedules, report, signal }) {
    const source = await sourceOf(context, sourceId);
    const sync = await syncSource(context, { source, ...union(schedules), full: false, report, signal });
    const changed = sync.tables.filter(({ outcome }) => ["created", "merged", "reloaded"].includes(outcome)).length;
    const summary = `${changed} of ${sync.tables.length} tables changed, ${sync.rowsRead} rows read`;
    return { reports: { sync }, summary, failed: failedTables(schedules, sync.tables) };
  },
};
