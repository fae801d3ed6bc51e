/**
 * The meaning of a share for the grants that it gives and that are passed on from it. A grant that a share gives to an account
 * or a unit is held in trust: it lets nobody read by itself, and whoever administers the account passes it on to people
 * who act there. A share with a person is theirs.
 * Invariants: no grant of a share gives anything unless the share is active and its end has not come. A unit's share
 * reaches no account that is not of the organisation, because nobody has accepted it there, and none that is no consumer.
 */
import type { Grant, Policy } from "./policy.ts";
import { placesOf } from "./reader.ts";

type Shares = Pick<Policy, "shares" | "principals">;

/** Whether the share that gives the grant, if one does, is active now. */
export function isOfOpenShare({ shares }: Shares, { shareId }: Grant, now: number): boolean {
  if (shareId === undefined) return true;
  const share = shares.get(shareId);
  return share?.isActive === true && now < (share.until ?? Infinity);
}

/** When the share that gives the grant ends; Infinity for never. */
export function endOfShare({ shares }: Shares, { shareId }: Grant): number {
  return shares.get(shareId ?? "")?.until ?? Infinity;
}

export function isInTrust({ principals }: Shares, { shareId, parentId, principalId }: Grant): boolean {
  if (shareId === undefined || parentId !== undefined) return false;
  const kind = principals.get(principalId)?.kind;
  return kind === "account" || kind === "unit";
}

/** Whether what is shared with an account or a unit can be passed on in the account. */
export function reachesAccount(policy: Policy, holderId: string, accountId: string | undefined): boolean {
  if (accountId === undefined) return false;
  if (holderId === accountId) return policy.accounts.has(accountId);
  const account = policy.accounts.get(accountId);
  if (account?.isOutside === true || account?.isConsumer === false) return false;
  return placesOf(policy, accountId).includes(holderId);
}
