/**
 * Keys for programs. Each key is a principal of its own, with a role and an optional expiry date. A key with an owner is
 * valid as long as its owner is active.
 */
import { sql, type Kysely } from "kysely";
import type { Role, Tables } from "../db/tables.ts";
import { inPolicyChange } from "../db/policy-change.ts";
import { HeadgateError } from "../errors.ts";
import { accountIdOf } from "./accounts.ts";
import { changedAttributes, type Attributes, type AttributeChanges } from "./attributes.ts";
import type { Principal } from "./principal.ts";
import { endPrincipal, insertPrincipal } from "./principals.ts";
import { roleIn, setRole } from "./role-grants.ts";
import { getProvider } from "./providers/providers.ts";
import { digestOf, newToken } from "./token.ts";
import { getUser } from "./users.ts";
import { whatFalls, type Falls } from "./what-falls.ts";

/** Prefix of every key, so that a search finds leaked ones. */
const mark = "hgk_";

export interface NewKey {
  readonly name: string;
  readonly role: Role;
  readonly expiresAt: Date | undefined;
  /** By default main. */
  readonly account?: string | undefined;
  readonly attributes?: AttributeChanges | undefined;
  /** The user with whom it ends. */
  readonly owner?: string | undefined;
  /** The provider whose people it provisions, which is then all that it may do. */
  readonly provisions?: string | undefined;
  /** The principal who makes it; null for the owner of the data directory. */
  readonly by: string | null;
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** In its account. */
  readonly role: Role;
  readonly account: string;
  readonly accountId: string;
  readonly attributes: Attributes;
  readonly owner: string | null;
  /** False if it has an owner who is no longer active. */
  readonly isOwned: boolean;
  /** The id and the name of the provider whose people it provisions. */
  readonly provisions: string | null;
  readonly provider: string | null;
  readonly createdAt: Date;
  readonly usedAt: Date | null;
  readonly expiresAt: Date | null;
}

/** Returns the key, which cannot be shown again later. Throws NAME_TAKEN, ACCOUNT_NOT_FOUND, USER_NOT_FOUND, PROVIDER_NOT_FOUND. */
export async function createKey(db: Kysely<Tables>, { name, role, expiresAt, by, ...more }: NewKey): Promise<string> {
  const key = mark + newToken();
  await inPolicyChange(db, async (transaction) => {
    const accountId = await accountIdOf(transaction, more.account);
    const attributes = JSON.stringify(changedAttributes({}, more.attributes ?? {}));
    const ownerId = more.owner === undefined ? null : (await getUser(transaction, more.owner)).id;
    const providerId = more.provisions === undefined ? null : (await getProvider(transaction, more.provisions)).id;
    const isTaken = await isNameOfKey(transaction, name);
    const row = { kind: "service", account_id: accountId, name, attributes } as const;
    const id = isTaken ? undefined : await insertPrincipal(transaction, row);
    if (id === undefined)
      throw new HeadgateError("NAME_TAKEN", { place: name, message: "there is already a key of this name" });
    await transaction
      .insertInto("api_keys")
      .values({
        id,
        digest: digestOf(key),
        expires_at: expiresAt ?? null,
        owner_id: ownerId,
        provisions_id: providerId,
      })
      .execute();
    await setRole(transaction, { principalId: id, accountId, role, by });
  });
  return key;
}

/** Also in other letter case, so that nobody takes one for the other. */
async function isNameOfKey(transaction: Kysely<Tables>, name: string): Promise<boolean> {
  const found = await transaction
    .selectFrom("principals")
    .select("id")
    .where("kind", "=", "service")
    .where("deleted_at", "is", null)
    .where(sql<boolean>`lower(name) = lower(${name})`)
    .executeTakeFirst();
  return found !== undefined;
}

/** All, or those of one account. Throws ACCOUNT_NOT_FOUND. */
export async function listKeys(db: Kysely<Tables>, account?: string): Promise<readonly ApiKey[]> {
  const keys = selectKeys(db).orderBy("principals.name");
  if (account === undefined) return keys.execute();
  return keys.where("accounts.id", "=", await accountIdOf(db, account)).execute();
}

