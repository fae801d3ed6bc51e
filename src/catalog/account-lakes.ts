/**
 * The lakes of accounts that have one of their own: where their tables lie, with which access keys, and which keys
 * encrypt their files. The stores themselves are opened elsewhere.
 * Invariants: no lake lies in another one. A secret or a key leaves the database only as part of a store.
 */
import type { Kysely, Selectable } from "kysely";
import type { SecretBox } from "../base/secret-box.ts";
import type { AccountLakeRow } from "../db/account-lake-rows.ts";
import type { Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import type { ObjectKey } from "../objects/encrypted/sealed-form.ts";
import type { TableEntry } from "./catalog.ts";

export type AccountLake = Selectable<AccountLakeRow>;

export async function accountLakes(db: Kysely<Tables>): Promise<readonly AccountLake[]> {
  return db.selectFrom("account_lakes").selectAll().execute();
}

interface OfLake {
  readonly db: Kysely<Tables>;
  readonly config: { readonly lakeLocation: string };
}

/** Where new tables of an account go, without a trailing slash. */
export async function lakeOf({ db, config }: OfLake, accountId: string | undefined): Promise<string> {
  if (accountId === undefined) return config.lakeLocation;
  const own = db.selectFrom("account_lakes").select("location").where("account_id", "=", accountId);
  return (await own.executeTakeFirst())?.location ?? config.lakeLocation;
}

/** Whether the table was created here; tables of other writers stay where they are. */
export async function isInLake(
  parts: OfLake,
  { location, accountId }: Pick<TableEntry, "location" | "accountId">,
): Promise<boolean> {
  if (isBelow(location, parts.config.lakeLocation)) return true;
  return isBelow(location, await lakeOf(parts, accountId));
}

/** Throws the secret box's errors. */
export function accessKeyOf(secrets: SecretBox, lake: AccountLake) {
  const { access_key_id: accessKeyId, secret, account_id: accountId } = lake;
  if (accessKeyId === null || secret === null) return undefined;
  return { accessKeyId, secretAccessKey: secrets.of(accountId).open(secret) };
}

interface OfKeys {
  readonly db: Kysely<Tables>;
  readonly secrets: SecretBox;
}

/** The account's keys, the newest first. */
export async function accountKeys({ db, secrets }: OfKeys, accountId: string): Promise<readonly ObjectKey[]> {
  const rows = await db
    .selectFrom("account_keys")
    .select(["id", "sealed"])
    .where("account_id", "=", accountId)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .execute();
  return rows.map(({ id, sealed }) => ({ id, bytes: openKey(secrets.of(accountId).open(sealed), { id, accountId }) }));
}

/** The text of a key, which says to whom it belongs, so that no row of the database can lend it to another account. */
export function keyText({ id, bytes }: ObjectKey, accountId: string): string {
  return `${accountId} ${id} ${Buffer.from(bytes).toString("base64")}`;
}

function openKey(text: string, { id, accountId }: { id: string; accountId: string }): Buffer {
  const [owner, own, key = ""] = text.split(" ");
  if (owner === accountId && own === id) return Buffer.from(key, "base64");
  throw new HeadgateError("SECRET_KEY_MISMATCH", {
    place: `the encryption key ${id}`,
    message: "this key was stored for another account",
  });
}

export function isBelow(location: string, root: string): boolean {
  return location.startsWith(`${root}/`);
}
