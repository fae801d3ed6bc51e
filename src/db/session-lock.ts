/**
 * Locks of the metadata database by name, each held by a connection of its own for as long as some work takes: free the moment
 * its holder dies. Not for the length of a transaction; see catalog/lock-name.ts.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** `onWait` is called when somebody else has the lock, before it is waited for. */
export function withLock<T>(
  db: Kysely<Tables>,
  { name, onWait }: { name: string; onWait: () => void },
  work: () => Promise<T>,
): Promise<T> {
  return db.connection().execute(async (connection) => {
    if (!(await tryLock(connection, name))) {
      onWait();
      await sql`select pg_advisory_lock(${keyOf(name)})`.execute(connection);
    }
    return unlockAfter(connection, name, work);
  });
}

/** Undefined, and nothing done, while somebody else has the lock. */
export function withLockIfFree<T>(db: Kysely<Tables>, name: string, work: () => Promise<T>): Promise<T | undefined> {
  return db
    .connection()
    .execute(async (connection) =>
      (await tryLock(connection, name)) ? unlockAfter(connection, name, work) : undefined,
    );
}

function keyOf(name: string) {
  return sql`hashtextextended(${name}, 1)`;
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
