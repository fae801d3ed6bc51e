/**
 * A lock on a directory that only one process can hold. The operating system releases it when its holder dies, however
 * it dies. (It is an exclusive SQLite transaction, because Node has no file locks of its own.)
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { HeadgateError } from "../errors.ts";

export type ExclusiveLock = AsyncDisposable;

/** SQLite's result codes, from the lowest byte of `errcode`. */
const busy = 5;
const readOnly = 8;
const cannotOpen = 14;

/** Keeps locks from being garbage-collected, which would release them. */
const held = new Set<DatabaseSync>();

/** Returns undefined when this or another process holds the lock. Throws DATA_DIRECTORY_UNWRITABLE. */
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
