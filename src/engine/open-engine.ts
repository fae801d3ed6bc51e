/** Starts an engine: DuckDB in its own process, or another instance in a running process. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { uuidv7 } from "../base/uuid.ts";
import { startEngineProcess, type EngineChannel } from "./engine-channel.ts";
import { request, startStatement } from "./engine-statement.ts";
import type {
  Engine,
  EngineOptions,
  EngineResult,
  EngineRow,
  EngineStream,
  OpenedInstance,
  StatementOptions,
} from "./engine.ts";
import { timeBudget } from "./time-budget.ts";

/** Opens an engine in its own process, which ends together with it. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const ending = import.meta.url.slice(import.meta.url.lastIndexOf("."));
  const channel = startEngineProcess({ entry: new URL(`./engine-process${ending}`, import.meta.url) });
  const engine = await openInstance(channel, options);
  return { ...engine, [Symbol.asyncDispose]: () => channel.close() };
}

/**
 * A process that cannot even open an instance in this time is ended, so that it occupies no place. Opening takes about
 * 20 ms, or seconds on an overloaded machine.
 */
const openWithinMs = 60_000;

/**
 * Opens another instance in a running process. It sees nothing of the other instances. Disposing it does not end the
 * process.
 */
export async function openInstance(channel: EngineChannel, options: EngineOptions): Promise<OpenedInstance> {
  const { memoryMb } = options;
  const id = channel.nextId();
  const spillDirectory = join(options.scratchDirectory, `spill-${uuidv7()}`);
  // DuckDB removes the directory when it closes the instance, but not when the process is killed.
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

/** DuckDB ignores a limit of disk space that it is created with, and only follows one that is set afterwards. */
function firstStatements({ spillMb }: EngineOptions): readonly string[] {
  const bound = spillMb === undefined ? [] : [`set max_temp_directory_size = '${spillMb}MB'`];
  return ["set global timezone = 'UTC'", "set global ignore_unknown_crs = true", ...bound];
}

/**
 * DuckDB uses the same names for spilled files in every instance, so two instances in one directory would overwrite
 * each other's.
 */
function settingsOf({ memoryMb, threads, isKept = false }: EngineOptions): Readonly<Record<string, string>> {
  return {
    memory_limit: `${memoryMb}MB`,
    threads: String(threads),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    preserve_insertion_order: "false",
    ...(isKept && givingBack),
  };
}

/** Freed memory goes back to the system at once. */
const givingBack = {
  allocator_background_threads: "true",
  allocator_flush_threshold: "8MB",
  allocator_bulk_deallocation_flush_threshold: "16MB",
};
