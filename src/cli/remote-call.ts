/** Calls an operation in the process that holds the data directory, over its unix socket. */
import { request, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { askOver, type Posting } from "../client/ask.ts";
import type { Operation } from "../operations/operation.ts";
import type { OwnersCall } from "../server/hold-directory.ts";

/** Whether a process answers on the socket. */
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
  readonly call: OwnersCall;
}

/** The process ended before it accepted the call, so the call can be sent to the next holder of the data directory. */
export class NothingBegun extends Error {}

const endings = new Set(["ENOENT", "ECONNREFUSED", "ECONNRESET", "EPIPE"]);

/** Throws what the operation threw, as a HeadgateError; NothingBegun if nobody accepted the call. */
export function callRemote<Input, Output>({
  socket,
  operation,
  input,
  call,
}: RemoteCall<Input, Output>): Promise<Output> {
  const ask = askOver(async (posting) =>
    linesOf(await post({ ...posting, socketPath: socket, account: call.account })),
  );
  return ask(operation.name, input, { onProgress: call.report, onItem: call.emit, signal: call.signal });
}

/** Ends when the connection breaks; the caller decides whether the answer was complete by then. */
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

interface Request extends Posting {
  readonly socketPath: string;
  readonly account: string | undefined;
}

function post({ socketPath, path, body, signal, account }: Request): Promise<IncomingMessage> {
  const acting = account === undefined ? {} : { "headgate-account": encodeURIComponent(account) };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = request(
    {
      socketPath,
      path,
      method: "POST",
      signal,
      headers: { "content-type": "application/json", ...acting },
    },
    resolve,
  );
  outgoing.on("error", (failure: NodeJS.ErrnoException) =>
    reject(endings.has(failure.code ?? "") ? new NothingBegun("nobody took the call", { cause: failure }) : failure),
  );
  outgoing.end(body);
  return promise;
}
