/**
 * Follows things that may end elsewhere, for as long as there are any: looks at all of them again and again, and tells
 * each once when it has ended.
 * Invariant: what can no longer be looked at ends after a while, too.
 */
import { HeadgateError } from "../errors.ts";

/** Those of the followed things that have ended, with the reason. Throws if it cannot tell. */
export type FindEnded<Followed> = (followed: readonly Followed[]) => Promise<ReadonlyMap<Followed, HeadgateError>>;

export interface EndWatch<Followed> {
  /** Calls `onEnd` once, with the reason to send. Returns the function that stops following. */
  follow(followed: Followed, onEnd: (reason: HeadgateError) => void): () => void;
}

const lookEveryMs = 500;
/** A database that cannot be reached gives no answer; after this time, what cannot be checked has ended. */
const blindMs = 15_000;

export function watchEnds<Followed>(findEnded: FindEnded<Followed>): EndWatch<Followed> {
  const open = new Map<Followed, (reason: HeadgateError) => void>();
  let timer: NodeJS.Timeout | undefined;
  let lookedAt = 0;
  const end = (followed: Followed, reason: HeadgateError): void => {
    const onEnd = open.get(followed);
    if (open.delete(followed)) onEnd?.(reason);
  };
  const look = async (): Promise<void> => {
    try {
      const ended = await findEnded([...open.keys()]);
      lookedAt = performance.now();
      for (const [followed, reason] of ended) end(followed, reason);
    } catch (cause) {
      if (performance.now() - lookedAt < blindMs) return;
      for (const followed of open.keys()) end(followed, new HeadgateError("METADATA_UNREACHABLE", { cause }));
    }
  };
  const lookAgain = (): void => {
    timer = setTimeout(
      () => void look().finally(() => (open.size > 0 ? lookAgain() : (timer = undefined))),
      lookEveryMs,
    );
    timer.unref();
  };
  return {
    follow(followed, onEnd) {
      open.set(followed, onEnd);
      if (timer === undefined) {
        lookedAt = performance.now();
        lookAgain();
      }
      return () => void open.delete(followed);
    },
  };
}
