/**
 * DuckDB in a killable process of its own: a statement that runs wild takes its process with it and nothing else.
 * Not a connection to data: what may be read is said when it is opened.
 * Invariant: one that was locked down reads the named files and its scratch directory, nothing else, and cannot unlock itself.
 */
import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";
import { HeadgateError } from "../errors.ts";
import { quoteText } from "./duckdb-type.ts";
import { engineFailure } from "./engine-failure.ts";
import type { EngineColumn, EngineRequest, EngineResponse, EngineValue } from "./engine-protocol.ts";

export interface EngineOptions {
  /** Before it spills to the scratch directory. */
  readonly memoryMb: number;
  readonly threads: number;
  readonly scratchDirectory: string;
}

export type EngineRow = readonly EngineValue[];

export interface EngineResult {
  readonly columns: readonly EngineColumn[];
  readonly rows: readonly EngineRow[];
}

export interface EngineStream {
  readonly columns: readonly EngineColumn[];
  /** In batches of up to 2,048; the next one is computed when it is asked for. Leaving early cancels the statement. */
  readonly batches: AsyncIterable<readonly EngineRow[]>;
}

export interface StatementOptions {
  /** For `$1`, `$2` …; texts only. */
  readonly parameters?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Statements without parameters that run before it, in one go with it; where one fails, nothing after it runs. */
  readonly first?: readonly string[] | undefined;
}

