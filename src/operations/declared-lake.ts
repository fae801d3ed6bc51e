import type { Kysely } from "kysely";
import type { LakeFlags } from "../config.ts";
import type { Tables } from "../db/tables.ts";

/** Where headgate.yaml says the lake is; empty where it says nothing. */
export async function declaredLake(db: Kysely<Tables>): Promise<LakeFlags> {
  const row = await db.selectFrom("declared_lake").select("settings").executeTakeFirst();
  return (row?.settings ?? {}) as LakeFlags;
}
