/** Time that pieces of work may take together. Counted while they are waited for, not while someone reads what came of them. */
export interface TimeBudget {
  /** Calls `spent`, once for each piece, when nothing is left; the work itself is not ended by that. */
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
