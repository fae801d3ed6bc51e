/** Calls an operation in the process that holds the data directory, over its unix socket. */
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { askOver, type Posting } from "../client/ask.ts";
import type { Operation } from "../operations/operation.ts";
import type { OwnersCall } from "../server/hold-directory.ts";
import { linesOf, post } from "./post-lines.ts";

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
  const ask = askOver(async (posting) => linesOf(await postToHolder(socket, posting, call.account)));
  return ask(operation.name, input, { onProgress: call.report, onItem: call.emit, signal: call.signal });
}

async function postToHolder(
  socketPath: string,
  posting: Posting,
  account: string | undefined,
): Promise<IncomingMessage> {
  try {
    const acting = account === undefined ? {} : { "headgate-account": encodeURIComponent(account) };
    return await post({ socketPath }, posting, acting);
  } catch (failure) {
    if (endings.has((failure as NodeJS.ErrnoException).code ?? ""))
      throw new NothingBegun("nobody took the call", { cause: failure });
    throw failure;
  }
}
