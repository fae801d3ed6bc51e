/**
 * Who answers for databases, tables and products: their owners and stewards, who may know of them and change what is said of them,
 * and nothing else. Writes the rows and says who counts; only decide.ts gives them the right.
 * Invariant: a table without an owner of its own has its database's, and the same goes for stewards. Somebody who was
 * deleted is the gap that lists name, and counts as nobody.
 */
import { sql, type Kysely } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import { stewardRoles, type DescribedKind, type PrincipalKind, type StewardRole, type Tables } from "../db/tables.ts";
import type { Policy, Steward } from "./policy.ts";
import type { Securable } from "./securable.ts";

export interface Answering extends Steward {
  /** Whether they answer for the table because they answer for its database. */
  readonly isInherited: boolean;
}

/** Everybody who answers for a thing now; nobody for what is neither a database nor a table nor a product. */
export function answeringFor(policy: Policy, resource: Securable): readonly Answering[] {
  if (resource.kind === "database" || resource.kind === "product")
    return present(policy, resource.id).map((one) => ({ ...one, isInherited: false }));
  if (resource.kind !== "table") return [];
  const [own, above] = [present(policy, resource.id), present(policy, resource.databaseId)];
  return stewardRoles.flatMap((role) => {
    const named = own.filter((one) => one.role === role);
    const isInherited = named.length === 0;
    return (isInherited ? above.filter((one) => one.role === role) : named).map((one) => ({ ...one, isInherited }));
  });
}

function present({ stewards, principals }: Policy, thingId: string): readonly Steward[] {
  return (stewards.get(thingId) ?? []).filter(({ principalId }) => principals.has(principalId));
}

export interface StewardOf {
  readonly kind: DescribedKind;
  readonly id: string;
}

/** A row that is open, with the name that its principal has or had. */
export interface NamedSteward {
  readonly id: string;
  readonly thingKind: DescribedKind;
  readonly thingId: string;
  readonly role: StewardRole;
  readonly principalId: string;
  readonly kind: PrincipalKind;
  readonly name: string;
  /** Whether the principal was deleted. */
  readonly isGone: boolean;
  readonly origin: string | null;
}

/** The open rows of these things, gaps included; or those of a principal, or all. */
export async function stewardsOf(
  db: Kysely<Tables>,
  { ids, principalId }: { readonly ids?: readonly string[]; readonly principalId?: string } = {},
): Promise<readonly NamedSteward[]> {
  return db
    .selectFrom("stewards")
    .innerJoin("principals", "principals.id", "stewards.principal_id")
    .select([
      "stewards.id",
      "thing_kind as thingKind",
      "thing_id as thingId",
      "role",
      "principal_id as principalId",
      "principals.kind",
      "principals.name",
      "stewards.origin",
    ])
    .select(sql<boolean>`principals.deleted_at is not null`.as("isGone"))
    .where("stewards.ended_at", "is", null)
    .$if(ids !== undefined, (query) => query.where(sql<boolean>`thing_id = any(${ids ?? []}::uuid[])`))
    .$if(principalId !== undefined, (query) => query.where("principal_id", "=", principalId ?? ""))
    .orderBy("role")
    .orderBy("principals.kind")
    .orderBy("principals.name")
    .execute();
}

export interface NewSteward {
  readonly of: StewardOf;
  readonly role: StewardRole;
  readonly principalId: string;
}

interface By {
  readonly by: string | null;
  readonly origin: string | null;
}

/** The caller holds the lock of the policy. False if they are that already. */
export async function addSteward(
  transaction: Kysely<Tables>,
  { of, role, principalId }: NewSteward,
  { by, origin }: By,
): Promise<boolean> {
  const values = { id: uuidv7(), thing_kind: of.kind, thing_id: of.id, role, principal_id: principalId };
  const { numInsertedOrUpdatedRows: added } = await transaction
    .insertInto("stewards")
    .values({ ...values, origin, set_by: by })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return (added ?? 0n) > 0n;
}

export async function endStewards(transaction: Kysely<Tables>, ids: readonly string[]): Promise<void> {
  const ended = { ended_at: sql<Date>`clock_timestamp()` };
  await transaction
    .updateTable("stewards")
    .set(ended)
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .where("ended_at", "is", null)
    .execute();
}
