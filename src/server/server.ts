/**
 * The server from start to end: holds the data directory, opens the door, does scheduled work, waits, and releases
 * everything in reverse order. It decides nothing; the command prints what a person reads on the terminal.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openCleanup } from "../base/cleanup.ts";
import type { EventLog } from "../base/event-log.ts";
import { openHttpDoor } from "../doors/http/http-door.ts";
import { firstAdministrator, type NewcomersPassword } from "../identity/users.ts";
import { operations } from "../operations/operations.ts";
import { startScheduler, type SchedulerNews } from "../operations/scheduler.ts";
import { doorGuard } from "./door-guard.ts";
import { holdDirectory, type DirectoryParts } from "./hold-directory.ts";
import { keepServing } from "./keep-serving.ts";

export interface ServerParts extends DirectoryParts {
  readonly version: string;
  readonly log: EventLog;
  readonly news: SchedulerNews;
  /** Called once people can connect. */
  onUp(server: RunningServer): void;
  /** Resolves when the server is told to stop. */
  untilStopped(): Promise<unknown>;
}

export interface RunningServer {
  /** `http://127.0.0.1:7420`. */
  readonly address: string;
  /** The first administrator, if nobody has signed in yet. */
  readonly first: NewcomersPassword | undefined;
}

/** Throws what holding the directory throws, METADATA_RESTORED, PORT_IN_USE, SETTING_INVALID, KEY_FILE_EXPOSED. */
export async function runServer(parts: ServerParts): Promise<void> {
  const { config, log, version } = parts;
  keepServing(log);
  const guard = await doorGuard(config);
  const cleanup = openCleanup();
  try {
    const { context, restores } = cleanup.use(await holdDirectory(parts));
    await restores.check();
    const door = cleanup.use(openHttpDoor({ context, operations, version, guard }));
    const address = await door.listen({ host: config.host, port: config.port });
    // Somebody may stop it as soon as it says that it is up.
    const stopped = parts.untilStopped();
    cleanup.use(startScheduler(context, parts.news));
    await writeFile(join(config.dataDirectory, "address"), `${address}\n`, { mode: 0o600 });
    parts.onUp({ address, first: await firstAdministrator(context.db) });
    log("start", { version, address, data: config.dataDirectory });
    await Promise.race([stopped, restores.replaced]);
    log("stop");
  } finally {
    await cleanup[Symbol.asyncDispose]();
  }
}

export type WorkerParts = Omit<ServerParts, "onUp"> & { onUp(): void };

/** Does scheduled work alongside other processes and serves nobody. Throws what holding the directory throws, METADATA_RESTORED. */
export async function runWorker(parts: WorkerParts): Promise<void> {
  const { config, log, version } = parts;
  keepServing(log);
  const cleanup = openCleanup();
  try {
    const { context, restores } = cleanup.use(await holdDirectory({ ...parts, creates: false }));
    await restores.check();
    // Somebody may stop it as soon as it says that it is up.
    const stopped = parts.untilStopped();
    cleanup.use(startScheduler(context, parts.news));
    parts.onUp();
    log("start", { version, data: config.dataDirectory });
    await Promise.race([stopped, restores.replaced]);
    log("stop");
  } finally {
    await cleanup[Symbol.asyncDispose]();
  }
}
