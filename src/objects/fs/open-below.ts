/**
 * Opens a file for reading and looks only then where it lies. A path that was looked at before can lead elsewhere when
 * it is opened, because whoever may write into a directory can put a link into it at any moment.
 * Invariant: only a regular file is returned; opening a pipe, on which one could wait for ever, does not wait.
 */
import { constants } from "node:fs";
import { lstat, open, readlink, realpath, type FileHandle } from "node:fs/promises";
import { codeOf } from "../../base/thrown.ts";
import { HeadgateError } from "../../errors.ts";
import type { Places } from "../object-store.ts";
import { isBelow, locationOf, realPathOf, realPlaces } from "./file-location.ts";

interface Below {
  readonly rootPath: string;
  readonly places: Places;
}

/** Throws DATA_FILE_MISSING. */
export async function openBelow(path: string, { rootPath, places }: Below): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) throw refused(path, "this is not a file");
    const real = await whereOpened(file, path);
    const root = await realPathOf(rootPath);
    const allowed = places === undefined ? [root] : await realPlaces(places);
    if (!isBelow(real, root) || !allowed.some((place) => isBelow(real, place)))
      throw refused(path, "a symbolic link leads out of the place of this file");
    return file;
  } catch (failure) {
    await file.close();
    throw failure;
  }
}

/** The path of the file that is open: from the system, or else any path without links that leads to the same file. */
async function whereOpened(file: FileHandle, path: string): Promise<string> {
  try {
    return await readlink(`/proc/self/fd/${file.fd}`);
  } catch (failure) {
    if (codeOf(failure) !== "ENOENT") throw failure;
    const real = await realpath(path);
    const [opened, there] = [await file.stat(), await lstat(real)];
    if (opened.ino === there.ino && opened.dev === there.dev) return real;
    throw refused(path, "the file was replaced while it was opened");
  }
}

function refused(path: string, message: string): HeadgateError {
  return new HeadgateError("DATA_FILE_MISSING", { place: locationOf(path), message });
}
