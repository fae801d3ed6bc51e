/**
 * Decides whether a measure grows by comparing its last quarter with its second; in the first one, everything settles.
 */

export interface Measure {
  readonly name: string;
  readonly unit: "" | "ms" | "kB";
  /** Fraction of the second quarter by which the last may exceed it. */
  readonly tolerance: number;
  /** Amount by which it may exceed it in any case. */
  readonly slack: number;
}

export interface Trend {
  /** The median of each; for times, the minimum, because other work on the machine only adds to them. */
  readonly quarters: readonly number[];
  readonly grows: boolean;
}

export function trendOf(values: readonly number[], { unit, tolerance, slack }: Measure): Trend {
  const quarters = [0, 1, 2, 3].map((quarter) => {
    const some = values.slice((values.length * quarter) / 4, (values.length * (quarter + 1)) / 4);
    return unit === "ms" ? Math.min(...some) : median(some);
  });
  const [, second = 0, , last = 0] = quarters;
  return { quarters, grows: last > second * (1 + tolerance) + slack };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) / 2;
}

/** Returns how many grow. */
export function printTrends(
  title: string,
  rows: readonly { readonly measure: Measure; readonly trend: Trend }[],
): number {
  console.log(
    `\n${title.padEnd(34)}${["1st", "2nd", "3rd", "4th"].map((name) => name.padStart(11)).join("")}  quarter`,
  );
  for (const { measure, trend } of rows) {
    const label = `  ${measure.name}${measure.unit === "" ? "" : `, ${measure.unit}`}`;
    const cells = trend.quarters.map((value) => value.toLocaleString("en", { maximumFractionDigits: 1 }).padStart(11));
    console.log(`${label.padEnd(34)}${cells.join("")}  ${trend.grows ? "GROWS" : "flat"}`);
  }
  return rows.filter(({ trend }) => trend.grows).length;
}
