/**
 * Scheduled maintenance of the run ledger, and of the tables of one source or all tables that were created in this
 * lake.
 */
import type { Work, WorkDone, WorkRequest } from "../../jobs/run-due.ts";
import { maintainTables, type UpkeepReport } from "../../maintenance/maintain-tables.ts";
import { ledgerHorizon, pruneLedger, type PrunedLedger } from "../../maintenance/prune-ledger.ts";
import { usualLimits } from "../../maintenance/upkeep-run.ts";
import { tablesOfSource } from "../../sync/settings/tables-of-source.ts";
import { actorOf, localPrincipal } from "../../identity/principal.ts";
import { maintainAudit } from "../audit/maintain-audit.ts";
import { list, prunedLedger, upkeepReport } from "../answers.ts";
import type { Context } from "../context.ts";
import { maintainLake } from "../maintain-lake.ts";
import { sourceOf, union } from "./source-schedules.ts";

export interface MaintainReports {
  /** For the tables of one source. */
  readonly upkeep?: UpkeepReport;
  /** For the whole lake: one report per source, and one for tables without a source. */
  readonly upkeepOfLake?: readonly UpkeepReport[];
  /** Old entries that were deleted from the ledger. */
  readonly ledger: PrunedLedger & { readonly auditEvents: number };
}

/** The schema of these reports in the answer of `schedule.run-due`. */
export const maintainAnswer = {
  upkeep: upkeepReport.exactOptional(),
  upkeepOfLake: list(upkeepReport).exactOptional(),
  ledger: prunedLedger.exactOptional(),
};

export const maintainWork: Work<Context, MaintainReports> = {
  mayConcernLake: true,
  async run(context, request) {
    const limits = usualLimits(new Date());
    const maintained =
      request.sourceId === null
        ? { upkeepOfLake: await maintainLake(context, { ...request, ...union(request.schedules), limits }) }
        : { upkeep: await maintainSource(context, request, request.sourceId) };
    const before = ledgerHorizon(context.config, limits.now);
    const pruned = await pruneLedger(context.db, { before, signal: request.signal });
    const { signal } = request;
    const auditEvents = await maintainAudit(context, { actor: actorOf(localPrincipal), now: limits.now, signal });
    return done({ ...maintained, ledger: { ...pruned, auditEvents } });
  },
};

/** Called while holding the source's lock. Patterns use the source's names of tables. */
async function maintainSource(context: Context, request: WorkRequest, sourceId: string): Promise<UpkeepReport> {
  const { report, signal } = request;
  const { patterns, schedules } = union(request.schedules);
  const source = await sourceOf(context, sourceId);
  const tables = await tablesOfSource(context, sourceId, patterns);
  return maintainTables(context, { source, tables, limits: usualLimits(new Date()), report, signal, schedules });
}

/** A table that could not be maintained is tried again at the schedule's next time, together with all others. */
function done(reports: MaintainReports): WorkDone<MaintainReports> {
  const { upkeep, upkeepOfLake = [], ledger } = reports;
  const runs = upkeep === undefined ? upkeepOfLake : [upkeep];
  const tables = runs.flatMap((run) => run.tables).length;
  const pruned = ledger.runs === 0 ? "" : `; ${ledger.runs} old runs removed`;
  return { reports, summary: `${tables} tables maintained${pruned}`, failed: [] };
}
