import type { CrashPoint } from "../../writer/crash-points.ts";
import type { LocatedDraft } from "../../objects/object-store.ts";
import type { Writing } from "../../engine/load-data-files.ts";
import type { SyncContext } from "./sync-context.ts";
import type { Cut } from "../source.ts";
import type { RunRequest } from "./run-request.ts";

/** A run in progress: its context, its cut, and the counters of its report. */
export interface SyncRun extends SyncContext, RunRequest {
  /** The run's id, a UUID. */
  readonly run: string;
  readonly cut: Cut;
  /** When the cut was opened. */
  readonly openedAt: Date;
  /** How many tables, and splits of a table, are processed at the same time. */
  readonly width: number;
  /** Waits for one of the cut's readers, then does the work. */
  inReader<T>(work: () => Promise<T>): Promise<T>;
  readonly writing: Writing;
  /** A draft of a data or delete file of the table at `location`, named after the run; Parquet by default. */
  newFile(location: string, extension?: "puffin"): Promise<LocatedDraft>;
  reach(point: CrashPoint): void;
  countRows(rows: number): void;
  countKept(): void;
  rowsRead(): number;
  splitsKept(): number;
}
