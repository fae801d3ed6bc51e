/**
 * Groups that a provider provisions, in the account of its key, and their members, who are provisioned, too.
 * Invariant: a membership that a person gave is neither shown to the provider nor taken away by it.
 */
import { sql, type Kysely } from "kysely";
import { inPolicyChange } from "../../db/policy-change.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { addMember, isNotOver, removeMember } from "../memberships.ts";
import { ofProvisioning } from "../origins.ts";
import { endPrincipal, insertUnderNewName } from "../principals.ts";
import { freeNames, nameFrom } from "../providers/name-from.ts";
import {
  checkFree,
  checkVersion,
  findRows,
  getRow,
  insertRow,
  updateRow,
  type Document,
  type ProvisionedRow,
  type Sought,
} from "./provisioned-rows.ts";
import { endRow } from "./provisioned-users.ts";
import type { Scope } from "./scope.ts";

export interface GroupValues {
  readonly name: string;
  readonly externalId: string | null;
  readonly document: Document;
}

export interface MemberOfGroup {
  readonly id: string;
  readonly kind: "user" | "group";
  readonly name: string;
}

export interface ProvisionedGroup extends ProvisionedRow {
  readonly members: readonly MemberOfGroup[];
}

export interface FoundGroups {
  readonly total: number;
  readonly groups: readonly ProvisionedGroup[];
}

export async function findProvisionedGroups(
  db: Kysely<Tables>,
  scope: Scope,
  { withMembers, ...sought }: Sought & { readonly withMembers: boolean },
): Promise<FoundGroups> {
  const { total, rows } = await findRows(db, scope, "group", sought);
  const members = withMembers
    ? await membersOf(
        db,
        scope,
        rows.map(({ id }) => id),
      )
    : new Map();
  return { total, groups: rows.map((row) => ({ ...row, members: members.get(row.id) ?? [] })) };
}

async function membersOf(
  db: Kysely<Tables>,
  { provider }: Scope,
  groups: readonly string[],
): Promise<ReadonlyMap<string, readonly MemberOfGroup[]>> {
  if (groups.length === 0) return new Map();
  const rows = await db
    .selectFrom("memberships")
    .innerJoin("provisioned", "provisioned.id", "memberships.member_id")
    .select(["memberships.container_id as groupId", "provisioned.id", "provisioned.kind", "provisioned.name"])
    .where(sql<boolean>`memberships.container_id = any(${groups}::uuid[])`)
    .where("memberships.ended_at", "is", null)
    .where("memberships.origin", "=", ofProvisioning(provider.id))
    .where("provisioned.deleted_at", "is", null)
    .orderBy("provisioned.id")
    .execute();
  return Map.groupBy(rows, ({ groupId }) => groupId);
}

/** Returns the id. Throws PROVISIONED_TAKEN, USAGE for a member that is not provisioned, MEMBERSHIP_CYCLE. */
export function addProvisionedGroup(
  db: Kysely<Tables>,
  scope: Scope,
  { members, ...values }: GroupValues & { readonly members: readonly string[] },
): Promise<string> {
  return inPolicyChange(db, async (transaction) => {
    await checkFree(transaction, scope, { kind: "group", ...values });
    const id = await makeGroup(transaction, scope, values);
    await insertRow(transaction, scope, { id, kind: "group", active: null, ...values });
    await addMembers(transaction, scope, { id, members });
    return id;
  });
}

async function makeGroup(
  transaction: Kysely<Tables>,
  { provider, account }: Scope,
  { name: called }: GroupValues,
): Promise<string> {
  const row = { kind: "group", account_id: account.id, attributes: "{}", origin: ofProvisioning(provider.id) } as const;
  const { id } = await insertUnderNewName(transaction, { ...row, names: freeNames(nameFrom(called, "group")) });
  return id;
}

export interface GroupChange {
  readonly id: string;
  readonly values?: Partial<GroupValues> | undefined;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** All members from now on, before others are added and removed; undefined: they stay. */
  readonly members?: readonly string[] | undefined;
  readonly version?: bigint | undefined;
}

