/**
 * The lock that a run holds from before it is entered in the ledger until its end is recorded there. So a running run
 * whose lock is free has lost its process. Runs that must not overlap have the same lock.
 */
import type { RunKind } from "../db/tables.ts";

export interface LockedRun {
  readonly kind: RunKind;
  /** Null if the run concerns no source. */
  readonly sourceId: string | null;
  readonly sourceName: string;
}

/** All kinds of work for one source exclude each other; an import excludes only other imports of its table. */
export function runLockName({ kind, sourceId, sourceName }: LockedRun): string {
  return kind === "import" ? `import ${sourceName}` : (sourceId ?? sourceName);
}
