/** A moment that somebody gives to an operation: a time with its zone. A date alone is for the command line to read. */
import { z } from "zod";

export const givenInstant = z.iso
  .datetime({
    offset: true,
    error: "this is not a time with a zone, such as 2027-01-31T18:00:00+02:00 or 2027-01-31T00:00:00Z",
  })
  .refine(
    hasWrittenYear,
    "in UTC, the year of this time is not one from 0001 to 9999, which can be written with four digits",
  );

/** In another zone, the last hours of the year 9999 are in the year 10000, which nobody could read back. */
function hasWrittenYear(text: string): boolean {
  const year = new Date(text).getUTCFullYear();
  return year >= 1 && year <= 9_999;
}
