/** Iceberg's input and output over the object store. Files are always read as a whole. */
import { readingCache } from "../base/reading-cache.ts";
import type { FileIO } from "../iceberg/file-io.ts";
import type { ObjectStore } from "../objects/object-store.ts";

export function fileIO(objects: ObjectStore): FileIO {
  return {
    read: (location, places) => objects.get(location, places),
    write: (location, bytes) => objects.put(location, bytes),
    delete: (locations) => objects.delete(locations),
  };
}

const keptBytes = 32 * 1024 * 1024;

/** The same with a cache in memory of the most recently read files, which never change. */
export function keptFileIO(objects: ObjectStore): FileIO {
  const { read, ...rest } = fileIO(objects);
  const kept = readingCache({ boundBytes: keptBytes }, async (name) => {
    const [location, ...places] = JSON.parse(name) as [string, ...string[]];
    const value = await read(location, places.length === 0 ? undefined : places);
    return { value, bytes: value.length };
  });
  return { ...rest, read: (location, places = []) => kept(JSON.stringify([location, ...places])) };
}
