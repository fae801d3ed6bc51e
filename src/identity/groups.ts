/**
 * Groups, whose members have what the group is granted, and roles, which their members may assume to act as the role
 * and nothing else for a while. Both are principals with members and belong to one account.
 */
import type { Kysely } from "kysely";
import type { Role, Tables } from "../db/tables.ts";
import { inPolicyChange } from "../db/policy-change.ts";
import { HeadgateError } from "../errors.ts";
import { accountIdOf } from "./accounts.ts";
import { changeAttributes, changedAttributes, type AttributeChanges, type Attributes } from "./attributes.ts";
import { listMembers, type Member } from "./memberships.ts";
import { findPrincipal } from "./principal-name.ts";
import { endPrincipal, insertPrincipal } from "./principals.ts";
import { roleGrants } from "./role-grants.ts";
import { containersOf, whatFalls, type Falls } from "./what-falls.ts";

export type GroupKind = "group" | "role";

export interface Group {
  readonly name: string;
  readonly account: string;
  readonly attributes: Attributes;
  /** The declaration that made it; null for a command. */
  readonly origin: string | null;
  readonly createdAt: Date;
}

export interface NewGroup {
  readonly kind: GroupKind;
  readonly name: string;
  /** By default main. */
  readonly account?: string | undefined;
  readonly attributes?: AttributeChanges | undefined;
  readonly origin?: string | null | undefined;
}

/** Throws NAME_TAKEN, ACCOUNT_NOT_FOUND. */
export async function addGroup(
  db: Kysely<Tables>,
  { kind, name, account, attributes = {}, origin = null }: NewGroup,
): Promise<void> {
  if (kind === "role" && isRoleOfAccount(name))
    throw new HeadgateError("NAME_TAKEN", {
      place: name,
      message: `${name} is the name of a role that users and keys have in an account`,
    });
  await inPolicyChange(db, async (transaction) => {
    const id = await insertPrincipal(transaction, {
      kind,
      account_id: await accountIdOf(transaction, account),
      name,
      attributes: JSON.stringify(changedAttributes({}, attributes)),
      origin,
    });
    if (id === undefined)
      throw new HeadgateError("NAME_TAKEN", { place: name, message: `there is already a ${kind} of this name` });
  });
}

function isRoleOfAccount(name: string): name is Role {
  return Object.hasOwn(roleGrants, name);
}

/** All, or those of one account. Throws ACCOUNT_NOT_FOUND. */
export async function listGroups(
  db: Kysely<Tables>,
  { kind, account }: { readonly kind: GroupKind; readonly account?: string | undefined },
): Promise<readonly Group[]> {
  const accountId = account === undefined ? undefined : await accountIdOf(db, account);
  return selectGroups(db)
    .where("kind", "=", kind)
    .where("principals.deleted_at", "is", null)
    .$if(accountId !== undefined, (query) => query.where("account_id", "=", accountId ?? null))
    .orderBy("principals.name")
    .execute();
}

function selectGroups(db: Kysely<Tables>) {
  return db
    .selectFrom("principals")
    .innerJoin("accounts", "accounts.id", "principals.account_id")
    .select([
      "principals.name",
      "accounts.name as account",
      "principals.attributes",
      "principals.origin",
      "principals.created_at as createdAt",
    ]);
}

interface Named {
  readonly kind: GroupKind;
  readonly name: string;
}

export interface ShownGroup extends Group {
  readonly id: string;
  readonly members: readonly Member[];
  /** The groups and roles that it is a member of. */
  readonly memberOf: readonly string[];
}

/** Throws GROUP_NOT_FOUND, ROLE_NOT_FOUND. */
export async function showGroup(db: Kysely<Tables>, { kind, name }: Named): Promise<ShownGroup> {
  const { id } = await findPrincipal(db, { kind, name });
  const group = await selectGroups(db).where("principals.id", "=", id).executeTakeFirstOrThrow();
  return { id, ...group, members: await listMembers(db, { kind, id, name }), memberOf: await containersOf(db, id) };
}

/** Throws GROUP_NOT_FOUND, ROLE_NOT_FOUND. */
export function changeGroup(
  db: Kysely<Tables>,
  { attributes, ...named }: Named & { readonly attributes: AttributeChanges },
): Promise<void> {
  return inPolicyChange(db, async (transaction) => {
    const { id } = await findPrincipal(transaction, named);
    await changeAttributes(transaction, { id, changes: attributes });
  });
}

/** Throws GROUP_NOT_FOUND, ROLE_NOT_FOUND. */
export function removeGroup(
  db: Kysely<Tables>,
  { by, isPlan, ...named }: Named & { readonly by: string | null; readonly isPlan: boolean },
): Promise<Falls> {
  return inPolicyChange(db, async (transaction) => {
    const { id } = await findPrincipal(transaction, named);
    const falls = await whatFalls(transaction, id);
    if (!isPlan) await endPrincipal(transaction, { id, by, reason: `the ${named.kind} was removed` });
    return falls;
  });
}
