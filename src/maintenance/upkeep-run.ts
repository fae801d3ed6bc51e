/** One upkeep under way: its context, its id in the ledger, and how it names the files it writes. */
import type { CrashPoint } from "../writer/crash-points.ts";
import type { SyncContext } from "../sync/run/sync-context.ts";
import type { LocatedDraft } from "../objects/object-store.ts";
import type { Report } from "../base/progress.ts";

export interface UpkeepRun extends SyncContext {
  /** The run's id, a UUID; every file is named after it. */
  readonly run: string;
  readonly report: Report;
  readonly signal: AbortSignal;
  readonly limits: UpkeepLimits;
  reach(point: CrashPoint): void;
  newFile(location: string): Promise<LocatedDraft>;
}

/** Files may be written for as long as a run may take, and then some. */
const usualOrphanAgeMs = 3 * 24 * 3_600_000;
const usualBudgetBytes = 4 * 1024 ** 3;

export function usualLimits(now: Date): UpkeepLimits {
  return { budgetBytes: usualBudgetBytes, orphanAgeMs: usualOrphanAgeMs, now };
}

export interface UpkeepLimits {
  /** Of a table's files that are written anew in one go. */
  readonly budgetBytes: number;
  /** Files that nobody lists stay this long: somebody may be about to. */
  readonly orphanAgeMs: number;
  readonly now: Date;
}
