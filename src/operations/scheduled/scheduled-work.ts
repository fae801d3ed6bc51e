/**
 * All kinds of scheduled work: the handler of each action in actions.ts. When several are due for one source they run
 * in this order, under one lock.
 */
import type { DueOutcome, Work } from "../../jobs/run-due.ts";
import type { Context } from "../context.ts";
import type { ScheduledAction } from "./actions.ts";
import { doctorAnswer, doctorWork, type DoctorReports } from "./doctor-work.ts";
import { maintainAnswer, maintainWork, type MaintainReports } from "./maintain-work.ts";
import { reconcileAnswer, reconcileWork, type ReconcileReports } from "./reconcile-work.ts";
import { scanAnswer, scanWork, type ScanReports } from "./scan-work.ts";
import { syncAnswer, syncWork, type SyncReports } from "./sync-work.ts";

/** The reports of all kinds of work; each kind fills its own members. */
export type DueReports = Partial<SyncReports & ReconcileReports & MaintainReports & DoctorReports & ScanReports>;

/** The schemas of all these reports, for the answer of `schedule.run-due`. */
export const dueAnswer = { ...syncAnswer, ...reconcileAnswer, ...maintainAnswer, ...doctorAnswer, ...scanAnswer };

/** The work that was done for one source, or for the whole lake. */
export type DueRun = DueOutcome & DueReports;

export const scheduledWork: Readonly<Record<ScheduledAction, Work<Context, DueReports>>> = {
  sync: syncWork,
  reconcile: reconcileWork,
  repair: reconcileWork,
  maintain: maintainWork,
  doctor: doctorWork,
  scan: scanWork,
};
