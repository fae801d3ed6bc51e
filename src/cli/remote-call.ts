/** Calls an operation in the process that holds the data directory, over its unix socket. */
import { request, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { formatJson, parseJson } from "../base/json.ts";
import type { ProgressEvent } from "../base/progress.ts";
import { HeadgateError } from "../errors.ts";
import type { Listener, Operation } from "../operations/operation.ts";
import type { PresentedError } from "../base/present-error.ts";

/** True when somebody answers on the socket. */
export function isListening(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}

interface RemoteCall<Input, Output> {
  readonly socket: string;
  readonly operation: Operation<Input, Output>;
  readonly input: Input;
  readonly call: Listener;
}

type Line =
  | { readonly progress: ProgressEvent }
  | { readonly item: unknown }
  | { readonly result: unknown }
  | { readonly error: PresentedError };

/** The process ended before it took the call: whoever holds the data directory now may be asked instead. */
export class NothingBegun extends Error {}

const endings = new Set(["ENOENT", "ECONNREFUSED", "ECONNRESET", "EPIPE"]);

/** Throws what the operation threw, as a HeadgateError; NothingBegun when nobody took the call. */
export async function callRemote<Input, Output>({
  socket,
  operation,
  input,
  call,
}: RemoteCall<Input, Output>): Promise<Output> {
  const response = await post({
    socket,
    path: `/api/operations/${operation.name}`,
    body: formatJson(input),
    signal: call.signal,
  });
  for await (const text of linesOf(response)) {
    const line = parseJson(text) as Line;
    if ("progress" in line) call.report(line.progress);
    else if ("item" in line) await call.emit(line.item);
    else if ("error" in line) throw new HeadgateError(line.error.code, line.error);
    else return line.result as Output;
  }
  call.signal.throwIfAborted();
  throw new HeadgateError("SERVER_LOST");
}

/** Ends where the connection breaks: whether the answer had come by then is what matters. */
async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let isBroken = false;
  response.once("error", () => (isBroken = true));
  const lines = createInterface({ input: response, crlfDelay: Infinity });
  try {
    yield* lines;
  } catch (failure) {
    if (!isBroken) throw failure;
  }
}

function post(call: { socket: string; path: string; body: string; signal: AbortSignal }): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = request(
    {
      socketPath: call.socket,
      path: call.path,
      method: "POST",
      signal: call.signal,
      headers: { "content-type": "application/json" },
    },
    resolve,
  );
  outgoing.on("error", (failure: NodeJS.ErrnoException) =>
    reject(endings.has(failure.code ?? "") ? new NothingBegun("nobody took the call", { cause: failure }) : failure),
  );
  outgoing.end(call.body);
  return promise;
}
