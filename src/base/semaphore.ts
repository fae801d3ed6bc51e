/** Runs at most `width` pieces of work at a time. The rest wait in order of arrival. */
export interface Semaphore {
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function semaphore(width: number): Semaphore {
  const waiting: (() => void)[] = [];
  let free = width;
  const acquire = (): Promise<void> => {
    if (free > 0) {
      free--;
      return Promise.resolve();
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
  return {
    async run(work) {
      await acquire();
      try {
        return await work();
      } finally {
        release();
      }
    },
  };
}