/** Statements may run in parallel; each sees the same in-memory database. */
export interface Engine extends AsyncDisposable {
  /** Throws SQL_FAILED, SQL_OUT_OF_MEMORY, DISK_FULL, DATA_FILE_MISSING, ENGINE_LOST, or the signal's reason. */
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

interface Pending {
  readonly response: (response: EngineResponse) => void;
  readonly lost: (failure: HeadgateError) => void;
}

const cancelPatienceMs = 2_000;

/** Statements: once they have run, only these files can be read, and no setting changed. */
export function lockDown(files: readonly string[]): readonly string[] {
  const allowed = `allowed_paths = [${files.map(quoteText).join(", ")}]`;
  return [allowed, "enable_external_access = false", "lock_configuration = true"].map((setting) => `set ${setting}`);
}

export async function openEngine({ memoryMb, threads, scratchDirectory }: EngineOptions): Promise<Engine> {
  const child = startProcess();
  const channel = openChannel(child, memoryMb);
  await channel.open({
    memory_limit: `${memoryMb}MB`,
    threads: String(threads),
    temp_directory: scratchDirectory,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    preserve_insertion_order: "false",
  });
  const stream = (sql: string, options: StatementOptions = {}): Promise<EngineStream> =>
    startStatement(channel, { sql, ...options });
  const run = async (sql: string, options: StatementOptions = {}): Promise<EngineResult> => {
    const { columns, batches } = await stream(sql, options);
    const rows: EngineRow[] = [];
    for await (const batch of batches) rows.push(...batch);
    return { columns, rows };
  };
  await run("set global timezone = 'UTC'");
  await run("set global ignore_unknown_crs = true");
  let allowedMb = memoryMb;
  return {
    run,
    stream,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    pid: child.pid ?? 0,
    memoryMb,
    async allowMemory(megabytes) {
      if (megabytes <= allowedMb) return;
      allowedMb = megabytes;
      await run(`set memory_limit = '${megabytes}MB'`);
    },
    [Symbol.asyncDispose]: () => channel.close(),
  };
}

function startProcess(): ChildProcess {
  const ending = import.meta.url.slice(import.meta.url.lastIndexOf("."));
  const path = fileURLToPath(new URL(`./engine-process${ending}`, import.meta.url));
  return fork(path, {
    // In a process group of its own: Ctrl-C at a terminal reaches the whole group, and only our own process knows what to do then.
    detached: true,
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
}

interface Channel {
  /** As the engine was opened with. */
  readonly memoryMb: number;
  open(settings: Readonly<Record<string, string>>): Promise<void>;
  nextId(): number;
  send(request: EngineRequest): void;
  listen(id: number, pending: Pending): void;
  forget(id: number): void;
  kill(): void;
  close(): Promise<void>;
}

function openChannel(child: ChildProcess, memoryMb: number): Channel {
  const pending = new Map<number, Pending>();
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let lastId = 0;
  let opened: Pending | undefined;
  const lose = (cause?: unknown): void => {
    const failure = new HeadgateError("ENGINE_LOST", { cause });
    opened?.lost(failure);
    for (const { lost } of pending.values()) lost(failure);
    pending.clear();
  };
  child.on("message", (response: EngineResponse) =>
    response.kind === "opened" ? opened?.response(response) : pending.get(response.id)?.response(response),
  );
  child.once("error", lose);
  child.once("exit", () => lose());
  const send = (request: EngineRequest): void => void (child.connected ? child.send(request) : lose());
  return {
    memoryMb,
    open(settings) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      opened = { response: () => resolve(), lost: reject };
      send({ kind: "open", settings });
      return promise;
    },
    nextId: () => ++lastId,
    send,
    listen: (id, entry) => void pending.set(id, entry),
    forget: (id) => void pending.delete(id),
    kill: () => void child.kill("SIGKILL"),
    async close() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await exited;
    },
  };
}

interface Statement extends StatementOptions {
  readonly sql: string;
}

/** Resolves with the columns; the batches follow as they are asked for. */
async function startStatement(
  channel: Channel,
  { sql, parameters, signal, first = [] }: Statement,
): Promise<EngineStream> {
  signal?.throwIfAborted();
  const id = channel.nextId();
  const responses = responseQueue(channel, id);
  const cancel = (): void => void cancelStatement(channel, { id, ended: responses.ended });
  signal?.addEventListener("abort", cancel, { once: true });
  channel.send({ kind: "run", id, first, sql, parameters });
  const finish = (): void => {
    signal?.removeEventListener("abort", cancel);
    channel.forget(id);
  };
  const receive = async (): Promise<EngineResponse> => {
    try {
      const response = await responses.next();
      if (response.kind === "failed") throw engineFailure(response.message, channel.memoryMb);
      return response;
    } catch (failure) {
      finish();
      signal?.throwIfAborted();
      throw failure;
    }
  };
  const answer = await receive();
  if (answer.kind !== "columns") throw new TypeError(`expected columns, got ${answer.kind}`);
  return { columns: answer.columns, batches: batchesOf({ channel, id, receive, finish, cancel }) };
}

interface BatchParts {
  readonly channel: Channel;
  readonly id: number;
  receive(): Promise<EngineResponse>;
  finish(): void;
  cancel(): void;
}

async function* batchesOf({ channel, id, receive, finish, cancel }: BatchParts): AsyncGenerator<readonly EngineRow[]> {
  let ended = false;
  try {
    for (;;) {
      const response = await receive();
      if (response.kind !== "rows") break;
      yield response.rows;
      channel.send({ kind: "next", id });
    }
    ended = true;
  } finally {
    if (!ended) {
      channel.send({ kind: "next", id });
      cancel();
    }
    finish();
  }
}

/** What the process said and nobody has read yet. */
function responseQueue(
  channel: Channel,
  id: number,
): { next(): Promise<EngineResponse>; readonly ended: Promise<void> } {
  const arrived: (EngineResponse | HeadgateError)[] = [];
  let waiting: ((entry: EngineResponse | HeadgateError) => void) | undefined;
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const push = (entry: EngineResponse | HeadgateError): void => {
    if (entry instanceof HeadgateError || entry.kind === "end" || entry.kind === "failed") end();
    if (waiting === undefined) arrived.push(entry);
    else waiting(entry);
    waiting = undefined;
  };
  channel.listen(id, { response: push, lost: push });
  return {
    ended,
    async next() {
      const entry =
        arrived.shift() ?? (await new Promise<EngineResponse | HeadgateError>((resolve) => (waiting = resolve)));
      if (entry instanceof HeadgateError) throw entry;
      return entry;
    },
  };
}

/** Interrupts the statement, and the process when that does not help. */
async function cancelStatement(channel: Channel, { id, ended }: { id: number; ended: Promise<void> }): Promise<void> {
  channel.send({ kind: "cancel", id });
  const patience = new AbortController();
  const obeyed = await Promise.race([
    ended.then(() => true),
    delay(cancelPatienceMs, false, { signal: patience.signal }).catch(() => true),
  ]);
  patience.abort();
  if (!obeyed) channel.kill();
}
