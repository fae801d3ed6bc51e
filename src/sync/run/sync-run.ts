/**
 * A run in progress. The members of SyncRun are valid however its tables are read; a CutRun reads them in one cut of
 * the source.
 */
import type { CrashPoint } from "../../writer/crash-points.ts";
import type { LocatedDraft } from "../../objects/object-store.ts";
import type { Writing } from "../../engine/load-data-files.ts";
import type { SyncContext } from "./sync-context.ts";
import type { Cut, FilePlan, Position, TableName } from "../source.ts";
import type { RunRequest } from "./run-request.ts";
import type { FailedTable } from "./failed-table.ts";

/**
 * The part of a run that loading and committing need: the context, the naming of files, and the counters of the report.
 */
export interface SyncRun extends SyncContext, RunRequest {
  /** The run's id, a UUID. */
  readonly run: string;
  /** How many tables, and splits of a table, are processed at the same time. */
  readonly width: number;
  readonly writing: Writing;
  /** A draft of a data or delete file of the table at `location`, named after the run; Parquet by default. */
  newFile(location: string, extension?: "puffin"): Promise<LocatedDraft>;
  reach(point: CrashPoint): void;
  countRows(rows: number): void;
  countKept(): void;
  rowsRead(): number;
  splitsKept(): number;
}

/** The state of the source to which a table is brought: the position of the source's log, and when that was. */
export interface SeenState {
  readonly position: Position;
  readonly at: Date;
}

/** A run as the work on one table sees it. Tables of one run may be brought to different states. */
export interface SeeingRun extends SyncRun {
  readonly seen: SeenState;
}

/** A run that reads its tables in a cut, all at the state of that cut. */
export interface CutRun extends SeeingRun {
  readonly cut: Cut;
  /** The files that bring this table to the cut, if its rows lie in files. */
  readonly files?: FilePlan | undefined;
  /** Tables of the run that have failed and are not read in this cut. */
  readonly stopped: readonly FailedTable[];
  /** How far a table had been read before the run. */
  positionOf(name: TableName): Position | undefined;
  /** Waits for one of the cut's readers, then does the work. */
  inReader<T>(work: () => Promise<T>): Promise<T>;
}
