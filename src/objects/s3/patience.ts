/**
 * Waits for a store that is unavailable or slow: work that failed because the store did not answer is repeated as a
 * whole for a while. If the store has never answered, the failure is reported at once, because then the settings are
 * probably wrong.
 * Use it only for work that may be done twice.
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
