/**
 * How somebody comes to each group, account and org unit whose grants they hold, and until when: for explanations. They
 * are those of reader.ts, which decisions use.
 */
import { accountsFor } from "./acts-in.ts";
import type { Asking } from "./asking.ts";
import { isValidAt, type Policy } from "./policy.ts";
import { placesOf, readerOf, type Asked } from "./reader.ts";

export interface Standing {
  /** The groups, or the account and its units, from the first to the one itself; empty for oneself. */
  readonly through: readonly string[];
  /** When the first membership on the way ends; Infinity for never. */
  readonly until: number;
}

/** By the id of the group, account or unit, or of the principal itself. Of several ways, the one that lasts longest. */
export function standingOf({ policy, principal, accountId, reader, now }: Asking): ReadonlyMap<string, Standing> {
  return standingIn(policy, { id: principal.id, accountId, now }, reader.ids);
}

/** The same for somebody in all accounts that they can act in. */
export function standingAnywhere(policy: Policy, id: string, now: number): ReadonlyMap<string, Standing> {
  const found = new Map<string, Standing>();
  for (const accountId of [undefined, ...accountsFor(policy, id, now)]) {
    const asked = { id, accountId, now };
    for (const [group, standing] of standingIn(policy, asked, readerOf(policy, asked).ids))
      if (standing.until > (found.get(group)?.until ?? 0)) found.set(group, standing);
  }
  return found;
}

/** Groups count no longer than somebody is a member of the account in which they act. */
function standingIn(policy: Policy, { id: own, accountId, now }: Asked, ids: ReadonlySet<string>) {
  const inAccount = policy.memberships.get(own)?.find(({ containerId }) => containerId === accountId);
  const found = new Map<string, Standing>();
  const open = new Map<string, Standing>(ids.size === 0 ? [] : [[own, { through: [], until: Infinity }]]);
  for (let next = longest(open); next !== undefined; next = longest(open)) {
    const [id, { through, until }] = next;
    open.delete(id);
    found.set(id, { through, until });
    for (const { containerId, valid } of policy.memberships.get(id) ?? []) {
      if (!ids.has(containerId) || found.has(containerId) || !isValidAt(valid, now)) continue;
      const end = Math.min(until, valid.until ?? Infinity, inAccount?.valid.until ?? Infinity);
      if (end > (open.get(containerId)?.until ?? 0))
        open.set(containerId, { through: [...through, containerId], until: end });
    }
  }
  if (ids.size > 0) standInPlaces(found, { policy, own, accountId, until: inAccount?.valid.until ?? Infinity });
  return found;
}

interface Places {
  readonly policy: Policy;
  readonly own: string;
  readonly accountId: string | undefined;
  /** When somebody is no longer a member of the account. */
  readonly until: number;
}

function standInPlaces(found: Map<string, Standing>, { policy, own, accountId, until }: Places): void {
  const isUnit = policy.principals.get(own)?.kind === "unit";
  const places = placesOf(policy, isUnit ? own : accountId).filter((id) => id !== own);
  for (const [index, id] of places.entries()) found.set(id, { through: places.slice(0, index + 1), until });
}

function longest(open: ReadonlyMap<string, Standing>): readonly [string, Standing] | undefined {
  let best: readonly [string, Standing] | undefined;
  for (const entry of open) if (best === undefined || entry[1].until > best[1].until) best = entry;
  return best;
}