function selectKeys(db: Kysely<Tables>) {
  return db
    .selectFrom("api_keys")
    .innerJoin("principals", "principals.id", "api_keys.id")
    .innerJoin("accounts", "accounts.id", "principals.account_id")
    .leftJoin("principals as owner", "owner.id", "api_keys.owner_id")
    .leftJoin("identity_providers as provider", "provider.id", "api_keys.provisions_id")
    .select(({ ref }) => [
      "principals.id",
      "principals.name",
      "principals.attributes",
      "owner.name as owner",
      sql<boolean>`api_keys.owner_id is null or owner.active`.as("isOwned"),
      "api_keys.provisions_id as provisions",
      "provider.name as provider",
      "principals.created_at as createdAt",
      "accounts.id as accountId",
      "accounts.name as account",
      "api_keys.used_at as usedAt",
      "api_keys.expires_at as expiresAt",
      roleIn(ref("principals.id"), ref("accounts.id")).as("role"),
    ]);
}

interface Revoking {
  readonly name: string;
  readonly by: string | null;
  /** Only looks at what would end with it. */
  readonly isPlan?: boolean;
}

/** Throws API_KEY_NOT_FOUND. */
export function revokeKey(db: Kysely<Tables>, { name, by, isPlan }: Revoking): Promise<Falls> {
  return inPolicyChange(db, async (transaction) => {
    const key = await selectKeys(transaction).where("principals.name", "=", name).executeTakeFirst();
    if (key === undefined) throw new HeadgateError("API_KEY_NOT_FOUND", { place: name });
    const falls = await whatFalls(transaction, key.id);
    if (isPlan) return falls;
    await transaction.deleteFrom("api_keys").where("id", "=", key.id).execute();
    await endPrincipal(transaction, { id: key.id, by, reason: "the key was revoked" });
    return falls;
  });
}

/** The principals of the keys that exist and have not expired, by the digest in hexadecimal. */
export async function principalsOfKeys(
  db: Kysely<Tables>,
  digests: readonly Buffer[],
): Promise<ReadonlyMap<string, Principal>> {
  if (digests.length === 0) return new Map();
  const rows = await selectKeys(db).select("api_keys.digest").where("api_keys.digest", "in", digests).execute();
  const valid = rows.filter(({ expiresAt: end, isOwned }) => isOwned && (end === null || end.getTime() > Date.now()));
  return new Map(valid.map((row) => [row.digest.toString("hex"), principalFrom(row)]));
}

/** Returns undefined for an unknown key. Throws API_KEY_EXPIRED. */
export async function principalOfKey(db: Kysely<Tables>, key: string): Promise<Principal | undefined> {
  if (!key.startsWith(mark)) return undefined;
  const found = await selectKeys(db).where("api_keys.digest", "=", digestOf(key)).executeTakeFirst();
  if (found === undefined || !found.isOwned) return undefined;
  const { id, name, expiresAt: end, usedAt } = found;
  if (end !== null && end.getTime() <= Date.now())
    throw new HeadgateError("API_KEY_EXPIRED", {
      place: name,
      message: `the key was valid until ${end.toISOString()}`,
    });
  if (usedAt === null || Date.now() - usedAt.getTime() > 60_000)
    await db.updateTable("api_keys").set({ used_at: new Date() }).where("id", "=", id).execute();
  return principalFrom(found);
}

function principalFrom({ id, name, role, accountId, provisions }: ApiKey): Principal {
  const standing = { role, accountId, mustChangePassword: false, provisions: provisions ?? undefined };
  return { kind: "service", id, name, ...standing };
}

/** The id of the user with whom a key ends; undefined for a key without an owner. */
export async function ownerOfKey(db: Kysely<Tables>, keyId: string): Promise<string | undefined> {
  const found = await db.selectFrom("api_keys").select("owner_id").where("id", "=", keyId).executeTakeFirst();
  return found?.owner_id ?? undefined;
}
