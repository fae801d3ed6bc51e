import type { Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { insertExpression } from "../../governance/tag-store.ts";
import type { WrittenExpression } from "../access/granted-on.ts";

/** Stores tags that are written in a grant, unless another grant has written the same. */
export async function ensureWritten(
  transaction: Kysely<Tables>,
  written: WrittenExpression | undefined,
  by: string | null,
): Promise<void> {
  if (written !== undefined) await insertExpression(transaction, { ...written, name: null, origin: null, by });
}
