/**
 * In which account somebody acts. An account that is asked about, as the holder of a grant, stands for whoever acts in it. Groups, roles and keys belong to one account and always act there; a user acts in one
 * of those that they are a member of.
 * Invariant: nobody acts in an account that was removed, or that they are not a member of at that moment.
 */
import { isValidAt, type Policy, type PolicyPrincipal } from "./policy.ts";

interface Acting {
  readonly id: string;
  /** The account that a user has chosen. */
  readonly accountId?: string | undefined;
}

/** Undefined for a user who has chosen no account of theirs. */
export function actsIn(policy: Policy, { id, accountId }: Acting, now: number): string | undefined {
  return accountsFor(policy, id, now).find((own) => own === accountId || policy.principals.get(id)?.kind !== "user");
}

/** Every account that somebody can act in. */
export function accountsFor(policy: Policy, id: string, now: number): readonly string[] {
  const own = policy.principals.get(id);
  if (own === undefined) return [];
  const open = (policy.memberships.get(id) ?? []).filter(({ valid }) => isValidAt(valid, now));
  const ids = own.kind === "user" ? open.map(({ containerId }) => containerId) : [accountOf(own)];
  return ids.filter((accountId) => policy.accounts.has(accountId));
}

function accountOf({ kind, id, accountId = "" }: PolicyPrincipal): string {
  return kind === "account" ? id : accountId;
}

/** Whether it is somebody who acts, and does not only hold what others have by it. */
export function canAct({ kind }: Pick<PolicyPrincipal, "kind">): boolean {
  return kind === "user" || kind === "service" || kind === "role";
}
