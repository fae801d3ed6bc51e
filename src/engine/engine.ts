/**
 * DuckDB in a killable process: a statement that runs wild takes its process with it and nothing else.
 * Not a connection to data: what may be read is said when it is opened.
 * Invariant: one that was locked down reads the named files and what it spilled itself, nothing else, and cannot unlock itself.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { uuidv7 } from "../base/uuid.ts";
import { startEngineProcess, type EngineChannel } from "./engine-channel.ts";
import { quoteText } from "./duckdb-type.ts";
import type { EngineColumn, EngineValue } from "./engine-protocol.ts";
import { request, startStatement } from "./engine-statement.ts";
import { timeBudget, type TimeBudget } from "./time-budget.ts";

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

/** An engine in a process of its own, which ends with it. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const ending = import.meta.url.slice(import.meta.url.lastIndexOf("."));
  const channel = startEngineProcess({ entry: new URL(`./engine-process${ending}`, import.meta.url) });
  const engine = await openInstance(channel, options);
  return { ...engine, [Symbol.asyncDispose]: () => channel.close() };
}

/** A process that does not even open an instance is ended, so that it holds no place. It takes some 20 ms, and seconds on a machine in distress. */
const openWithinMs = 60_000;

/** One more instance in a process that runs, seeing nothing of its others. Disposing leaves the process. */
export async function openInstance(channel: EngineChannel, options: EngineOptions): Promise<OpenedInstance> {
  const { memoryMb } = options;
  const id = channel.nextId();
  const spillDirectory = join(options.scratchDirectory, `spill-${uuidv7()}`);
  // DuckDB removes it when it closes the instance, and a process that is killed does not.
  channel.afterwards(() => rm(spillDirectory, { recursive: true, force: true }));
  const settings = { ...settingsOf(options), temp_directory: spillDirectory };
  const first = firstStatements(options);
  const message = { kind: "open", id, instance: id, settings, first } as const;
  await request(channel, message, { memoryMb, budget: timeBudget(openWithinMs) });
  const stream = (sql: string, statement: StatementOptions = {}): Promise<EngineStream> =>
    startStatement(channel, { sql, instance: id, memoryMb, ...statement });
  const run = async (sql: string, statement: StatementOptions = {}): Promise<EngineResult> => {
    const { columns, batches } = await stream(sql, statement);
    const rows: EngineRow[] = [];
    for await (const batch of batches) rows.push(...batch);
    return { columns, rows };
  };
  let allowedMb = memoryMb;
  return {
    instance: id,
    run,
    stream,
    isAlive: () => channel.isAlive(),
    pid: channel.pid,
    memoryMb,
    async allowMemory(megabytes) {
      if (megabytes <= allowedMb) return;
      allowedMb = megabytes;
      await run(`set memory_limit = '${megabytes}MB'`);
    },
    async [Symbol.asyncDispose]() {
      if (channel.isAlive()) channel.send({ kind: "close", instance: id });
    },
  };
}

export interface OpenedInstance extends Engine {
  /** Its number in the process. */
  readonly instance: number;
}

/** DuckDB does not keep to a bound of disk that it is created with, only to one that is set. */
function firstStatements({ spillMb }: EngineOptions): readonly string[] {
  const bound = spillMb === undefined ? [] : [`set max_temp_directory_size = '${spillMb}MB'`];
  return ["set global timezone = 'UTC'", "set global ignore_unknown_crs = true", ...bound];
}

/** Files that DuckDB spills to have the same names in every instance: two in one directory would write into one another's. */
function settingsOf({ memoryMb, threads }: EngineOptions): Readonly<Record<string, string>> {
  return {
    memory_limit: `${memoryMb}MB`,
    threads: String(threads),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    preserve_insertion_order: "false",
  };
}
