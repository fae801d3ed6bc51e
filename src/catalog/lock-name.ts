/**
 * Named advisory locks in the metadata database, which are held until the transaction ends, whatever happens to the
 * holder.
 */
import { sql, type Transaction } from "kysely";
import type { Tables } from "../db/tables.ts";

export async function lockName(transaction: Transaction<Tables>, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(transaction);
}
