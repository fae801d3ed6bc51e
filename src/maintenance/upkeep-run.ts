/** A maintenance run in progress: its context, its id in the ledger, and the names of the files it writes. */
import type { CrashPoint } from "../writer/crash-points.ts";
import type { SyncContext } from "../sync/run/sync-context.ts";
import type { LocatedDraft } from "../objects/object-store.ts";
import type { Report } from "../base/progress.ts";

export interface UpkeepRun extends SyncContext {
  /** The run's id, a UUID, which is part of the name of every file it writes. */
  readonly run: string;
  readonly report: Report;
  readonly signal: AbortSignal;
  readonly limits: UpkeepLimits;
  reach(point: CrashPoint): void;
  newFile(location: string): Promise<LocatedDraft>;
}

/** Longer than any run may take, so no run is still about to commit such a file. */
const usualOrphanAgeMs = 3 * 24 * 3_600_000;
const usualBudgetBytes = 4 * 1024 ** 3;

export function usualLimits(now: Date): UpkeepLimits {
  return { budgetBytes: usualBudgetBytes, orphanAgeMs: usualOrphanAgeMs, now };
}

export interface UpkeepLimits {
  /** Most bytes of a table's files to rewrite in one run. */
  readonly budgetBytes: number;
  /** How long to keep files that nothing lists, because somebody may be about to commit them. */
  readonly orphanAgeMs: number;
  readonly now: Date;
}
