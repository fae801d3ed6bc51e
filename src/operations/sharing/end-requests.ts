/**
 * Writes down the ends of requests that nobody decided on in time, and of those that nobody asks for any more. They are
 * over without it, because everybody who looks at one compares its time, and an approval looks at who asked.
 * Invariant: a request that ends in another way meanwhile stays as it ended.
 */
import { sql } from "kysely";
import { askingOf } from "../../governance/asking.ts";
import { localPrincipal } from "../../identity/principal.ts";
import { arePending, isLeft } from "../../sharing/case-of.ts";
import { endRequest, readRequests, type RequestEnd } from "../../sharing/request-store.ts";
import { byId, stateAt, type ShareRequest } from "../../sharing/request.ts";
import { reach } from "../../writer/crash-points.ts";
import type { Context } from "../context.ts";
import { inRequestWork, type RequestWork } from "./request-work.ts";

/** `which`: only those whose time is over, which is cheap to find. Returns how many have ended. */
export async function endRequests(context: Context, which: "late" | "all"): Promise<number> {
  const policy = await context.policies.current();
  const now = Date.now();
  const isLate = sql<boolean>`state = 'pending' and least(decide_by, until_at) <= ${new Date(now)}`;
  const pending = await readRequests(context.db, { where: which === "late" ? isLate : arePending });
  const over = pending.filter((request) => endOf(request, { policy, now }) !== undefined);
  for (const { id } of over) {
    await inRequestWork(context, askingOf(policy, localPrincipal, now), async (work) => {
      const [request] = await readRequests(work.transaction, { where: byId(id) });
      if (request === undefined || request.state !== "pending") return;
      const end = endOf(request, work);
      if (end !== undefined) await endRequest(work.transaction, id, end);
    });
    reach("request-ended", context.config);
  }
  return over.length;
}

/** Undefined for one that goes on. */
function endOf(request: ShareRequest, { policy, now }: Pick<RequestWork, "policy" | "now">): RequestEnd | undefined {
  if (stateAt(request, now) === "expired") return { state: "expired", reason: "nobody decided on it in time" };
  if (isLeft(request, { policy, now }))
    return { state: "withdrawn", reason: "nobody who asked for it may ask any more" };
  const { aboutShareId } = request;
  // A policy has all shares that are not over.
  if (aboutShareId === undefined || policy.shares.has(aboutShareId)) return undefined;
  return { state: "withdrawn", reason: "the share has ended" };
}
