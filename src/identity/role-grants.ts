/**
 * The roles that a user or a key can have in an account, and the permissions that each gives there. A role is nothing
 * but one open grant on the account, whose origin names it. Roles that people assume are something else: groups.ts.
 * Invariants: at most one such grant of a principal on an account is open. A user's is valid as long as they are a member.
 */
import { sql, type Expression, type Kysely, type RawBuilder } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { Role, Tables } from "../db/tables.ts";

/** Permissions in the words of governance/permission.ts, on the account and everything in it. */
export const roleGrants: Readonly<Record<Role, readonly string[]>> = {
  none: [],
  viewer: ["DESCRIBE"],
  analyst: ["DESCRIBE", "SELECT"],
  operator: ["DESCRIBE", "OPERATE"],
  administrator: ["ADMINISTER"],
};

const roleNames = Object.keys(roleGrants) as Role[];
/** The origin of such a grant begins with this. */
export const roleOrigin = "role:";

export interface RoleChange {
  readonly principalId: string;
  readonly accountId: string;
  readonly role: Role;
  /** The principal who changes it; null for the owner of the data directory. */
  readonly by: string | null;
}

/** Ends the grant of the old role and makes that of the new one, unless they are the same for the same time. */
export async function setRole(transaction: Kysely<Tables>, change: RoleChange): Promise<void> {
  const { principalId, accountId, role, by } = change;
  const had = await openRole(transaction, change);
  const validity = await membershipTime(transaction, change);
  if (had === undefined ? role === "none" : had.origin === roleOrigin + role && isSameTime(had, validity)) return;
  if (had !== undefined)
    await transaction
      .updateTable("grants")
      .set({ ended_at: sql`clock_timestamp()`, ended_by: by, end_reason: `the role is now ${role}` })
      .where("id", "=", had.id)
      .execute();
  if (role === "none") return;
  const on = { principal_id: principalId, resource_kind: "account", resource_id: accountId } as const;
  await transaction
    .insertInto("grants")
    .values({
      id: uuidv7(),
      ...on,
      ...validity,
      permissions: roleGrants[role],
      granted_by: by,
      origin: roleOrigin + role,
    })
    .execute();
}

/** Gives the role that somebody has in an account the time of their membership, which has changed. */
export async function renewRole(transaction: Kysely<Tables>, change: Omit<RoleChange, "role">): Promise<void> {
  const had = await openRole(transaction, change);
  const role = roleNames.find((name) => had?.origin === roleOrigin + name);
  if (role !== undefined) await setRole(transaction, { ...change, role });
}

interface Time {
  readonly valid_from: Date | null;
  readonly valid_until: Date | null;
}

/** For a key, which is no member of its account, the role is valid until the key is revoked. */
async function membershipTime(transaction: Kysely<Tables>, { principalId, accountId }: RoleChange): Promise<Time> {
  const membership = await transaction
    .selectFrom("memberships")
    .select(["valid_from", "valid_until"])
    .where("member_id", "=", principalId)
    .where("container_id", "=", accountId)
    .where("ended_at", "is", null)
    .executeTakeFirst();
  return membership ?? { valid_from: null, valid_until: null };
}

function isSameTime(one: Time, other: Time): boolean {
  return (
    one.valid_from?.getTime() === other.valid_from?.getTime() &&
    one.valid_until?.getTime() === other.valid_until?.getTime()
  );
}

function openRole(
  transaction: Kysely<Tables>,
  { principalId, accountId }: Pick<RoleChange, "principalId" | "accountId">,
): Promise<(Time & { id: string; origin: string | null }) | undefined> {
  return transaction
    .selectFrom("grants")
    .select(["id", "origin", "valid_from", "valid_until"])
    .where("principal_id", "=", principalId)
    .where("resource_id", "=", accountId)
    .where("origin", "like", `${roleOrigin}%`)
    .where("ended_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
}

/** In a query: the role that a principal has in an account. */
export function roleIn(
  principalId: Expression<string>,
  accountId: Expression<string | null> | string,
): RawBuilder<Role> {
  return sql<Role>`role_in(${principalId}, ${accountId})`;
}
