import { isOwner } from "../governance/asking.ts";
import { decideFor } from "../governance/decide.ts";
import { machine } from "../governance/resource.ts";
import { subjectOf } from "../identity/principal.ts";
import type { Asker } from "../query/query.ts";
import type { Call } from "./operation.ts";

/**
 * A person at the terminal may read a result in a pager for any length of time; a remote caller occupies a place that
 * others need.
 */
const unreadMs = 60_000;

/** The caller, as a query sees them. What they may do is as it was at one epoch. */
export function asker({ asking }: Pick<Call, "asking">): Asker {
  const { principal, policy } = asking;
  const isAtMachine = decideFor(asking, "read", machine).allowed;
  return {
    principal: subjectOf(principal),
    rules: `${policy.epoch} ${principal.id}`,
    seesAll: isOwner(asking),
    unreadMs: isAtMachine ? undefined : unreadMs,
  };
}
