/**
 * How an account ends as a place of people: whoever and whatever acts in it. What it has besides is not the matter of this
 * file.
 */
import { sql, type Kysely } from "kysely";
import { mainAccount, type Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { endPrincipal, type Ending } from "./principals.ts";

export interface RemovableAccount {
  readonly id: string;
  readonly name: string;
  /** Whether a removal of it has begun. */
  readonly isBegun: boolean;
}

/**
 * By name, also while it is being removed. Nothing can be put into it before the transaction ends. Throws
 * ACCOUNT_NOT_FOUND, USAGE for main.
 */
export async function findRemovable(transaction: Kysely<Tables>, name: string): Promise<RemovableAccount> {
  if (name.includes("\0")) throw new HeadgateError("ACCOUNT_NOT_FOUND", { place: name });
  const row = await transaction
    .selectFrom("accounts")
    .select(["id", "removing_since as since"])
    .where("name", "=", name)
    .where("deleted_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw new HeadgateError("ACCOUNT_NOT_FOUND", { place: name });
  if (row.id === mainAccount)
    throw new HeadgateError("USAGE", { place: name, message: "the first account of a Headgate cannot be removed" });
  return { id: row.id, name, isBegun: row.since !== null };
}

/** Ends its groups, roles and keys, all memberships in it, and what it was granted; sessions no longer act in it. */
export async function endPeopleOf(transaction: Kysely<Tables>, { id, by, reason }: Ending): Promise<void> {
  const own = await transaction
    .selectFrom("principals")
    .select("id")
    .where("account_id", "=", id)
    .where("deleted_at", "is", null)
    .execute();
  const ids = own.map((one) => one.id);
  await transaction
    .updateTable("sessions")
    .set({ account_id: null, role_id: null })
    .where(sql<boolean>`account_id = ${id} or role_id = any(${ids}::uuid[])`)
    .execute();
  await transaction
    .deleteFrom("api_keys")
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute();
  const ended = { deleted_at: sql<Date>`clock_timestamp()` };
  await transaction.updateTable("provisioned").set(ended).where("account_id", "=", id).execute();
  for (const one of [...ids, id]) await endPrincipal(transaction, { id: one, by, reason });
}

/** From now on its name is free; its number is never used again. */
export async function markRemoved(transaction: Kysely<Tables>, id: string): Promise<void> {
  const ended = { deleted_at: sql<Date>`clock_timestamp()` };
  await transaction.updateTable("accounts").set(ended).where("id", "=", id).execute();
}
