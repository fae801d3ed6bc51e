/** A time of the system in the viewer's zone: near ones in words, the exact instant on hover and in the markup. */
import type { ReactNode } from "react";

interface MomentProps {
  readonly at: string;
  /** "4 minutes ago" even when it was long ago. */
  readonly isAge?: boolean;
}

export function Moment({ at, isAge = false }: MomentProps): ReactNode {
  const instant = new Date(at);
  return (
    <time dateTime={instant.toISOString()} title={exact.format(instant)}>
      {isAge ? age(instant) : near(instant)}
    </time>
  );
}

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const hour = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** Under an hour its age, today the hour, this week the weekday, else the day. */
export function near(instant: Date): string {
  const seconds = (Date.now() - instant.getTime()) / 1_000;
  if (Math.abs(seconds) < 3_600) return age(instant);
  if (instant.toDateString() === new Date().toDateString()) return hour.format(instant);
  return Math.abs(seconds) < 6 * 86_400 ? weekday.format(instant) : day.format(instant);
}

export function age(instant: Date): string {
  const seconds = (instant.getTime() - Date.now()) / 1_000;
  const size = Math.abs(seconds);
  if (size < 45) return seconds > 0 ? "in a moment" : "just now";
  if (size < 3_600) return relative.format(Math.round(seconds / 60), "minute");
  if (size < 86_400) return relative.format(Math.round(seconds / 3_600), "hour");
  return relative.format(Math.round(seconds / 86_400), "day");
}
