import type { Asking } from "../../governance/asking.ts";
import type { Grant } from "../../governance/policy.ts";
import { administers, type GrantPlace } from "../../governance/right-to-grant.ts";

/** Administrators, whoever made the grant, and whoever holds a grant that it was passed on from. */
export function mayEnd(asking: Asking, place: GrantPlace, { grantedBy, parentId }: Grant): boolean {
  const { principal, policy, reader } = asking;
  if (administers(asking, place) || grantedBy === principal.id) return true;
  for (let id = parentId; id !== undefined; id = policy.grants.get(id)?.parentId)
    if (reader.ids.has(policy.grants.get(id)?.principalId ?? "")) return true;
  return false;
}
