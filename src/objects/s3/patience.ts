/**
 * Waiting for a store that fails or slows down: work that failed because the store did not answer is done again, whole, for a
 * while. A store that never answered is told about at once: then it is the settings that are wrong.
 * Only for work that may be done twice.
 */
import { setTimeout as delay } from "node:timers/promises";
import { HeadgateError } from "../../errors.ts";

const waitAtMostMs = 120_000;
const longestPauseMs = 5_000;

type Patiently = <T>(work: () => Promise<T>) => Promise<T>;

export function patience(): Patiently {
  let wasThere = false;
  return async (work) => {
    const deadline = Date.now() + waitAtMostMs;
    for (let pauseMs = 200; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      try {
        const result = await work();
        wasThere = true;
        return result;
      } catch (failure) {
        if (!wasThere || !isUnreachable(failure) || Date.now() + pauseMs > deadline) throw failure;
        await delay(pauseMs * (0.5 + Math.random() / 2));
      }
    }
  };
}

function isUnreachable(failure: unknown): boolean {
  return failure instanceof HeadgateError && failure.code === "STORE_UNREACHABLE";
}
