/**
 * One run per source at a time, whichever process runs it: a lock of the metadata database, held by a connection of its own,
 * so that it is free the moment its holder dies. A second run waits.
 */
import { sql, type Kysely } from "kysely";
import type { Report } from "../base/progress.ts";
import type { Tables } from "../db/tables.ts";

export async function lockSource<T>(
  db: Kysely<Tables>,
  lock: { sourceId: string; report: Report },
  work: () => Promise<T>,
): Promise<T> {
  const key = sql`hashtextextended(${lock.sourceId}, 1)`;
  return db.connection().execute(async (connection) => {
    const { rows } = await sql<{ free: boolean }>`select pg_try_advisory_lock(${key}) as free`.execute(connection);
    if (rows[0]?.free !== true) {
      lock.report({ kind: "note", text: "waiting for another run of this source to end" });
      await sql`select pg_advisory_lock(${key})`.execute(connection);
    }
    try {
      return await work();
    } finally {
      await sql`select pg_advisory_unlock(${key})`.execute(connection);
    }
  });
}
