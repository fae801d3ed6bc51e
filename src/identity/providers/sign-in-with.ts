/**
 * Somebody whom an identity provider has just named signs in: they are found by their identity, or made where the
 * provider's setting says so, and have the groups and attributes that the provider says, as long as it says so.
 * Invariant: a name or an e-mail address never leads to a user who exists. What a person gave by hand is not taken away.
 */
import { sql, type Kysely } from "kysely";
import { inPolicyChange } from "../../db/policy-change.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { changeAttributes } from "../attributes.ts";
import { addMember, isNotOver, removeMember } from "../memberships.ts";
import { ofClaims, ofProvider } from "../origins.ts";
import { insertUnderNewName } from "../principals.ts";
import type { Said } from "./claims.ts";
import { findIdentity, linkIdentity, type Identity } from "./identities.ts";
import { freeNames } from "./name-from.ts";
import type { Provider } from "./providers.ts";

export interface KnownPerson {
  readonly userId: string;
  readonly user: string;
  /** Whether the user was made just now. */
  readonly isNew: boolean;
}

/** Throws IDENTITY_UNKNOWN, SIGN_IN_REFUSED; then nothing has changed. */
export function personSaid(db: Kysely<Tables>, provider: Provider, said: Said): Promise<KnownPerson> {
  return inPolicyChange(db, async (transaction) => {
    const key = { issuer: provider.issuer, subject: said.subject };
    const known = await findIdentity(transaction, key);
    if (known !== undefined) checkActive(known);
    else if (!provider.createsUsers) throw unknown(provider, said);
    const person =
      known === undefined
        ? { ...(await makeUser(transaction, { provider, called: said.name })), isNew: true }
        : { userId: known.userId, user: known.user, isNew: false };
    if (known === undefined) await linkIdentity(transaction, { ...key, userId: person.userId, by: null });
    await refresh(transaction, { ...person, provider, said });
    await transaction
      .updateTable("identities")
      .set({ used_at: sql`clock_timestamp()` })
      .where("issuer", "=", key.issuer)
      .where("subject", "=", key.subject)
      .execute();
    return person;
  });
}

function checkActive({ user, isRemoved, isActive }: Identity): void {
  if (isRemoved)
    throw new HeadgateError("SIGN_IN_REFUSED", {
      place: user,
      message: "the user of this identity was removed",
      remedy: "ask an administrator to end the link with `headgate identity unlink` if you should come back",
    });
  if (!isActive)
    throw new HeadgateError("SIGN_IN_REFUSED", {
      place: user,
      message: "the user of this identity is not active",
      remedy: "ask an administrator, or those who look after the provider, to let you in again",
    });
}

function unknown({ name }: Provider, { subject }: Said): HeadgateError {
  return new HeadgateError("IDENTITY_UNKNOWN", {
    place: name,
    message: `the provider ${name} knows you as ${subject}, and this identity is linked with no user here`,
    remedy: `ask an administrator to link it: headgate identity link <user> --provider ${name} --subject ${subject}`,
  });
}

export interface NewPerson {
  readonly provider: Pick<Provider, "id" | "accountId" | "account">;
  readonly called: string;
}

/** A user without a password and without a role, who is a member of the account. The caller's transaction holds the change. */
export async function makeUser(
  transaction: Kysely<Tables>,
  { provider, called }: NewPerson,
): Promise<{ readonly userId: string; readonly user: string }> {
  const row = { kind: "user", account_id: null, attributes: "{}", origin: ofProvider(provider.id) } as const;
  const { id, name } = await insertUnderNewName(transaction, { ...row, names: freeNames(called) });
  await transaction.insertInto("users").values({ id, password_hash: null, must_change: false }).execute();
  const container = { kind: "account", id: provider.accountId, name: provider.account } as const;
  await addMember(transaction, { container, member: { id, kind: "user", name } });
  return { userId: id, user: name };
}

interface Refreshing {
  readonly userId: string;
  readonly user: string;
  readonly provider: Provider;
  readonly said: Said;
}

async function refresh(transaction: Kysely<Tables>, person: Refreshing): Promise<void> {
  await changeAttributes(transaction, { id: person.userId, changes: person.said.attributes });
  if (person.said.groupValues !== undefined) await refreshGroups(transaction, person, person.said.groupValues);
}

/** A membership that somebody gave by hand is one already, and stays as it is until its time is over. */
async function refreshGroups(
  transaction: Kysely<Tables>,
  { userId, user, provider }: Refreshing,
  values: readonly string[],
): Promise<void> {
  const member = { id: userId, kind: "user", name: user } as const;
  const origin = ofClaims(provider.id);
  const wanted = await mapped(transaction, provider, values);
  const given = new Set(wanted.map(({ id }) => id));
  const had = await groupsOf(transaction, userId);
  for (const { id, name, from } of had)
    if (from === origin && !given.has(id))
      await removeMember(transaction, { container: { kind: "group", id, name }, member });
  const present = new Set(had.map(({ id }) => id));
  for (const { id, name } of wanted)
    if (!present.has(id)) await addMember(transaction, { container: { kind: "group", id, name }, member, origin });
}

interface FoundGroup {
  readonly id: string;
  readonly name: string;
}

async function mapped(
  transaction: Kysely<Tables>,
  { id }: Provider,
  values: readonly string[],
): Promise<readonly FoundGroup[]> {
  if (values.length === 0) return [];
  return transaction
    .selectFrom("identity_provider_groups")
    .innerJoin("principals", "principals.id", "identity_provider_groups.group_id")
    .select(["principals.id", "principals.name"])
    .distinct()
    .where("provider_id", "=", id)
    .where("value", "in", values)
    .where("principals.deleted_at", "is", null)
    .execute();
}

async function groupsOf(
  transaction: Kysely<Tables>,
  userId: string,
): Promise<readonly (FoundGroup & { readonly from: string | null })[]> {
  return transaction
    .selectFrom("memberships")
    .innerJoin("principals", "principals.id", "memberships.container_id")
    .select(["principals.id", "principals.name", "memberships.origin as from"])
    .where("memberships.member_id", "=", userId)
    .where("memberships.container_kind", "=", "group")
    .where("memberships.ended_at", "is", null)
    .where(isNotOver)
    .execute();
}
