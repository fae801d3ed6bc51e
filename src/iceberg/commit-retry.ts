/** How often, and after how long, a commit is tried again after a conflict (table properties `commit.retry.*`). */

const usual = { retries: 4, leastMs: 100, mostMs: 60_000, totalMs: 30 * 60_000 };

/** Milliseconds to wait before each further attempt, each twice the one before; empty if no retries are wanted. */
export function retryWaits({
  properties,
}: {
  readonly properties: Readonly<Record<string, string>>;
}): readonly number[] {
  const number = (key: string, usually: number): number => {
    const value = Number(properties[`commit.retry.${key}`] ?? usually);
    return value >= 0 ? value : usually;
  };
  const [least, most] = [number("min-wait-ms", usual.leastMs), number("max-wait-ms", usual.mostMs)];
  const total = number("total-timeout-ms", usual.totalMs);
  const waits: number[] = [];
  let waited = 0;
  while (waits.length < number("num-retries", usual.retries) && waited < total) {
    waits.push(Math.min(least * 2 ** waits.length, most));
    waited += waits.at(-1) ?? 0;
  }
  return waits;
}
