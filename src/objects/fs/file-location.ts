/**
 * Converts between `file:///` locations and paths, exactly in both directions, and never outside the root: not by `..`,
 * not by an encoded slash, not through a symbolic link. (Node's URLs cannot express control characters, and none of our
 * names contains them.)
 */
import { codeOf } from "../../base/thrown.ts";
import { realpath } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { HeadgateError } from "../../errors.ts";

/** The path of a location at or below `rootPath`. Throws DATA_FILE_MISSING for any other location. */
export function pathOf(location: string, rootPath: string): string {
  const path = parse(location);
  if (path === undefined) throw refusal(location, "this is not the location of a file in a local directory");
  if (!isBelow(path, rootPath)) throw refusal(location, "this location is outside the lake");
  return path;
}

export function locationOf(path: string): string {
  return pathToFileURL(path).href;
}

/** Throws DATA_FILE_MISSING when symbolic links lead from the path, or from its existing part, out of the root. */
export async function checkLinks(path: string, rootPath: string): Promise<void> {
  const [real, realRoot] = await Promise.all([realPathOf(path), realPathOf(rootPath)]);
  if (!isBelow(real, realRoot)) throw refusal(locationOf(path), "a symbolic link leads out of the lake");
}

/** The real paths of directories, with links followed; other locations are left out. */
export async function realPlaces(places: readonly string[]): Promise<readonly string[]> {
  return Promise.all(places.flatMap((place) => parse(place) ?? []).map(realPathOf));
}

/** Whether a file, with links followed, lies below one of the places. */
export async function isWithin(location: string, realPlacePaths: readonly string[]): Promise<boolean> {
  const path = parse(location);
  if (path === undefined) return false;
  const real = await realPathOf(path);
  return realPlacePaths.some((place) => real !== place && isBelow(real, place));
}

function parse(location: string): string | undefined {
  if (!/^file:\/\/\/[^?#]*$/.test(location)) return undefined;
  try {
    return fileURLToPath(location);
  } catch {
    return undefined;
  }
}

export function isBelow(path: string, rootPath: string): boolean {
  return path === rootPath || path.startsWith(rootPath.endsWith(sep) ? rootPath : rootPath + sep);
}

/** Codes of a path that does not exist, also because one of its directories is a file. */
const absent: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR"]);

/** The real path; for a path that does not exist yet, the one it would have. */
export async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (failure) {
    if (!absent.has(codeOf(failure) ?? "") || path === dirname(path)) throw failure;
    return join(await realPathOf(dirname(path)), basename(path));
  }
}

function refusal(location: string, message: string): HeadgateError {
  return new HeadgateError("DATA_FILE_MISSING", { place: location, message });
}
