import type { Writing } from "../engine/load-data-files.ts";
import type { SyncContext } from "./sync-context.ts";
import type { Cut } from "./source.ts";
import type { SyncRequest } from "./sync-source.ts";

/** One run under way: its context, its cut, and the counters of its report. */
export interface SyncRun extends SyncContext, SyncRequest {
  /** The run's id, a UUID. */
  readonly run: string;
  readonly cut: Cut;
  /** Tables, and splits of a table, under way at once. */
  readonly width: number;
  /** Waits for one of the cut's readers. */
  inReader<T>(work: () => Promise<T>): Promise<T>;
  readonly writing: Writing;
  countRows(rows: number): void;
  countKept(): void;
  rowsRead(): number;
  splitsKept(): number;
}
