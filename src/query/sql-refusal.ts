/** The two errors with which a statement is refused before it runs. */
import { HeadgateError } from "../errors.ts";

/** SQL_NOT_ALLOWED: `what` names the refused part, as in `the function read_csv`. */
export function notAllowed(what: string, place?: string, remedy?: string): HeadgateError {
  return new HeadgateError("SQL_NOT_ALLOWED", { place, message: `${what} is not allowed here`, remedy });
}

/** SQL_INVALID: the text is not a statement. */
export function invalid(message: string, place?: string, remedy?: string): HeadgateError {
  return new HeadgateError("SQL_INVALID", { place, message, remedy });
}
