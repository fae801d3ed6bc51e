/**
 * A change of tags in one transaction, or its rehearsal, with the policies before and after it, from which its preview is
 * made.
 * Invariant: a plan changes nothing, and says what the same change would do.
 */
import type { Kysely } from "kysely";
import { lockPolicy } from "../../db/policy-change.ts";
import { rehearse } from "../../db/rehearse.ts";
import type { Tables } from "../../db/tables.ts";
import { inTransaction } from "../../db/transaction.ts";
import type { PolicyStep } from "../../governance/access-difference.ts";
import { askingOf, type Asking } from "../../governance/asking.ts";
import { policyWithin } from "../../governance/policy-store.ts";
import type { Context } from "../context.ts";

export interface TagWork {
  readonly transaction: Kysely<Tables>;
  /** The caller, under the policy as the transaction sees it. */
  readonly asking: Asking;
}

export interface TagChange<T> {
  readonly made: T;
  readonly step: PolicyStep;
}

export function inTagChange<T>(
  { db }: Pick<Context, "db">,
  { asking, plan }: { readonly asking: Asking; readonly plan: boolean },
  change: (work: TagWork) => Promise<T>,
): Promise<TagChange<T>> {
  return (plan ? rehearse : inTransaction)(db, async (transaction) => {
    await lockPolicy(transaction);
    // The policy may have changed while this request waited for another change.
    const before = await policyWithin(transaction, asking.policy);
    const now = Date.now();
    const made = await change({ transaction, asking: askingOf(before, asking.principal, now) });
    return { made, step: { before, after: await policyWithin(transaction, asking.policy), now } };
  });
}
