import { decide } from "../governance/decide.ts";
import { machine } from "../governance/resource.ts";
import { rulesOf, type Principal } from "../identity/principal.ts";
import type { Asker } from "../query/query.ts";

/**
 * A person at the terminal may read a result in a pager for any length of time; a remote caller occupies a place that
 * others need.
 */
const unreadMs = 60_000;

/** The caller, as a query sees them. */
export function asker(principal: Principal): Asker {
  const { subject, rules } = rulesOf(principal);
  const isAtMachine = decide(principal, "read", [machine]).allowed;
  return { principal: subject, rules, unreadMs: isAtMachine ? undefined : unreadMs };
}
