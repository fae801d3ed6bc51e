/**
 * When schedules are due, for people: the usual choices as cron expressions, an expression in words, and the times of the
 * next week. The server decides when something is due; this computes the same for looking ahead.
 */
import { Cron } from "croner";

export interface Timing {
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  readonly timeZone: string;
  readonly holidays: readonly string[];
}

export type Choice = "quarter" | "workday" | "hourly" | "nightly" | "own";

export const choices: readonly (readonly [Choice, string])[] = [
  ["quarter", "Every 15 minutes"],
  ["workday", "Every 15 minutes, weekdays from 8 to 18"],
  ["hourly", "Every hour"],
  ["nightly", "Once a day"],
  ["own", "Another rhythm"],
];

const fixed = { quarter: "*/15 * * * *", workday: "*/15 8-17 * * 1-5", hourly: "0 * * * *" } as const;

/** `at` is the time of the day for once a day: 03:00. */
export function cronOf(choice: Choice, at: string, own: string): string {
  if (choice === "own") return own.trim();
  if (choice !== "nightly") return fixed[choice];
  const [hour = "3", minute = "0"] = at.split(":");
  return `${Number(minute)} ${Number(hour)} * * *`;
}

export function choiceOf(cron: string): { readonly choice: Choice; readonly at: string } {
  const known = choices.find(([choice]) => choice in fixed && cronOf(choice, "", "") === cron);
  if (known !== undefined) return { choice: known[0], at: "03:00" };
  const [, minute = "", hour = ""] = /^(\d{1,2}) (\d{1,2}) \* \* \*$/.exec(cron) ?? [];
  if (hour === "") return { choice: "own", at: "03:00" };
  return { choice: "nightly", at: `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}` };
}

/** Undefined for an expression that has no words of its own. */
export function wordsOf(cron: string): string | undefined {
  const { choice, at } = choiceOf(cron);
  if (choice === "nightly") return `every day at ${at}`;
  if (choice === "own") return undefined;
  return choices.find(([one]) => one === choice)?.[1].toLowerCase();
}

/** Even a schedule of every minute is shown as what it is. */
const mostTimes = 7 * 24 * 60 + 60;

/** Empty for an expression or a zone that cannot be read. */
export function dueTimes({ cron, timeZone, holidays }: Timing, from: Date, until: Date): readonly Date[] {
  try {
    if (cron.trim().split(/\s+/).length !== 5) return [];
    const times = new Cron(cron, { timezone: timeZone, paused: true });
    const day = new Intl.DateTimeFormat("en-CA", { timeZone });
    const left = new Set(holidays);
    const due: Date[] = [];
    let next = times.nextRun(from);
    for (let looked = 0; next !== null && next < until && looked < mostTimes; looked++) {
      if (left.size === 0 || !left.has(day.format(next))) due.push(next);
      next = times.nextRun(next);
    }
    return due;
  } catch {
    return [];
  }
}

export interface Day {
  /** Its midnight in the viewer's zone. */
  readonly begin: Date;
  /** How often something is due in each of its 24 hours. */
  readonly hours: readonly { readonly hour: number; readonly due: number }[];
  readonly runs: number;
}

/** Today and the six days after it, in the viewer's zone. */
export function weekOf(timings: readonly Timing[], now: Date): readonly Day[] {
  const midnight = (days: number): Date => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  const all = timings.flatMap((timing) => dueTimes(timing, now, midnight(7)));
  return Array.from({ length: 7 }, (_, days): Day => {
    const [begin, end] = [midnight(days), midnight(days + 1)];
    const here = all.filter((time) => time >= begin && time < end);
    const hours = Array.from({ length: 24 }, (_none, hour) => ({
      hour,
      due: here.filter((time) => time.getHours() === hour).length,
    }));
    return { begin, hours, runs: here.length };
  });
}

export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
