/** Durations as people write them: `90s`, `30m`, `26h`, `7d`. */
import { HeadgateError } from "../errors.ts";

const units = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** Parses a duration into seconds. Throws USAGE. */
export function secondsOf(text: string): number {
  const [, number, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  if (number === undefined)
    throw new HeadgateError("USAGE", {
      place: text,
      message: "this is not a duration",
      remedy: "write a whole number followed by s, m, h or d, for example 30m",
    });
  return Number(number) * units[unit as keyof typeof units];
}

/** Formats seconds in the largest unit that divides them: `30m`, and `0s`. */
export function formatSeconds(seconds: number): string {
  if (seconds === 0) return "0s";
  const unit = (["d", "h", "m"] as const).find((name) => seconds % units[name] === 0) ?? "s";
  return `${seconds / units[unit]}${unit}`;
}
