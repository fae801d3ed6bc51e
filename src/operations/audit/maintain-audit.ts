/** Maintenance of the audit log: makes the next month's place, and removes months that are no longer kept. */
import type { Actor } from "../../audit/audit-event.ts";
import { auditHorizon, countOldEvents, prepareNextMonth, removeOldMonths } from "../../audit/remove-months.ts";
import type { Context } from "../context.ts";

type Kept = Pick<Context, "db" | "config">;

/** Returns the number of events that were removed. Throws AUDIT_CHAIN_BROKEN. */
export async function maintainAudit(
  { db, config }: Kept,
  { actor, now, signal }: { readonly actor: Actor; readonly now: Date; readonly signal: AbortSignal },
): Promise<number> {
  await prepareNextMonth(db);
  const before = auditHorizon(config.auditKeepMonths, now);
  return before === undefined ? 0 : removeOldMonths(db, { before, actor, signal });
}

export async function countRemovable({ db, config }: Kept, now: Date): Promise<number> {
  const before = auditHorizon(config.auditKeepMonths, now);
  return before === undefined ? 0 : countOldEvents(db, before);
}
