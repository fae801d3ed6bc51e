/** One object store over several: each location goes to the store of its scheme, so that a lake may move and what is old stays readable. */
import { HeadgateError } from "../errors.ts";
import type { ObjectStore } from "./object-store.ts";

/** `stores`: by scheme, without `://`. */
export function objectStoreByScheme(stores: Readonly<Record<string, ObjectStore>>): ObjectStore {
  const storeOf = (location: string): ObjectStore => {
    const store = stores[location.slice(0, location.indexOf("://"))];
    if (store !== undefined) return store;
    const message = `there is no store for it; known: ${Object.keys(stores).join(", ")}`;
    throw new HeadgateError("DATA_FILE_MISSING", { place: location, message });
  };
  return {
    get: async (location) => storeOf(location).get(location),
    has: async (location) => storeOf(location).has(location),
    put: async (location, bytes) => storeOf(location).put(location, bytes),
    localPath: async (location) => storeOf(location).localPath(location),
    draft: async (location) => storeOf(location).draft(location),
    list: (prefix, options) => storeOf(prefix).list(prefix, options),
    async delete(locations) {
      for (const [store, own] of Map.groupBy(locations, storeOf)) await store.delete(own);
    },
  };
}
