/** The people who may sign in. Invariant: once there are users, at least one is an active administrator. */
import type { Kysely, Selectable } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { Role, Tables, UserRow } from "../db/tables.ts";
import { inTransaction } from "../db/transaction.ts";
import { HeadgateError } from "../errors.ts";
import { checkStrength, hashPassword, isPassword, oneTimePassword } from "./password.ts";

export type User = Selectable<UserRow>;

export interface NewcomersPassword {
  readonly user: string;
  /** Works until it is changed, which must be done before anything else. */
  readonly oneTimePassword: string;
}

/**
 * Creates the administrator of a new Headgate. Returns undefined if there are users already or another server has just
 * created it.
 */
export async function firstAdministrator(db: Kysely<Tables>): Promise<NewcomersPassword | undefined> {
  const someone = await db.selectFrom("users").select("id").limit(1).executeTakeFirst();
  return someone === undefined ? insertUser(db, { name: "admin", role: "administrator" }) : undefined;
}

/** Throws NAME_TAKEN. */
export async function addUser(db: Kysely<Tables>, user: NewUser): Promise<NewcomersPassword> {
  const added = await insertUser(db, user);
  if (added === undefined) throw new HeadgateError("NAME_TAKEN", { place: user.name });
  return added;
}

interface NewUser {
  readonly name: string;
  readonly role: Role;
}

/** Returns undefined if the name is taken. */
async function insertUser(db: Kysely<Tables>, { name, role }: NewUser): Promise<NewcomersPassword | undefined> {
  const password = oneTimePassword();
  const row = { id: uuidv7(), name, role, password_hash: await hashPassword(password), must_change: true };
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("users")
    .values(row)
    .onConflict((conflict) => conflict.column("name").doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n ? { user: name, oneTimePassword: password } : undefined;
}

export function listUsers(db: Kysely<Tables>): Promise<readonly User[]> {
  return db.selectFrom("users").selectAll().orderBy("name").execute();
}

/**
 * Changes a user's role or whether they are active. Results that they have open end, and an inactive user is signed
 * out. Throws USER_NOT_FOUND, LAST_ADMINISTRATOR.
 */
export function changeUser(
  db: Kysely<Tables>,
  { name, ...change }: { name: string; role?: Role | undefined; active?: boolean | undefined },
): Promise<void> {
  return inTransaction(db, async (transaction) => {
    await getUser(transaction, name);
    await transaction.updateTable("users").set(change).where("name", "=", name).execute();
    await keepAdministrator(transaction, name);
  });
}

/** Throws USER_NOT_FOUND, LAST_ADMINISTRATOR. */
export function removeUser(db: Kysely<Tables>, name: string): Promise<void> {
  return inTransaction(db, async (transaction) => {
    await getUser(transaction, name);
    await transaction.deleteFrom("users").where("name", "=", name).execute();
    await keepAdministrator(transaction, name);
  });
}

/** Makes a new one-time password and ends all sessions of the user. Throws USER_NOT_FOUND. */
export async function resetPassword(db: Kysely<Tables>, name: string): Promise<NewcomersPassword> {
  const { id } = await getUser(db, name);
  const password = oneTimePassword();
  await setPassword(db, { id, password, mustChange: true });
  return { user: name, oneTimePassword: password };
}

/** Changes one's own password and ends all of one's sessions. Throws SIGN_IN_REFUSED, PASSWORD_WEAK. */
export async function changePassword(
  db: Kysely<Tables>,
  { name, password, newPassword }: { name: string; password: string; newPassword: string },
): Promise<void> {
  const user = await getUser(db, name);
  if (!(await isPassword(user.password_hash, password))) throw new HeadgateError("SIGN_IN_REFUSED", { place: name });
  checkStrength(newPassword, { name, old: password });
  await setPassword(db, { id: user.id, password: newPassword, mustChange: false });
}

async function setPassword(
  db: Kysely<Tables>,
  { id, password, mustChange }: { id: string; password: string; mustChange: boolean },
): Promise<void> {
  const change = { password_hash: await hashPassword(password), must_change: mustChange };
  await inTransaction(db, async (transaction) => {
    await transaction.updateTable("users").set(change).where("id", "=", id).execute();
    await transaction.deleteFrom("sessions").where("user_id", "=", id).execute();
  });
}

async function getUser(db: Kysely<Tables>, name: string): Promise<User> {
  const user = await db.selectFrom("users").selectAll().where("name", "=", name).executeTakeFirst();
  if (user === undefined) throw new HeadgateError("USER_NOT_FOUND", { place: name });
  return user;
}

async function keepAdministrator(transaction: Kysely<Tables>, name: string): Promise<void> {
  const [left] = await transaction
    .selectFrom("users")
    .select("id")
    .where("role", "=", "administrator")
    .where("active", "=", true)
    .limit(1)
    .forUpdate()
    .execute();
  if (left === undefined) throw new HeadgateError("LAST_ADMINISTRATOR", { place: name });
}
