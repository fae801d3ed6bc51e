import type { Kysely } from "kysely";
import type { LakeFlags } from "../config.ts";
import type { Tables } from "../db/tables.ts";

/** The lake location from headgate.yaml; empty if it declares none. */
export async function declaredLake(db: Kysely<Tables>): Promise<LakeFlags> {
  const row = await db.selectFrom("declared_lake").select("settings").executeTakeFirst();
  return (row?.settings ?? {}) as LakeFlags;
}
