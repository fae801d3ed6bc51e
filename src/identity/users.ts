/**
 * The people who may sign in. Invariant: once there are users, at least one is an active administrator of main who signs
 * in with a password and is not a provider's, so that no provider can shut everybody out.
 */
import { sql, type Kysely } from "kysely";
import { mainAccount, type Role, type Tables } from "../db/tables.ts";
import { inPolicyChange } from "../db/policy-change.ts";
import { inTransaction } from "../db/transaction.ts";
import { HeadgateError } from "../errors.ts";
import { accountIdOf } from "./accounts.ts";
import { changeAttributes, changedAttributes, type AttributeChanges, type Attributes } from "./attributes.ts";
import { providerOrigin } from "./origins.ts";
import { addMember, checkMember } from "./memberships.ts";
import { checkStrength, hashPassword, isPassword, oneTimePassword } from "./password.ts";
import { endPrincipal, insertPrincipal } from "./principals.ts";
import { acceptInvitation, endInvitation, invitePerson } from "./person-invitations.ts";
import { roleIn, setRole } from "./role-grants.ts";
import { forgetAttempts, limitAttempts } from "./sign-in-attempts.ts";
import { whatFalls, type Falls } from "./what-falls.ts";

export interface User {
  readonly id: string;
  readonly name: string;
  /** In the account that was asked for. */
  readonly role: Role;
  readonly active: boolean;
  readonly attributes: Attributes;
  /** The accounts that the user is a member of. */
  readonly accounts: readonly string[];
  /** Null for somebody who signs in only through a provider. */
  readonly passwordHash: string | null;
  readonly mustChange: boolean;
  /** When a one-time password that was sent ends. */
  readonly passwordExpiresAt: Date | null;
  readonly createdAt: Date;
}

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
  return someone === undefined ? insertUser(db, { name: "admin", role: "administrator", by: null }) : undefined;
}

/** Throws NAME_TAKEN, ACCOUNT_NOT_FOUND. */
export async function addUser(db: Kysely<Tables>, user: NewUser): Promise<NewcomersPassword> {
  const added = await insertUser(db, user);
  if (added === undefined)
    throw new HeadgateError("NAME_TAKEN", { place: user.name, message: "there is already a user of this name" });
  return added;
}

interface NewUser {
  readonly name: string;
  readonly role: Role;
  /** By default main. */
  readonly account?: string | undefined;
  readonly attributes?: AttributeChanges | undefined;
  /** The principal who adds them; null for the owner of the data directory. */
  readonly by: string | null;
}

/** Returns undefined if the name is taken. */
async function insertUser(db: Kysely<Tables>, user: NewUser): Promise<NewcomersPassword | undefined> {
  const password = oneTimePassword();
  const hash = await hashPassword(password);
  const id = await inPolicyChange(db, (transaction) => insertMember(transaction, user, hash));
  return id === undefined ? undefined : { user: user.name, oneTimePassword: password };
}

/** Returns the id, or undefined if the name is taken. */
async function insertMember(
  transaction: Kysely<Tables>,
  { name, role, account, attributes = {}, by }: NewUser,
  passwordHash: string | null,
): Promise<string | undefined> {
  const accountId = await accountIdOf(transaction, account);
  const about = JSON.stringify(changedAttributes({}, attributes));
  const row = { kind: "user", account_id: null, name, attributes: about } as const;
  const principalId = await insertPrincipal(transaction, row);
  if (principalId === undefined) return undefined;
  await transaction
    .insertInto("users")
    .values({ id: principalId, password_hash: passwordHash, must_change: true })
    .execute();
  const container = { kind: "account", id: accountId, name: account ?? "main" } as const;
  await addMember(transaction, { container, member: { id: principalId, kind: "user", name } });
  await setRole(transaction, { principalId, accountId, role, by });
  return principalId;
}

/** Adds a user who gets their first password by e-mail, and returns the id. Throws NAME_TAKEN, ACCOUNT_NOT_FOUND. */
export function inviteUser(db: Kysely<Tables>, user: NewUser & { readonly address: string }): Promise<string> {
  return inPolicyChange(db, async (transaction) => {
    const id = await insertMember(transaction, user, null);
    if (id === undefined)
      throw new HeadgateError("NAME_TAKEN", { place: user.name, message: "there is already a user of this name" });
    await invitePerson(transaction, { userId: id, address: user.address, by: user.by });
    return id;
  });
}

