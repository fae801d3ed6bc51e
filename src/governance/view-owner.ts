/**
 * The owner of a view as somebody who asks: by their rights, and no others, the view is read.
 * Invariant: an owner who was removed, is not active or left the account has no right.
 */
import { localPrincipal, type Principal } from "../identity/principal.ts";
import { askingOf, type Asking } from "./asking.ts";

export interface ViewOwner {
  /** Undefined for the owner of the data directory. */
  readonly ownerId: string | undefined;
  /** The account in which the owner acts. */
  readonly ownerAccountId: string | undefined;
}

/** Under the same policy and at the same time as somebody else asks. */
export function askingAsOwner({ policy, now }: Pick<Asking, "policy" | "now">, owner: ViewOwner): Asking {
  return askingOf(policy, principalOf(policy, owner), now);
}

function principalOf({ principals }: Asking["policy"], { ownerId, ownerAccountId: accountId }: ViewOwner): Principal {
  if (ownerId === undefined) return { ...localPrincipal, accountId };
  const name = principals.get(ownerId)?.name ?? "the owner";
  return { kind: "user", id: ownerId, name, role: "none", accountId, mustChangePassword: false };
}
