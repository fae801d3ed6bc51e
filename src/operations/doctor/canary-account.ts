/**
 * The account of the canaries: made for one examination, and removed with everything in it afterwards. What a dead
 * examination has left is removed before the next one, and when a server starts.
 * Invariant: only one process examines at a time, so that a canary account that is found while the lock is held is left
 * over.
 */
import { randomBytes, randomInt } from "node:crypto";
import { sql, type Kysely, type Transaction } from "kysely";
import { uuidv7 } from "../../base/uuid.ts";
import type { TableEntry } from "../../catalog/catalog.ts";
import { inPolicyChange } from "../../db/policy-change.ts";
import { withLockIfFree } from "../../db/session-lock.ts";
import type { Tables } from "../../db/tables.ts";
import { endPrincipal } from "../../identity/principals.ts";
import { localPrincipal, type Principal } from "../../identity/principal.ts";
import { dropTable } from "../../sync/settings/drop-tables.ts";
import type { Context } from "../context.ts";

export interface CanaryAccount {
  readonly id: string;
  /** The names of its principals begin with its own name. */
  readonly name: string;
  /** The owner of the data directory, acting in it. */
  readonly owner: Principal;
}

export const doctorLock = "doctor governance";

export async function addCanaryAccount({ db }: Pick<Context, "db">): Promise<CanaryAccount> {
  const account = { id: uuidv7(), name: `canary-${randomBytes(6).toString("hex")}` };
  const number = String(randomInt(1, 1e12)).padStart(12, "0");
  await inPolicyChange(db, (transaction) =>
    transaction
      .insertInto("accounts")
      .values({ ...account, number, unit_id: null, is_canary: true })
      .execute(),
  );
  return { ...account, owner: { ...localPrincipal, accountId: account.id } };
}

type Parts = Pick<Context, "db" | "catalog" | "objects" | "config">;

/** Does nothing while somebody examines. */
export async function removeLeftCanaries(context: Parts): Promise<void> {
  await withLockIfFree(context.db, doctorLock, () => removeCanaries(context));
}

/** The caller holds the lock. */
export async function removeCanaries(context: Parts): Promise<void> {
  const left = await context.db
    .selectFrom("accounts")
    .select(["id", "name"])
    .where("is_canary", "=", true)
    .where("deleted_at", "is", null)
    .execute();
  for (const account of left) await removeAccount(context, account);
}

interface Left {
  readonly id: string;
  readonly name: string;
}

async function removeAccount(context: Parts, { id, name }: Left): Promise<void> {
  const entries = (await context.catalog.entries()).filter(({ accountId }) => accountId === id);
  for (const entry of entries) await dropCanary(context, entry);
  await inPolicyChange(context.db, async (transaction) => {
    await endPrincipals(transaction, { id, name });
    await endTags(transaction, id);
    const databases = transaction.selectFrom("databases").select("id").where("account_id", "=", id);
    await transaction.deleteFrom("views").where("database_id", "in", databases).execute();
    await transaction.deleteFrom("databases").where("account_id", "=", id).execute();
    const ended = { deleted_at: sql<Date>`clock_timestamp()` };
    await transaction.updateTable("accounts").set(ended).where("id", "=", id).execute();
  });
}

async function dropCanary(context: Parts, entry: TableEntry): Promise<void> {
  await dropTable(context, { entry, keepFiles: false, by: null });
  await context.db.deleteFrom("closed_tables").where("table_id", "=", entry.id).execute();
}

/** One of them is in another account. */
async function endPrincipals(transaction: Transaction<Tables>, { id, name }: Left): Promise<void> {
  const named = await transaction
    .selectFrom("principals")
    .select("id")
    .where("deleted_at", "is", null)
    .where(({ eb, or }) => or([eb("account_id", "=", id), eb(sql`starts_with(name, ${`${name}-`})`, "=", true)]))
    .execute();
  for (const principal of named) {
    await transaction.deleteFrom("api_keys").where("id", "=", principal.id).execute();
    await endPrincipal(transaction, { id: principal.id, by: null, reason: "the examination is over" });
  }
}

async function endTags(transaction: Kysely<Tables>, accountId: string): Promise<void> {
  const ended = { ended_at: sql<Date>`clock_timestamp()` };
  const keys = transaction.selectFrom("tag_keys").select("id").where("account_id", "=", accountId);
  await transaction
    .updateTable("tag_assignments")
    .set(ended)
    .where("key_id", "in", keys)
    .where("ended_at", "is", null)
    .execute();
  await transaction
    .updateTable("tag_values")
    .set(ended)
    .where("key_id", "in", keys)
    .where("ended_at", "is", null)
    .execute();
  for (const table of ["tag_expressions", "tag_keys"] as const)
    await transaction
      .updateTable(table)
      .set(ended)
      .where("account_id", "=", accountId)
      .where("ended_at", "is", null)
      .execute();
}
