/**
 * Named locks in the metadata database. Each is held by its own connection for as long as some work takes, and is free
 * the moment its holder dies. For locks that last one transaction, see catalog/lock-name.ts.
 */
import { setTimeout as delay } from "node:timers/promises";
import { sql, type Kysely } from "kysely";
import type { Tables } from "./tables.ts";

interface WaitedLock {
  readonly name: string;
  /** Called before waiting, if somebody else holds the lock. */
  readonly onWait: () => void;
  /** Ends the waiting, not the work. */
  readonly signal?: AbortSignal | undefined;
}

/** Throws the signal's reason when it is aborted while waiting for the lock. */
export function withLock<T>(
  db: Kysely<Tables>,
  { name, onWait, signal }: WaitedLock,
  work: () => Promise<T>,
): Promise<T> {
  return db.connection().execute(async (connection) => {
    if (!(await tryLock(connection, name))) {
      onWait();
      await waitForLock(connection, name, signal);
    }
    return unlockAfter(connection, name, work);
  });
}

/** Returns undefined without doing anything if somebody else holds the lock. */
export function withLockIfFree<T>(db: Kysely<Tables>, name: string, work: () => Promise<T>): Promise<T | undefined> {
  return db
    .connection()
    .execute(async (connection) =>
      (await tryLock(connection, name)) ? unlockAfter(connection, name, work) : undefined,
    );
}

/**
 * Announces, until the signal is aborted, that something of this kind is alive. Any number of processes may do so at
 * once. It recovers by itself after the database was unavailable.
 */
export async function holdPresence(
  db: Kysely<Tables>,
  { name, signal }: { name: string; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    const holding = db.connection().execute(async (connection) => {
      await sql`select pg_advisory_lock_shared(${keyOf(name)})`.execute(connection);
      try {
        // This notices a broken connection, after which the lock is taken again.
        for (; !signal.aborted; await pause(signal)) await sql`select 1`.execute(connection);
      } finally {
        await sql`select pg_advisory_unlock_shared(${keyOf(name)})`.execute(connection);
      }
    });
    await holding.catch(() => pause(signal));
  }
}

const lookEveryMs = 10_000;

function pause(signal: AbortSignal): Promise<void> {
  return delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
}

/** Whether anything of this kind is alive. */
export function isPresent(db: Kysely<Tables>, name: string): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ free: boolean }>`select pg_try_advisory_xact_lock(${keyOf(name)}) as free`.execute(
      transaction,
    );
    return rows[0]?.free !== true;
  });
}

/** The names whose lock somebody holds. */
export async function heldLocks(db: Kysely<Tables>, names: readonly string[]): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const { rows } = await sql<{ name: string }>`
    select name from (select name, hashtextextended(name, 1) as key from unnest(${[...names]}::text[]) name) asked
    where exists (
      select from pg_locks
      where locktype = 'advisory' and objsubid = 1 and granted
        and database = (select oid from pg_database where datname = current_database())
        and classid::bigint = (key >> 32) & 4294967295 and objid::bigint = key & 4294967295)`.execute(db);
  return new Set(rows.map(({ name }) => name));
}

function keyOf(name: string) {
  return sql`hashtextextended(${name}, 1)`;
}

const tryEveryMs = 250;

/** Queues for the lock if there is no signal; otherwise polls, because a queued statement could not be ended. */
async function waitForLock(connection: Kysely<Tables>, name: string, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return void (await sql`select pg_advisory_lock(${keyOf(name)})`.execute(connection));
  do {
    await delay(tryEveryMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  } while (!(await tryLock(connection, name)));
}

async function tryLock(connection: Kysely<Tables>, name: string): Promise<boolean> {
  const { rows } = await sql<{ free: boolean }>`select pg_try_advisory_lock(${keyOf(name)}) as free`.execute(
    connection,
  );
  return rows[0]?.free === true;
}

async function unlockAfter<T>(connection: Kysely<Tables>, name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await sql`select pg_advisory_unlock(${keyOf(name)})`.execute(connection);
  }
}
