/**
 * How somebody stands to a share: whether they give it, receive it, or are not to know of it.
 * Invariant: whoever is neither is told that there is no such share.
 */
import { administersOwn, decideFor } from "../../governance/decide.ts";
import { isOwner, type Asking } from "../../governance/asking.ts";
import type { GrantedOn } from "../../governance/policy.ts";
import { administers, type GrantPlace } from "../../governance/right-to-grant.ts";
import type { Securable } from "../../governance/securable.ts";
import { reachesAccount } from "../../governance/share.ts";
import { answeringFor } from "../../governance/stewards.ts";
import { noShare, type Share } from "../../sharing/shares.ts";

export interface Standing {
  readonly gives: boolean;
  readonly receives: boolean;
}

export type PlaceOf = (on: GrantedOn) => GrantPlace;

/** Throws SHARE_NOT_FOUND. */
export function standingTo(asking: Asking, share: Share, placeOf: PlaceOf): Standing {
  const standing = { gives: givesShare(asking, share, placeOf), receives: receivesShare(asking, share) };
  if (!standing.gives && !standing.receives) throw noShare(share.row.id);
  return standing;
}

/** Whoever administers the account that shares, or could share each of the things anew. */
function givesShare(asking: Asking, { row, items }: Share, placeOf: PlaceOf): boolean {
  if (decideFor(asking, "administer", { kind: "account", id: row.source_account_id }).allowed) return true;
  const open = items.filter(({ ended_at: end }) => end === null);
  // An owner who has ended all of it still sees that they did.
  const counted = open.length > 0 ? open : items;
  return (
    counted.length > 0 &&
    counted.every(({ resource_kind: kind, resource_id: id }) => mayShare(asking, placeOf({ kind, id })))
  );
}

/** Whoever administers the account, or is the person that it is shared with. */
export function receivesShare(asking: Asking, { row }: Share): boolean {
  if (row.target_kind === "principal") return asking.reader.ids.has(row.target_id);
  return administersOwn(asking) && reachesAccount(asking.policy, row.target_id, asking.accountId);
}

/** Whoever administers a thing, or owns it. */
export function mayShare(asking: Asking, place: GrantPlace): boolean {
  if (place === undefined) return false;
  return isOwner(asking) || administers(asking, place) || owns(asking, place);
}

function owns({ policy, reader, principal }: Asking, place: Securable): boolean {
  if (principal.mustChangePassword) return false;
  const resource: Securable = place.kind === "tables" ? { ...place, kind: "database" } : place;
  return answeringFor(policy, resource).some(
    ({ role, principalId }) => role === "owner" && reader.ids.has(principalId),
  );
}
