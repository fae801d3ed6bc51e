/**
 * The transaction in which a share request changes: it holds the lock of the policy, and everything that it decides by
 * is read in it, so that two people who decide at once do so one after the other.
 */
import { inPolicyChange } from "../../db/policy-change.ts";
import { HeadgateError } from "../../errors.ts";
import { askingOf, type Asking } from "../../governance/asking.ts";
import { policyWithin } from "../../governance/policy-store.ts";
import { stateAt, type ShareRequest } from "../../sharing/request.ts";
import type { LifeParts } from "../../sharing/life-parts.ts";
import type { Context } from "../context.ts";

export interface RequestWork extends LifeParts {
  /** The caller, under the policy as the transaction sees it. */
  readonly asking: Asking;
}

export async function inRequestWork<T>(
  { db, catalog }: Pick<Context, "db" | "catalog">,
  asking: Asking,
  work: (parts: RequestWork) => Promise<T>,
): Promise<T> {
  // All tables are read before, so that those who wait for the lock do not hold the connections that this one needs.
  const { load, ...everything } = catalog.everything().withViews();
  const entries = await everything.entries();
  return inPolicyChange(db, async (transaction) => {
    const now = Date.now();
    const policy = await policyWithin(transaction, asking.policy);
    const present = askingOf(policy, asking.principal, now);
    return work({ transaction, policy, now, asking: present, catalog: { entries: async () => entries, load } });
  });
}

/** Throws REQUEST_OVER, also for a request whose time is over though nobody has noticed. */
export function checkPending(request: ShareRequest, now: number): void {
  const state = stateAt(request, now);
  if (state === "pending") return;
  const isDraft = state === "draft";
  throw new HeadgateError(isDraft ? "USAGE" : "REQUEST_OVER", {
    place: request.handle,
    message: isDraft
      ? "the request is a draft, which nobody has been asked to decide on"
      : `the request is ${state.replace("_", " ")}`,
    ...(isDraft && { remedy: `send it: headgate request submit ${request.handle}` }),
  });
}
