/**
 * Holds the data directory: from then on only this process opens its metadata, and it serves the commands of other
 * terminals through a unix socket until their calls are done. The server that others reach over the network is in
 * server.ts.
 */
import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openCleanup } from "../base/cleanup.ts";
import { silentLog, type EventLog } from "../base/event-log.ts";
import { acquireExclusiveLock, type ExclusiveLock } from "../base/exclusive-lock.ts";
import { ownerOf, temporaryDirectoryOf } from "../base/private-path.ts";
import type { Config } from "../config.ts";
import { HeadgateError } from "../errors.ts";
import { ownerIn } from "../identity/acting.ts";
import type { Context } from "../operations/context.ts";
import type { Listener, Operation } from "../operations/operation.ts";
import { perform } from "../operations/perform.ts";
import type { MakeConnectors } from "../operations/connector-means.ts";
import { checkBegun, formerDirectory, settle } from "./data-directory.ts";
import { watchForRestores, type RestoreWatch } from "./restore-watch.ts";
import { openSocketDoor } from "./socket-door.ts";

export interface HeldDirectory extends AsyncDisposable {
  readonly context: Context;
  readonly restores: RestoreWatch;
  /** Performs an operation for the owner of the data directory. */
  call<Input, Output>(operation: Operation<Input, Output>, input: Input, call: OwnersCall): Promise<Output>;
}

export interface OwnersCall extends Listener {
  /** The account in which they act; by default main. */
  readonly account?: string | undefined;
}

export interface DirectoryParts {
  readonly config: Config;
  readonly connectors: MakeConnectors;
  /** Whether to create a Headgate if there is none. */
  readonly creates?: boolean | undefined;
  /** The only account for which the process works. */
  readonly account?: string | undefined;
  /** Default: events are not logged, as for a command. */
  readonly log?: EventLog | undefined;
}

/**
 * Holds the data directory for the server itself, or throws DATA_DIRECTORY_IN_USE. Creates a Headgate unless told not
 * to.
 */
export async function holdDirectory(parts: DirectoryParts): Promise<HeldDirectory> {
  if (parts.creates === false) checkBegun(parts.config);
  const socket = await prepareDirectory(parts.config);
  const lock = await acquireExclusiveLock(parts.config.dataDirectory);
  if (lock === undefined) throw await inUse(parts.config);
  return holdLocked(parts, { socket, lock });
}

/** Called while holding the lock of the directory. */
export async function holdLocked(
  { config, connectors, account, log = silentLog }: DirectoryParts,
  { socket, lock }: { socket: string; lock: ExclusiveLock },
): Promise<HeldDirectory> {
  const release = openCleanup();
  try {
    release.use(lock);
    const former = await formerDirectory(config);
    await writeFile(holderFile(config), `${process.pid}\n`);
    const { openContext } = await import("../operations/context.ts");
    const context = release.use(await openContext({ config, connectors, log, account }));
    const restores = release.use(watchForRestores(context));
    await settle(context, former);
    release.use(await openSocketDoor(context, socket));
    return {
      context,
      restores,
      call: async (operation, input, { account: acting, ...listener }) =>
        perform(context, { operation, input, principal: await ownerIn(context.db, acting), listener }),
      [Symbol.asyncDispose]: () => release[Symbol.asyncDispose](),
    };
  } catch (failure) {
    await release[Symbol.asyncDispose]();
    throw failure;
  }
}

/** Creates the directory if it does not exist; returns the path of its socket. Throws DATA_DIRECTORY_UNWRITABLE. */
export async function prepareDirectory({ dataDirectory }: Config): Promise<string> {
  try {
    await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
    await chmod(dataDirectory, 0o700);
  } catch (cause) {
    throw new HeadgateError("DATA_DIRECTORY_UNWRITABLE", { place: dataDirectory, cause });
  }
  return socketPath(dataDirectory);
}

/** In the data directory or, if that path is too long for a socket, in a temporary directory of the same owner. */
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

/** The error that names the holder. */
export async function inUse(config: Config): Promise<HeadgateError> {
  const { dataDirectory } = config;
  return new HeadgateError("DATA_DIRECTORY_IN_USE", {
    place: dataDirectory,
    message: `${await holder(config)} already uses this data directory`,
  });
}
