import { HeadgateError } from "../errors.ts";

/** A date is the first moment of that day in UTC. Throws USAGE. */
export function momentWord(text: string, option: string): string {
  const at = new Date(text);
  const isWhole = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  if (isWhole && !Number.isNaN(at.getTime())) return at.toISOString();
  throw new HeadgateError("USAGE", {
    place: `${option} ${text}`,
    message: "this is not a time",
    remedy: "write a date, 2027-01-31, or a time with its zone, 2027-01-31T18:00:00+02:00",
  });
}
