/**
 * Removes the oldest months of the audit log, and makes the next month's place ahead of time.
 * Invariant: what is left stays provable. A month is verified before it is removed, an event says that it was removed
 * and with which hash it ended, and the chain continues from there.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import { inTransaction } from "../db/transaction.ts";
import { addMonth, appendEvents, firstDay, lockChain } from "./append-events.ts";
import type { Actor, AuditDetails } from "./audit-event.ts";
import { verifyHeldChain } from "./verify-chain.ts";
import { whileNobodyWalks } from "./walk-chain.ts";

interface Removing {
  /** Months that ended before this time are removed. */
  readonly before: Date;
  /** Who asked for it. */
  readonly actor: Actor;
  readonly signal: AbortSignal;
}

/** The time before which months are removed; undefined if all are kept. */
export function auditHorizon(keepMonths: number | undefined, now: Date): Date | undefined {
  return keepMonths === undefined
    ? undefined
    : new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - keepMonths, 1));
}

/**
 * Returns the number of events that were removed; 0 while somebody verifies or exports the log. Throws
 * AUDIT_CHAIN_BROKEN, and then removes nothing.
 */
export async function removeOldMonths(db: Kysely<Tables>, { before, actor, signal }: Removing): Promise<number> {
  const removed = await whileNobodyWalks(db, async () => {
    const months = await monthsBefore(db, before);
    if (months.length > 0) await verifyHeldChain(db, { signal });
    let events = 0;
    for (const month of months) events += await removeMonth(db, { month, actor });
    return events;
  });
  return removed ?? 0;
}

/** How many events would be removed. */
export async function countOldEvents(db: Kysely<Tables>, before: Date): Promise<number> {
  const months = await monthsBefore(db, before);
  const { rows } = await sql<{ events: bigint }>`
    select count(*) as events from audit_events where month = any(${[...months]}::date[])`.execute(db);
  return Number(rows[0]?.events ?? 0);
}

/** Oldest first. */
async function monthsBefore(db: Kysely<Tables>, before: Date): Promise<readonly string[]> {
  const { rows } = await sql<{ month: string }>`
    select month::text from (
      select to_date(right(relname, 7), 'YYYY_MM') as month
      from pg_inherits join pg_class on pg_class.oid = inhrelid where inhparent = 'audit_events'::regclass) months
    where month + interval '1 month' <= ${before.toISOString()}::timestamptz at time zone 'UTC'
      and month < (select month from audit_chain)
    order by month`.execute(db);
  return rows.map(({ month }) => month);
}

function removeMonth(db: Kysely<Tables>, { month, actor }: { month: string; actor: Actor }): Promise<number> {
  return inTransaction(db, async (transaction) => {
    await lockChain(transaction);
    const { rows } = await sql<{ events: bigint | null }>`
      select audit_remove_month(${month}::date) as events`.execute(transaction);
    const events = Number(rows[0]?.events ?? 0);
    if (events === 0) return 0;
    const details = { month, events, ...(await checkpointOf(transaction, month)) };
    await appendEvents(transaction, { events: [{ kind: "audit removed", actor, outcome: "done", details }] });
    return events;
  });
}

async function checkpointOf(
  db: Kysely<Tables>,
  month: string,
): Promise<Pick<AuditDetails["audit removed"], "lastSequence" | "lastHash">> {
  const { rows } = await sql<{ lastSequence: number; lastHash: string }>`
    select sequence::float8 as "lastSequence", encode(hash, 'hex') as "lastHash"
    from audit_checkpoints where month = ${month}::date`.execute(db);
  return rows[0] ?? { lastSequence: 0, lastHash: "" };
}

/** Otherwise the first writer of the next month does it. */
export function prepareNextMonth(db: Kysely<Tables>): Promise<void> {
  return inTransaction(db, async (transaction) => {
    const { now } = await lockChain(transaction);
    const next = new Date(firstDay(now));
    next.setUTCMonth(next.getUTCMonth() + 1);
    await addMonth(transaction, firstDay(next.toISOString()));
  });
}
