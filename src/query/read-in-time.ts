/**
 * Batches of a result with a time limit: a result that nobody reads for too long is cancelled, and its process is freed
 * for others.
 */
import { HeadgateError } from "../errors.ts";

export interface Reading {
  /** Returned to the pool when the result is cancelled. */
  readonly lease: AsyncDisposable;
  /** Longest time between two batches. Undefined: no limit. */
  readonly withinMs: number | undefined;
}

/** Throws RESULT_UNREAD when a batch is asked for too late. */
export async function* readInTime<T>(batches: AsyncGenerator<T>, { lease, withinMs }: Reading): AsyncGenerator<T> {
  if (withinMs === undefined) return yield* batches;
  let isGivenUp = false;
  const giveUp = (): void => {
    isGivenUp = true;
    void batches.return(undefined).finally(() => lease[Symbol.asyncDispose]());
  };
  for await (const batch of batches) {
    const timer = setTimeout(giveUp, withinMs);
    try {
      yield batch;
    } finally {
      clearTimeout(timer);
    }
    if (isGivenUp) throw new HeadgateError("RESULT_UNREAD");
  }
}
