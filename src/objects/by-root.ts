/**
 * One object store on top of several: each location belongs to the store whose root contains it. So a lake can move
 * while its old files stay readable, and other writers' tables are read where they are. Locations below no root do not
 * exist.
 */
import { HeadgateError } from "../errors.ts";
import type { ObjectStore } from "./object-store.ts";

export interface RootedStore {
  /** A location in the form that `canonicalLocation` returns, without a trailing slash. */
  readonly root: string;
  readonly store: ObjectStore;
}

/** The first root that matches is used. */
export function objectStoreByRoot(stores: readonly RootedStore[]): ObjectStore {
  const rootedAt = (location: string): RootedStore | undefined => {
    const canonical = canonicalLocation(location);
    return stores.find(({ root }) => canonical.startsWith(`${root}/`));
  };
  const storeOf = (location: string): ObjectStore => {
    const found = rootedAt(location);
    if (found !== undefined) return found.store;
    const message = `the location is not below any of the roots in HEADGATE_TABLE_ROOTS: ${stores.map(({ root }) => root).join(", ")}`;
    throw new HeadgateError("DATA_FILE_MISSING", { place: location, message });
  };
  return {
    get: async (location, places) => storeOf(location).get(canonicalLocation(location), places?.map(canonicalLocation)),
    open: async (location, places) =>
      storeOf(location).open(canonicalLocation(location), places?.map(canonicalLocation)),
    has: async (location) => storeOf(location).has(canonicalLocation(location)),
    put: async (location, bytes) => storeOf(location).put(canonicalLocation(location), bytes),
    localPath: async (location) => storeOf(location).localPath(canonicalLocation(location)),
    draft: async (location) => storeOf(location).draft(canonicalLocation(location)),
    list: (prefix, options) => storeOf(prefix).list(canonicalLocation(prefix), options),
    async delete(locations) {
      for (const [store, own] of Map.groupBy(locations, storeOf)) await store.delete(own.map(canonicalLocation));
    },
    within(places) {
      const canonical = places.map(canonicalLocation);
      const tests = new Map(stores.map((rooted) => [rooted, rooted.store.within(canonical)]));
      return async (location) => {
        const rooted = rootedAt(location);
        return rooted !== undefined && (await tests.get(rooted)?.(canonicalLocation(location))) === true;
      };
    },
  };
}

/** Writers spell one place in several ways: `/a`, `file:/a` and `file:///a`; `s3a://b/c` and `s3://b/c`. */
export function canonicalLocation(location: string): string {
  return location
    .replace(/^(?:file:)?\/(?!\/)/, "file:///")
    .replace(/^file:\/\/(?=[^/])/, "file:///")
    .replace(/^s3[an]:\/\//, "s3://");
}
