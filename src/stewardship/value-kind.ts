/**
 * The kind of the values of a column, as a few rates. It tells whether a rejected proposal has to be judged anew.
 * Invariant: no value can be derived from it.
 */
import type { ColumnSample } from "./classify/column-sample.ts";
import type { Finding } from "./classify/finding.ts";

/** Shares from 0 to 1 in steps of a twentieth. */
export type ValueKind = Readonly<Record<string, number>>;

const looks: Readonly<Record<string, (value: string) => boolean>> = {
  digits: (value) => /^\d+$/.test(value),
  letters: (value) => /^[\p{L} .'-]+$/u.test(value),
  "several words": (value) => /\S\s+\S/.test(value),
  "longer than 40 characters": (value) => value.length > 40,
  "with @": (value) => value.includes("@"),
};

export function valueKind({ values }: Pick<ColumnSample, "values">, { evidence }: Finding): ValueKind {
  const share = (isIt: (value: string) => boolean): number =>
    values.length === 0 ? 0 : values.filter(isIt).length / values.length;
  const shares = Object.entries(looks).map(([what, isIt]): [string, number] => [what, share(isIt)]);
  const all = [["any values", values.length === 0 ? 0 : 1], ...shares, ...Object.entries(evidence.rates)] as const;
  return Object.fromEntries(all.map(([what, rate]) => [what, Math.round(rate * 20) / 20]));
}

/** Samples of the same values differ by less. */
const leastDifference = 0.3;

/** The change, in words: `with @ 0 % → 95 %`; undefined if the values are still of the same kind. */
export function changeOfKind(before: ValueKind, now: ValueKind): string | undefined {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const changed = names.filter((name) => Math.abs((before[name] ?? 0) - (now[name] ?? 0)) >= leastDifference);
  if (changed.length === 0) return undefined;
  const percent = (share = 0): string => `${Math.round(share * 100)} %`;
  return changed.map((name) => `${name}: ${percent(before[name])} → ${percent(now[name])}`).join(", ");
}
