/**
 * Users whom a provider provisions: makes, changes, and takes back. Whoever is no longer wanted loses everything at
 * once: sessions, keys that they own, and answers in progress.
 * Invariants: only users whom the provider made are touched, never one whom a person made. Somebody whom a person has
 * deactivated is not activated by a change of something else. The link with the provider's identity stays when a user ends.
 */
import { sql, type Kysely } from "kysely";
import { inPolicyChange } from "../../db/policy-change.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { changeAttributes } from "../attributes.ts";
import { ofProvider, ofProvisioning } from "../origins.ts";
import { endPrincipal } from "../principals.ts";
import { findIdentity, linkIdentity, unlinkIdentity, type Identity } from "../providers/identities.ts";
import { nameFrom } from "../providers/name-from.ts";
import { makeUser } from "../providers/sign-in-with.ts";
import {
  checkFree,
  checkVersion,
  findRows,
  getRow,
  insertRow,
  updateRow,
  type Document,
  type Found,
  type ProvisionedRow,
  type Sought,
} from "./provisioned-rows.ts";
import { saidAttributes } from "./said-attributes.ts";
import type { Scope } from "./scope.ts";

export interface UserValues {
  /** The provider's name, such as an e-mail address. */
  readonly name: string;
  /** The subject by which the provider names the user when they sign in; null if it does not say. */
  readonly externalId: string | null;
  readonly active: boolean;
  readonly document: Document;
}

export interface GroupOfUser {
  readonly id: string;
  readonly name: string;
}

export interface ProvisionedUser extends ProvisionedRow {
  readonly groups: readonly GroupOfUser[];
}

export interface FoundUsers {
  readonly total: number;
  readonly users: readonly ProvisionedUser[];
}

export async function findProvisionedUsers(db: Kysely<Tables>, scope: Scope, sought: Sought): Promise<FoundUsers> {
  const found = await findRows(db, scope, "user", sought);
  return { total: found.total, users: await withGroups(db, scope, found) };
}

/** Only groups that the key of the caller reaches, and memberships that its provider gave. */
async function withGroups(
  db: Kysely<Tables>,
  { provider, account }: Scope,
  { rows }: Found,
): Promise<readonly ProvisionedUser[]> {
  if (rows.length === 0) return [];
  const memberships = await db
    .selectFrom("memberships")
    .innerJoin("provisioned", "provisioned.id", "memberships.container_id")
    .select(["memberships.member_id as userId", "provisioned.id", "provisioned.name"])
    .where(sql<boolean>`memberships.member_id = any(${rows.map(({ id }) => id)}::uuid[])`)
    .where("memberships.ended_at", "is", null)
    .where("memberships.origin", "=", ofProvisioning(provider.id))
    .where("provisioned.provider_id", "=", provider.id)
    .where("provisioned.account_id", "=", account.id)
    .where("provisioned.deleted_at", "is", null)
    .execute();
  const byUser = Map.groupBy(memberships, ({ userId }) => userId);
  return rows.map((row) => ({ ...row, groups: (byUser.get(row.id) ?? []).map(({ id, name }) => ({ id, name })) }));
}

/** Returns the id. Throws PROVISIONED_TAKEN, IDENTITY_TAKEN. */
export function addProvisionedUser(db: Kysely<Tables>, scope: Scope, values: UserValues): Promise<string> {
  return inPolicyChange(db, async (transaction) => {
    await checkFree(transaction, scope, { kind: "user", ...values });
    const id = (await adopted(transaction, scope, values)) ?? (await made(transaction, scope, values));
    await insertRow(transaction, scope, { id, kind: "user", ...values });
    await giveAttributes(transaction, scope, id, values);
    if (!values.active) await setActive(transaction, id, false);
    return id;
  });
}

async function made(transaction: Kysely<Tables>, { provider, account }: Scope, values: UserValues): Promise<string> {
  const into = { id: provider.id, accountId: account.id, account: account.name };
  const { userId } = await makeUser(transaction, { provider: into, called: nameFrom(values.name) });
  if (values.externalId !== null) await link(transaction, provider, { subject: values.externalId, userId });
  return userId;
}

/** Somebody of the provider's who signed in before they were provisioned is the same person. */
async function adopted(
  transaction: Kysely<Tables>,
  scope: Scope,
  { externalId }: UserValues,
): Promise<string | undefined> {
  if (externalId === null) return undefined;
  const found = await findIdentity(transaction, { issuer: scope.provider.issuer, subject: externalId });
  if (found === undefined || found.isRemoved) return undefined;
  if (!(await isOwn(transaction, scope, found.userId))) throw taken(externalId);
  return found.userId;
}

