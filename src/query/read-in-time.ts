/** Batches of a result that must be asked for: one that nobody reads for too long is given up, and its process serves others. */
import { HeadgateError } from "../errors.ts";

export interface Reading {
  /** Given back when the result is given up. */
  readonly lease: AsyncDisposable;
  /** Between two batches. Undefined: no bound. */
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
