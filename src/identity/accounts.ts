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
import { changeKinds, kindColumns, kindsOf, type AccountKind } from "./account-kinds.ts";
import { findUnit, listUnits } from "./org-units.ts";

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
  readonly kinds: readonly AccountKind[];
  /** The person who answers for it; null if nobody was named, or they were removed. */
  readonly owner: string | null;
  /** Whether a removal of it has begun and is not finished. */
  readonly isBeingRemoved: boolean;
  /** The declaration that made it; null for a command. */
  readonly origin: string | null;
  readonly createdAt: Date;
}

export async function listAccounts(db: Kysely<Tables>): Promise<readonly Account[]> {
  const paths = new Map((await listUnits(db)).map(({ id, path }) => [id, path]));
  const rows = await db
    .selectFrom("accounts")
    .leftJoin("principals", (join) =>
      join.onRef("principals.id", "=", "accounts.owner_id").on("principals.deleted_at", "is", null),
    )
    .selectAll("accounts")
    .select("principals.name as owner")
    .where("accounts.deleted_at", "is", null)
    .orderBy("accounts.name")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    name: row.name,
    requiresCodes: row.requires_codes,
    isOutside: row.is_outside,
    kinds: kindsOf(row),
    owner: row.owner,
    isBeingRemoved: row.removing_since !== null,
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
    .where("removing_since", "is", null)
    .executeTakeFirst();
  if (found === undefined) throw new HeadgateError("ACCOUNT_NOT_FOUND", { place: name });
  return found.id;
}

export interface NewAccount {
  readonly name: string;
  readonly unit: string | undefined;
  readonly isOutside?: boolean | undefined;
  /** By default both. */
  readonly kinds?: readonly AccountKind[] | undefined;
  readonly origin?: string | null | undefined;
}

/** Throws NAME_TAKEN, UNIT_NOT_FOUND. */
export function addAccount(
  db: Kysely<Tables>,
  { name, unit, isOutside = false, kinds, origin = null }: NewAccount,
): Promise<Account> {
  return inPolicyChange(db, async (transaction) => {
    await checkFree(transaction, name);
    const unitId = unit === undefined ? null : (await findUnit(transaction, unit)).id;
    const columns = { name, unit_id: unitId, is_outside: isOutside, origin, ...kindColumns(kinds) };
    for (;;) {
      const row = await transaction
        .insertInto("accounts")
        .values({ id: uuidv7(), number: randomNumber(), ...columns })
        .onConflict((conflict) => conflict.column("number").doNothing())
        .returning(["id", "number", "created_at as createdAt"])
        .executeTakeFirst();
      if (row === undefined) continue;
      await sql`select keep_central_administrators()`.execute(transaction);
      const of = { kinds: kindsOf(kindColumns(kinds)), owner: null, isBeingRemoved: false };
      return { ...row, name, unit: unit ?? null, requiresCodes: false, isOutside, origin, ...of };
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
  readonly kinds?: readonly AccountKind[] | undefined;
}

/** Throws ACCOUNT_NOT_FOUND, ACCOUNT_KIND, NAME_TAKEN, UNIT_NOT_FOUND. */
export function changeAccount(
  db: Kysely<Tables>,
  { name, newName, unit, requiresCodes, isOutside, kinds }: AccountChange,
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
    if (kinds !== undefined) await changeKinds(transaction, { id, name }, kinds);
    if (unit === undefined) return;
    const unitId = unit === null ? null : (await findUnit(transaction, unit)).id;
    await transaction.updateTable("accounts").set({ unit_id: unitId }).where("id", "=", id).execute();
  });
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
