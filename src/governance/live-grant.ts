/**
 * Whether a grant gives anything. What somebody passed on is only as good as their own right to pass it on: it counts
 * while they hold the grant that it descends from, themselves or through a group, and not after they left the group. A
 * grant that an administrator made descends from no other, and does not depend on who that was. What was passed on from a
 * share depends on the account, and not on which of its administrators passed it on.
 */
import type { Asking } from "./asking.ts";
import { roleOrigin } from "../identity/role-grants.ts";
import { accountsFor } from "./acts-in.ts";
import { isValidAt, type Grant, type Policy } from "./policy.ts";
import { readerOf } from "./reader.ts";
import { isInTrust, isOfOpenShare, reachesAccount } from "./share.ts";

type Moment = Pick<Asking, "policy" | "now">;

/** Valid now, and so is every grant that it descends from, with its holder active and its grantor in place. */
export function isLive(grant: Grant, moment: Moment): boolean {
  const { policy, now } = moment;
  if (!isValidAt(grant.valid, now) || policy.principals.get(grant.principalId)?.isActive !== true) return false;
  if (!isOfOpenShare(policy, grant, now)) return false;
  const parent = parentOf(policy, grant);
  if (parent === undefined) return grant.parentId === undefined;
  return isRightlyPassedOn(grant, parent, moment) && isLive(parent, moment);
}

function isRightlyPassedOn(grant: Grant, parent: Grant, moment: Moment): boolean {
  const { policy } = moment;
  return isInTrust(policy, parent)
    ? reachesAccount(policy, parent.principalId, grant.accountId)
    : grantorHolds(grant, parent, moment);
}

export function parentOf({ grants }: Policy, { parentId }: Grant): Grant | undefined {
  return parentId === undefined ? undefined : grants.get(parentId);
}

/** A grant and those that it descends from, whose limits are its own, too. */
export function lineOf(policy: Policy, grant: Grant): readonly Grant[] {
  const parent = parentOf(policy, grant);
  return parent === undefined ? [grant] : [grant, ...lineOf(policy, parent)];
}

/**
 * Whether whoever passed a grant on is active, and still has the grant that it descends from, in any account that they
 * can act in.
 */
function grantorHolds({ grantedBy: id }: Grant, { principalId }: Grant, { policy, now }: Moment): boolean {
  if (id === undefined) return false;
  return [undefined, ...accountsFor(policy, id, now)].some((accountId) =>
    readerOf(policy, { id, accountId, now }).ids.has(principalId),
  );
}

/** A grant that was passed on from a share counts only in the account that passed it on, unless it may be shared further. */
export function isOfOtherAccount(grant: Grant, { policy, accountId }: Pick<Asking, "policy" | "accountId">): boolean {
  return accountsBound(policy, grant).some((bound) => bound !== accountId);
}

/** The accounts in which a grant counts only; none if it counts in any. */
export function accountsBound(policy: Policy, grant: Grant): readonly string[] {
  const line = lineOf(policy, grant);
  if (policy.shares.get(line.at(-1)?.shareId ?? "")?.mayReshare === true) return [];
  return line.map(({ accountId }) => accountId).filter((accountId) => accountId !== undefined);
}

/** The role that somebody has in an account is theirs only while they act in it. */
export function isRoleElsewhere({ on, origin }: Grant, { accountId }: Pick<Asking, "accountId">): boolean {
  return on.kind === "account" && on.id !== accountId && origin?.startsWith(roleOrigin) === true;
}