/** With their roles in an account, by default main. Throws ACCOUNT_NOT_FOUND. */
export async function listUsers(db: Kysely<Tables>, account?: string): Promise<readonly User[]> {
  return selectUsers(db, await accountIdOf(db, account))
    .orderBy("principals.name")
    .execute();
}

function selectUsers(db: Kysely<Tables>, accountId: string) {
  return db
    .selectFrom("users")
    .innerJoin("principals", "principals.id", "users.id")
    .select(({ ref, selectFrom }) => [
      "principals.id",
      "principals.name",
      "principals.active",
      "principals.attributes",
      "principals.created_at as createdAt",
      "users.password_hash as passwordHash",
      "users.must_change as mustChange",
      "users.password_expires_at as passwordExpiresAt",
      roleIn(ref("principals.id"), accountId).as("role"),
      sql<readonly string[]>`array(${selectFrom("memberships")
        .innerJoin("accounts", "accounts.id", "memberships.container_id")
        .select("accounts.name")
        .whereRef("memberships.member_id", "=", "principals.id")
        .where("memberships.ended_at", "is", null)
        .orderBy("accounts.name")})`.as("accounts"),
    ]);
}

export interface UserChange {
  readonly name: string;
  /** In the account, by default main. */
  readonly role?: Role | undefined;
  readonly account?: string | undefined;
  readonly active?: boolean | undefined;
  readonly attributes?: AttributeChanges | undefined;
  readonly by: string | null;
}

/**
 * Changes a user's role, attributes, or whether they are active. Results that they have open end when they lose a right,
 * and an inactive user is signed out. Throws USER_NOT_FOUND, ACCOUNT_NOT_FOUND, LAST_ADMINISTRATOR, and MEMBER_NOT_FOUND
 * for a role in an account that the user is not a member of.
 */
export function changeUser(
  db: Kysely<Tables>,
  { name, by, role, account, active, attributes }: UserChange,
): Promise<void> {
  return inPolicyChange(db, async (transaction) => {
    const { id } = await getUser(transaction, name);
    if (role !== undefined) {
      const accountId = await accountIdOf(transaction, account);
      await checkMember(transaction, {
        container: { kind: "account", id: accountId, name: account ?? "main" },
        member: { id, kind: "user", name },
      });
      await setRole(transaction, { principalId: id, accountId, role, by });
    }
    if (active !== undefined)
      await transaction.updateTable("principals").set({ active }).where("id", "=", id).execute();
    if (active === false) await endEntries(transaction, id);
    if (attributes !== undefined) await changeAttributes(transaction, { id, changes: attributes });
    await keepAdministrator(transaction, name);
  });
}

interface Removal {
  readonly name: string;
  readonly by: string | null;
  /** Only tells what would end with the user. */
  readonly isPlan?: boolean | undefined;
}

/** Throws USER_NOT_FOUND, LAST_ADMINISTRATOR. */
export function removeUser(db: Kysely<Tables>, { name, by, isPlan = false }: Removal): Promise<Falls> {
  return inPolicyChange(db, async (transaction) => {
    const { id } = await getUser(transaction, name);
    const falls = await whatFalls(transaction, id);
    if (isPlan) return falls;
    await endInvitation(transaction, id, "withdrawn");
    await transaction.deleteFrom("users").where("id", "=", id).execute();
    await endPrincipal(transaction, { id, by, reason: "the user was removed" });
    await keepAdministrator(transaction, name);
    return falls;
  });
}

/**
 * Makes a new one-time password, ends all sessions of the user, and lets them sign in at once. Throws USER_NOT_FOUND.
 */
export async function resetPassword(db: Kysely<Tables>, name: string): Promise<NewcomersPassword> {
  const { id } = await getUser(db, name);
  const password = oneTimePassword();
  await setPassword(db, { id, password, mustChange: true, old: undefined });
  await forgetAttempts(db, name);
  return { user: name, oneTimePassword: password };
}

interface PasswordChange {
  readonly name: string;
  readonly password: string;
  readonly newPassword: string;
  readonly address?: string | undefined;
}

/**
 * Changes one's own password and ends all of one's sessions. Returns the user as they are then. Throws SIGN_IN_REFUSED,
 * SIGN_IN_DELAYED, PASSWORD_WEAK.
 */
