/**
 * The object store on a local directory. An object appears under its name only when all its bytes are on the disk: it
 * is written under another name, synced and renamed. Nothing outside the root is ever read or written.
 */
import { using } from "../../base/cleanup.ts";
import { codeOf } from "../../base/thrown.ts";
import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { HeadgateError } from "../../errors.ts";
import type { Draft, ObjectStore, StoredObject } from "../object-store.ts";
import { checkLinks, isWithin, locationOf, pathOf, realPlaces } from "./file-location.ts";
import { openBelow } from "./open-below.ts";

/** Suffix of files that are still being written. They are not listed as objects. */
const draftEnding = ".draft";

/** `root` is a `file:///` location without a trailing slash. */
export function fileObjectStore(root: string): ObjectStore {
  const rootPath = fileURLToPath(root);
  const pathTo = async (location: string): Promise<string> => {
    const path = pathOf(location, rootPath);
    await checkLinks(path, rootPath);
    return path;
  };
  const draft = async (location: string): Promise<Draft> =>
    openDraft({ location, path: await pathTo(location), rootPath });
  return {
    get: (location, places) =>
      inPlace(location, async () =>
        using(openBelow(await pathTo(location), { rootPath, places }), (file) => file.readFile()),
      ),
    open: (location, places) => inPlace(location, async () => openBelow(await pathTo(location), { rootPath, places })),
    has: (location) => isThere(location, async () => stat(await pathTo(location))),
    localPath: (location) =>
      inPlace(location, async () => {
        const path = await pathTo(location);
        if (!(await stat(path)).isFile())
          throw new HeadgateError("DATA_FILE_MISSING", { place: location, message: "this is not a file" });
        return path;
      }),
    put: (location, bytes) => inPlace(location, async () => write(await draft(location), bytes)),
    draft: (location) => inPlace(location, () => draft(location)),
    async delete(locations) {
      for (const location of locations)
        await inPlace(location, async () => rm(await pathTo(location), { force: true }));
    },
    async *list(prefix, { drafts = false } = {}) {
      for await (const object of listBelow(await pathTo(prefix))) if (drafts || !object.isDraft) yield object;
    },
    within(places) {
      let real: ReturnType<typeof realPlaces> | undefined;
      return async (location) => isWithin(location, await (real ??= realPlaces(places)));
    },
  };
}

async function isThere(location: string, look: () => Promise<unknown>): Promise<boolean> {
  try {
    await inPlace(location, look);
    return true;
  } catch (failure) {
    if (failure instanceof HeadgateError && failure.code === "DATA_FILE_MISSING") return false;
    throw failure;
  }
}

async function write(draft: Draft, bytes: Uint8Array): Promise<void> {
  try {
    const file = await open(draft.path, "w");
    await file.writeFile(bytes).finally(() => file.close());
    await draft.publish();
  } catch (failure) {
    await draft.discard();
    throw failure;
  }
}

interface Target {
  readonly location: string;
  readonly path: string;
  readonly rootPath: string;
}

async function openDraft({ location, path: target, rootPath }: Target): Promise<Draft> {
  const path = `${target}.${randomBytes(6).toString("hex")}${draftEnding}`;
  const shared = await sharedMode(rootPath);
  await makeDirectory(dirname(target), shared);
  return {
    path,
    publish: () =>
      inPlace(location, async () => {
        if (shared !== 0) await chmod(path, 0o600 | (shared & anyoneReads));
        await sync(path);
        await rename(path, target);
        await sync(dirname(target));
      }),
    discard: () => rm(path, { force: true }),
  };
}

/** A new directory is on the disk only after its parent has been synced. */
async function makeDirectory(directory: string, shared: number): Promise<void> {
  const first = await mkdir(directory, { recursive: true });
  if (first === undefined) return;
  for (let made = directory; made.length >= first.length; made = dirname(made)) {
    if (shared !== 0) await chmod(made, (await stat(made)).mode | shared);
    await sync(dirname(made));
  }
}

const anyoneReads = 0o044;
const anyoneReadsAndPasses = 0o055;

/** Whoever may read and list the root may also read what is in it. This is how other engines get access to a lake. */
async function sharedMode(rootPath: string): Promise<number> {
  const found = await stat(rootPath).catch(() => undefined);
  return (found?.mode ?? 0) & anyoneReadsAndPasses;
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  await file.sync().finally(() => file.close());
}

async function* listBelow(directory: string): AsyncIterable<StoredObject> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((failure: NodeJS.ErrnoException) => {
    if (failure.code === "ENOENT") return [];
    throw failure;
  });
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* listBelow(path);
    else if (entry.isFile()) yield* describe(path);
  }
}

/** Yields nothing for an object that was deleted after the directory was read. */
async function* describe(path: string): AsyncIterable<StoredObject> {
  const found = await stat(path).catch((failure: NodeJS.ErrnoException) => {
    if (failure.code === "ENOENT") return undefined;
    throw failure;
  });
  if (found === undefined) return;
  yield {
    location: locationOf(path),
    size: found.size,
    modifiedAt: found.mtime,
    isDraft: path.endsWith(draftEnding),
  };
}

/** Gives the system's errors their code and place. */
async function inPlace<T>(location: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    switch (codeOf(cause)) {
      case "ENOENT":
      case "ENOTDIR":
      case "EISDIR":
        throw new HeadgateError("DATA_FILE_MISSING", { place: location, cause });
      case "ENOSPC":
      case "EDQUOT":
        throw new HeadgateError("DISK_FULL", { place: location, cause });
      case "EACCES":
      case "EPERM":
      case "EROFS":
        throw new HeadgateError("DATA_DIRECTORY_UNWRITABLE", { place: location, cause });
      default:
        throw cause;
    }
  }
}
