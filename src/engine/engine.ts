/**
 * DuckDB in a killable process: a statement that runs wild takes its process with it and nothing else.
 * Not a connection to data: what may be read is said when it is opened.
 * Invariant: one that was locked down reads the named files and what it spilled itself, nothing else, and cannot unlock itself.
 */
import { quoteText } from "./duckdb-type.ts";
import type { EngineColumn, EngineValue } from "./engine-protocol.ts";
import type { TimeBudget } from "./time-budget.ts";

export interface EngineOptions {
  /** Before it spills to the scratch directory. */
  readonly memoryMb: number;
  readonly threads: number;
  /** Each instance spills to a directory of its own in it. */
  readonly scratchDirectory: string;
  /** Disk that an instance may take for that; undefined: as DuckDB does, nearly all that is free. */
  readonly spillMb?: number | undefined;
}

export type EngineRow = readonly EngineValue[];

export interface EngineResult {
  readonly columns: readonly EngineColumn[];
  readonly rows: readonly EngineRow[];
}

export interface EngineStream {
  readonly columns: readonly EngineColumn[];
  /** In batches of up to 2,048 rows, fewer where they hold much; the next one is computed when it is asked for. Leaving early cancels the statement. */
  readonly batches: AsyncGenerator<readonly EngineRow[]>;
}

export interface StatementOptions {
  /** For `$1`, `$2` …; texts only. */
  readonly parameters?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Statements without parameters that run before it, in one go with it; where one fails, nothing after it runs. */
  readonly first?: readonly string[] | undefined;
  readonly budget?: TimeBudget | undefined;
}

/** Statements may run in parallel; each sees the same in-memory database. */
export interface Engine extends AsyncDisposable {
  /** Throws SQL_FAILED, SQL_OUT_OF_MEMORY, SQL_TIMEOUT, DISK_FULL, DATA_FILE_MISSING, ENGINE_LOST, or the signal's reason. */
  run(sql: string, options?: StatementOptions): Promise<EngineResult>;
  stream(sql: string, options?: StatementOptions): Promise<EngineStream>;
  /** False once its process has ended. */
  isAlive(): boolean;
  readonly pid: number;
  /** As it was opened with. */
  readonly memoryMb: number;
  /** From now on it may use this much; less than before changes nothing. */
  allowMemory(megabytes: number): Promise<void>;
}

/** Statements: once they have run, only these files can be read, and no setting changed. */
export function lockDown(files: readonly string[]): readonly string[] {
  const allowed = `allowed_paths = [${files.map(quoteText).join(", ")}]`;
  return [allowed, "enable_external_access = false", "lock_configuration = true"].map((setting) => `set ${setting}`);
}

export interface OpenedInstance extends Engine {
  /** Its number in the process. */
  readonly instance: number;
}
