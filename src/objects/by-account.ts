/**
 * One object store on top of the common one and those of accounts: below the lake of an account, only the account's own
 * store is ever asked, with the account's credentials and keys. It does not know who asks; rights are decided before.
 */
import { canonicalLocation } from "./by-root.ts";
import type { ObjectStore } from "./object-store.ts";

export interface AccountStores {
  /** The store of the account below whose lake the location is; for writing, as it is at this very moment. */
  storeFor(canonical: string, purpose: "read" | "write"): Promise<ObjectStore | undefined>;
}

export function objectStoreByAccount(common: ObjectStore, { storeFor }: AccountStores): ObjectStore {
  const reading = async (location: string): Promise<ObjectStore> =>
    (await storeFor(canonicalLocation(location), "read")) ?? common;
  const writing = async (location: string): Promise<ObjectStore> =>
    (await storeFor(canonicalLocation(location), "write")) ?? common;
  return {
    get: async (location, places) =>
      (await reading(location)).get(canonicalLocation(location), places?.map(canonicalLocation)),
    open: async (location, places) =>
      (await reading(location)).open(canonicalLocation(location), places?.map(canonicalLocation)),
    has: async (location) => (await reading(location)).has(canonicalLocation(location)),
    localPath: async (location) => (await reading(location)).localPath(canonicalLocation(location)),
    put: async (location, bytes) => (await writing(location)).put(canonicalLocation(location), bytes),
    draft: async (location) => (await writing(location)).draft(canonicalLocation(location)),
    async *list(prefix, options) {
      yield* (await reading(prefix)).list(canonicalLocation(prefix), options);
    },
    async delete(locations) {
      const found = await Promise.all(
        locations.map(async (location) => ({ location, store: await reading(location) })),
      );
      for (const [store, own] of Map.groupBy(found, (one) => one.store))
        await store.delete(own.map(({ location }) => canonicalLocation(location)));
    },
    within(places) {
      const canonical = places.map(canonicalLocation);
      const tests = new Map<ObjectStore, ReturnType<ObjectStore["within"]>>();
      return async (location) => {
        const store = await reading(location);
        const test = tests.get(store) ?? store.within(canonical);
        tests.set(store, test);
        return test(canonicalLocation(location));
      };
    },
  };
}
