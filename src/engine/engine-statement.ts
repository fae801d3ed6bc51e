/**
 * A statement in an engine process: it is sent, its rows are received on demand, and it can be interrupted. What it may
 * read is up to the instance.
 */
import { setTimeout as delay } from "node:timers/promises";
import { HeadgateError } from "../errors.ts";
import type { EngineChannel } from "./engine-channel.ts";
import { engineFailure } from "./engine-failure.ts";
import type { EngineRequest, EngineResponse } from "./engine-protocol.ts";
import type { EngineRow, EngineStream, StatementOptions } from "./engine.ts";

export interface Statement extends StatementOptions {
  readonly sql: string;
  readonly instance: number;
  /** The engine's memory limit, for error messages. */
  readonly memoryMb: number;
}

/** How long a statement may take to stop when told to; after that its process is ended. */
const patienceMs = 2_000;

/** Resolves with the columns; the batches of rows follow on demand. */
export async function startStatement(channel: EngineChannel, statement: Statement): Promise<EngineStream> {
  const { instance, sql, parameters, first = [], signal } = statement;
  signal?.throwIfAborted();
  const id = channel.nextId();
  const conversation = converse(channel, { id, statement });
  channel.send({ kind: "run", id, instance, first, sql, parameters });
  const answer = await conversation.receive();
  if (answer.kind !== "columns") throw new TypeError(`expected columns, got ${answer.kind}`);
  return { columns: answer.columns, batches: batchesOf(conversation) };
}

/** Sends a request that has one answer, and resolves with its value. */
export async function request(
  channel: EngineChannel,
  message: Extract<EngineRequest, { kind: "open" | "call" }>,
  statement: Pick<Statement, "signal" | "budget" | "memoryMb">,
): Promise<unknown> {
  statement.signal?.throwIfAborted();
  const conversation = converse(channel, { id: message.id, statement });
  channel.send(message);
  const answer = await conversation.receive();
  if (answer.kind !== "end") throw new TypeError(`expected an end, got ${answer.kind}`);
  return answer.value;
}

interface Conversation {
  /** Throws the failure, the signal's reason, or SQL_TIMEOUT. */
  receive(): Promise<EngineResponse>;
  next(): void;
  cancel(): void;
}

function converse(
  channel: EngineChannel,
  { id, statement }: { id: number; statement: Pick<Statement, "signal" | "budget" | "memoryMb"> },
): Conversation {
  const { signal, budget, memoryMb } = statement;
  const responses = responseQueue(channel, id);
  let isLate = false;
  const cancel = (): void => void cancelStatement(channel, { id, ended: responses.ended });
  const overrun = (): void => {
    isLate = true;
    cancel();
  };
  signal?.addEventListener("abort", cancel, { once: true });
  void responses.ended.then(() => signal?.removeEventListener("abort", cancel));
  const received = (): Promise<EngineResponse> =>
    budget === undefined ? responses.next() : budget.during(responses.next, overrun);
  return {
    async receive() {
      try {
        const response = await received();
        if (response.kind === "failed") throw failureOf(response, memoryMb);
        return response;
      } catch (failure) {
        signal?.throwIfAborted();
        throw isLate ? new HeadgateError("SQL_TIMEOUT", { cause: failure }) : failure;
      }
    },
    next: () => channel.send({ kind: "next", id }),
    cancel,
  };
}

function failureOf({ message, error }: Extract<EngineResponse, { kind: "failed" }>, memoryMb: number): HeadgateError {
  return error === undefined ? engineFailure(message, memoryMb) : new HeadgateError(error.code, error);
}

async function* batchesOf({ receive, next, cancel }: Conversation): AsyncGenerator<readonly EngineRow[]> {
  let isOver = false;
  try {
    for (;;) {
      const response = await receive();
      if (response.kind !== "rows") break;
      yield response.rows;
      next();
    }
    isOver = true;
  } catch (failure) {
    isOver = true;
    throw failure;
  } finally {
    if (!isOver) cancel();
  }
}

interface ResponseQueue {
  next(): Promise<EngineResponse>;
  /** Resolves with the last response or when the process has ended. */
  readonly ended: Promise<void>;
}

/** Responses that have arrived but have not been read yet. */
function responseQueue(channel: EngineChannel, id: number): ResponseQueue {
  const arrived: (EngineResponse | HeadgateError)[] = [];
  let waiting: ((entry: EngineResponse | HeadgateError) => void) | undefined;
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const push = (entry: EngineResponse | HeadgateError): void => {
    if (waiting === undefined) arrived.push(entry);
    else waiting(entry);
    waiting = undefined;
    if (!(entry instanceof HeadgateError) && entry.kind !== "end" && entry.kind !== "failed") return;
    end();
    channel.forget(id);
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

/** Interrupts the statement, and ends the process if that does not help. */
async function cancelStatement(
  channel: EngineChannel,
  { id, ended }: { id: number; ended: Promise<void> },
): Promise<void> {
  channel.send({ kind: "cancel", id });
  const patience = new AbortController();
  const hasEnded = await Promise.race([
    ended.then(() => true),
    delay(patienceMs, false, { signal: patience.signal }).catch(() => true),
  ]);
  patience.abort();
  if (!hasEnded) channel.kill();
}
