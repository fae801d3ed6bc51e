/**
 * DuckDB in a process that can be killed: a runaway statement takes down only its own process.
 * An engine is not a connection to data: what it may read is set when it is opened.
 * Invariant: a locked engine reads only the named files and its own spilled data, and cannot unlock itself.
 */
import { quoteText } from "./duckdb-type.ts";
import type { EngineColumn, EngineValue } from "./engine-protocol.ts";
import type { TimeBudget } from "./time-budget.ts";

export interface EngineOptions {
  /** Memory that it may use before it spills to the scratch directory. */
  readonly memoryMb: number;
  readonly threads: number;
  /** Each instance spills to its own directory below this one. */
  readonly scratchDirectory: string;
  /** Disk space that an instance may use for spilling; undefined for DuckDB's default of nearly all free space. */
  readonly spillMb?: number | undefined;
  /** Whether it stays for many statements, and so must not keep the memory that the largest of them needed. */
  readonly isKept?: boolean | undefined;
}

export type EngineRow = readonly EngineValue[];

export interface EngineResult {
  readonly columns: readonly EngineColumn[];
  readonly rows: readonly EngineRow[];
}

export interface EngineStream {
  readonly columns: readonly EngineColumn[];
  /**
   * Rows in batches of up to 2,048, fewer if they are large. The next batch is computed when it is asked for. Leaving
   * early cancels the statement.
   */
  readonly batches: AsyncGenerator<readonly EngineRow[]>;
}

export interface StatementOptions {
  /** Values for `$1`, `$2` …, as texts only. */
  readonly parameters?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Statements without parameters to run before it. If one fails, nothing after it runs. */
  readonly first?: readonly string[] | undefined;
  readonly budget?: TimeBudget | undefined;
}

/** Statements may run in parallel; all of them see the same in-memory database. */
export interface Engine extends AsyncDisposable {
  /** Throws SQL_FAILED, SQL_OUT_OF_MEMORY, SQL_TIMEOUT, DISK_FULL, DATA_FILE_MISSING, ENGINE_LOST, or the signal's reason. */
  run(sql: string, options?: StatementOptions): Promise<EngineResult>;
  stream(sql: string, options?: StatementOptions): Promise<EngineStream>;
  /** False once its process has ended. */
  isAlive(): boolean;
  readonly pid: number;
  /** The memory limit that it was opened with. */
  readonly memoryMb: number;
  /** Raises the memory limit. A lower one than before changes nothing. */
  allowMemory(megabytes: number): Promise<void>;
}

/** Returns statements after which only these files can be read and no setting can be changed. */
export function lockDown(files: readonly string[]): readonly string[] {
  const allowed = `allowed_paths = [${files.map(quoteText).join(", ")}]`;
  return [allowed, "enable_external_access = false", "lock_configuration = true"].map((setting) => `set ${setting}`);
}

export interface OpenedInstance extends Engine {
  /** Its number in the process. */
  readonly instance: number;
}
