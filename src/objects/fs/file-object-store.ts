/**
 * The object store on a local directory. An object appears under its name only when all its bytes are on the disk: written
 * under another name, synced, renamed. Nothing outside the root is ever read or written.
 */
import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { HeadgateError } from "../../errors.ts";
import type { Draft, ObjectStore, StoredObject } from "../object-store.ts";

/** Ends the name of what is being written; such files are never listed. */
const draftEnding = ".draft";

/** `root` is a `file:///` location without a trailing slash. */
export function fileObjectStore(root: string): ObjectStore {
  const rootPath = fileURLToPath(root);
  const path = (location: string): string => pathWithin(rootPath, location);
  return {
    async get(location) {
      return readFile(path(location)).catch((failure: unknown) => {
        throw missing(location, failure);
      });
    },
    async put(location, bytes) {
      const draft = await openDraft(path(location));
      try {
        const file = await open(draft.path, "w");
        await file.writeFile(bytes).finally(() => file.close());
        await draft.publish();
      } catch (failure) {
        await draft.discard();
        throw failure;
      }
    },
    async localPath(location) {
      await stat(path(location)).catch((failure: unknown) => {
        throw missing(location, failure);
      });
      return path(location);
    },
    draft: (location) => openDraft(path(location)),
    async delete(locations) {
      for (const location of locations) await rm(path(location), { force: true });
    },
    list: (prefix) => listBelow(path(prefix)),
  };
}

function pathWithin(rootPath: string, location: string): string {
  if (!location.startsWith("file://"))
    throw new HeadgateError("DATA_FILE_MISSING", {
      place: location,
      message: "this location is not in a local directory",
    });
  const path = fileURLToPath(location);
  if (path !== rootPath && !path.startsWith(rootPath + sep))
    throw new HeadgateError("DATA_FILE_MISSING", { place: location, message: "this location is outside the lake" });
  return path;
}

async function openDraft(target: string): Promise<Draft> {
  const path = `${target}.${randomBytes(6).toString("hex")}${draftEnding}`;
  await mkdir(dirname(target), { recursive: true });
  return {
    path,
    async publish() {
      await sync(path);
      await rename(path, target);
      await sync(dirname(target));
    },
    discard: () => rm(path, { force: true }),
  };
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  await file.sync().finally(() => file.close());
}

async function* listBelow(directory: string): AsyncIterable<StoredObject> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* listBelow(path);
    else if (entry.isFile() && !entry.name.endsWith(draftEnding)) yield describe(path);
  }
}

async function describe(path: string): Promise<StoredObject> {
  const { size, mtime } = await stat(path);
  return { location: pathToFileURL(path).href, size, modifiedAt: mtime };
}

function missing(location: string, failure: unknown): unknown {
  return (failure as NodeJS.ErrnoException).code === "ENOENT"
    ? new HeadgateError("DATA_FILE_MISSING", { place: location, cause: failure })
    : failure;
}
