/**
 * Proves that the audit log is as it was written: every event has the hash that its contents and the event before it
 * give, and none is missing.
 * The hashes have no key: somebody who can write to the metadata database could compute the whole chain anew, or cut
 * off its end. A digest that is kept elsewhere shows that too.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import type { AuditDetails } from "./audit-event.ts";
import { hasEnd } from "./find-events.ts";
import { expectedHash, firstHash, type RecordedEvent } from "./recorded-event.ts";
import { keepingMonths, walkChain } from "./walk-chain.ts";

/** An event by its place and its hash, which stand for everything before it. */
export interface ChainDigest {
  readonly sequence: number;
  readonly hash: string;
}

export interface VerifiedChain {
  /** How many events were verified. */
  readonly events: number;
  readonly end: ChainDigest;
  /** The time of the last event; null if there is none. */
  readonly lastAt: string | null;
  /** Events that were removed with their months, before the first one that is left. */
  readonly removedEvents: number;
  /** Queries that began and whose end is not recorded: they still run, or their process died. */
  readonly openQueries: number;
}

interface Verifying {
  /** Kept elsewhere; the chain must contain this event. */
  readonly digest?: ChainDigest | undefined;
  readonly signal: AbortSignal;
}

export async function chainDigest(db: Kysely<Tables>): Promise<ChainDigest> {
  const { rows } = await sql<ChainDigest>`
    select sequence::float8 as sequence, encode(hash, 'hex') as hash from audit_chain`.execute(db);
  return rows[0] ?? { sequence: 0, hash: firstHash };
}

/** Throws AUDIT_CHAIN_BROKEN with the place of the first break, and USAGE for a digest that is too old. */
export function verifyChain(db: Kysely<Tables>, verifying: Verifying): Promise<VerifiedChain> {
  return keepingMonths(db, verifying.signal, () => verifyHeldChain(db, verifying));
}

/** The same, for a caller who sees to it that no month is removed meanwhile. */
export async function verifyHeldChain(db: Kysely<Tables>, { digest, signal }: Verifying): Promise<VerifiedChain> {
  const end = await chainDigest(db);
  const start = await lastCheckpoint(db);
  checkAge(digest, start);
  const last = await checkEvents(walkChain(db, { until: end.sequence, signal }), { start, digest });
  checkEnd(last, { end, digest });
  await checkNothingBeyond(db);
  await checkMonths(db);
  return {
    events: last.sequence - start.sequence,
    end,
    lastAt: last.at ?? null,
    removedEvents: start.sequence,
    openQueries: await countOpenQueries(db),
  };
}

async function lastCheckpoint(db: Kysely<Tables>): Promise<ChainDigest> {
  const { rows } = await sql<ChainDigest>`
    select sequence::float8 as sequence, encode(hash, 'hex') as hash
    from audit_checkpoints order by audit_checkpoints.sequence desc limit 1`.execute(db);
  return rows[0] ?? { sequence: 0, hash: firstHash };
}

function checkAge(digest: ChainDigest | undefined, start: ChainDigest): void {
  if (digest === undefined || digest.sequence >= start.sequence) return;
  throw new HeadgateError("USAGE", {
    place: "audit verify --digest",
    message: `event ${digest.sequence} was removed with its month; the first event that is left is ${start.sequence + 1}`,
    remedy: "use a later digest, or verify the chain without one",
  });
}

/** An event whose link was checked; without a time, the one before the first event. */
interface Checked extends ChainDigest {
  readonly at?: string;
}

interface Expected {
  readonly start: ChainDigest;
  readonly digest: ChainDigest | undefined;
}

/** Returns the last event. */
async function checkEvents(
  pages: AsyncIterable<readonly RecordedEvent[]>,
  { start, digest }: Expected,
): Promise<Checked> {
  let last: Checked = start;
  let isStartKnown = start.sequence === 0;
  checkDigest(digest, last);
  for await (const page of pages)
    for (const event of page) {
      checkLink(last, event);
      checkDigest(digest, event);
      isStartKnown ||= tellsOfRemoval(event, start);
      last = event;
    }
  if (!isStartKnown) throw broken(start, "the events up to it are missing, and no event says that they were removed");
  return last;
}

function checkLink(last: Checked, event: RecordedEvent): void {
  if (event.sequence > last.sequence + 1) throw broken(event, `event ${last.sequence + 1} is missing before it`);
  if (event.sequence <= last.sequence) throw broken(event, "another event has the same number");
  if (event.hash !== expectedHash(event)) throw broken(event, "it was changed after it was written");
  if (event.previousHash !== last.hash) throw broken(event, `it does not continue from event ${last.sequence}`);
}

function checkDigest(digest: ChainDigest | undefined, event: Checked): void {
  if (digest?.sequence !== event.sequence || digest.hash === event.hash) return;
  throw broken(event, "its hash is not the one in the digest, so the log was written anew", restored);
}

function tellsOfRemoval({ kind, details }: RecordedEvent, { sequence, hash }: ChainDigest): boolean {
  const { lastSequence, lastHash } = (details ?? {}) as Partial<AuditDetails["audit removed"]>;
  return kind === "audit removed" && lastSequence === sequence && lastHash === hash;
}

function checkEnd(last: Checked, { end, digest }: { end: ChainDigest; digest: ChainDigest | undefined }): void {
  const known = Math.max(end.sequence, digest?.sequence ?? 0);
  const remedy = end.sequence < known ? restored : undefined;
  if (last.sequence < known) throw broken(last, `the events after it are missing; there were ${known}`, remedy);
  if (last.hash !== end.hash) throw broken(last, "it is not the event that was written last");
}

/** Headgate adds events and moves the end of the chain in one transaction. */
async function checkNothingBeyond(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ sequence: number }>`
    select sequence::float8 as sequence from audit_events
    where sequence > (select sequence from audit_chain) limit 1`.execute(db);
  if (rows[0] !== undefined) throw broken(rows[0], "it was not written by Headgate");
}

/**
 * An event that was moved to an older month would be removed with it. Months never go back, even if a clock does; the
 * times are proved by the hashes.
 */
async function checkMonths(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ sequence: number }>`
    select sequence::float8 as sequence from (
      select sequence, month, greatest(
        max(date_trunc('month', at at time zone 'UTC')::date) over (order by sequence),
        (select max(month) from audit_checkpoints)) as "writtenIn"
      from audit_events) stored
    where month <> "writtenIn" order by stored.sequence limit 1`.execute(db);
  if (rows[0] !== undefined) throw broken(rows[0], "it was moved to another month");
}

/** For a chain that is whole and does not contain what the digest stands for. */
const restored =
  "if the metadata database was restored from a backup, what was revoked since then counts again: revoke it before people come back, as the guide to the audit log says; otherwise find out who can write to the database";

interface Place {
  readonly sequence: number;
  readonly at?: string;
}

function broken({ sequence, at }: Place, why: string, remedy?: string): HeadgateError {
  const place = at === undefined ? `event ${sequence}` : `event ${sequence}, ${at}`;
  return new HeadgateError("AUDIT_CHAIN_BROKEN", { place, message: `the chain is broken: ${why}`, remedy });
}

async function countOpenQueries(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ queries: number }>`
    select count(*)::float8 as queries from audit_events as begun
    where kind = 'query begin' and not ${hasEnd("begun")}`.execute(db);
  return rows[0]?.queries ?? 0;
}
