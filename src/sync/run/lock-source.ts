/** Ensures one run per source at a time, across all processes. */
import type { Kysely } from "kysely";
import type { Report } from "../../base/progress.ts";
import { withLock } from "../../db/session-lock.ts";
import type { Tables } from "../../db/tables.ts";

/** Waits until another run of the source ends or the signal is aborted. */
export function lockSource<T>(
  db: Kysely<Tables>,
  { sourceId, report, signal }: { sourceId: string; report: Report; signal?: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  const onWait = (): void => report({ kind: "note", text: "waiting for another run of this source to end" });
  return withLock(db, { name: sourceId, onWait, signal }, work);
}
