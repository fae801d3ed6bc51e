/**
 * Closes resources in reverse order of opening. (Node 22 has no AsyncDisposableStack.)
 * Invariant: every registered step runs, even after one has failed; the first failure is thrown at the end.
 */
export interface Cleanup extends AsyncDisposable {
  /** Registers a resource and returns it. */
  use<T extends AsyncDisposable>(resource: T): T;
  defer(step: () => Promise<void> | void): void;
}

export function openCleanup(): Cleanup {
  const steps: (() => Promise<void> | void)[] = [];
  return {
    use(resource) {
      steps.push(() => resource[Symbol.asyncDispose]() as Promise<void>);
      return resource;
    },
    defer: (step) => void steps.push(step),
    async [Symbol.asyncDispose]() {
      const failures: unknown[] = [];
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        try {
          await step();
        } catch (failure) {
          failures.push(failure);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** Opens a resource, runs `work` with it and closes it afterwards, whether or not `work` fails. */
export async function using<T extends AsyncDisposable, R>(
  opening: T | Promise<T>,
  work: (resource: T) => Promise<R>,
): Promise<R> {
  const resource = await opening;
  try {
    return await work(resource);
  } finally {
    await resource[Symbol.asyncDispose]();
  }
}
