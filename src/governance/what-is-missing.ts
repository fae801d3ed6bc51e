/** For a refusal: grants that would allow it if they were valid, and whoever could allow it. */
import type { Asking } from "./asking.ts";
import { covers, decideFor, grantsInTrust, keysOf, permissionFor, type Action } from "./decide.ts";
import { askingsAs } from "./effective-access.ts";
import { isLive, lineOf } from "./live-grant.ts";
import type { Grant, Membership, PolicyPrincipal } from "./policy.ts";
import { isValidAt } from "./policy.ts";
import { administers, mayPassTo } from "./right-to-grant.ts";
import { isInTrust, reachesAccount } from "./share.ts";
import type { Contained } from "./securable.ts";

export interface NearMiss {
  readonly grant: Grant;
  /** The membership in the grant's holder that is not valid now; undefined if the grant itself is not. */
  readonly membership: Membership | undefined;
}

export function nearMisses(asking: Asking, action: Action, resource: Contained): readonly NearMiss[] {
  const permission = permissionFor[action];
  if (permission === undefined) return [];
  const { policy, reader, now, principal } = asking;
  const own = [...reader.ids, principal.id].map((id) => ({ id, membership: undefined }));
  const lapsed = [...reader.ids].flatMap((id) =>
    (policy.memberships.get(id) ?? [])
      .filter(({ valid }) => !isValidAt(valid, now))
      .map((membership) => ({ id: membership.containerId, membership })),
  );
  const holders = new Map<string, Membership | undefined>(
    [...lapsed, ...own].map(({ id, membership }) => [id, membership]),
  );
  return [...holders].flatMap(([id, membership]) =>
    keysOf(policy, resource)
      .flatMap((key) => policy.grantsTo.get(id)?.get(key) ?? [])
      .filter((grant) => covers(policy, grant, { resource, permission }))
      .filter((grant) => membership !== undefined || !isLive(grant, asking) || isInTrust(policy, grant))
      .map((grant) => ({ grant, membership })),
  );
}

/** Users and keys; not the owner of the data directory, who always can. */
export function whoCouldGrant(asking: Asking, action: Action, resource: Contained): readonly PolicyPrincipal[] {
  const permission = permissionFor[action];
  const { policy, now } = asking;
  return [...policy.principals.values()].filter((principal) => {
    if (permission === undefined || (principal.kind !== "user" && principal.kind !== "service")) return false;
    return askingsAs(policy, principal, now).some(
      (other) => administers(other, resource) || mayPassTo(other, resource, { permission, to: asking.principal.id }),
    );
  });
}

/** Whether a thing is shared with the account in which somebody acts, and they administer that. */
export function passesOn(asking: Asking, resource: Contained): boolean {
  return grantsInTrust(asking, resource, "SELECT").length > 0;
}

/**
 * The ways in which somebody can ask, as far as another may know of them: all for whoever administers the thing, and for
 * whoever passes on what is shared with their account, those of people who act there.
 */
export function askingsKnown(asking: Asking, theirs: readonly Asking[], resource: Contained): readonly Asking[] {
  if (mayAskAbout(asking, resource)) return theirs;
  return passesOn(asking, resource) ? theirs.filter(({ accountId }) => accountId === asking.accountId) : [];
}

/** Whether a grant was passed on from what is shared with the account of somebody who asks about it. */
export function isPassedOnIn({ policy, accountId }: Pick<Asking, "policy" | "accountId">, grant: Grant): boolean {
  return lineOf(policy, grant).some(
    (one) => isInTrust(policy, one) && reachesAccount(policy, one.principalId, accountId),
  );
}

/** Whether somebody who may administer a thing asks about others. */
export function mayAskAbout(asking: Asking, resource: Contained): boolean {
  return decideFor(asking, "administer", resource).allowed;
}
