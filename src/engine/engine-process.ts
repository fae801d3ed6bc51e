/**
 * The process an engine runs in: one DuckDB instance in memory, one connection a statement. It may be killed at any moment, and
 * ends by itself when the process that started it is gone.
 */
import { DuckDBInstance, type DuckDBConnection, type DuckDBResult } from "@duckdb/node-api";
import { bucketFunctions } from "./bucket-functions.ts";
import type { EngineRequest, EngineResponse } from "./engine-protocol.ts";
import { engineValue } from "./engine-value.ts";
import { keepByteOrderMarks } from "./keep-byte-order-marks.ts";

let instance: DuckDBInstance | undefined;
const running = new Map<number, { connection: DuckDBConnection; next: () => void }>();

keepByteOrderMarks();
process.on("disconnect", () => process.exit(0));
process.on("message", (request: EngineRequest) => void answer(request));

async function answer(request: EngineRequest): Promise<void> {
  switch (request.kind) {
    case "open":
      instance = await DuckDBInstance.create(":memory:", { ...request.settings });
      await addFunctions(instance);
      return send({ kind: "opened" });
    case "run":
      return run(request);
    case "next":
      return running.get(request.id)?.next();
    case "cancel":
      return running.get(request.id)?.connection.interrupt();
  }
}

async function addFunctions(to: DuckDBInstance): Promise<void> {
  const connection = await to.connect();
  for (const made of bucketFunctions()) connection.registerScalarFunction(made);
  connection.closeSync();
}

async function run({ id, sql, parameters, first }: Extract<EngineRequest, { kind: "run" }>): Promise<void> {
  try {
    const connection = await (instance as DuckDBInstance).connect();
    running.set(id, { connection, next: () => {} });
    try {
      if (first.length > 0) await connection.run(first.join(";\n"));
      await sendResult(id, await connection.stream(sql, parameters === undefined ? undefined : [...parameters]));
    } finally {
      running.delete(id);
      connection.closeSync();
    }
    send({ kind: "end", id });
  } catch (failure) {
    send({ kind: "failed", id, message: (failure as Error).message });
  }
}

async function sendResult(id: number, result: DuckDBResult): Promise<void> {
  const types = result.columnTypes();
  send({
    kind: "columns",
    id,
    columns: result.columnNames().map((name, index) => ({ name, type: String(types[index]) })),
  });
  const batches = result.yieldConvertedRows(engineValue);
  let batch = await batches.next();
  while (batch.done !== true) {
    const taken = asked(id);
    send({ kind: "rows", id, rows: batch.value });
    batch = await batches.next();
    if (batch.done !== true) await taken;
  }
}

/** Resolves when the other side wants more. */
function asked(id: number): Promise<void> {
  return new Promise((resolve) => {
    const entry = running.get(id);
    if (entry !== undefined) entry.next = resolve;
  });
}

function send(response: EngineResponse): void {
  if (process.connected) process.send?.(response);
}
