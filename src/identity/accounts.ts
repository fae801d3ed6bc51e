/**
 * Accounts: each source, database, schedule and key belongs to one, and users are members of any number of them. A new
 * Headgate has one, `main`, that nobody has to think about.
 * Invariants: an account's number never changes and is never given to another account, even after it was removed. While
 * there is one account, a right on it is a right on the lake; whoever administers it when a second one is added is granted
 * the right to administer the lake.
 */
import { randomInt } from "node:crypto";
import { sql, type Kysely } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import { mainAccount, type Tables } from "../db/tables.ts";
import { inPolicyChange } from "../db/policy-change.ts";
import { HeadgateError } from "../errors.ts";
import { findUnit, listUnits, type PlaceRemoval } from "./org-units.ts";
import { endPrincipal } from "./principals.ts";
import { whatFalls, type Falls } from "./what-falls.ts";

export interface Account {
  readonly id: string;
  /** Twelve digits. */
  readonly number: string;
  readonly name: string;
  /** Path of the unit that it belongs to. */
  readonly unit: string | null;
  /** Whether its members must have an authenticator when they sign in with a password. */
  readonly requiresCodes: boolean;
  /** Whether it is not of the organisation. */
  readonly isOutside: boolean;
  /** The declaration that made it; null for a command. */
  readonly origin: string | null;
  readonly createdAt: Date;
}

export async function listAccounts(db: Kysely<Tables>): Promise<readonly Account[]> {
  const paths = new Map((await listUnits(db)).map(({ id, path }) => [id, path]));
  const rows = await db.selectFrom("accounts").selectAll().where("deleted_at", "is", null).orderBy("name").execute();
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    name: row.name,
    requiresCodes: row.requires_codes,
    isOutside: row.is_outside,
    origin: row.origin,
    unit: row.unit_id === null ? null : (paths.get(row.unit_id) ?? null),
    createdAt: row.created_at,
  }));
}

/** By name, or main if none is named. Throws ACCOUNT_NOT_FOUND. */
export async function accountIdOf(db: Kysely<Tables>, name: string | undefined): Promise<string> {
  if (name === undefined) return mainAccount;
  if (name.includes("\0")) throw new HeadgateError("ACCOUNT_NOT_FOUND", { place: name });
  const found = await db
    .selectFrom("accounts")
    .select("id")
    .where("name", "=", name)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  if (found === undefined) throw new HeadgateError("ACCOUNT_NOT_FOUND", { place: name });
  return found.id;
}

export interface NewAccount {
  readonly name: string;
  readonly unit: string | undefined;
  readonly isOutside?: boolean | undefined;
  readonly origin?: string | null | undefined;
}

/** Throws NAME_TAKEN, UNIT_NOT_FOUND. */
export function addAccount(
  db: Kysely<Tables>,
  { name, unit, isOutside = false, origin = null }: NewAccount,
): Promise<Account> {
  return inPolicyChange(db, async (transaction) => {
    await checkFree(transaction, name);
    const unitId = unit === undefined ? null : (await findUnit(transaction, unit)).id;
    for (;;) {
      const row = await transaction
        .insertInto("accounts")
        .values({ id: uuidv7(), number: randomNumber(), name, unit_id: unitId, is_outside: isOutside, origin })
        .onConflict((conflict) => conflict.column("number").doNothing())
        .returning(["id", "number", "created_at as createdAt"])
        .executeTakeFirst();
      if (row === undefined) continue;
      await sql`select keep_central_administrators()`.execute(transaction);
      return { ...row, name, unit: unit ?? null, requiresCodes: false, isOutside, origin };
    }
  });
}

function randomNumber(): string {
  return String(randomInt(1, 1e12)).padStart(12, "0");
}

export interface AccountChange {
  readonly name: string;
  readonly newName?: string | undefined;
  /** Null for none. */
  readonly unit?: string | null | undefined;
  readonly requiresCodes?: boolean | undefined;
  readonly isOutside?: boolean | undefined;
}

/** Throws ACCOUNT_NOT_FOUND, NAME_TAKEN, UNIT_NOT_FOUND. */
export function changeAccount(
  db: Kysely<Tables>,
  { name, newName, unit, requiresCodes, isOutside }: AccountChange,
): Promise<void> {
  return inPolicyChange(db, async (transaction) => {
    const id = await accountIdOf(transaction, name);
    if (newName !== undefined && newName !== name) {
      await checkFree(transaction, newName);
      await transaction.updateTable("accounts").set({ name: newName }).where("id", "=", id).execute();
    }
    if (requiresCodes !== undefined)
      await transaction.updateTable("accounts").set({ requires_codes: requiresCodes }).where("id", "=", id).execute();
    if (isOutside !== undefined)
      await transaction.updateTable("accounts").set({ is_outside: isOutside }).where("id", "=", id).execute();
    if (unit === undefined) return;
    const unitId = unit === null ? null : (await findUnit(transaction, unit)).id;
    await transaction.updateTable("accounts").set({ unit_id: unitId }).where("id", "=", id).execute();
  });
}

/** Returns the grants to it, which end. Throws ACCOUNT_NOT_FOUND, NOT_EMPTY, USAGE for main. */
export function removeAccount(
  db: Kysely<Tables>,
  name: string,
  { by = null, isPlan = false }: PlaceRemoval = {},
): Promise<Falls> {
  return inPolicyChange(db, async (transaction) => {
    const id = await accountIdOf(transaction, name);
    if (id === mainAccount)
      throw new HeadgateError("USAGE", { place: name, message: "the first account of a Headgate cannot be removed" });
    // Nothing can be put into the account between the look and the end.
    await transaction.selectFrom("accounts").select("id").where("id", "=", id).forUpdate().execute();
    const inside = await contentsOf(transaction, id);
    if (inside.length > 0)
      throw new HeadgateError("NOT_EMPTY", { place: name, message: `the account still has: ${inside.join(", ")}` });
    const falls = await whatFalls(transaction, id);
    if (isPlan) return falls;
    await endPrincipal(transaction, { id, by, reason: "the account was removed" });
    // Its keys stay: they are needed for files that were kept when their tables were dropped.
    await transaction.deleteFrom("account_lakes").where("account_id", "=", id).execute();
    await transaction
      .updateTable("accounts")
      .set({ deleted_at: sql`clock_timestamp()` })
      .where("id", "=", id)
      .execute();
    return falls;
  });
}

/** Everything in an account, as `source shop`. */
async function contentsOf(transaction: Kysely<Tables>, accountId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ label: string }>`
    select 'source ' || name as label from sources where account_id = ${accountId}
    union all select 'database ' || name from databases where account_id = ${accountId}
    union all select 'schedule ' || name from schedules where account_id = ${accountId}
    union all select case kind when 'service' then 'key' else kind end || ' ' || name
      from principals where account_id = ${accountId} and deleted_at is null
    union all select 'member ' || principals.name
      from memberships join principals on principals.id = memberships.member_id
      where memberships.container_id = ${accountId} and memberships.ended_at is null
    order by label`.execute(transaction);
  return rows.map(({ label }) => label);
}

async function checkFree(transaction: Kysely<Tables>, name: string): Promise<void> {
  const taken = await transaction
    .selectFrom("accounts")
    .select("id")
    .where("name", "=", name)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  if (taken !== undefined)
    throw new HeadgateError("NAME_TAKEN", { place: name, message: "there is already an account of this name" });
}
