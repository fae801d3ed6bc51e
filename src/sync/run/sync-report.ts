/** What a sync run did and why, as data: returned to the caller, kept in the run ledger, shown by the command line. */
import type { PresentedError } from "../../base/present-error.ts";

export type TableOutcome =
  /** Loaded for the first time. */
  | "created"
  /** Read again; the rows that differ were changed in the lake. */
  | "merged"
  /** Read again; its whole content was replaced, since much of it differs or it is small. */
  | "reloaded"
  /** Proven equal, or read again and found equal: no commit, no file. */
  | "unchanged"
  /** No longer in the source; its lake table stays as it was. */
  | "gone"
  /** New in a source whose new tables somebody has to name first, or dropped from the lake; not loaded. */
  | "waiting"
  /** Somebody paused it; not looked at. */
  | "paused"
  /** It could not be loaded and stays as it was, for the reason in `error`. */
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
  /** How changes were looked for: `full` for a first load. */
  readonly mode: "full" | "diff" | "cursor";
  /** Why this mode. */
  readonly modeReason: string;
  /** Why: how the equality was proven, what changed. */
  readonly reason: string;
  /** Rows of the table at this cut. */
  readonly rows: number;
  /** Against the previous cut; absent where the table is new or was not compared. */
  readonly rowsAdded?: number | undefined;
  readonly rowsRemoved?: number | undefined;
  /** Counted in both: a row of the same key before and after. Absent for tables without key, and for very many. */
  readonly rowsUpdated?: number | undefined;
  readonly files: number;
  readonly bytes: number;
  readonly schemaChanges: readonly string[];
  readonly inexact: readonly InexactValues[];
  readonly cautions: readonly string[];
  /** Why it failed. */
  readonly error?: PresentedError | undefined;
}

export interface SyncReport {
  readonly run: string;
  readonly source: string;
  /**
   * The catalog transaction that made the cut visible; null when nothing changed. Where tables were read again in a later cut, the
   * last of the run's transactions.
   */
  readonly commit: string | null;
  readonly position: string;
  readonly seconds: number;
  readonly rowsRead: number;
  /** Splits taken over from a run that did not finish. */
  readonly splitsKept: number;
  readonly tables: readonly TableReport[];
  readonly warnings: readonly string[];
}
