/**
 * The report of a sync run, with its results and reasons as data: returned to the caller, stored in the run ledger, and
 * shown by the command line.
 */
import type { PresentedError } from "../../base/present-error.ts";
import type { PiiClass } from "../../stewardship/classify/pii-class.ts";
import type { CaptureModeName } from "../../db/tables.ts";

export type TableOutcome =
  /** Loaded for the first time. */
  | "created"
  /** Read again; only the rows that differ were changed in the lake. */
  | "merged"
  /** Read again; the whole content was replaced because much of it differs or it is small. */
  | "reloaded"
  /** Proven equal, or read again and found equal: no commit, no new file. */
  | "unchanged"
  /** No longer in the source; the lake table stays as it was. */
  | "gone"
  /** Not loaded until somebody names it: new in a source with that policy, or dropped from the lake. */
  | "waiting"
  /** Paused, so not looked at. */
  | "paused"
  /** Could not be loaded and stays as it was; `error` says why. */
  | "failed";

export interface InexactValues {
  readonly column: string;
  readonly what: string;
  readonly count: number;
}

export interface TableReport {
  /** `schema.name` in the source. */
  readonly sourceTable: string;
  /** `database.table` in the lake. */
  readonly lakeTable: string;
  readonly outcome: TableOutcome;
  /** How changes were found; `full` for a first load. */
  readonly mode: "full" | CaptureModeName;
  /** The reason for this mode. */
  readonly modeReason: string;
  /** The reason for the outcome: how equality was proven, or what changed. */
  readonly reason: string;
  /** Rows of the table at this cut. */
  readonly rows: number;
  /** Compared with the previous cut; absent when the table is new or was not compared. */
  readonly rowsAdded?: number | undefined;
  readonly rowsRemoved?: number | undefined;
  /**
   * Rows whose key existed before and still does; they are included in both counts above. Absent for keyless tables and
   * for very large changes.
   */
  readonly rowsUpdated?: number | undefined;
  readonly files: number;
  readonly bytes: number;
  readonly schemaChanges: readonly string[];
  readonly inexact: readonly InexactValues[];
  readonly cautions: readonly string[];
  /**
   * For a table that was created: the grants of the dropped table of its name, which can be made again. Only in the
   * answer to somebody who administers the table, never in the ledger.
   */
  readonly earlierGrants?: number | undefined;
  /** Why the table failed. */
  readonly error?: PresentedError | undefined;
}

export interface SyncReport {
  readonly run: string;
  readonly source: string;
  /**
   * The catalog transaction that made the cut visible; null if nothing changed. When tables were read again in a later
   * cut, the last transaction of the run.
   */
  readonly commit: string | null;
  readonly position: string;
  readonly seconds: number;
  readonly rowsRead: number;
  /** Splits reused from a run that did not finish. */
  readonly splitsKept: number;
  readonly tables: readonly TableReport[];
  readonly warnings: readonly string[];
  /**
   * Columns that look like personal data, as far as the caller may decide about them. Only in an answer, never in the
   * ledger.
   */
  readonly personalData?: readonly PersonalColumn[] | undefined;
}

export interface PersonalColumn {
  /** The table as `database.table`. */
  readonly table: string;
  readonly column: string;
  readonly class: PiiClass;
  /** From 0 to 1. */
  readonly confidence: number;
}
