/**
 * The moments at which a killed sync run must leave the lake either as it was or completely updated. Tests kill the
 * process at each of them (`HEADGATE_CRASH_AT`); every later step of a run is written so that this does no harm.
 */
export const crashPoints = [
  /** A load's plan is stored, but nothing has been read. */
  "planned",
  /** Data files of a split are published but not yet noted. */
  "split-published",
  /** They are noted for the next run to use. */
  "split-noted",
  /** A merge's new rows are published. */
  "rows-published",
  /** A merge's position deletes are published. */
  "deletes-published",
  /** The changes are published in the table's history. */
  "history-published",
  /** The rows read for comparison are deleted, but not their plan. */
  "reading-discarded",
  /** A table's manifests and manifest list are written. */
  "manifests-written",
  /** A table's next metadata file is written, but its pointer has not moved. */
  "metadata-written",
  /** All statements of the commit have run in its transaction, which is still open. */
  "commit-open",
  /** The commit took place, but nobody has been told. */
  "committed",
  /** Positions of unchanged tables have moved without a commit. */
  "positions-moved",
  /** Some of the remains of a dead run are deleted. */
  "sweeping",
] as const;

/** Crash points of maintenance. */
export const upkeepCrashPoints = [
  /** Files are rewritten, but nothing lists them. */
  "compacted",
  /** The metadata that lists them is written, but the pointer has not moved. */
  "compaction-written",
  /** The table no longer lists the snapshots, but the files that only they reached still exist. */
  "expired",
  /** Some of the states with those snapshots are forgotten. */
  "forgetting",
] as const;

/** Crash points of imports. */
export const importCrashPoints = [
  /** Some rows are published as data files, but nothing lists them. */
  "import-published",
  /** The metadata that lists them is written, but the pointer has not moved. */
  "import-written",
  /** The commit took place, but nobody has been told. */
  "import-committed",
] as const;

/** Crash points of the removal of an account. */
export const removalCrashPoints = [
  /** Every right has ended, and all data is still there. */
  "removal-begun",
  /** The place of a table is noted, and the table is still there. */
  "removal-noted",
  /** A table is dropped, and its files are still there. */
  "removal-dropped",
  /** Nothing but files and the account is left. */
  "removal-forgotten",
  /** Some of the files are deleted. */
  "removal-deleting",
  /** All files are deleted, and the account is still there. */
  "removal-deleted",
] as const;

/** Crash points of the work that goes on for shares and requests. */
export const sharingCrashPoints = [
  /** The end of a request that nobody decided on is written down, and others are not yet. */
  "request-ended",
  /** An owner is asked about what was marked since, and others are not yet. */
  "judgement-asked",
  /** Mails about requests are written, and those about shares are not. */
  "mails-planned",
  /** A mail is taken out of the outbox, and not sent. */
  "mail-taken",
  /** The mail server has taken a mail, and nobody has noted that. */
  "mail-sent",
  /** A hook has accepted an event, and nobody has noted that. */
  "event-told",
] as const;

export type CrashPoint =
  | (typeof crashPoints)[number]
  | (typeof upkeepCrashPoints)[number]
  | (typeof importCrashPoints)[number]
  | (typeof removalCrashPoints)[number]
  | (typeof sharingCrashPoints)[number];

/** Kills the process as `kill -9` does if `HEADGATE_CRASH_AT` names this point. */
export function reach(point: CrashPoint, { crashAt }: { readonly crashAt: string | undefined }): void {
  if (crashAt === point) process.kill(process.pid, "SIGKILL");
}
