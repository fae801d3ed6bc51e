/**
 * Adding and removing members by name, with what belongs to it: a role in an account is a role of a member, and main
 * always has an administrator.
 */
import type { Kysely } from "kysely";
import { mainAccount, type ContainerKind, type Role, type Tables } from "../db/tables.ts";
import { inPolicyChange } from "../db/policy-change.ts";
import { accountIdOf } from "./accounts.ts";
import { addMember, listMembers, removeMember, type Container, type Member, type Validity } from "./memberships.ts";
import { findMember, findPrincipal, parsePrincipalName } from "./principal-name.ts";
import { renewRole, setRole } from "./role-grants.ts";
import { keepAdministrator } from "./users.ts";

export interface ContainerName {
  readonly kind: ContainerKind;
  readonly name: string;
}

export interface MemberChange extends ContainerName {
  /** As people write it: `ann`, `group:analysts`, `key:nightly`. */
  readonly member: string;
  readonly by: string | null;
}

interface NewMember extends MemberChange, Validity {
  /** For an account. */
  readonly role?: Role | undefined;
  readonly origin?: string | undefined;
}

/**
 * Throws GROUP_NOT_FOUND, ROLE_NOT_FOUND, ACCOUNT_NOT_FOUND, USER_NOT_FOUND, API_KEY_NOT_FOUND, MEMBERSHIP_CYCLE, USAGE,
 * LAST_ADMINISTRATOR.
 */
export function addNamedMember(
  db: Kysely<Tables>,
  { member, role, by, from, until, origin, ...container }: NewMember,
): Promise<void> {
  return inPolicyChange(db, async (transaction) => {
    const found = await findContainer(transaction, container);
    const who = await findMember(transaction, parsePrincipalName(member));
    await addMember(transaction, { container: found, member: who, from, until, origin });
    if (found.kind !== "account") return;
    const inAccount = { principalId: who.id, accountId: found.id, by };
    if (role === undefined) await renewRole(transaction, inAccount);
    else await setRole(transaction, { ...inAccount, role });
    if (found.id === mainAccount) await keepAdministrator(transaction, member);
  });
}

/** Throws what `addNamedMember` throws, and MEMBER_NOT_FOUND. */
export function removeNamedMember(db: Kysely<Tables>, { member, by, ...container }: MemberChange): Promise<void> {
  return inPolicyChange(db, async (transaction) => {
    const found = await findContainer(transaction, container);
    const who = await findMember(transaction, parsePrincipalName(member));
    await removeMember(transaction, { container: found, member: who });
    if (found.kind !== "account") return;
    await setRole(transaction, { principalId: who.id, accountId: found.id, role: "none", by });
    if (found.id === mainAccount) await keepAdministrator(transaction, member);
  });
}

/** Throws GROUP_NOT_FOUND, ROLE_NOT_FOUND, ACCOUNT_NOT_FOUND. */
export async function membersOf(db: Kysely<Tables>, container: ContainerName): Promise<readonly Member[]> {
  return listMembers(db, await findContainer(db, container));
}

async function findContainer(db: Kysely<Tables>, { kind, name }: ContainerName): Promise<Container> {
  if (kind === "account") return { kind, name, id: await accountIdOf(db, name) };
  return { kind, name, id: (await findPrincipal(db, { kind, name })).id };
}
