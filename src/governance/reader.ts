/**
 * Who somebody is at one moment: themselves, every group that they are in, the account in which they act, and every org
 * unit above it. Somebody who has assumed a role is that role with its groups and its account, and nothing else.
 * Invariant: groups of another account than the one that somebody acts in do not count, and neither does that account.
 */
import { isValidAt, organisationId, type Policy, type PolicyPrincipal } from "./policy.ts";
import type { ReaderFacts } from "./predicate/predicate.ts";

export interface Reader extends ReaderFacts {
  /** Ids of everything whose grants count; empty for somebody who is not active or not known. */
  readonly ids: ReadonlySet<string>;
}

/** Somebody without any right. */
export const nobody: Reader = { ids: new Set(), attributes: {}, groups: [] };

export interface Asked {
  /** The assumed role's, if there is one. */
  readonly id: string;
  /** The account that they act in. */
  readonly accountId: string | undefined;
  readonly now: number;
}

export function readerOf(policy: Policy, { id, accountId, now }: Asked): Reader {
  const own = policy.principals.get(id);
  if (own === undefined || !own.isActive) return nobody;
  const inGroups = withGroups(policy, own.id, now, (group) => accountId !== undefined && group.accountId === accountId);
  const groups = [...inGroups].flatMap((one) => (one === own.id ? [] : [policy.principals.get(one)?.name ?? ""]));
  const ids = new Set([...inGroups, ...placesOf(policy, own.kind === "unit" ? own.id : accountId)]);
  return { ids, attributes: own.attributes, groups };
}

/**
 * An account or an org unit with every unit above it, and the organisation if the account is a part of it: what is granted to them, whoever acts in the account holds. None of
 * them is a group, by which row filters could tell people apart.
 */
export function placesOf({ accounts, units, principals }: Policy, id: string | undefined): readonly string[] {
  const found: string[] = [];
  for (let next = id; next !== undefined && !found.includes(next);) {
    if (principals.get(next)?.isActive === true) found.push(next);
    next = accounts.get(next)?.unitId ?? units.get(next)?.parentId;
  }
  const account = accounts.get(id ?? "");
  if (account !== undefined && account.isOutside !== true && principals.get(organisationId)?.isActive === true)
    found.push(organisationId);
  return found;
}

/**
 * Whether somebody is a member of a role, themselves or through a group, at this moment. Whoever assumes a role begins to
 * act in its account, so it does not matter in which one they acted before.
 */
export function mayAssume(policy: Policy, personId: string, roleId: string, now: number): boolean {
  if (policy.principals.get(personId)?.isActive !== true) return false;
  return [...withGroups(policy, personId, now, () => true)].some((id) =>
    policy.memberships.get(id)?.some(({ containerId, valid }) => containerId === roleId && isValidAt(valid, now)),
  );
}

/** A role must be assumed, and an account gives its members nothing by itself. */
function withGroups(
  { principals, memberships }: Policy,
  principalId: string,
  now: number,
  counts: (group: PolicyPrincipal) => boolean,
): ReadonlySet<string> {
  const ids = new Set([principalId]);
  for (const id of ids)
    for (const { containerId, valid } of memberships.get(id) ?? []) {
      const container = principals.get(containerId);
      if (container?.kind !== "group" || !container.isActive || !isValidAt(valid, now)) continue;
      if (counts(container)) ids.add(containerId);
    }
  return ids;
}
