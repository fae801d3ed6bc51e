/**
 * Whether the audit log still has what was seen of it before. A metadata database that was restored from a backup has not:
 * in it counts again whatever was taken away since the backup.
 * Invariant: an answer of "yes" means that the log contains the event, or that the owner has accepted a restore after it
 * was seen.
 */
import { sql, type Kysely } from "kysely";
import { z } from "zod";
import type { Tables } from "../db/tables.ts";

export const seenEvent = z.strictObject({
  sequence: z.number().int().min(0),
  /** In hexadecimal. */
  hash: z.string(),
  /** When it was seen, by the clock of the database. */
  seenAt: z.string(),
});

/** The newest event at one moment. */
export type SeenEvent = Readonly<z.infer<typeof seenEvent>>;

export async function newestEvent(db: Kysely<Tables>): Promise<SeenEvent> {
  const { rows } = await sql<SeenEvent>`
    select sequence::float8 as sequence, encode(hash, 'hex') as hash,
      to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "seenAt"
    from audit_chain`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new TypeError("the audit log has no end");
  return row;
}

export async function isInLog(db: Kysely<Tables>, { sequence, hash, seenAt }: SeenEvent): Promise<boolean> {
  if (sequence === 0) return true;
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from accepted_restores where accepted_at > ${seenAt}::timestamptz)
      or exists (select from audit_events where sequence = ${sequence} and hash = decode(${hash}, 'hex'))
      -- its month was removed from the beginning of the log
      or exists (select from audit_checkpoints where sequence >= ${sequence}) as found`.execute(db);
  return rows[0]?.found === true;
}
