/**
 * An object store that encrypts on this side whatever it writes to another one, which sees only sealed bytes. Plain
 * copies exist only in the cache that it is given, and in drafts. It is no protection of names: locations and sizes
 * can be seen in the other store.
 * Invariant: bytes are handed out only after the whole object proved to be what was written at its location.
 */
import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { using } from "../../base/cleanup.ts";
import { codeOf } from "../../base/thrown.ts";
import { HeadgateError } from "../../errors.ts";
import type { FileCache } from "../file-cache.ts";
import type { Draft, ObjectStore, Places } from "../object-store.ts";
import { openSealed, sealBytes, type ObjectKeys } from "./seal-bytes.ts";
import { plainSize } from "./sealed-form.ts";

export interface EncryptedStoreParts {
  /** The store of the sealed objects. */
  readonly sealed: ObjectStore;
  /** The cache of that store, if it has one: a sealed copy is of no use once it was decrypted. */
  readonly sealedCache?: FileCache | undefined;
  readonly keys: ObjectKeys;
  /** For plain copies; private to this process. */
  readonly plain: FileCache;
  /** A private directory for drafts. */
  readonly draftDirectory: string;
}

export function encryptedObjectStore(parts: EncryptedStoreParts): ObjectStore {
  const { sealed, sealedCache, keys, plain } = parts;
  const localPath = async (location: string, places?: Places): Promise<string> => {
    if (places !== undefined && !(await sealed.within(places)(location))) throw outside(location);
    return plain.path(location, (path) => decryptTo(parts, location, path));
  };
  return {
    get: async (location, places) => readFile(await localPath(location, places)),
    open: async (location, places) => open(await localPath(location, places), "r"),
    localPath: (location) => localPath(location),
    has: (location) => sealed.has(location),
    async put(location, bytes) {
      const whole = await Array.fromAsync(sealBytes([bytes], { key: keys.newest, location }));
      await sealed.put(location, Buffer.concat(whole));
    },
    draft: (location) => openDraft(parts, location),
    async delete(locations) {
      await sealed.delete(locations);
      await Promise.all(locations.map((location) => plain.forget(location)));
      await Promise.all(locations.map((location) => sealedCache?.forget(location)));
    },
    async *list(prefix, options) {
      for await (const object of sealed.list(prefix, options)) yield { ...object, size: plainSize(object.size) };
    },
    within: (places) => sealed.within(places),
  };
}

async function decryptTo(parts: EncryptedStoreParts, location: string, path: string): Promise<void> {
  const { sealed, sealedCache, keys } = parts;
  await onDisk(path, () =>
    using(sealed.open(location), (file) =>
      pipeline(
        openSealed(file.createReadStream({ autoClose: false }), { keys, location }),
        createWriteStream(path, { mode: 0o600 }),
      ),
    ),
  );
  await sealedCache?.forget(location);
}

async function openDraft(parts: EncryptedStoreParts, location: string): Promise<Draft> {
  await mkdir(parts.draftDirectory, { recursive: true, mode: 0o700 });
  const path = join(parts.draftDirectory, randomBytes(12).toString("hex"));
  return {
    path,
    async publish() {
      await publishSealed(parts, location, path);
      await parts.plain.adopt(location, path);
    },
    discard: () => rm(path, { force: true }),
  };
}

async function publishSealed(
  { sealed, sealedCache, keys }: EncryptedStoreParts,
  location: string,
  path: string,
): Promise<void> {
  const draft = await sealed.draft(location);
  try {
    const bytes = sealBytes(createReadStream(path), { key: keys.newest, location });
    await onDisk(location, () => pipeline(bytes, createWriteStream(draft.path)));
    await draft.publish();
  } catch (failure) {
    await draft.discard();
    throw failure;
  }
  await sealedCache?.forget(location);
}

async function onDisk<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (["ENOSPC", "EDQUOT"].includes(codeOf(cause) ?? "")) throw new HeadgateError("DISK_FULL", { place, cause });
    throw cause;
  }
}

function outside(place: string): HeadgateError {
  return new HeadgateError("DATA_FILE_MISSING", { place, message: "this location is outside the place of its table" });
}
