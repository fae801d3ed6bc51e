/**
 * The consequences of a policy, both ways: everything that somebody may do, and everybody who may read a table. Pure, and
 * nothing but decisions of decide.ts.
 */
import { accountsFor, canAct } from "./acts-in.ts";
import { askingOf, type Asking } from "./asking.ts";
import { decideFor, type Action, type Allowed } from "./decide.ts";
import type { Policy, PolicyPrincipal } from "./policy.ts";
import type { Securable, SecurableTable } from "./securable.ts";

export const explainedActions = [
  "watch",
  "read",
  "operate",
  "alter",
  "administer",
] as const satisfies readonly Action[];

export type ExplainedAction = (typeof explainedActions)[number];

export interface Reach<Resource extends Securable> {
  readonly resource: Resource;
  /** At least one. */
  readonly decisions: ReadonlyMap<ExplainedAction, Allowed>;
}

/** Resources with which somebody may do nothing are left out. */
export function reachOf<Resource extends Securable>(
  asking: Asking,
  resources: Iterable<Resource>,
): readonly Reach<Resource>[] {
  const found: Reach<Resource>[] = [];
  for (const resource of resources) {
    const decisions = allowedActions(asking, resource);
    if (decisions.size > 0) found.push({ resource, decisions });
  }
  return found;
}

/** Nothing can be done with a thing that may not be known. */
function allowedActions(asking: Asking, resource: Securable): ReadonlyMap<ExplainedAction, Allowed> {
  const decisions = new Map<ExplainedAction, Allowed>();
  for (const action of explainedActions) {
    const decision = decideFor(asking, action, resource);
    if (decision.allowed) decisions.set(action, decision);
    else if (action === "watch") return decisions;
  }
  return decisions;
}

export interface TableReader {
  readonly principal: PolicyPrincipal;
  /** As they ask in one of the accounts that they can act in. */
  readonly asking: Asking;
  readonly decision: Allowed;
}

/**
 * Users, keys and roles who may read at least a part of a table; groups, accounts and units read nothing, whoever is in
 * them does. Somebody who may read other parts in another account is there once for each.
 */
export function readersOf(policy: Policy, table: SecurableTable, now: number): readonly TableReader[] {
  const found: TableReader[] = [];
  for (const principal of policy.principals.values()) {
    if (!canAct(principal)) continue;
    const ways = askingsAs(policy, principal, now).flatMap((asking) => {
      const decision = decideFor(asking, "read", table);
      return decision.allowed ? [{ principal, asking, decision }] : [];
    });
    found.push(...new Map(ways.map((way) => [wayText(way), way])).values());
  }
  return found;
}

/** Conditions on rows may name the groups of the reader. */
function wayText({ asking, decision }: TableReader): string {
  return JSON.stringify([decision.grants.map(({ id }) => id), asking.reader.groups]);
}

/** As if the principal asked, in each account that they can act in; for a group, an account or a unit, what it gives. */
export function askingsAs(policy: Policy, { id, name }: PolicyPrincipal, now: number): readonly Asking[] {
  const accountIds = accountsFor(policy, id, now);
  return (accountIds.length === 0 ? [undefined] : accountIds).map((accountId) =>
    askingOf(policy, { kind: "user", id, name, role: "none", accountId, mustChangePassword: false }, now),
  );
}
