/**
 * One run per source at a time, whichever process runs it: a lock of the metadata database, held by a connection of its own,
 * so that it is free the moment its holder dies.
 */
import { sql, type Kysely } from "kysely";
import type { Report } from "../base/progress.ts";
import type { Tables } from "../db/tables.ts";

/** Waits for another run of the source to end. */
export function lockSource<T>(
  db: Kysely<Tables>,
  lock: { sourceId: string; report: Report },
  work: () => Promise<T>,
): Promise<T> {
  return db.connection().execute(async (connection) => {
    if (!(await tryLock(connection, lock.sourceId))) {
      lock.report({ kind: "note", text: "waiting for another run of this source to end" });
      await sql`select pg_advisory_lock(${keyOf(lock.sourceId)})`.execute(connection);
    }
    return unlockAfter(connection, lock.sourceId, work);
  });
}

/** Undefined, and nothing done, while another run of the source is under way. */
export function tryLockSource<T>(db: Kysely<Tables>, sourceId: string, work: () => Promise<T>): Promise<T | undefined> {
  return db
    .connection()
    .execute(async (connection) =>
      (await tryLock(connection, sourceId)) ? unlockAfter(connection, sourceId, work) : undefined,
    );
}

function keyOf(sourceId: string) {
  return sql`hashtextextended(${sourceId}, 1)`;
}

async function tryLock(connection: Kysely<Tables>, sourceId: string): Promise<boolean> {
  const { rows } = await sql<{ free: boolean }>`select pg_try_advisory_lock(${keyOf(sourceId)}) as free`.execute(
    connection,
  );
  return rows[0]?.free === true;
}

async function unlockAfter<T>(connection: Kysely<Tables>, sourceId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await sql`select pg_advisory_unlock(${keyOf(sourceId)})`.execute(connection);
  }
}
