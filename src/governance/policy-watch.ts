/**
 * Watches what the policy allows while work goes on: a revoked grant, an expired membership, a changed filter. Each
 * followed check is asked again under the newest policy and at the present time.
 */
import { watchEnds, type EndWatch } from "../base/watch-ends.ts";
import type { HeadgateError } from "../errors.ts";
import type { Policy } from "./policy.ts";
import type { PolicyStore } from "./policy-store.ts";

/** Returns the reason if what it checks is no longer allowed. */
export type PolicyCheck = (policy: Policy, now: number) => HeadgateError | undefined;

export type PolicyWatch = EndWatch<PolicyCheck>;

export function policyWatch(policies: PolicyStore): PolicyWatch {
  return watchEnds(async (checks) => {
    const [policy, now] = [await policies.current(), Date.now()];
    const ended = checks.map((check) => [check, check(policy, now)] as const);
    return new Map(ended.flatMap(([check, reason]) => (reason === undefined ? [] : [[check, reason] as const])));
  });
}
