/** The part of an account's lake that may be told: everything but its secret and its keys. */
import type { Kysely } from "kysely";
import { accountLakes } from "../../catalog/account-lakes.ts";
import type { Tables } from "../../db/tables.ts";
import { accountIdOf } from "../../identity/accounts.ts";

export interface ShownLake {
  readonly location: string;
  readonly endpoint: string | null;
  readonly region: string | null;
  readonly pathStyle: boolean | null;
  readonly accessKey: string | null;
  readonly encrypted: boolean;
  readonly changedAt: Date;
  /** The newest first; they are never shown themselves. */
  readonly keys: readonly { readonly id: string; readonly createdAt: Date }[];
}

/** Throws ACCOUNT_NOT_FOUND. */
export async function shownLake(db: Kysely<Tables>, account: string): Promise<ShownLake | undefined> {
  const accountId = await accountIdOf(db, account);
  const lake = (await accountLakes(db)).find((one) => one.account_id === accountId);
  if (lake === undefined) return undefined;
  const keys = await db
    .selectFrom("account_keys")
    .select(["id", "created_at as createdAt"])
    .where("account_id", "=", accountId)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .execute();
  const { location, endpoint, region, path_style: pathStyle, access_key_id: accessKey, encrypted } = lake;
  return { location, endpoint, region, pathStyle, accessKey, encrypted, changedAt: lake.changed_at, keys };
}
