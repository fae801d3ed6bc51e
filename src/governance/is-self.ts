/**
 * Whether a right given to a principal is a right given to whoever asks: for the audit log, which flags it.
 * Invariant: an assumed role, another account, or a membership that begins later hides nothing.
 */
import { personOf } from "../identity/principal.ts";
import type { Asking } from "./asking.ts";
import { placesOf } from "./reader.ts";

/**
 * Themselves, the role that they have assumed, every group, role and account that they are or will be a member of, and the
 * org units above these accounts.
 */
export function isSelf({ policy, principal, now }: Asking, principalId: string): boolean {
  const own = new Set([principal.id, personOf(principal).id]);
  for (const id of own)
    for (const { containerId, valid } of policy.memberships.get(id) ?? [])
      if (now < (valid.until ?? Infinity)) own.add(containerId);
  const accounts = [...own].map((id) => policy.principals.get(id)?.accountId ?? id);
  return own.has(principalId) || accounts.some((id) => placesOf(policy, id).includes(principalId));
}

/** Whether whoever asks reads something by a grant with this data filter. */
export function isFilterOfSelf(asking: Asking, id: string): boolean {
  return [...asking.policy.grants.values()].some(
    ({ filterId, principalId }) => filterId === id && isSelf(asking, principalId),
  );
}
