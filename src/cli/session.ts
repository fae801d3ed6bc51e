/**
 * How a command reaches Headgate: through the process that already holds the data directory, or by holding it itself.
 * Whoever holds the directory serves the others through a unix socket until their calls are done, so that any number of
 * commands run at once and only one process ever opens the metadata.
 */
import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openCleanup } from "../base/cleanup.ts";
import { acquireExclusiveLock, type ExclusiveLock } from "../base/exclusive-lock.ts";
import { checkSocket, ownerOf, temporaryDirectoryOf } from "../base/private-path.ts";
import type { Config } from "../config.ts";
import type { HttpDoor } from "../doors/http/http-door.ts";
import { HeadgateError } from "../errors.ts";
import type { Context } from "../operations/context.ts";
import type { Listener, Operation } from "../operations/operation.ts";
import { localPrincipal } from "../identity/principal.ts";
import { perform } from "../operations/perform.ts";
import type { Connector } from "../sync/source.ts";
import { checkBegun, formerDirectory, settle } from "./data-directory.ts";
import { callRemote, isListening, NothingBegun } from "./remote-call.ts";

export interface Session extends AsyncDisposable {
  call<Input, Output>(operation: Operation<Input, Output>, input: Input, call: Listener): Promise<Output>;
}

/** A session that holds the data directory itself. */
export interface HeldSession extends Session {
  readonly context: Context;
}

export interface SessionParts {
  readonly config: Config;
  readonly connectors: () => Promise<readonly Connector[]>;
  /** Whether a Headgate is made where there is none. */
  readonly creates?: boolean | undefined;
}

const startPatienceMs = 60_000;

/** Joins the process that holds the data directory, or holds it. Throws PATH_NOT_PRIVATE; NOTHING_HERE, where it does not create. */
export async function openSession(parts: SessionParts): Promise<Session> {
  if (parts.creates !== true) checkBegun(parts.config);
  const socket = await prepareDirectory(parts.config);
  const deadline = Date.now() + startPatienceMs;
  for (;;) {
    if (await isListening(socket)) {
      await checkSocket(socket, [process.getuid?.(), await ownerOf(parts.config.dataDirectory)]);
      return joinHolder(parts, socket);
    }
    const lock = await acquireExclusiveLock(parts.config.dataDirectory);
    if (lock !== undefined) return hold(parts, { socket, lock });
    if (Date.now() > deadline) throw inUse(parts.config, await holder(parts.config));
    await delay(50);
  }
}

/** Asks the holder; where it ended since it was seen, somebody else holds the directory now, or this process does. */
function joinHolder(parts: SessionParts, socket: string): Session {
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

/** Holds the data directory or throws DATA_DIRECTORY_IN_USE: for the server itself. It creates unless told not to. */
export async function holdSession(parts: SessionParts): Promise<HeldSession> {
  if (parts.creates === false) checkBegun(parts.config);
  const socket = await prepareDirectory(parts.config);
  const lock = await acquireExclusiveLock(parts.config.dataDirectory);
  if (lock === undefined) throw inUse(parts.config, await holder(parts.config));
  return hold(parts, { socket, lock });
}

async function hold(
  { config, connectors }: SessionParts,
  { socket, lock }: { socket: string; lock: ExclusiveLock },
): Promise<HeldSession> {
  const release = openCleanup();
  try {
    release.use(lock);
    const former = await formerDirectory(config);
    await writeFile(holderFile(config), `${process.pid}\n`);
    const { openContext } = await import("../operations/context.ts");
    const context = release.use(await openContext(config, connectors));
    await settle(context, former);
    release.use(await openSocketDoor(context, socket));
    return {
      context,
      call: (operation, input, listener) => perform(context, { operation, input, principal: localPrincipal, listener }),
      [Symbol.asyncDispose]: () => release[Symbol.asyncDispose](),
    };
  } catch (failure) {
    await release[Symbol.asyncDispose]();
    throw failure;
  }
}

/** Most commands are over before anybody joins them: what serves others is loaded when the first one connects. */
async function openSocketDoor(context: Context, socket: string): Promise<AsyncDisposable> {
  let opening: Promise<HttpDoor> | undefined;
  const server = createServer((connection) => {
    opening ??= loadDoor(context);
    opening.then((door) => door.serve(connection)).catch(() => connection.destroy());
  });
  await rm(socket, { force: true });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(socket, resolve));
  await chmod(socket, 0o600);
  return {
    async [Symbol.asyncDispose]() {
      await (await opening)?.drain();
      server.close();
      await (await opening)?.[Symbol.asyncDispose]();
    },
  };
}

async function loadDoor(context: Context): Promise<HttpDoor> {
  const [{ openHttpDoor }, { operations }] = await Promise.all([
    import("../doors/http/http-door.ts"),
    import("../operations/operations.ts"),
  ]);
  return openHttpDoor({ context, operations });
}

async function prepareDirectory({ dataDirectory }: Config): Promise<string> {
  try {
    await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
    await chmod(dataDirectory, 0o700);
  } catch (cause) {
    throw new HeadgateError("DATA_DIRECTORY_UNWRITABLE", { place: dataDirectory, cause });
  }
  return socketPath(dataDirectory);
}

/** Inside the data directory, or in a directory of its owner's where that path is too long for a socket. */
async function socketPath(dataDirectory: string): Promise<string> {
  const inside = join(dataDirectory, "headgate.sock");
  if (Buffer.byteLength(inside) <= 100) return inside;
  const own = await temporaryDirectoryOf(await ownerOf(dataDirectory));
  return join(own, `${createHash("sha256").update(dataDirectory).digest("hex").slice(0, 24)}.sock`);
}

function holderFile({ dataDirectory }: Config): string {
  return join(dataDirectory, "headgate.pid");
}

async function holder(config: Config): Promise<string> {
  const text = await readFile(holderFile(config), "utf8").catch(() => "");
  return text.trim() === "" ? "another process" : `process ${text.trim()}`;
}

function inUse({ dataDirectory }: Config, by: string): HeadgateError {
  return new HeadgateError("DATA_DIRECTORY_IN_USE", {
    place: dataDirectory,
    message: `${by} holds this data directory`,
  });
}
