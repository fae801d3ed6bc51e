/**
 * Time that several pieces of work may take in total. It counts while somebody waits for them, not while the results
 * are read.
 */
export interface TimeBudget {
  /** Calls `spent` when no time is left, at most once for each piece. This does not end the work. */
  during<T>(work: () => Promise<T>, spent: () => void): Promise<T>;
}

export function timeBudget(milliseconds: number): TimeBudget {
  let left = milliseconds;
  return {
    async during(work, spent) {
      const started = performance.now();
      const timer = setTimeout(spent, Math.max(1, left));
      try {
        return await work();
      } finally {
        clearTimeout(timer);
        left -= performance.now() - started;
      }
    },
  };
}
