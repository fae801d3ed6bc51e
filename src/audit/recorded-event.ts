/**
 * An event in the chain: its place, and the hash over everything it says and the hash before it.
 * Invariant: the text that is hashed is the same when an event is written, read back and exported, so anybody can
 * compute the hashes of an export again: SHA-256 of the previous hash, a line feed and the event as JSON with sorted
 * names, without its two hashes.
 */
import { createHash } from "node:crypto";
import { sql, type RawBuilder } from "kysely";
import type { AssumedRole, AuditEvent } from "./audit-event.ts";

export interface RecordedEvent {
  readonly sequence: number;
  /** In UTC with microseconds, by the clock of the metadata database. */
  readonly at: string;
  readonly kind: string;
  readonly principalKind: string;
  readonly principalId: string | null;
  readonly principal: string;
  readonly accountId: string | null;
  /** Absent if there is none, because events had no such member at first. */
  readonly assumedRole?: AssumedRole | undefined;
  readonly operation: string | null;
  readonly action: string | null;
  readonly resources: unknown;
  readonly outcome: string;
  readonly because: string | null;
  readonly details: unknown;
  /** Hexadecimal. */
  readonly previousHash: string;
  readonly hash: string;
}

/** The hash before the first event. */
export const firstHash = "0".repeat(64);

/** The text of an event that is hashed, without its time and its place, which the database adds. */
export interface EventText {
  /** Up to the value of `at`, with its quote. */
  readonly upToAt: string;
  /** From after the value of `at` up to that of `sequence`, which is the last member. */
  readonly upToSequence: string;
}

/** Throws nothing: whatever an event contains becomes JSON that PostgreSQL can store. */
export function eventText({ actor, operation, action, resources, because, ...event }: AuditEvent): EventText {
  const { accountId, assumedRole, kind: principalKind, id: principalId = null, name: principal } = actor;
  const { kind, outcome, details } = event;
  const first = tidyText({ accountId: accountId ?? null, action: action ?? null, assumedRole });
  const then = tidyText({
    because: because ?? null,
    details,
    kind,
    operation: operation ?? null,
    outcome,
    principal,
    principalId,
    principalKind,
    resources: resources ?? [],
  });
  return { upToAt: `${first.slice(0, -1)},"at":"`, upToSequence: `",${then.slice(1, -1)},"sequence":` };
}

/** The hash that an event must have, whatever it claims. */
export function expectedHash({ previousHash, hash: _hash, ...placed }: RecordedEvent): string {
  return createHash("sha256")
    .update(`${previousHash}\n${tidyText(placed)}`)
    .digest("hex");
}

function tidyText(value: object): string {
  return JSON.stringify(tidy(value));
}

/** Plain JSON data with sorted names, of which PostgreSQL gives back exactly what it was given. */
function tidy(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed().replaceAll("\0", "\u{FFFD}");
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const sorted = members.toSorted(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, member]) => [name, tidy(member)]));
}

/** An event as `recordedColumns` selects it. */
export interface RecordedRow extends Omit<RecordedEvent, "assumedRole"> {
  readonly assumedRole: AssumedRole | null;
}

export function recordedEvent<Row extends RecordedRow>({ assumedRole, ...event }: Row) {
  return assumedRole === null ? event : { ...event, assumedRole };
}

export function recordedColumns(): RawBuilder<RecordedRow> {
  return sql`
    sequence::float8 as sequence, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
    kind, principal_kind as "principalKind", principal_id as "principalId", principal_name as principal,
    account_id as "accountId", assumed_role as "assumedRole", operation, action, resources, outcome, because, details,
    encode(previous_hash, 'hex') as "previousHash", encode(hash, 'hex') as hash`;
}
