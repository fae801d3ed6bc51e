/**
 * Reads the chain from its first event to its last, a page at a time.
 * Invariant: no month is removed while the chain is walked, and the memory needed does not grow with the chain.
 */
import { sql, type Kysely } from "kysely";
import { withLock, withLockIfFree } from "../db/session-lock.ts";
import type { Tables } from "../db/tables.ts";
import { recordedColumns, recordedEvent, type RecordedEvent, type RecordedRow } from "./recorded-event.ts";

const pageRows = 2_000;
const lockName = "months of the audit log";

/** While the work lasts, the beginning of the chain stays. Throws the signal's reason while it waits. */
export function keepingMonths<T>(db: Kysely<Tables>, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return withLock(db, { name: lockName, onWait: () => {}, signal }, work);
}

/** Returns undefined without doing anything while somebody walks the chain or removes months. */
export function whileNobodyWalks<T>(db: Kysely<Tables>, work: () => Promise<T>): Promise<T | undefined> {
  return withLockIfFree(db, lockName, work);
}

interface Walk {
  readonly after?: number | undefined;
  readonly until?: number | undefined;
  readonly signal: AbortSignal;
}

/** In order of their sequence, also those that should not be there. */
export async function* walkChain(
  db: Kysely<Tables>,
  { after = -1, until = Number.MAX_SAFE_INTEGER, signal }: Walk,
): AsyncGenerator<readonly RecordedEvent[]> {
  let [sequence, month] = [String(after), "infinity"];
  for (;;) {
    signal.throwIfAborted();
    const { rows } = await sql<RecordedRow & { storedUnder: string }>`
      select ${recordedColumns()}, month::text as "storedUnder" from audit_events
      where (sequence, month) > (${sequence}::bigint, ${month}::date) and sequence <= ${until}
      order by audit_events.sequence, month limit ${pageRows}`.execute(db);
    const last = rows.at(-1);
    if (last === undefined) return;
    [sequence, month] = [String(last.sequence), last.storedUnder];
    yield rows.map(({ storedUnder: _storedUnder, ...event }) => recordedEvent(event));
  }
}
