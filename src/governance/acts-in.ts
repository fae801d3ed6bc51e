/**
 * In which account somebody acts. Groups, roles and keys belong to one account and always act there; a user acts in one
 * of those that they are a member of.
 * Invariant: nobody acts in an account that was removed, or that they are not a member of at that moment.
 */
import { isValidAt, type Policy } from "./policy.ts";

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
  const ids = own.kind === "user" ? open.map(({ containerId }) => containerId) : [own.accountId ?? ""];
  return ids.filter((accountId) => policy.accounts.has(accountId));
}
