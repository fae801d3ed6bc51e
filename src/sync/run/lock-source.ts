/** One run per source at a time, whichever process runs it. */
import type { Kysely } from "kysely";
import type { Report } from "../../base/progress.ts";
import { withLock, withLockIfFree } from "../../db/session-lock.ts";
import type { Tables } from "../../db/tables.ts";

/** Waits for another run of the source to end. */
export function lockSource<T>(
  db: Kysely<Tables>,
  { sourceId, report }: { sourceId: string; report: Report },
  work: () => Promise<T>,
): Promise<T> {
  const onWait = (): void => report({ kind: "note", text: "waiting for another run of this source to end" });
  return withLock(db, { name: sourceId, onWait }, work);
}

/** Undefined, and nothing done, while another run of the source is under way. */
export function tryLockSource<T>(db: Kysely<Tables>, sourceId: string, work: () => Promise<T>): Promise<T | undefined> {
  return withLockIfFree(db, sourceId, work);
}
