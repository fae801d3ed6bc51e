/**
 * Converts errors of driver and server to HeadgateErrors.
 * Invariant: none contains a password; the driver's error is kept as the cause.
 */
import { PasswordExposure } from "../../base/password-exposure.ts";
import { ProtocolViolation } from "../../base/protocol-violation.ts";
import { HeadgateError, type ErrorCode } from "../../errors.ts";

interface DriverFailure {
  /** An SQLSTATE from the server, or a system code. */
  readonly code?: string | undefined;
  /** For errors reported by the server: `ERROR` if the session continues, `FATAL` if it ended. */
  readonly severity?: string | undefined;
  readonly message: string;
}

/** The driver throws its own errors and those of sockets and TLS, which have some of these members. */
function asDriverFailure(failure: unknown): DriverFailure {
  return failure as DriverFailure;
}

const byState: Readonly<Record<string, ErrorCode>> = {
  "28P01": "SOURCE_LOGIN_REFUSED",
  "28000": "SOURCE_LOGIN_REFUSED",
  "3D000": "SOURCE_DATABASE_UNKNOWN",
  "42501": "SOURCE_RIGHT_MISSING",
  "42P01": "SOURCE_TABLE_NOT_FOUND",
  "53300": "SOURCE_UNREACHABLE",
  "55P03": "SOURCE_TABLE_LOCKED",
  "57P01": "SOURCE_LOST",
  "57P02": "SOURCE_LOST",
  "57P03": "SOURCE_UNREACHABLE",
};

const unreachable = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "ENOENT",
  "EACCES",
]);

/** For failures while connecting: `place` is the server. */
export function connectFailure(failure: unknown, place: string): HeadgateError {
  if (failure instanceof HeadgateError) return failure;
  if (failure instanceof PasswordExposure)
    return new HeadgateError("SOURCE_PASSWORD_EXPOSED", { place, message: failure.message });
  if (failure instanceof ProtocolViolation)
    return new HeadgateError("SOURCE_PROTOCOL", { place, message: failure.message, cause: failure });
  const { code = "", message } = asDriverFailure(failure);
  const known = byState[code];
  if (known !== undefined) return new HeadgateError(known, { place, message, cause: failure });
  if (/SSL|TLS|CERT|SELF_SIGNED|UNABLE_TO/.test(code) || /SSL/.test(message))
    return new HeadgateError("SOURCE_TLS_FAILED", { place, message, cause: failure });
  if (/password must be a string/.test(message))
    return new HeadgateError("SOURCE_LOGIN_REFUSED", {
      place,
      message: "the server asks for a password, but none was given",
      cause: failure,
    });
  if (/^timeout expired$/.test(message))
    return new HeadgateError("SOURCE_UNREACHABLE", {
      place,
      message: "the server did not complete the login in time",
      cause: failure,
    });
  if (unreachable.has(code) || isBroken(failure))
    return new HeadgateError("SOURCE_UNREACHABLE", { place, message, cause: failure });
  return new HeadgateError("SOURCE_FAILED", { place, message, cause: failure });
}

/** For failures after connecting: `place` is what was being read or asked. */
export function statementFailure(failure: unknown, place: string): HeadgateError {
  if (failure instanceof HeadgateError) return failure;
  const told = poolFailure(failure) ?? standbyFailure(failure);
  if (told !== undefined)
    return new HeadgateError(told, { place, message: asDriverFailure(failure).message, cause: failure });
  if (failure instanceof ProtocolViolation)
    return new HeadgateError("SOURCE_PROTOCOL", { place, message: failure.message, cause: failure });
  const { code = "", message, severity } = asDriverFailure(failure);
  const known = byState[code] ?? (isBroken(failure) ? "SOURCE_LOST" : "SOURCE_FAILED");
  // The error comes from another server behind this one, for instance that of a foreign table.
  const isOfAnother = severity === "ERROR" && ofTheConnection.has(known);
  const words = quotesNothing(code) ? { message } : { message: mayQuote(code), quoted: message };
  return new HeadgateError(isOfAnother ? "SOURCE_FAILED" : known, { place, ...words, cause: failure });
}

/**
 * Classes of SQLSTATE whose messages name objects, rights, limits and server states, but never a value of a row. All
 * others, such as 22 (data exceptions), 23 (constraints) and P0 (raised by functions), may quote one.
 */
const safeClasses: ReadonlySet<string> = new Set([
  "08",
  "0A",
  "25",
  "28",
  "3D",
  "3F",
  "40",
  "42",
  "53",
  "54",
  "55",
  "57",
  "58",
]);

/** A failure without an SQLSTATE comes from the driver or the system. */
function quotesNothing(code: string): boolean {
  return !/^[0-9A-Z]{5}$/.test(code) || /^E[A-Z]+$/.test(code) || safeClasses.has(code.slice(0, 2));
}

function mayQuote(code: string): string {
  return `the server reported an error with SQLSTATE ${code}; its message may quote rows and is not shown here`;
}

const ofTheConnection: ReadonlySet<ErrorCode> = new Set([
  "SOURCE_LOST",
  "SOURCE_UNREACHABLE",
  "SOURCE_LOGIN_REFUSED",
  "SOURCE_DATABASE_UNKNOWN",
]);

function isBroken(failure: unknown): boolean {
  const { code = "", message } = asDriverFailure(failure);
  return (
    code.startsWith("08") ||
    ["ECONNRESET", "EPIPE", "ERR_STREAM_DESTROYED"].includes(code) ||
    /connection terminated|not queryable|connection ended/i.test(message) ||
    unreachable.has(code)
  );
}

/** Recognises PgBouncer's messages, and a snapshot that another server exported. */
function poolFailure(failure: unknown): ErrorCode | undefined {
  const { message } = asDriverFailure(failure);
  if (/statement pooling mode|invalid snapshot identifier|snapshot "[^"]*" does not exist/i.test(message))
    return "SOURCE_POOL_UNFIT";
  return /query_wait_timeout|no more connections allowed/i.test(message) ? "SOURCE_UNREACHABLE" : undefined;
}

/** The standby ended the statement or the session (PostgreSQL manual, "Handling Query Conflicts"). */
function standbyFailure(failure: unknown): ErrorCode | undefined {
  return /conflict with recovery/i.test(asDriverFailure(failure).message) ? "SOURCE_STANDBY_CONFLICT" : undefined;
}
