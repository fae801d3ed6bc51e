/**
 * The stores of accounts with a lake of their own, each with the account's credentials, keys and local copies, and with
 * no other's. They follow the database: after a change, the next file that is written uses the new settings, and
 * reading follows within a second.
 */
import { join } from "node:path";
import type { Kysely } from "kysely";
import type { SecretBox } from "../../base/secret-box.ts";
import { accessKeyOf, accountKeys, accountLakes, isBelow, type AccountLake } from "../../catalog/account-lakes.ts";
import type { Config } from "../../config.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import type { AccountStores } from "../../objects/by-account.ts";
import { encryptedObjectStore } from "../../objects/encrypted/encrypted-object-store.ts";
import type { ObjectKey } from "../../objects/encrypted/sealed-form.ts";
import { fileCache, type FileCache } from "../../objects/file-cache.ts";
import { fileObjectStore } from "../../objects/fs/file-object-store.ts";
import type { ObjectStore } from "../../objects/object-store.ts";
import { copiesOf } from "./left-copies.ts";
import type { S3Credentials } from "../../objects/s3/s3-client.ts";

export type StoreConfig = Pick<Config, "lakeLocation" | "tableRoots" | "dataDirectory" | "scratchDirectory"> &
  Pick<Config, "cacheBytes" | "s3">;

export interface AccountStoresParts {
  readonly db: Kysely<Tables>;
  readonly secrets: SecretBox;
  readonly config: StoreConfig;
  /** The only account whose files this process may open; undefined for all. */
  readonly onlyFor?: string | undefined;
}

const readsFollowWithinMs = 1_000;

export function accountStores(parts: AccountStoresParts): AccountStores {
  const { db, config, onlyFor } = parts;
  const lakes = followed(() => accountLakes(db));
  const open = storeOpener(parts);
  const commonRoots = [config.lakeLocation, ...config.tableRoots];
  return {
    async storeFor(location, purpose) {
      const at = (all: readonly AccountLake[]) => all.find((lake) => isBelow(location, lake.location));
      const known = at(await lakes.recent());
      const isCommon = known === undefined && commonRoots.some((root) => isBelow(location, root));
      if (isCommon) return undefined;
      const lake = known !== undefined && purpose === "read" ? known : at(await lakes.now());
      if (lake !== undefined && onlyFor !== undefined && lake.account_id !== onlyFor) throw ofAnother(location);
      return lake && open(lake);
    },
  };
}

/** Rows that are read again when they are older than a second, or when they must be those of this moment. */
function followed<T>(read: () => Promise<T>): { now(): Promise<T>; recent(): Promise<T> } {
  let [known, at]: [Promise<T> | undefined, number] = [undefined, 0];
  const now = (): Promise<T> => {
    const reading = read();
    [known, at] = [reading, Date.now()];
    reading.catch(() => (known = known === reading ? undefined : known));
    return reading;
  };
  return {
    now,
    recent: () => (known === undefined || Date.now() - at > readsFollowWithinMs ? now() : known),
  };
}

interface Opened {
  readonly revision: string;
  readonly store: Promise<ObjectStore>;
}

/** Opens a store once for each state of its settings. */
function storeOpener(parts: AccountStoresParts): (lake: AccountLake) => Promise<ObjectStore> {
  const opened = new Map<string, Opened>();
  const cacheOf = cachesOf(parts.config);
  return (lake) => {
    const { account_id: accountId, revision } = lake;
    const known = opened.get(accountId);
    if (known?.revision === revision) return known.store;
    const store = openStore(parts, { lake, cacheOf });
    opened.set(accountId, { revision, store });
    store.catch(() => opened.delete(accountId));
    return store;
  };
}

interface Opening {
  readonly lake: AccountLake;
  cacheOf(accountId: string, kind: CacheKind): FileCache;
}

async function openStore(parts: AccountStoresParts, { lake, cacheOf }: Opening): Promise<ObjectStore> {
  const { account_id: accountId, encrypted } = lake;
  const keys = encrypted ? await accountKeys(parts, accountId) : undefined;
  return openAccountStore(parts.config, {
    lake,
    credentials: accessKeyOf(parts.secrets, lake),
    keys,
    cacheOf: (kind) => cacheOf(accountId, kind),
    find: async (id) => (await accountKeys(parts, accountId)).find((key) => key.id === id),
  });
}

export interface AccountStoreParts {
  readonly lake: Pick<AccountLake, "account_id" | "location" | "endpoint" | "region" | "path_style">;
  readonly credentials: S3Credentials | undefined;
  /** The newest first; undefined if its objects are not encrypted. */
  readonly keys: readonly ObjectKey[] | undefined;
  cacheOf(kind: CacheKind): FileCache;
  /** Looks for a key that was not among `keys`. */
  find(id: string): Promise<ObjectKey | undefined>;
}

/** Throws OBJECT_KEY_MISSING. */
export async function openAccountStore(config: StoreConfig, parts: AccountStoreParts): Promise<ObjectStore> {
  const { lake, keys } = parts;
  const sealedCache = parts.cacheOf(keys === undefined ? "copies" : "sealed");
  const common = lake.location.startsWith("s3://")
    ? await s3Store(config, { ...parts, cache: sealedCache })
    : fileObjectStore(lake.location);
  if (keys === undefined) return common;
  const [newest] = keys;
  if (newest === undefined) throw new HeadgateError("OBJECT_KEY_MISSING", { place: lake.location });
  return encryptedObjectStore({
    sealed: common,
    sealedCache,
    keys: { newest, find: async (id) => keys.find((key) => key.id === id) ?? parts.find(id) },
    plain: parts.cacheOf("plain"),
    draftDirectory: join(config.scratchDirectory, "accounts", lake.account_id, "drafts"),
  });
}

/** Settings that the account leaves out are those of the common lake. */
async function s3Store(
  { s3, scratchDirectory }: StoreConfig,
  { lake, credentials, cache }: AccountStoreParts & { readonly cache: FileCache },
): Promise<ObjectStore> {
  // Without keys of its own, the account would work with those of the machine.
  if (credentials === undefined) throw new TypeError(`the lake at ${lake.location} has no access key`);
  const { s3ObjectStore } = await import("../../objects/s3/s3-object-store.ts");
  const settings = {
    endpoint: lake.endpoint ?? s3.endpoint,
    region: lake.region ?? s3.region,
    pathStyle: lake.path_style ?? s3.pathStyle,
    encryption: s3.encryption,
  };
  const own = join(scratchDirectory, "accounts", lake.account_id);
  return s3ObjectStore({ root: lake.location, settings, credentials, cache, scratchDirectory: own });
}

/** Copies of objects as they are; of sealed objects, which are removed at once; and of decrypted ones. */
export type CacheKind = "copies" | "sealed" | "plain";

/** The local copies of each account are apart. What was decrypted lies where each start removes it. */
export function cachesOf(config: StoreConfig): (accountId: string, kind: CacheKind) => FileCache {
  const caches = new Map<string, FileCache>();
  const { scratchDirectory, cacheBytes: boundBytes } = config;
  return (accountId, kind) => {
    const home = kind === "copies" ? copiesOf(config, accountId) : join(scratchDirectory, "accounts", accountId);
    const directory = join(home, kind);
    const cache = caches.get(directory) ?? fileCache({ directory, boundBytes });
    caches.set(directory, cache);
    return cache;
  };
}

function ofAnother(place: string): HeadgateError {
  return new HeadgateError("DATA_FILE_MISSING", {
    place,
    message: "this file belongs to another account than the one that this process works for",
    remedy: "use a process that works for all accounts, or for that account",
  });
}
