/** Scheduled maintenance, for the tables of one source or for all that were made in this lake, and of the run ledger. */
import type { Work, WorkDone, WorkRequest } from "../../jobs/run-due.ts";
import { maintainTables, type UpkeepReport } from "../../maintenance/maintain-tables.ts";
import { ledgerHorizon, pruneLedger, type PrunedLedger } from "../../maintenance/prune-ledger.ts";
import { usualLimits } from "../../maintenance/upkeep-run.ts";
import { tablesOfSource } from "../../sync/settings/tables-of-source.ts";
import type { Context } from "../context.ts";
import { maintainLake } from "../maintain-lake.ts";
import { sourceOf, union } from "./source-schedules.ts";

export interface MaintainReports {
  /** For the tables of the source. */
  readonly upkeep?: UpkeepReport;
  /** For the whole lake: one run for each source, and one for the tables without. */
  readonly upkeepOfLake?: readonly UpkeepReport[];
  /** What was deleted from the ledger because it is old. */
  readonly ledger: PrunedLedger;
}

export const maintainWork: Work<Context, MaintainReports> = {
  mayConcernLake: true,
  async run(context, request) {
    const limits = usualLimits(new Date());
    const maintained =
      request.sourceId === null
        ? { upkeepOfLake: await maintainLake(context, { ...request, ...union(request.schedules), limits }) }
        : { upkeep: await maintainSource(context, request, request.sourceId) };
    const before = ledgerHorizon(context.config, limits.now);
    const ledger = await pruneLedger(context.db, { before, signal: request.signal });
    return done({ ...maintained, ledger });
  },
};

/** The caller holds the source's lock. Patterns name tables as their source does. */
async function maintainSource(context: Context, request: WorkRequest, sourceId: string): Promise<UpkeepReport> {
  const { report, signal } = request;
  const { patterns, schedules } = union(request.schedules);
  const source = await sourceOf(context, sourceId);
  const tables = await tablesOfSource(context, sourceId, patterns);
  return maintainTables(context, { source, tables, limits: usualLimits(new Date()), report, signal, schedules });
}

/** A table that could not be kept up is tried again at the schedule's next time, with all others. */
function done(reports: MaintainReports): WorkDone<MaintainReports> {
  const { upkeep, upkeepOfLake = [], ledger } = reports;
  const runs = upkeep === undefined ? upkeepOfLake : [upkeep];
  const tables = runs.flatMap((run) => run.tables).length;
  const pruned = ledger.runs === 0 ? "" : `; ${ledger.runs} old runs let go`;
  return { reports, summary: `${tables} tables kept up${pruned}`, failed: [] };
}
