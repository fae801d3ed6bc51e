import type { Asking } from "../../governance/asking.ts";
import { administersOwn } from "../../governance/decide.ts";
import { isInTrust } from "../../governance/share.ts";
import type { Grant } from "../../governance/policy.ts";
import { administers, type GrantPlace } from "../../governance/right-to-grant.ts";

/**
 * Administrators, whoever made the grant, whoever holds a grant that it was passed on from, and whoever administers the
 * account that passed it on from a share.
 */
export function mayEnd(asking: Asking, place: GrantPlace, { grantedBy, parentId, accountId }: Grant): boolean {
  const { principal, policy, reader } = asking;
  if (administers(asking, place) || grantedBy === principal.id) return true;
  if (accountId !== undefined && accountId === asking.accountId && administersOwn(asking)) return true;
  for (let parent = policy.grants.get(parentId ?? ""); parent; parent = policy.grants.get(parent.parentId ?? ""))
    if (!isInTrust(policy, parent) && reader.ids.has(parent.principalId)) return true;
  return false;
}
