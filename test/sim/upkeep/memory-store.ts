/**
 * An object store in memory that counts: metadata with its bytes, data files only by their size. It uses the
 * simulation's clock, so that files get old. Data files are not written here; they are only recorded.
 */
import { HeadgateError } from "../../../src/errors.ts";
import type { ObjectStore, StoredObject } from "../../../src/objects/object-store.ts";

export interface MemoryStore extends ObjectStore {
  /** Milliseconds since 1970-01-01. */
  now: number;
  /** Totals of everything put so far. */
  bytesWritten: number;
  /** Records a data file of this size. */
  place(location: string, size: number): void;
}

interface Held {
  readonly bytes: Uint8Array | undefined;
  readonly size: number;
  readonly modifiedAt: number;
}

export function openMemoryStore(now: number): MemoryStore {
  const objects = new Map<string, Held>();
  const hold = (location: string, held: Omit<Held, "modifiedAt">): void => {
    if (objects.has(location)) throw new TypeError(`${location} was written twice`);
    objects.set(location, { ...held, modifiedAt: store.now });
  };
  const store: MemoryStore = {
    now,
    bytesWritten: 0,
    place: (location, size) => hold(location, { bytes: undefined, size }),
    async get(location) {
      const bytes = objects.get(location)?.bytes;
      if (bytes === undefined) throw new HeadgateError("DATA_FILE_MISSING", { place: location });
      return bytes;
    },
    has: async (location) => objects.has(location),
    async put(location, bytes) {
      hold(location, { bytes, size: bytes.length });
      store.bytesWritten += bytes.length;
    },
    open: (location) => Promise.reject(new TypeError(`${location} has no content here`)),
    localPath: (location) => Promise.reject(new TypeError(`${location} has no content here`)),
    draft: (location) => Promise.reject(new TypeError(`${location} is not written here`)),
    delete: async (locations) => locations.forEach((location) => void objects.delete(location)),
    async *list(prefix): AsyncIterable<StoredObject> {
      for (const [location, { size, modifiedAt }] of objects)
        if (location.startsWith(prefix)) yield { location, size, modifiedAt: new Date(modifiedAt), isDraft: false };
    },
    within: (places) => async (location) => places.some((place) => location.startsWith(`${place}/`)),
  };
  return store;
}
