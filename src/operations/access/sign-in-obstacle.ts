import type { Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";

/** Why a user or a key cannot act, although the policy knows them. */
export async function signInObstacle(db: Kysely<Tables>, id: string): Promise<string | undefined> {
  const user = await db.selectFrom("users").select("must_change").where("id", "=", id).executeTakeFirst();
  if (user?.must_change === true) return "the one-time password has not been changed yet";
  const key = await db.selectFrom("api_keys").select("expires_at").where("id", "=", id).executeTakeFirst();
  const expiry = key?.expires_at ?? undefined;
  return expiry !== undefined && expiry.getTime() <= Date.now()
    ? `the key expired at ${expiry.toISOString()}`
    : undefined;
}
