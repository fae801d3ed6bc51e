/**
 * A queue for places that many people share. Whoever holds the fewest places goes first, so a person who asks for a
 * hundred at once waits behind their own work instead of delaying others. Some places are reserved for people who hold
 * none, so that two people who never return theirs cannot keep everybody else out.
 */
import { HeadgateError } from "../errors.ts";

export interface FairQueue {
  /** Resolves with a function that gives the place back. Throws TOO_MANY_STATEMENTS, or the signal's reason. */
  enter(key: string, signal?: AbortSignal): Promise<() => void>;
}

export interface FairQueueBounds {
  readonly inAll: number;
  /** A person who already holds a place gets another one only while fewer than this many are taken in all. */
  readonly each: number;
  /** The largest number of requests that one person may have waiting. */
  readonly waitingEach: number;
}

interface Waiting {
  readonly key: string;
  readonly start: () => void;
}

export function fairQueue({ inAll, each, waitingEach }: FairQueueBounds): FairQueue {
  const held = new Map<string, number>();
  /** Waiting requests in order of arrival. */
  const waiting = new Set<Waiting>();
  let total = 0;
  const heldBy = (key: string): number => held.get(key) ?? 0;
  /** Anybody may take a first place. A further one is given only while enough remain for others. */
  const isFree = (key: string): boolean => total < (heldBy(key) === 0 ? inAll : each);
  const next = (): Waiting | undefined => {
    const able = [...waiting].filter(({ key }) => isFree(key));
    return able.reduce<Waiting | undefined>(
      (first, other) => (first === undefined || heldBy(other.key) < heldBy(first.key) ? other : first),
      undefined,
    );
  };
  const startNext = (): void => {
    for (let entry = next(); entry !== undefined; entry = next()) {
      waiting.delete(entry);
      total++;
      held.set(entry.key, heldBy(entry.key) + 1);
      entry.start();
    }
  };
  const leave = (key: string): void => {
    total--;
    const left = heldBy(key) - 1;
    if (left === 0) held.delete(key);
    else held.set(key, left);
    startNext();
  };
  return {
    async enter(key, signal) {
      signal?.throwIfAborted();
      if ([...waiting].filter((entry) => entry.key === key).length >= waitingEach)
        throw new HeadgateError("TOO_MANY_STATEMENTS");
      await new Promise<void>((resolve, reject) => {
        const giveUp = (): void => {
          waiting.delete(entry);
          reject(signal?.reason as Error);
        };
        const start = (): void => {
          signal?.removeEventListener("abort", giveUp);
          resolve();
        };
        const entry: Waiting = { key, start };
        waiting.add(entry);
        signal?.addEventListener("abort", giveUp, { once: true });
        startNext();
      });
      return onlyOnce(() => leave(key));
    },
  };
}

function onlyOnce(step: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    step();
  };
}