export async function changePassword(
  db: Kysely<Tables>,
  { name, password, newPassword, address }: PasswordChange,
): Promise<User> {
  const user = await checkOwnPassword(db, { name, password, address });
  checkStrength(newPassword, { name, old: password });
  const isSet = await setPassword(db, {
    id: user.id,
    password: newPassword,
    mustChange: false,
    old: user.passwordHash,
  });
  if (!isSet) throw new HeadgateError("SIGN_IN_REFUSED", { place: name });
  return getUser(db, name);
}

/**
 * For what somebody who is signed in does only with their password. `also` is a further proof, of which only both
 * together are a success. Throws SIGN_IN_REFUSED, SIGN_IN_DELAYED, and what `also` throws.
 */
export async function checkOwnPassword(
  db: Kysely<Tables>,
  { name, password, address, also }: OwnPassword,
): Promise<User> {
  const user = await getUser(db, name);
  await limitAttempts(db, { user: name, address }, async () => {
    if (!(await isPassword(user.passwordHash, password)) || isExpired(user))
      throw new HeadgateError("SIGN_IN_REFUSED", { place: name });
    await also?.(user);
  });
  return user;
}

/** Whether the password is a one-time password whose time is over. */
export function isExpired({ passwordExpiresAt: end }: Pick<User, "passwordExpiresAt">): boolean {
  return end !== null && end.getTime() <= Date.now();
}

interface OwnPassword extends Omit<PasswordChange, "newPassword"> {
  readonly also?: ((user: User) => Promise<void>) | undefined;
}

interface NewPassword extends Pick<User, "id" | "mustChange"> {
  readonly password: string;
  /** The hash that is to be replaced; undefined for any. */
  readonly old: string | null | undefined;
}

/** Ends all sessions. Returns false, and changes nothing, if another password was set meanwhile. */
async function setPassword(db: Kysely<Tables>, { id, password, mustChange, old }: NewPassword): Promise<boolean> {
  const change = { password_hash: await hashPassword(password), must_change: mustChange, password_expires_at: null };
  return inTransaction(db, async (transaction) => {
    if (mustChange) await endInvitation(transaction, id, "replaced");
    const { numUpdatedRows } = await transaction
      .updateTable("users")
      .set(change)
      .where("id", "=", id)
      .$if(old !== undefined, (query) => query.where("password_hash", "=", old ?? null))
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await endEntries(transaction, id);
    if (!mustChange) await acceptInvitation(transaction, id);
    return true;
  });
}

/** Ends what somebody may have begun who knew the old password: sessions, and links with identities. */
async function endEntries(transaction: Kysely<Tables>, id: string): Promise<void> {
  await transaction.deleteFrom("sessions").where("user_id", "=", id).execute();
  await transaction.deleteFrom("begun_sign_ins").where("link_user_id", "=", id).execute();
}

/** With the role in main. */
export function findUser(db: Kysely<Tables>, name: string): Promise<User | undefined> {
  return selectUsers(db, mainAccount).where("principals.name", "=", name).executeTakeFirst();
}

/** With the role in main. Throws USER_NOT_FOUND. */
export async function getUser(db: Kysely<Tables>, name: string): Promise<User> {
  const user = await findUser(db, name);
  if (user === undefined) throw new HeadgateError("USER_NOT_FOUND", { place: name });
  return user;
}

/**
 * Called after a change that may have taken the last one away; `place` is what the error names. Changes of principals,
 * memberships and grants wait for each other's transactions (`take_policy_epoch`), so two people cannot remove each other
 * at the same moment. Throws LAST_ADMINISTRATOR.
 */
export async function keepAdministrator(transaction: Kysely<Tables>, place: string): Promise<void> {
  const left = await selectUsers(transaction, mainAccount)
    .innerJoin("memberships", "memberships.member_id", "users.id")
    .where("memberships.container_id", "=", mainAccount)
    .where("memberships.ended_at", "is", null)
    .where("memberships.valid_until", "is", null)
    .where("users.password_hash", "is not", null)
    .where(({ or, eb }) =>
      or([eb("principals.origin", "is", null), eb("principals.origin", "not like", `${providerOrigin}%`)]),
    )
    .where(sql<boolean>`is_valid_now(memberships.valid_from, memberships.valid_until)`)
    .where(({ ref }) => roleIn(ref("principals.id"), mainAccount), "=", "administrator")
    .where("principals.active", "=", true)
    .limit(1)
    .executeTakeFirst();
  if (left === undefined) throw new HeadgateError("LAST_ADMINISTRATOR", { place });
}
