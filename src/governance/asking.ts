/**
 * A principal who asks at one moment under one policy, acting in one account. Many questions can be decided with one of
 * these.
 */
import type { Principal } from "../identity/principal.ts";
import { actsIn } from "./acts-in.ts";
import type { Grant, Policy } from "./policy.ts";
import { mayAssume, nobody, readerOf, type Reader } from "./reader.ts";

export interface Asking {
  readonly policy: Policy;
  readonly principal: Principal;
  /** The account that they act in; undefined for a user who is a member of none. */
  readonly accountId: string | undefined;
  readonly reader: Reader;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The live grants by the key of what they are on, as far as they have been asked for; filled by decide.ts. */
  readonly liveGrants: Map<string, readonly Grant[]>;
}

/** The owner of the data directory, who may do everything. */
export function isOwner({ principal }: Pick<Asking, "principal">): boolean {
  return principal.kind === "local";
}

export function askingOf(policy: Policy, principal: Principal, now: number): Asking {
  const isHeld = principal.behind === undefined || mayAssume(policy, principal.behind.id, principal.id, now);
  const accountId = isOwner({ principal }) ? principal.accountId : actsIn(policy, principal, now);
  return {
    policy,
    principal,
    accountId,
    reader: isHeld ? readerOf(policy, { id: principal.id, accountId, now }) : nobody,
    now,
    liveGrants: new Map(),
  };
}
