/**
 * The moments at which a sync run may be killed and must leave the lake as it was, or as it shall be. Tests kill the process at
 * each of them (`HEADGATE_CRASH_AT`); what a run does next is written so that every one of them is harmless.
 */
export const crashPoints = [
  /** A load's plan is stored, nothing read. */
  "planned",
  /** Data files of a split are published, not yet noted. */
  "split-published",
  /** They are noted, for the next run to use. */
  "split-noted",
  /** A merge's new rows are published. */
  "rows-published",
  /** And its position deletes. */
  "deletes-published",
  /** The changes are published in the table's history. */
  "history-published",
  /** What was read for comparison is deleted, its plan not. */
  "reading-discarded",
  /** A table's manifests and manifest list are written. */
  "manifests-written",
  /** A table's next metadata file is written, its pointer not moved. */
  "metadata-written",
  /** Everything of the commit is done in the transaction, which is open. */
  "commit-open",
  /** The commit took place, nobody was told. */
  "committed",
  /** Positions of unchanged tables are moved without a commit. */
  "positions-moved",
  /** Some of what a dead run left is deleted. */
  "sweeping",
] as const;

/** Those of upkeep. */
export const upkeepCrashPoints = [
  /** Files are written anew, and nobody lists them. */
  "compacted",
  /** The metadata with them is written, the pointer not moved. */
  "compaction-written",
  /** Snapshots are out of the table, what only they reached is still there. */
  "expired",
  /** Some of the states that had them are forgotten. */
  "forgetting",
] as const;

/** Those of imports. */
export const importCrashPoints = [
  /** Some rows are published as data files, and nobody lists them. */
  "import-published",
  /** The metadata with them is written, the pointer not moved. */
  "import-written",
  /** The commit took place, nobody was told. */
  "import-committed",
] as const;

export type CrashPoint =
  | (typeof crashPoints)[number]
  | (typeof upkeepCrashPoints)[number]
  | (typeof importCrashPoints)[number];

/** Ends the process as `kill -9` does when it was asked to die here. */
export function reach(point: CrashPoint, { crashAt }: { readonly crashAt: string | undefined }): void {
  if (crashAt === point) process.kill(process.pid, "SIGKILL");
}
