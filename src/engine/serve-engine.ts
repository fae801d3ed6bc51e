/**
 * The inside of an engine process: DuckDB instances in memory, with one connection per statement. It may be killed at
 * any moment, and ends by itself when the process that started it has ended.
 */
import { messageOf } from "../base/thrown.ts";
import { writeFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { DuckDBInstance, type DuckDBConnection, type DuckDBResult } from "@duckdb/node-api";
import { HeadgateError } from "../errors.ts";
import { bucketFunctions } from "./bucket-functions.ts";
import type { EngineRow } from "./engine.ts";
import type { EngineError, EngineRequest, EngineResponse } from "./engine-protocol.ts";
import { engineValue } from "./engine-value.ts";
import { keepByteOrderMarks } from "./keep-byte-order-marks.ts";
import { rowPieces } from "./row-pieces.ts";

/** Runs a statement in the instance that a task was called beside, and returns its rows as they leave the engine. */
export type Ask = (sql: string, parameters: readonly string[]) => Promise<readonly (readonly unknown[])[]>;

/** Tasks that the process can do beside statements, by name. Input and answer are passed by structured clone. */
export type EngineTasks = Readonly<Record<string, (input: never, ask: Ask) => Promise<unknown>>>;

type Of<Kind extends EngineRequest["kind"]> = Extract<EngineRequest, { kind: Kind }>;

const instances = new Map<number, Promise<DuckDBInstance>>();
const running = new Map<number, Running>();

const interruptAgainMs = 20;

interface Running {
  /** Absent until the connection has been made. */
  connection?: DuckDBConnection;
  /** Lets the next batch be sent. */
  next: () => void;
  isCancelled: boolean;
}

export function serveEngine(tasks: EngineTasks = {}): void {
  keepByteOrderMarks();
  offerAsVictim();
  // An orderly exit would wait for DuckDB's threads, and so for a statement that may never end.
  process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
  process.on("message", (request: EngineRequest) => void answer(request, tasks));
  // Node.js would keep what it has compiled at an orderly exit, which this process never has.
  process.once("message", () => flushCompileCache());
}

/** When memory runs out, Linux ends this process rather than the one that serves everybody. */
function offerAsVictim(): void {
  try {
    writeFileSync("/proc/self/oom_score_adj", "800");
  } catch {
    // Other systems do not have this file, and some containers do not allow writing to it.
  }
}

async function answer(request: EngineRequest, tasks: EngineTasks): Promise<void> {
  switch (request.kind) {
    case "open":
      return answering(request.id, () => open(request));
    case "close":
      return close(request.instance);
    case "run":
      return answering(request.id, () => run(request));
    case "call":
      return answering(request.id, () => call(request, tasks));
    case "next":
      return running.get(request.id)?.next();
    case "cancel":
      return cancel(request.id);
  }
}

function cancel(id: number): void {
  const entry = running.get(id);
  if (entry === undefined || entry.isCancelled) return;
  entry.isCancelled = true;
  entry.next();
  interruptUntilEnded(id, entry);
}

/** DuckDB forgets an interrupt that arrives between the start of a statement and its first step, so it is repeated. */
function interruptUntilEnded(id: number, entry: Running): void {
  if (running.get(id) !== entry) return;
  entry.connection?.interrupt();
  setTimeout(interruptUntilEnded, interruptAgainMs, id, entry);
}

async function answering(id: number, work: () => Promise<unknown>): Promise<void> {
  try {
    send({ kind: "end", id, value: await work() });
  } catch (failure) {
    send({ kind: "failed", id, message: messageOf(failure), error: engineError(failure) });
  }
}

function engineError(failure: unknown): EngineError | undefined {
  if (!(failure instanceof HeadgateError)) return undefined;
  const { code, place, message, remedy } = failure;
  return { code, place, message, remedy };
}

async function open({ instance, settings, first }: Of<"open">): Promise<void> {
  const opening = DuckDBInstance.create(":memory:", { ...settings }).then(async (opened) => {
    const connection = await opened.connect();
    for (const made of bucketFunctions()) connection.registerScalarFunction(made);
    await connection.run(first.join(";\n"));
    connection.closeSync();
    return opened;
  });
  instances.set(instance, opening);
  await opening;
}

async function close(instance: number): Promise<void> {
  const opened = await instances.get(instance)?.catch(() => undefined);
  instances.delete(instance);
  opened?.closeSync();
}

async function connect(instance: number): Promise<DuckDBConnection> {
  const opened = await instances.get(instance);
  if (opened === undefined) throw new TypeError(`there is no instance ${instance}`);
  return opened.connect();
}

async function run({ id, instance, sql, parameters, first }: Of<"run">): Promise<void> {
  await connected({ id, instance }, async (connection, entry) => {
    if (first.length > 0) await connection.run(first.join(";\n"));
    throwIfCancelled(entry);
    const result = await connection.stream(sql, parameters === undefined ? undefined : [...parameters]);
    await sendResult({ id, entry }, result);
  });
}

/** Also notices a cancel that arrives while the connection is being made. */
async function connected<T>(
  { id, instance }: { id: number; instance: number },
  work: (connection: DuckDBConnection, entry: Running) => Promise<T>,
): Promise<T> {
  const entry: Running = { next: () => {}, isCancelled: false };
  running.set(id, entry);
  try {
    entry.connection = await connect(instance);
    throwIfCancelled(entry);
    return await work(entry.connection, entry);
  } finally {
    running.delete(id);
    entry.connection?.closeSync();
  }
}

function throwIfCancelled({ isCancelled }: Running): void {
  if (isCancelled) throw new Error("INTERRUPT Error: Interrupted!");
}

async function sendResult({ id, entry }: { id: number; entry: Running }, result: DuckDBResult): Promise<void> {
  const types = result.columnTypes();
  send({
    kind: "columns",
    id,
    columns: result.columnNames().map((name, index) => ({ name, type: String(types[index]) })),
  });
  const batches = piecesOf(result);
  let batch = await batches.next();
  while (batch.done !== true) {
    const taken = new Promise<void>((resolve) => (entry.next = resolve));
    send({ kind: "rows", id, rows: batch.value });
    batch = await batches.next();
    if (batch.done !== true && !entry.isCancelled) await taken;
    throwIfCancelled(entry);
  }
}

async function* piecesOf(result: DuckDBResult): AsyncGenerator<readonly EngineRow[]> {
  for await (const rows of result.yieldConvertedRows(engineValue)) yield* rowPieces(rows);
}

async function call({ id, instance, task, input }: Of<"call">, tasks: EngineTasks): Promise<unknown> {
  return connected({ id, instance }, (connection) => {
    const ask: Ask = async (sql, parameters) => (await connection.runAndReadAll(sql, [...parameters])).getRows();
    return Promise.resolve(tasks[task]?.(input as never, ask));
  });
}

/** Ignores failures: a process that nobody listens to has nothing to say, and a lost message is no reason to end. */
function send(response: EngineResponse): void {
  if (process.connected) process.send?.(response, undefined, undefined, () => {});
}
