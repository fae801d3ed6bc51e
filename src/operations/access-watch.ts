/**
 * Ends work in progress when the caller loses a right that it depends on, by a change of the policy or because the time
 * of the right is over.
 */
import { HeadgateError } from "../errors.ts";
import type { Asking } from "../governance/asking.ts";
import { principalEnded } from "../identity/credential.ts";
import { askingOf, isOwner } from "../governance/asking.ts";
import { decideFor, type Action } from "../governance/decide.ts";
import type { PolicyWatch } from "../governance/policy-watch.ts";
import type { Securable } from "../governance/securable.ts";

/** Returns the reason if the caller, asked again later, may no longer have the answer. */
export type AccessCheck = (asking: Asking) => HeadgateError | undefined;

export interface AccessWatch extends Disposable {
  /** Aborted when a right has ended; the reason is the error to send. */
  readonly signal: AbortSignal;
  follow(check: AccessCheck): void;
}

/** The owner of the data directory loses no right. */
export function watchAccess(policies: PolicyWatch, asking: Asking): AccessWatch {
  const ended = new AbortController();
  const stops: (() => void)[] = [];
  return {
    signal: ended.signal,
    follow(check) {
      if (isOwner(asking)) return;
      const again = (policy: Asking["policy"], now: number) => check(askingOf(policy, asking.principal, now));
      stops.push(policies.follow(again, (reason) => ended.abort(reason)));
    },
    [Symbol.dispose]: () => stops.forEach((stop) => stop()),
  };
}

/** A check that one action on these things is still allowed. */
export function stillAllowed(action: Action, securables: readonly Securable[]): AccessCheck {
  return (asking) => {
    if (asking.reader.ids.size === 0) return principalEnded(asking.principal);
    const decisions = securables.map((securable) => decideFor(asking, action, securable));
    const refused = decisions.find(({ allowed }) => !allowed);
    return refused === undefined ? undefined : rightEnded(refused.because);
  };
}

export function rightEnded(because: string): HeadgateError {
  return new HeadgateError("NOT_ALLOWED", {
    message: `the right to this answer ended while it was being sent: ${because}`,
    remedy: "send the request again if you still have a right to it",
  });
}
