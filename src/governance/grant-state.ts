/** Whether a grant gives anything now, and if not, why. For lists; decisions use live-grant.ts. */
import type { Asking } from "./asking.ts";
import { isLive, parentOf } from "./live-grant.ts";
import { isInTrust, isOfOpenShare } from "./share.ts";
import { isValidAt, type Grant, type Policy } from "./policy.ts";

export const grantStates = ["active", "later", "over", "inactive"] as const;

export interface GrantState {
  readonly state: (typeof grantStates)[number];
  /** Set for `inactive`. */
  readonly why?: string | undefined;
}

export function grantState(grant: Grant, at: Pick<Asking, "policy" | "now">): GrantState {
  const { policy, now } = at;
  const { from, until } = grant.valid;
  if (until !== undefined && until <= now) return { state: "over" };
  if (from !== undefined && from > now) return { state: "later" };
  const why = reasonInactive(grant, at);
  if (why !== undefined) return { state: "inactive", why };
  if (grant.filterId !== undefined && !policy.filters.has(grant.filterId))
    return { state: "inactive", why: "its data filter was removed" };
  if (isInTrust(policy, grant))
    return { state: "active", why: "whoever administers the account passes it on to people there" };
  return { state: "active" };
}

function reasonInactive(grant: Grant, { policy, now }: Pick<Asking, "policy" | "now">): string | undefined {
  if (isLive(grant, { policy, now })) return undefined;
  const holder = policy.principals.get(grant.principalId);
  if (holder === undefined) return "its holder was removed";
  if (!holder.isActive) return `${holder.name} is not active`;
  if (!isOfOpenShare(policy, grant, now)) return "the share that gives it is not active";
  const parent = parentOf(policy, grant);
  if (parent === undefined) return "the grant that it was passed on from has ended";
  if (!isValidAt(parent.valid, now)) return "the grant that it was passed on from is not valid now";
  const further = reasonInactive(parent, { policy, now });
  return further === undefined
    ? isInTrust(policy, parent)
      ? "the account that passed it on no longer has the share"
      : reasonNotHeld(grant, parent, policy)
    : `the grant that it was passed on from gives nothing: ${further}`;
}

/** Why whoever passed a grant on may no longer do so, though the grant that it descends from is live. */
function reasonNotHeld({ grantedBy }: Grant, { principalId }: Grant, { principals }: Policy): string {
  const grantor = principals.get(grantedBy ?? "");
  if (grantor === undefined) return "whoever passed it on was removed";
  if (!grantor.isActive) return `${grantor.name}, who passed it on, is not active`;
  const holder = principals.get(principalId)?.name ?? "the group";
  return `${grantor.name}, who passed it on, is not in ${holder}, which holds the grant that it was passed on from`;
}
