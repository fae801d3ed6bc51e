/** Limits of a budget as people write and read them: `500GB`, `10000/day`, `2h/day`. */
import { formatSeconds, secondsOf } from "../../base/duration.ts";
import { HeadgateError } from "../../errors.ts";
import type { MeasuredUse } from "./budget.ts";

const sizes = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 } as const;

/** Throws USAGE. */
export function bytesOf(text: string): number {
  const [, number, unit = ""] = /^([1-9]\d{0,5})(B|KB|MB|GB|TB)$/i.exec(text) ?? [];
  if (number === undefined) throw misfit(text, "a size", "500GB");
  return Number(number) * sizes[unit.toUpperCase() as keyof typeof sizes];
}

/** Throws USAGE. */
export function statementsOf(text: string): number {
  const [, number] = /^([1-9]\d{0,11})(?:\/day)?$/.exec(text) ?? [];
  if (number === undefined) throw misfit(text, "a number of statements", "10000/day");
  return Number(number);
}

/** In seconds. Throws USAGE. */
export function engineSecondsOf(text: string): number {
  return secondsOf(text.replace(/\/day$/, ""));
}

/** Throws USAGE. */
export function percentOf(text: string): number {
  const [, number] = /^(100|[1-9]\d?)%$/.exec(text) ?? [];
  if (number === undefined) throw misfit(text, "a part of the limits", "80%");
  return Number(number);
}

function misfit(place: string, what: string, example: string): HeadgateError {
  return new HeadgateError("USAGE", {
    place,
    message: `this is not ${what}`,
    remedy: `write for example ${example}`,
  });
}

/** The largest unit in which it is a whole number: 500GB. */
export function sizeText(bytes: number): string {
  const unit = (["TB", "GB", "MB", "KB"] as const).find((name) => bytes % sizes[name] === 0) ?? "B";
  return `${bytes / sizes[unit]}${unit}`;
}

/** "the account hr keeps 1.2 GB of 2 GB". */
export function useText({ account, measure, used, most }: Omit<MeasuredUse, "level" | "accountId">): string {
  if (measure === "bytes")
    return `the account ${account} keeps ${aboutSize(used)} of the ${aboutSize(most)} that it may`;
  if (measure === "statements")
    return `the account ${account} has run ${used} of its ${most} statements of today (UTC)`;
  const seconds = (milliseconds: bigint): string => formatSeconds(Math.round(Number(milliseconds) / 1_000));
  return `the account ${account} has used ${seconds(used)} of its ${seconds(most)} of engine time of today (UTC)`;
}

/** In the largest unit of which it is at least one, to a tenth: 1.2 GB. */
export function aboutSize(bytes: bigint | number): string {
  const size = Number(bytes);
  const unit = (["TB", "GB", "MB", "KB"] as const).find((name) => size >= sizes[name]) ?? "B";
  return `${Math.round((size / sizes[unit]) * 10) / 10} ${unit}`;
}
