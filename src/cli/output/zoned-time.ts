/** An instant as the clock of a time zone shows it, with the zone's name: `2026-11-29 08:15 Europe/Bucharest`. */
export function zonedTime(instant: string, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  return `${parts.format(new Date(instant))} ${timeZone}`;
}
