/**
 * How a command reaches Headgate: through the process that already holds the data directory, or by holding it itself. So any number of
 * commands run at once, and only one process ever opens the metadata.
 */
import { setTimeout as delay } from "node:timers/promises";
import { acquireExclusiveLock } from "../base/exclusive-lock.ts";
import { checkSocket, ownerOf } from "../base/private-path.ts";
import type { Listener, Operation } from "../operations/operation.ts";
import { HeadgateError } from "../errors.ts";
import { checkBegun } from "../server/data-directory.ts";
import { holdLocked, inUse, prepareDirectory, type DirectoryParts } from "../server/hold-directory.ts";
import { callRemote, isListening, NothingBegun } from "./remote-call.ts";

export interface Session extends AsyncDisposable {
  call<Input, Output>(operation: Operation<Input, Output>, input: Input, call: Listener): Promise<Output>;
}

const startPatienceMs = 60_000;

interface Joining {
  /** How long a process that is just opening the directory is waited for. */
  readonly patienceMs?: number;
  /** True: the directory is never held by this process. */
  readonly onlyJoins?: boolean;
}

/** Joins the process that holds the data directory, or holds it. Throws PATH_NOT_PRIVATE; NOTHING_HERE, where it does not create. */
export async function openSession(
  parts: DirectoryParts,
  { patienceMs = startPatienceMs, onlyJoins = false }: Joining = {},
): Promise<Session> {
  if (parts.creates !== true) checkBegun(parts.config);
  const socket = await prepareDirectory(parts.config);
  const deadline = Date.now() + patienceMs;
  for (;;) {
    if (await isListening(socket)) {
      await checkSocket(socket, [process.getuid?.(), await ownerOf(parts.config.dataDirectory)]);
      return joinHolder(parts, socket);
    }
    if (onlyJoins) throw new HeadgateError("NOTHING_HERE", { place: socket });
    const lock = await acquireExclusiveLock(parts.config.dataDirectory);
    if (lock !== undefined) return holdLocked(parts, { socket, lock });
    if (Date.now() > deadline) throw await inUse(parts.config);
    await delay(50);
  }
}

/** Asks the holder; where it ended since it was seen, somebody else holds the directory now, or this process does. */
function joinHolder(parts: DirectoryParts, socket: string): Session {
  let next: Session | undefined;
  return {
    async call(operation, input, call) {
      try {
        return await callRemote({ socket, operation, input, call });
      } catch (failure) {
        if (!(failure instanceof NothingBegun)) throw failure;
        next = await openSession(parts);
        return next.call(operation, input, call);
      }
    },
    [Symbol.asyncDispose]: async () => next?.[Symbol.asyncDispose](),
  };
}
