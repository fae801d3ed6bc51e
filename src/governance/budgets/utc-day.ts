/** Days of UTC, by which the use of an account is counted. */

/** As `2026-12-01`. */
export function dayOf(now: Date): string {
  return now.toISOString().slice(0, 10);
}

/** The moment at which the next day begins. */
export function nextDay(now: Date): string {
  const midnight = new Date(now);
  midnight.setUTCHours(24, 0, 0, 0);
  return midnight.toISOString().replace(".000Z", "Z");
}
