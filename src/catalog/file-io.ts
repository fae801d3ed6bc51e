import type { FileIO } from "../iceberg/file-io.ts";
import type { ObjectStore } from "../objects/object-store.ts";

/** Iceberg's input and output over the object store. */
export function fileIO(objects: ObjectStore): FileIO {
  return { read: (location) => objects.get(location), write: (location, bytes) => objects.put(location, bytes) };
}
