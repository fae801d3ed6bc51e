/** How somebody comes by what a decision allows: for each grant the memberships that lead to it, and when it ends. */
import { accessPart } from "./access-part.ts";
import type { Asking } from "./asking.ts";
import type { Allowed } from "./decide.ts";
import { parentOf } from "./live-grant.ts";
import type { Grant } from "./policy.ts";
import type { Securable } from "./securable.ts";
import { endOfShare, isInTrust } from "./share.ts";
import { standingAnywhere, standingOf } from "./standing.ts";
import type { AccessPart } from "./table-access.ts";

export interface Way {
  readonly grant: Grant;
  /** The groups through which the grant is somebody's. */
  readonly through: readonly string[];
  /** When it ends: by its own time, by that of a grant that it was passed on from, or by that of a membership. */
  readonly until: number | undefined;
  /** For reading a table: what this grant alone gives. */
  readonly part: AccessPart | undefined;
}

export function waysOf(asking: Asking, resource: Securable, { grants }: Allowed): readonly Way[] {
  const standing = standingOf(asking);
  return grants.map((grant) => {
    const holder = standing.get(grant.principalId);
    const end = Math.min(endOfGrant(asking, grant), holder?.until ?? Infinity);
    return {
      grant,
      through: holder?.through ?? [],
      until: end === Infinity ? undefined : end,
      part: resource.kind === "table" ? accessPart(grant, asking, resource) : undefined,
    };
  });
}

/**
 * When a grant ends, or one that it descends from, or the membership through which somebody passed it on; Infinity for
 * never.
 */
export function endOfGrant({ policy, now }: Pick<Asking, "policy" | "now">, grant: Grant): number {
  const own = Math.min(grant.valid.until ?? Infinity, endOfShare(policy, grant));
  const parent = parentOf(policy, grant);
  if (parent === undefined) return own;
  if (isInTrust(policy, parent)) return Math.min(own, endOfGrant({ policy, now }, parent));
  const membership = standingAnywhere(policy, grant.grantedBy ?? "", now).get(parent.principalId);
  return Math.min(own, membership?.until ?? Infinity, endOfGrant({ policy, now }, parent));
}
