/** When work is due: a cron expression in a time zone, except on holidays. Pure: it uses no clock and no database. */
import { messageOf } from "../base/thrown.ts";
import { Cron } from "croner";
import { HeadgateError } from "../errors.ts";

export interface Timing {
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** IANA name: `Europe/Bucharest`. */
  readonly timeZone: string;
  /** Dates in the time zone, `2026-12-25`, on which nothing is due. */
  readonly holidays: readonly string[];
}

/** Throws SCHEDULE_INVALID for values that cannot be read or that are never due. */
export function checkTiming(timing: Timing, now: Date): void {
  const { cron, timeZone, holidays } = timing;
  const refuse = (message: string): never => {
    throw new HeadgateError("SCHEDULE_INVALID", { place: cron, message });
  };
  const badDate = holidays.find((date) => !isDate(date));
  if (badDate !== undefined) refuse(`"${badDate}" is not a date; write dates like 2026-12-25`);
  if (!isTimeZone(timeZone)) refuse(`"${timeZone}" is not a time zone; write it like Europe/Bucharest`);
  if (cron.trim().split(/\s+/).length !== 5)
    refuse("a schedule needs five fields: minute, hour, day of the month, month, day of the week");
  try {
    if (nextDue(timing, now) === undefined) refuse("the schedule is never due");
  } catch (failure) {
    if (failure instanceof HeadgateError) throw failure;
    refuse(messageOf(failure).replace(/^CronPattern: /, ""));
  }
}

/** After a whole year of holidays, even with a time in every minute, the schedule counts as never due. */
const mostHolidays = 366 * 24 * 60;

/**
 * The first time after `after`; undefined when there is none. A time that a clock change skips is due right after the
 * gap.
 */
export function nextDue({ cron, timeZone, holidays }: Timing, after: Date): Date | undefined {
  const times = new Cron(cron, { timezone: timeZone, paused: true });
  const left = new Set(holidays);
  let due = times.nextRun(after);
  for (let skipped = 0; due !== null && left.has(dateIn(timeZone, due)); skipped++) {
    if (skipped === mostHolidays) return undefined;
    due = times.nextRun(due);
  }
  return due ?? undefined;
}

function dateIn(timeZone: string, time: Date): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone }).format(time);
}

function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
