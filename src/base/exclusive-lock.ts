/**
 * A lock on a directory that only one process can hold and that the operating system releases when its holder dies, however it
 * dies. (An exclusive SQLite transaction: Node has no file locks of its own.)
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { HeadgateError } from "../errors.ts";

export type ExclusiveLock = AsyncDisposable;

/** SQLite's result codes, in the lowest byte of `errcode`. */
const busy = 5;
const readOnly = 8;
const cannotOpen = 14;

/** A lock that nobody refers to any more must not be collected: collecting would release it. */
const held = new Set<DatabaseSync>();

/** Returns undefined when somebody holds the lock, in this process or another. Throws DATA_DIRECTORY_UNWRITABLE. */
export async function acquireExclusiveLock(directory: string): Promise<ExclusiveLock | undefined> {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(directory, "lock"), { timeout: 0 });
    database.exec("pragma journal_mode = delete; begin exclusive");
  } catch (cause) {
    database?.close();
    const code = ((cause as { errcode?: number }).errcode ?? 0) & 0xff;
    if (code === busy) return undefined;
    if (code === readOnly || code === cannotOpen)
      throw new HeadgateError("DATA_DIRECTORY_UNWRITABLE", { place: directory, cause });
    throw cause;
  }
  return hold(database);
}

function hold(database: DatabaseSync): ExclusiveLock {
  held.add(database);
  return {
    async [Symbol.asyncDispose]() {
      if (held.delete(database)) database.close();
    },
  };
}
