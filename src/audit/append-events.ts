/**
 * Appends events to the end of the chain. Every writer of every process locks the end of the chain first, so there is
 * one chain. The database computes the hashes while it holds the lock, so that one round trip is enough.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import type { AuditEvent } from "./audit-event.ts";
import { eventText } from "./recorded-event.ts";

interface Appending {
  readonly events: readonly AuditEvent[];
  /** For tests: the time of the events, in UTC with microseconds. Default: the clock of the database. */
  readonly at?: string | undefined;
}

/** Waits ten seconds at most for other writers. */
export async function appendEvents(db: Kysely<Tables>, { events, at }: Appending): Promise<void> {
  const texts = events.map(eventText);
  const upToAt = texts.map((text) => text.upToAt);
  const upToSequence = texts.map((text) => text.upToSequence);
  await sql`select audit_append(${upToAt}::text[], ${upToSequence}::text[], ${at ?? null}::text)`.execute(db);
}

/** The end of the chain, which stays locked until the transaction ends. Waits ten seconds at most. */
export async function lockChain(transaction: Kysely<Tables>): Promise<{ readonly now: string }> {
  const { rows } = await sql<{ now: string }>`select now from audit_lock_chain()`.execute(transaction);
  const [end] = rows;
  if (end === undefined) throw new TypeError("audit_chain has no row");
  return end;
}

/** The caller has locked the chain. */
export async function addMonth(transaction: Kysely<Tables>, month: string): Promise<void> {
  await sql`select audit_add_month(${month}::date)`.execute(transaction);
}

/** `2026-11-01` for any time of that month. */
export function firstDay(at: string): string {
  return `${at.slice(0, "2026-11".length)}-01`;
}
