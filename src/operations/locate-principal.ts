/**
 * Finds the account to which a user, a key, a group or a role belongs: a right on the account is one on them. A user who
 * has something to do with one account only, also by what they are granted, is that account's; all others are the
 * organisation's: whoever manages them could sign in as them, and change the attributes that data filters compare.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import type { Asking } from "../governance/asking.ts";
import { decideFor } from "../governance/decide.ts";
import type { Policy, PolicyPrincipal } from "../governance/policy.ts";
import type { Securable } from "../governance/securable.ts";
import { principalMissing } from "../identity/principal-name.ts";
import { ownAccountOf, type Located } from "./scope.ts";

interface NamedPrincipal {
  readonly kind: "user" | "key" | "group" | "role";
  readonly name: string;
}

/** To those who administer an account, people and keys that are not theirs do not exist. */
export async function locatePrincipal(
  db: Kysely<Tables>,
  asking: Asking,
  { kind: word, name }: NamedPrincipal,
): Promise<Located> {
  const own = ownAccountOf(asking);
  const kind = word === "key" ? "service" : word;
  const found = [...asking.policy.principals.values()].find((one) => one.kind === kind && one.name === name);
  if (found === undefined) return { securable: own };
  const account = await accountOf(db, asking.policy, found);
  const securable: Securable = account === undefined ? { kind: "lake" } : { kind: "account", id: account };
  const hides = decideFor(asking, "administer", own).allowed && !decideFor(asking, "administer", securable).allowed;
  return { securable, unknown: hides ? new HeadgateError(principalMissing[kind], { place: name }) : undefined };
}

/** Undefined for a user who is a member of several accounts or none, or who has a right of another account. */
async function accountOf(
  db: Kysely<Tables>,
  policy: Policy,
  { id, kind, accountId }: PolicyPrincipal,
): Promise<string | undefined> {
  if (kind !== "user") return accountId;
  const containers = (policy.memberships.get(id) ?? []).map(({ containerId }) => containerId);
  const ofAccounts = containers.map((one) => (policy.accounts.has(one) ? one : policy.principals.get(one)?.accountId));
  const [only, ...others] = new Set([...ofAccounts, ...(await grantedOn(db, policy, id))]);
  return others.length === 0 && containers.includes(only ?? "") ? only : undefined;
}

/** The accounts, and the lake, on which, or on whose things, somebody has a grant of their own. */
async function grantedOn(db: Kysely<Tables>, { grantsTo }: Policy, id: string): Promise<readonly string[]> {
  const things = [...(grantsTo.get(id)?.values() ?? [])].flat().map(({ on }) => on);
  const accounts = things.flatMap((on) => ("id" in on ? (on.kind === "account" ? [on.id] : []) : ["lake"]));
  const others = things.flatMap((on) => ("id" in on && on.kind !== "account" ? [on.id] : []));
  if (others.length === 0) return accounts;
  const { rows } = await sql<{ account: string }>`
    select account_id as account from databases where id = any(${others}::uuid[])
    union select account_id from sources where id = any(${others}::uuid[])
    union select account_id from tables join databases on databases.id = tables.database_id
      where tables.id = any(${others}::uuid[])
    union select account_id from tag_keys where id = any(${others}::uuid[])
    union select account_id from tag_values join tag_keys on tag_keys.id = tag_values.key_id
      where tag_values.id = any(${others}::uuid[])
    union select account_id from tag_expressions where id = any(${others}::uuid[])`.execute(db);
  return [...accounts, ...rows.map(({ account }) => account)];
}
