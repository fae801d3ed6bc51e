/** A local directory of files that others write. They are read where they are, so nothing is copied or removed. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { codeOf } from "../../base/thrown.ts";
import { HeadgateError } from "../../errors.ts";
import type { ForeignFile, ForeignFiles } from "../foreign-files.ts";

export function directoryFiles(directory: string): ForeignFiles {
  const root = directory.replace(/(?<=.)\/+$/, "");
  const localPath: ForeignFiles["localPath"] = async (file) => {
    const path = join(root, file.path);
    const now = await describe(path, file.path);
    if (now?.version === file.version) return path;
    throw new HeadgateError("SOURCE_TABLE_ALTERED", { place: file.path, message: "the file was changed or removed" });
  };
  return {
    location: pathToFileURL(root).href,
    appearWhole: false,
    list: () => listBelow(root, ""),
    localPath,
    whileLocal: async (file, work) => work(await localPath(file)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function* listBelow(root: string, folder: string): AsyncIterable<ForeignFile> {
  for (const entry of await entriesOf(root, folder)) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* listBelow(root, path);
    const file = entry.isFile() ? await describe(join(root, path), path) : undefined;
    if (file !== undefined) yield file;
  }
}

async function entriesOf(root: string, folder: string) {
  const path = join(root, folder);
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (cause) {
    const code = codeOf(cause);
    // A folder that was removed meanwhile has no files.
    if (code === "ENOENT" && folder !== "") return [];
    if (code === "ENOENT" || code === "ENOTDIR")
      throw new HeadgateError("SOURCE_DATABASE_UNKNOWN", { place: path, message: "there is no such directory", cause });
    throw refused(path, cause);
  }
}

/** Undefined for a file that no longer exists. */
async function describe(at: string, path: string): Promise<ForeignFile | undefined> {
  try {
    const { size, mtime, mtimeMs } = await stat(at);
    return { path, size, modifiedAt: mtime, version: `${size}-${mtimeMs}` };
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw refused(at, cause);
  }
}

function refused(place: string, cause: unknown): unknown {
  const code = codeOf(cause);
  if (code !== "EACCES" && code !== "EPERM") return cause;
  const remedy = `give the user that runs Headgate the right to read ${place}`;
  return new HeadgateError("SOURCE_RIGHT_MISSING", { place, message: "it may not be read", remedy, cause });
}