/** Made by the provider, member of the account of the key, and not provisioned elsewhere. */
async function isOwn(transaction: Kysely<Tables>, { provider, account }: Scope, userId: string): Promise<boolean> {
  const found = await transaction
    .selectFrom("principals")
    .innerJoin("memberships", "memberships.member_id", "principals.id")
    .leftJoin("provisioned", "provisioned.id", "principals.id")
    .select("principals.id")
    .where("principals.id", "=", userId)
    .where("principals.origin", "=", ofProvider(provider.id))
    .where("memberships.container_id", "=", account.id)
    .where("memberships.ended_at", "is", null)
    .where("provisioned.id", "is", null)
    .executeTakeFirst();
  return found !== undefined;
}

interface Linking {
  readonly subject: string;
  readonly userId: string;
}

/** Somebody who was taken back and comes again is a new user, and the identity is theirs. Throws IDENTITY_TAKEN. */
async function link(
  transaction: Kysely<Tables>,
  { id, issuer }: Scope["provider"],
  { subject, userId }: Linking,
): Promise<void> {
  const found = await findIdentity(transaction, { issuer, subject });
  if (found?.isRemoved === true && (await wasOfProvider(transaction, found, id)))
    await transaction
      .updateTable("identities")
      .set({ user_id: userId })
      .where("issuer", "=", issuer)
      .where("subject", "=", subject)
      .execute();
  else await linkIdentity(transaction, { issuer, subject, userId, by: null });
}

async function wasOfProvider(transaction: Kysely<Tables>, { userId }: Identity, providerId: string): Promise<boolean> {
  const { origin } = await transaction
    .selectFrom("principals")
    .select("origin")
    .where("id", "=", userId)
    .executeTakeFirstOrThrow();
  return origin === ofProvider(providerId);
}

function taken(subject: string): HeadgateError {
  return new HeadgateError("IDENTITY_TAKEN", {
    place: subject,
    message: "this identity is linked with a user whom the provider did not make",
  });
}

export interface UserChange {
  readonly id: string;
  readonly values: UserValues;
  /** The version that was looked at. */
  readonly version?: bigint | undefined;
}

/** Throws PROVISIONED_NOT_FOUND, PROVISIONED_CHANGED, PROVISIONED_TAKEN, IDENTITY_TAKEN. */
export function changeProvisionedUser(db: Kysely<Tables>, scope: Scope, change: UserChange): Promise<void> {
  const { id, values, version } = change;
  return inPolicyChange(db, async (transaction) => {
    const before = await getRow(transaction, scope, "user", id);
    checkVersion(before, version);
    await checkFree(transaction, scope, { kind: "user", id, ...values });
    if (before.externalId !== values.externalId) await relink(transaction, scope, { before, values });
    await updateRow(transaction, id, values);
    await giveAttributes(transaction, scope, id, values);
    if (before.active !== values.active) await setActive(transaction, id, values.active);
  });
}

async function relink(
  transaction: Kysely<Tables>,
  { provider }: Scope,
  { before, values }: { readonly before: ProvisionedRow; readonly values: UserValues },
): Promise<void> {
  const { issuer } = provider;
  const known =
    before.externalId === null ? undefined : await findIdentity(transaction, { issuer, subject: before.externalId });
  if (known?.userId === before.id) await unlinkIdentity(transaction, known);
  if (values.externalId !== null) await link(transaction, provider, { subject: values.externalId, userId: before.id });
}

/** Row filters compare them from the next statement on. */
async function giveAttributes(
  transaction: Kysely<Tables>,
  { provider }: Scope,
  id: string,
  values: UserValues,
): Promise<void> {
  const changes = saidAttributes(provider.provisionedAttributes, values);
  if (Object.keys(changes).length > 0) await changeAttributes(transaction, { id, changes });
}

async function setActive(transaction: Kysely<Tables>, id: string, active: boolean): Promise<void> {
  await transaction.updateTable("principals").set({ active }).where("id", "=", id).execute();
  if (!active) await transaction.deleteFrom("sessions").where("user_id", "=", id).execute();
}

/** Throws PROVISIONED_NOT_FOUND, PROVISIONED_CHANGED. */
export function endProvisionedUser(
  db: Kysely<Tables>,
  scope: Scope,
  { id, by, version }: { readonly id: string; readonly by: string | null; readonly version?: bigint | undefined },
): Promise<void> {
  return inPolicyChange(db, async (transaction) => {
    const row = await getRow(transaction, scope, "user", id);
    checkVersion(row, version);
    await transaction.deleteFrom("users").where("id", "=", id).execute();
    await endPrincipal(transaction, { id, by, reason: "the provider took the user back" });
    await endRow(transaction, id);
  });
}

export async function endRow(transaction: Kysely<Tables>, id: string): Promise<void> {
  await transaction
    .updateTable("provisioned")
    .set({ deleted_at: sql`clock_timestamp()`, document: "{}" })
    .where("id", "=", id)
    .execute();
}
