/** `2026-05-01T12:30:05.123Z` as `2026-05-01 12:30:05`, and the first moment of a day as that day; all in UTC. */
export function shortInstant(text: string): string {
  return text.replace(
    /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(\.\d+)?Z$/,
    (_all, day: string, time: string, fraction = ".0") =>
      time === "00:00:00" && Number(fraction) === 0 ? day : `${day} ${time}`,
  );
}
