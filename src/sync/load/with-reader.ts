/**
 * The engine that reads the files of a whole table. It is not for files of changes, whose rows are numbered as they are
 * read: one thread does that.
 * Invariant: nothing that the work leaves behind is in the engine, which may be gone afterwards.
 */
import { using } from "../../base/cleanup.ts";
import type { Engine } from "../../engine/engine.ts";
import { withMoreMemory } from "../../engine/with-more-memory.ts";
import type { SyncContext } from "../run/sync-context.ts";

/** Reading fewer bytes takes less time than the start of a process. */
const largeBytes = 64 * 1024 * 1024;

/** Large files are read in an engine of their own with many threads, and others in the one that writes data files. */
export async function withReader<T>(
  context: Pick<SyncContext, "ownEngine" | "loadEngine">,
  bytes: number,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  if (bytes < largeBytes) return work(await context.loadEngine());
  return using(context.ownEngine(), (engine) => withMoreMemory(engine, () => work(engine)));
}
