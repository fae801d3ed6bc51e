/**
 * Whether there is a Headgate in a data directory, and whether the directory is the one it was created as. Tables name
 * their files by absolute location, so a copy would write and delete in the original's lake. The lock is elsewhere, in
 * cli/session.ts.
 * Invariant: a command that only reads creates nothing.
 */
import { codeOf } from "../base/thrown.ts";
import { randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import { readFile, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Config } from "../config.ts";
import { HeadgateError } from "../errors.ts";
import type { Context } from "../operations/context.ts";

/**
 * With an external metadata database the directory need not exist. Throws NOTHING_HERE if no Headgate was begun there,
 * DATA_DIRECTORY_UNWRITABLE if the directory cannot be read.
 */
export function checkBegun({ dataDirectory, databaseUrl }: Config): void {
  const made = [join("postgres", "password"), "headgate.pid"];
  if (databaseUrl !== undefined || made.some((file) => isThere(join(dataDirectory, file), dataDirectory))) return;
  throw new HeadgateError("NOTHING_HERE", {
    place: dataDirectory,
    message: isThere(dataDirectory, dataDirectory)
      ? "there is no Headgate in this directory"
      : "there is no such directory",
  });
}

function isThere(path: string, dataDirectory: string): boolean {
  try {
    return statSync(path) !== undefined;
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return false;
    throw new HeadgateError("DATA_DIRECTORY_UNWRITABLE", { place: dataDirectory, cause });
  }
}

const homeSchema = z.object({ id: z.string(), directory: z.string() });

/** Identifies a Headgate and the directory it was created in. */
type Home = z.infer<typeof homeSchema>;

function homeFile(directory: string): string {
  return join(directory, "home.json");
}

async function readHome(directory: string): Promise<Home | undefined> {
  const text = await readFile(homeFile(directory), "utf8").catch(() => undefined);
  return text === undefined ? undefined : homeSchema.parse(JSON.parse(text));
}

/**
 * The earlier directory, if the Headgate was moved or has another path. Called before anything starts. Throws
 * DATA_DIRECTORY_COPIED.
 */
export async function formerDirectory({ dataDirectory, databaseUrl }: Config): Promise<string | undefined> {
  const home = databaseUrl === undefined ? await readHome(dataDirectory) : undefined;
  if (home === undefined) return undefined;
  const [here, there] = await Promise.all([realpath(dataDirectory), realpath(home.directory).catch(() => undefined)]);
  if (there === here) return home.directory === dataDirectory ? undefined : home.directory;
  if (there !== undefined && (await readHome(there))?.id === home.id)
    throw new HeadgateError("DATA_DIRECTORY_COPIED", {
      place: dataDirectory,
      message: `this directory is a copy of ${home.directory}, which still exists, and both would own the same tables and files`,
      remedy: `use the original with --data ${home.directory}, and remove the copy`,
    });
  return home.directory;
}

/**
 * Records that the Headgate is here. After a move, only if no table has its files in the earlier directory.
 * Throws DATA_DIRECTORY_MOVED.
 */
export async function settle({ config, catalog }: Context, former: string | undefined): Promise<void> {
  const { dataDirectory, databaseUrl } = config;
  if (databaseUrl !== undefined) return;
  const home = await readHome(dataDirectory);
  if (home !== undefined && former === undefined) return;
  const left = (await catalog.entries()).find(({ location }) => location.startsWith(`file://${former}/`));
  if (left !== undefined)
    throw new HeadgateError("DATA_DIRECTORY_MOVED", {
      place: dataDirectory,
      message: `this directory used to be ${former}, and its tables name their files by that path`,
      remedy: `move it back, or make a link with \`ln -s ${dataDirectory} ${former}\` and use --data ${former}`,
    });
  const now: Home = { id: home?.id ?? randomUUID(), directory: dataDirectory };
  await writeFile(homeFile(dataDirectory), `${JSON.stringify(now)}\n`, { mode: 0o600 });
}
