/** The two ways a statement is turned away before it runs. */
import { HeadgateError } from "../errors.ts";

/** SQL_NOT_ALLOWED: `what` names the thing, as in `the function read_csv`. */
export function notAllowed(what: string, place?: string): HeadgateError {
  return new HeadgateError("SQL_NOT_ALLOWED", { place, message: `${what} is not allowed here` });
}

/** SQL_INVALID: not a statement at all. */
export function invalid(message: string, place?: string): HeadgateError {
  return new HeadgateError("SQL_INVALID", { place, message });
}
