/**
 * Checks whether files of others may be read at a place, before anything there is opened: directories only below the
 * roots that the person who runs Headgate has set, and endpoints of others never with the machine's own credentials.
 * The files of the lake and of registered tables are no source: through one, rows could be read without a grant.
 */
import { realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { codeOf } from "../base/thrown.ts";
import type { Config } from "../config.ts";
import { HeadgateError } from "../errors.ts";
import type { FilesPlace } from "../objects/foreign-files.ts";

interface Apart {
  readonly config: Pick<Config, "tableRoots" | "s3" | "lakeLocation" | "dataDirectory">;
  /** The places of all tables, without a trailing slash. */
  readonly taken: readonly string[];
  /** The lakes of accounts, without a trailing slash. */
  readonly silos: readonly string[];
}

/** Throws SOURCE_PLACE_REFUSED. */
export async function checkFilesPlace(
  { place, accessKeyId, endpoint }: FilesPlace,
  { config: { tableRoots, s3, lakeLocation, dataDirectory }, taken, silos }: Apart,
): Promise<void> {
  const lakes = [lakeLocation, pathToFileURL(join(dataDirectory, "lake")).href, ...silos];
  if (place.kind === "directory") return checkDirectory(place.directory, { roots: tableRoots, lakes, taken });
  if (accessKeyId !== "") return;
  if (endpoint !== undefined) checkEndpoint(endpoint, s3.endpoint);
  const location = `s3://${place.bucket}/${place.prefix}`.replace(/\/+$/, "");
  const touchesIt = (other: string): boolean => isBelow(location, [other]) || isBelow(other, [location]);
  if (lakes.some(touchesIt)) throw ofLake(location);
  if (taken.some(touchesIt)) throw ofTable(location);
}

interface Bounds {
  readonly roots: readonly string[];
  readonly lakes: readonly string[];
  readonly taken: readonly string[];
}

async function checkDirectory(directory: string, { roots, lakes, taken }: Bounds): Promise<void> {
  const directories = roots.flatMap((root) => (root.startsWith("file://") ? [root.slice("file://".length)] : []));
  const given = resolve(directory);
  if (await touches(given, directoriesOf(lakes))) throw ofLake(directory);
  if (isBelow(given, directories) && (await staysBelow(given, directories))) {
    if (await touches(given, directoriesOf(taken))) throw ofTable(directory);
    return;
  }
  const message =
    directories.length === 0
      ? "no directories are set in HEADGATE_TABLE_ROOTS, and a directory can be a source only below one of them"
      : `the directory is not below any of the roots in HEADGATE_TABLE_ROOTS: ${directories.join(", ")}`;
  throw invalid(directory, message, "have the person who runs Headgate add the directory to HEADGATE_TABLE_ROOTS");
}

function directoriesOf(locations: readonly string[]): readonly string[] {
  return locations.filter((location) => location.startsWith("file://")).map((location) => fileURLToPath(location));
}

/** False for a link that leads out of the roots. A directory that does not exist is reported when it is listed. */
async function staysBelow(directory: string, roots: readonly string[]): Promise<boolean> {
  try {
    const real = await realpath(directory);
    return isBelow(real, await Promise.all(roots.map((root) => realpath(root).catch(() => root))));
  } catch (failure) {
    return codeOf(failure) === "ENOENT";
  }
}

/** Whether one of the directories is in the other, with links followed. */
async function touches(directory: string, others: readonly string[]): Promise<boolean> {
  const real = (path: string): Promise<string> => realpath(path).catch(() => path);
  const given = await real(directory);
  return (await Promise.all(others.map(real))).some((other) => isBelow(given, [other]) || isBelow(other, [given]));
}

function ofLake(place: string): HeadgateError {
  const message = "the lake's own files are there, and they are read through tables and grants only";
  return invalid(place, message, "name a place apart from the lake");
}

function ofTable(place: string): HeadgateError {
  const message = "files of a table are there, and they are read through the table and its grants only";
  return invalid(place, message, "name a place apart from the tables that are registered, or drop the table first");
}

function isBelow(directory: string, roots: readonly string[]): boolean {
  return roots.some((root) => directory === root || directory.startsWith(`${root}/`));
}

/** Requests that the machine's credentials sign go to AWS and to the lake's own store only. */
function checkEndpoint(endpoint: string, own: string | undefined): void {
  if (isAws(endpoint) || (own !== undefined && originOf(endpoint) === originOf(own))) return;
  throw invalid(
    endpoint,
    "this endpoint is neither AWS nor the lake's own store, so it needs an access key of its own",
    "write the key's id in front of the bucket (dms-files+s3://key-id@bucket/prefix), and give its secret as the source's password",
  );
}

/** Without encryption, a session's token could be read on the way. */
function isAws(endpoint: string): boolean {
  return /^https:\/\/[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(originOf(endpoint));
}

/** Empty for a text that is no URL. */
function originOf(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).origin : "";
}

function invalid(place: string, message: string, remedy: string): HeadgateError {
  return new HeadgateError("SOURCE_PLACE_REFUSED", { place: `the source's address: ${place}`, message, remedy });
}
