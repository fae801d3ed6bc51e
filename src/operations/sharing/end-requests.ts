/**
 * Writes down the ends of requests that nobody decided on in time, and of those that nobody asks for any more. They are
 * over without it, because everybody who looks at one compares its time, and an approval looks at who asked.
 * Invariant: a request that ends in another way meanwhile stays as it ended.
 */
import { sql } from "kysely";
import { askingOf } from "../../governance/asking.ts";
import { localPrincipal } from "../../identity/principal.ts";
import { arePending, isLeft } from "../../sharing/case-of.ts";
import { endRequest, readRequests } from "../../sharing/request-store.ts";
import { byId, stateAt } from "../../sharing/request.ts";
import type { Context } from "../context.ts";
import { inRequestWork } from "./request-work.ts";

/** `which`: only those whose time is over, which is cheap to find. Returns how many have ended. */
export async function endRequests(context: Context, which: "late" | "all"): Promise<number> {
  const policy = await context.policies.current();
  const now = Date.now();
  const isLate = sql<boolean>`state = 'pending' and least(decide_by, until_at) <= ${new Date(now)}`;
  const pending = await readRequests(context.db, { where: which === "late" ? isLate : arePending });
  const over = pending.filter((request) => stateAt(request, now) === "expired" || isLeft(request, { policy, now }));
  for (const { id } of over)
    await inRequestWork(context, askingOf(policy, localPrincipal, now), async (work) => {
      const [request] = await readRequests(work.transaction, { where: byId(id) });
      if (request === undefined || request.state !== "pending") return;
      const { transaction } = work;
      if (stateAt(request, work.now) === "expired")
        await endRequest(transaction, id, { state: "expired", reason: "nobody decided on it in time" });
      else if (isLeft(request, work))
        await endRequest(transaction, id, {
          state: "withdrawn",
          reason: "nobody who asked for it may ask any more",
        });
    });
  return over.length;
}