/** Throws PROVISIONED_NOT_FOUND, PROVISIONED_CHANGED, PROVISIONED_TAKEN, USAGE, MEMBERSHIP_CYCLE. */
export function changeProvisionedGroup(db: Kysely<Tables>, scope: Scope, change: GroupChange): Promise<void> {
  const { id, values, add, remove, members, version } = change;
  return inPolicyChange(db, async (transaction) => {
    const before = await getRow(transaction, scope, "group", id);
    checkVersion(before, version);
    const after = { ...before, ...values };
    await checkFree(transaction, scope, { kind: "group", id, name: after.name, externalId: after.externalId });
    await updateRow(transaction, id, { ...after, active: null });
    const present = (await membersOf(transaction, scope, [id])).get(id) ?? [];
    const gone = new Set([...remove, ...leftOut(present, members)]);
    await removeMembers(transaction, { id, members: present.filter((member) => gone.has(member.id)) });
    const wanted = [...(members ?? []), ...add].filter((member) => !remove.includes(member));
    await addMembers(transaction, scope, { id, members: wanted });
  });
}

function leftOut(present: readonly MemberOfGroup[], members: readonly string[] | undefined): readonly string[] {
  if (members === undefined) return [];
  const wanted = new Set(members);
  return present.map(({ id }) => id).filter((id) => !wanted.has(id));
}

async function removeMembers(
  transaction: Kysely<Tables>,
  { id, members }: { readonly id: string; readonly members: readonly MemberOfGroup[] },
): Promise<void> {
  for (const member of members) await removeMember(transaction, { container: { kind: "group", id, name: id }, member });
}

async function addMembers(
  transaction: Kysely<Tables>,
  scope: Scope,
  { id, members }: { readonly id: string; readonly members: readonly string[] },
): Promise<void> {
  const origin = ofProvisioning(scope.provider.id);
  const container = { kind: "group", id, name: id } as const;
  const present = await openMembers(transaction, id);
  for (const member of await provisionedMembers(transaction, scope, members))
    if (!present.has(member.id)) await addMember(transaction, { container, member, origin });
}

async function openMembers(transaction: Kysely<Tables>, id: string): Promise<ReadonlySet<string>> {
  const rows = await transaction
    .selectFrom("memberships")
    .select("member_id as id")
    .where("container_id", "=", id)
    .where("ended_at", "is", null)
    .where(isNotOver)
    .execute();
  return new Set(rows.map((row) => row.id));
}

/** Throws USAGE. */
async function provisionedMembers(
  transaction: Kysely<Tables>,
  { provider, account }: Scope,
  given: readonly string[],
): Promise<readonly MemberOfGroup[]> {
  const ids = [...new Set(given)];
  if (ids.length === 0) return [];
  const rows = await transaction
    .selectFrom("provisioned")
    .innerJoin("principals", "principals.id", "provisioned.id")
    .select(["provisioned.id", "provisioned.kind", "principals.name"])
    .where(sql<boolean>`provisioned.id::text = any(${ids}::text[])`)
    .where("provider_id", "=", provider.id)
    .where("provisioned.account_id", "=", account.id)
    .where("provisioned.deleted_at", "is", null)
    .where("principals.deleted_at", "is", null)
    .execute();
  const known = new Set(rows.map(({ id }) => id));
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined)
    throw new HeadgateError("USAGE", { place: "members", message: `${unknown} was not provisioned here` });
  return rows;
}

/** Throws PROVISIONED_NOT_FOUND, PROVISIONED_CHANGED. */
export function endProvisionedGroup(
  db: Kysely<Tables>,
  scope: Scope,
  { id, by, version }: { readonly id: string; readonly by: string | null; readonly version?: bigint | undefined },
): Promise<void> {
  return inPolicyChange(db, async (transaction) => {
    checkVersion(await getRow(transaction, scope, "group", id), version);
    await endPrincipal(transaction, { id, by, reason: "the provider took the group back" });
    await endRow(transaction, id);
  });
}
