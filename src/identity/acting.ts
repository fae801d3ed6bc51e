/**
 * In which account somebody acts, and as which role: what they may choose, and choosing it. A choice holds as long as
 * the membership that allows it.
 * Invariant: what somebody is not a member of is, to them, the same as what does not exist.
 */
import { sql, type Kysely, type RawBuilder } from "kysely";
import type { Role, Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { accountIdOf } from "./accounts.ts";
import { localPrincipal, personOf, presentPrincipal, type PresentedPrincipal, type Principal } from "./principal.ts";
import { roleIn } from "./role-grants.ts";
import { digestOf } from "./token.ts";

export interface CallerDescription extends PresentedPrincipal {
  /** The account that they act in; null for a user who is a member of none. */
  readonly account: string | null;
  /** All accounts that they may act in. */
  readonly accounts: readonly string[];
  /** The roles that they may assume. */
  readonly assumable: readonly string[];
}

/** Everything that callers may know about themselves, which is also what they can choose from. */
export async function describeCaller(db: Kysely<Tables>, principal: Principal): Promise<CallerDescription> {
  const { id } = personOf(principal);
  if (principal.lacksAuthenticator === true)
    return { ...presentPrincipal(principal), account: null, accounts: [], assumable: [] };
  const [accounts, roles] = await Promise.all([
    db
      .selectFrom("accounts")
      .select(["accounts.id", "accounts.name"])
      .where("deleted_at", "is", null)
      .where(({ or, eb }) => or([eb("id", "=", principal.accountId ?? null), isMemberOfAccount(id)]))
      .orderBy("accounts.name")
      .execute(),
    assumableRoles(db, id).select("principals.name").orderBy("principals.name").execute(),
  ]);
  return {
    ...presentPrincipal(principal),
    account: accounts.find((account) => account.id === principal.accountId)?.name ?? null,
    accounts: accounts.map(({ name }) => name),
    assumable: roles.map(({ name }) => name),
  };
}

function isMemberOfAccount(id: string): RawBuilder<boolean> {
  return sql<boolean>`acting_account(${id}, accounts.id) = accounts.id`;
}

function assumableRoles(db: Kysely<Tables>, principalId: string) {
  return db
    .selectFrom("principals")
    .where("kind", "=", "role")
    .where("deleted_at", "is", null)
    .where(sql<boolean>`may_assume(${principalId}, principals.id)`);
}

export interface Choice {
  readonly token: string;
  /** An account to act in from now on. */
  readonly account?: string | undefined;
  /** A role to act as; null to act as oneself again. */
  readonly role?: string | null | undefined;
}

/** Changes the session of the token, which the principal has. Throws ACCOUNT_NOT_FOUND, ROLE_NOT_FOUND. */
export async function choose(
  db: Kysely<Tables>,
  principal: Principal,
  { token, account, role }: Choice,
): Promise<void> {
  const { id } = personOf(principal);
  const accountId = account === undefined ? undefined : await findOwnAccount(db, { id, account });
  const roleId = role === undefined || role === null ? role : (await findOwnRole(db, { id, role })).id;
  await db
    .updateTable("sessions")
    .set({ account_id: accountId, role_id: roleId })
    .where("token_digest", "=", digestOf(token))
    .where("user_id", "=", id)
    .execute();
}

/** The id of an account that somebody is a member of. Throws ACCOUNT_NOT_FOUND. */
export async function findOwnAccount(
  db: Kysely<Tables>,
  { id, account }: { id: string; account: string },
): Promise<string> {
  const found = await db
    .selectFrom("accounts")
    .select("id")
    .where("name", "=", account)
    .where("deleted_at", "is", null)
    .where(isMemberOfAccount(id))
    .executeTakeFirst();
  if (found === undefined) throw new HeadgateError("ACCOUNT_NOT_FOUND", { place: account });
  return found.id;
}

interface OwnRole {
  readonly id: string;
  readonly name: string;
  readonly accountId: string | null;
  readonly inAccount: Role;
}

async function findOwnRole(db: Kysely<Tables>, { id, role }: { id: string; role: string }): Promise<OwnRole> {
  const found = await assumableRoles(db, id)
    .select(({ ref }) => [
      "principals.id",
      "principals.name",
      "principals.account_id as accountId",
      roleIn(ref("principals.id"), ref("principals.account_id")).as("inAccount"),
    ])
    .where("principals.name", "=", role)
    .executeTakeFirst();
  if (found === undefined) throw new HeadgateError("ROLE_NOT_FOUND", { place: role });
  return found;
}

/** The owner of the data directory, who acts in main or in any account that they name. Throws ACCOUNT_NOT_FOUND. */
export async function ownerIn(db: Kysely<Tables>, account: string | undefined): Promise<Principal> {
  return account === undefined ? localPrincipal : { ...localPrincipal, accountId: await accountIdOf(db, account) };
}

/** The principal for one request that is made as a role. Throws ROLE_NOT_FOUND. */
export async function assume(db: Kysely<Tables>, principal: Principal, role: string): Promise<Principal> {
  const { mustChangePassword, lacksAuthenticator } = principal;
  const behind = personOf(principal);
  const found = await findOwnRole(db, { id: behind.id, role });
  const accountId = found.accountId ?? undefined;
  const standing = { role: found.inAccount, accountId, mustChangePassword, lacksAuthenticator };
  return { kind: "role", id: found.id, name: found.name, ...standing, behind };
}
