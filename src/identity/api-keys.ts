/** Keys for programs. Each key is a principal of its own, with a role and an optional expiry date. */
import type { Kysely, Selectable } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { ApiKeyRow, Role, Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import type { Principal } from "./principal.ts";
import { digestOf, newToken } from "./token.ts";

/** Prefix of every key, so that a search finds leaked ones. */
const mark = "hgk_";

export interface NewKey {
  readonly name: string;
  readonly role: Role;
  readonly expiresAt: Date | undefined;
}

/** Returns the key, which cannot be shown again later. Throws NAME_TAKEN. */
export async function createKey(db: Kysely<Tables>, { name, role, expiresAt }: NewKey): Promise<string> {
  const key = mark + newToken();
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("api_keys")
    .values({ id: uuidv7(), name, role, digest: digestOf(key), expires_at: expiresAt ?? null })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) throw new HeadgateError("NAME_TAKEN", { place: name });
  return key;
}

export function listKeys(db: Kysely<Tables>): Promise<readonly Selectable<ApiKeyRow>[]> {
  return db.selectFrom("api_keys").selectAll().orderBy("name").execute();
}

/** Throws API_KEY_NOT_FOUND. */
export async function revokeKey(db: Kysely<Tables>, name: string): Promise<void> {
  const { numDeletedRows } = await db.deleteFrom("api_keys").where("name", "=", name).executeTakeFirst();
  if (numDeletedRows !== 1n) throw new HeadgateError("API_KEY_NOT_FOUND", { place: name });
}

/** The roles of the keys that exist and have not expired. */
export async function rolesOfKeys(
  db: Kysely<Tables>,
  digests: readonly Buffer[],
): Promise<readonly { digest: Buffer; role: Role }[]> {
  if (digests.length === 0) return [];
  const rows = await db
    .selectFrom("api_keys")
    .select(["digest", "role", "expires_at"])
    .where("digest", "in", digests)
    .execute();
  return rows.filter(({ expires_at: end }) => end === null || end.getTime() > Date.now());
}

/** Returns undefined for an unknown key. Throws API_KEY_EXPIRED. */
export async function principalOfKey(db: Kysely<Tables>, key: string): Promise<Principal | undefined> {
  if (!key.startsWith(mark)) return undefined;
  const row = await db.selectFrom("api_keys").selectAll().where("digest", "=", digestOf(key)).executeTakeFirst();
  if (row === undefined) return undefined;
  const { id, name, role, expires_at: end, used_at: usedAt } = row;
  if (end !== null && end.getTime() <= Date.now())
    throw new HeadgateError("API_KEY_EXPIRED", {
      place: name,
      message: `the key was valid until ${end.toISOString()}`,
    });
  if (usedAt === null || Date.now() - usedAt.getTime() > 60_000)
    await db.updateTable("api_keys").set({ used_at: new Date() }).where("id", "=", id).execute();
  return { kind: "service", id, name, role, mustChangePassword: false };
}
