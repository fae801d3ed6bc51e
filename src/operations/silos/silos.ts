/**
 * The lakes and keys of accounts as operations use them. The box of secrets stays inside, so that no operation can
 * read a secret.
 */
import type { Kysely } from "kysely";
import { accountLakes } from "../../catalog/account-lakes.ts";
import type { Tables } from "../../db/tables.ts";
import { accountIdOf } from "../../identity/accounts.ts";
import { shownLake, type ShownLake } from "./shown-lake.ts";
import {
  checkRemovable,
  prepareAccountLake,
  removeAccountLake,
  rotateAccountKey,
  setAccountLake,
  type PreparedLake,
  type SiloParts,
  type WantedLake,
} from "./set-account-lake.ts";

export interface Silos {
  /** For a change that is made later, within a transaction. */
  prepare(
    account: { readonly name: string; readonly id: string | undefined },
    wanted: WantedLake,
  ): Promise<PreparedLake>;
  set(account: string, wanted: WantedLake): Promise<void>;
  /** In the caller's transaction if there is one. */
  remove(account: string, transaction?: Kysely<Tables>): Promise<void>;
  checkRemovable(account: string): Promise<void>;
  rotateKey(account: string, key: string | undefined): Promise<{ readonly key: string; readonly keys: number }>;
  /** The text of a key file with which a process can work for this account only. */
  workerKey(account: string): Promise<string>;
  /** Undefined for an account that has none of its own. */
  shown(account: string): Promise<ShownLake | undefined>;
  /** The locations of all lakes of accounts, without a trailing slash. */
  roots(): Promise<readonly string[]>;
}

export function openSilos(parts: SiloParts): Silos {
  return {
    prepare: (account, wanted) => prepareAccountLake(parts, account, wanted),
    set: (account, wanted) => setAccountLake(parts, account, wanted),
    remove: (account, db = parts.db) => removeAccountLake({ ...parts, db }, account),
    checkRemovable: (account) => checkRemovable(parts, account),
    rotateKey: (name, key) => rotateAccountKey(parts, { name, key }),
    workerKey: async (account) => parts.secrets.keyFileOf(await accountIdOf(parts.db, account)),
    shown: (account) => shownLake(parts.db, account),
    roots: async () => (await accountLakes(parts.db)).map(({ location }) => location),
  };
}
