/**
 * A lock on a directory that only one process can hold and that the operating system releases when its holder dies, however it
 * dies. (An exclusive SQLite transaction: Node has no file locks of its own.)
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export type ExclusiveLock = AsyncDisposable;

/** Returns undefined when another process holds the lock. */
export async function acquireExclusiveLock(directory: string): Promise<ExclusiveLock | undefined> {
  const database = new DatabaseSync(join(directory, "lock"));
  try {
    database.exec("pragma busy_timeout = 0; pragma journal_mode = delete; begin exclusive");
  } catch (failure) {
    database.close();
    if (/locked|busy/i.test((failure as Error).message)) return undefined;
    throw failure;
  }
  return { [Symbol.asyncDispose]: async () => database.close() };
}
