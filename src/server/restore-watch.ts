/**
 * Notices that the metadata database was replaced by an earlier state of itself. The newest event of the audit log is kept
 * in a file of the data directory; a database that does not have this event was restored from a backup, and what was
 * revoked since then would count again without anybody knowing.
 * Invariants: a process that serves people or works by itself does not begin with such a database, and does not go on with
 * it. The file is never set back before the owner has accepted the restore.
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isInLog, newestEvent, seenEvent, type SeenEvent } from "../audit/seen-event.ts";
import { codeOf } from "../base/thrown.ts";
import { HeadgateError } from "../errors.ts";
import type { Context } from "../operations/context.ts";

export interface RestoreWatch extends AsyncDisposable {
  /** Throws METADATA_RESTORED. */
  check(): Promise<void>;
  /** Never resolves; rejects with METADATA_RESTORED if the database is replaced while the process runs. */
  readonly replaced: Promise<never>;
}

type Watched = Pick<Context, "db" | "config">;

const lookEveryMs = 1_000;

export function watchForRestores(context: Watched): RestoreWatch {
  const { promise: replaced, reject } = Promise.withResolvers<never>();
  // A command does not wait for it, and begins nothing that would have to end.
  replaced.catch(() => undefined);
  let looking: Promise<void> | undefined;
  // A database that does not answer now is looked at again.
  const look = (): Promise<void> =>
    (looking ??= noteNewest(context)
      .catch((failure: unknown) => {
        if (failure instanceof HeadgateError) reject(failure);
      })
      .finally(() => (looking = undefined)));
  const timer = setInterval(look, lookEveryMs).unref();
  return {
    check: () => noteNewest(context),
    replaced,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await looking;
      await look();
    },
  };
}

/** Throws METADATA_RESTORED, and then notes nothing. */
async function noteNewest({ db, config }: Watched): Promise<void> {
  const file = join(config.dataDirectory, "newest-event.json");
  const seen = await readSeen(file);
  const newest = await newestEvent(db);
  if (seen?.sequence === newest.sequence && seen.hash === newest.hash) return;
  if (seen !== undefined && !(await isInLog(db, seen))) throw restored(config.dataDirectory, { seen, newest });
  const draft = `${file}.${process.pid}.draft`;
  await writeFile(draft, `${JSON.stringify(newest)}\n`, { mode: 0o600, flush: true });
  await rename(draft, file);
}

async function readSeen(file: string): Promise<SeenEvent | undefined> {
  try {
    return seenEvent.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (failure) {
    if (codeOf(failure) === "ENOENT") return undefined;
    throw failure;
  }
}

function restored(place: string, { seen, newest }: Readonly<Record<"seen" | "newest", SeenEvent>>): HeadgateError {
  const end = `its audit log ends with event ${newest.sequence}`;
  return new HeadgateError("METADATA_RESTORED", {
    place,
    message: `the metadata database does not have event ${seen.sequence}, which was there at ${seen.seenAt}; ${end}`,
  });
}
