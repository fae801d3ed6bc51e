/**
 * A local directory of another writer's files. Spark, PyIceberg and Trino write locations as plain paths in which
 * nothing is encoded, whereas ours are URLs. Everything else is the store for our own files.
 */
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ObjectStore } from "../object-store.ts";
import { fileObjectStore } from "./file-object-store.ts";

const scheme = "file://";

/** `root` is `file:///…`, not encoded, without a trailing slash. */
export function literalFileStore(root: string): ObjectStore {
  const store = fileObjectStore(encoded(root));
  return {
    get: (location, places) => store.get(encoded(location), places?.filter(isOfFiles).map(encoded)),
    open: (location, places) => store.open(encoded(location), places?.filter(isOfFiles).map(encoded)),
    has: (location) => store.has(encoded(location)),
    put: (location, bytes) => store.put(encoded(location), bytes),
    localPath: (location) => store.localPath(encoded(location)),
    draft: (location) => store.draft(encoded(location)),
    delete: (locations) => store.delete(locations.map(encoded)),
    within(places) {
      const isWithin = store.within(places.filter(isOfFiles).map(encoded));
      return (location) => isWithin(encoded(location));
    },
    async *list(prefix, options) {
      for await (const object of store.list(encoded(prefix), options))
        yield { ...object, location: scheme + fileURLToPath(object.location) };
    },
  };
}

function isOfFiles(place: string): boolean {
  return place.startsWith(scheme);
}

function encoded(location: string): string {
  return pathToFileURL(location.slice(scheme.length)).href;
}
