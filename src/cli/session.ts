/**
 * How a command reaches Headgate: through the process that already holds the data directory, or by holding it itself.
 * Any number of commands can therefore run at once, while only one process ever opens the metadata.
 */
import { setTimeout as delay } from "node:timers/promises";
import { acquireExclusiveLock } from "../base/exclusive-lock.ts";
import { checkSocket, ownerOf } from "../base/private-path.ts";
import { codeOf } from "../base/thrown.ts";
import type { Operation } from "../operations/operation.ts";
import { HeadgateError } from "../errors.ts";
import { checkBegun } from "../server/data-directory.ts";
import { holdLocked, inUse, prepareDirectory, type DirectoryParts, type OwnersCall } from "../server/hold-directory.ts";
import { callRemote, isListening, NothingBegun } from "./remote-call.ts";

export interface Session extends AsyncDisposable {
  call<Input, Output>(operation: Operation<Input, Output>, input: Input, call: OwnersCall): Promise<Output>;
}

const startPatienceMs = 60_000;

interface Joining {
  /** How long to wait for a process that is still opening the directory. */
  readonly patienceMs?: number;
  /** True: this process never holds the directory. */
  readonly onlyJoins?: boolean;
}

/**
 * Joins the process that holds the data directory, or holds it. Throws PATH_NOT_PRIVATE, and NOTHING_HERE unless it may
 * create.
 */
export async function openSession(
  parts: DirectoryParts,
  { patienceMs = startPatienceMs, onlyJoins = false }: Joining = {},
): Promise<Session> {
  if (parts.creates !== true) checkBegun(parts.config);
  const socket = await prepareDirectory(parts.config);
  const deadline = Date.now() + patienceMs;
  for (;;) {
    if ((await isListening(socket)) && (await isOurs(socket, parts))) return joinHolder(parts, socket);
    if (onlyJoins) throw new HeadgateError("NOTHING_HERE", { place: socket });
    const lock = await acquireExclusiveLock(parts.config.dataDirectory);
    if (lock !== undefined) return holdLocked(parts, { socket, lock });
    if (Date.now() > deadline) throw await inUse(parts.config);
    await delay(50);
  }
}

/** Throws PATH_NOT_PRIVATE. False if the holder has ended since it listened, and its socket with it. */
async function isOurs(socket: string, { config }: DirectoryParts): Promise<boolean> {
  try {
    await checkSocket(socket, [process.getuid?.(), await ownerOf(config.dataDirectory)]);
    return true;
  } catch (failure) {
    if (codeOf(failure) === "ENOENT") return false;
    throw failure;
  }
}

/** Calls the holder. If the holder has ended in the meantime, joins the next one or holds the directory. */
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
