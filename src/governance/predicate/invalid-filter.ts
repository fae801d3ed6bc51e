/** The error for a row filter or a mask that cannot be used. */
import { HeadgateError } from "../../errors.ts";

interface Fault {
  /** Where in the row filter's text, counted from 1. */
  readonly column: number;
  readonly message: string;
  readonly remedy: string;
}

/** FILTER_INVALID with a place in the text of the row filter. */
export function invalidFilter({ column, message, remedy }: Fault): HeadgateError {
  return new HeadgateError("FILTER_INVALID", { place: `row filter, column ${column}`, message, remedy });
}
