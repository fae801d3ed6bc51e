/**
 * Converts errors of driver and server to HeadgateErrors.
 * Invariant: none contains a password; the driver's error is kept as the cause.
 */
import { PasswordExposure } from "../../base/password-exposure.ts";
import { ProtocolViolation } from "../../base/protocol-violation.ts";
import { HeadgateError, type ErrorCode } from "../../errors.ts";

/** An ERR packet of the server, or the driver's object for one. */
export interface ServerFailure {
  readonly errno?: number | undefined;
  readonly code?: string | undefined;
  readonly message: string;
}

const byNumber: Readonly<Record<number, ErrorCode>> = {
  1040: "SOURCE_UNREACHABLE",
  1044: "SOURCE_RIGHT_MISSING",
  1045: "SOURCE_LOGIN_REFUSED",
  1049: "SOURCE_DATABASE_UNKNOWN",
  1053: "SOURCE_LOST",
  1129: "SOURCE_LOGIN_REFUSED",
  1130: "SOURCE_LOGIN_REFUSED",
  1142: "SOURCE_RIGHT_MISSING",
  1143: "SOURCE_RIGHT_MISSING",
  1146: "SOURCE_TABLE_NOT_FOUND",
  1203: "SOURCE_UNREACHABLE",
  1226: "SOURCE_UNREACHABLE",
  1227: "SOURCE_RIGHT_MISSING",
  1370: "SOURCE_RIGHT_MISSING",
  1698: "SOURCE_LOGIN_REFUSED",
  1820: "SOURCE_LOGIN_REFUSED",
  1862: "SOURCE_LOGIN_REFUSED",
  1927: "SOURCE_LOST",
  3118: "SOURCE_LOGIN_REFUSED",
  3159: "SOURCE_TLS_FAILED",
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
const lost = new Set([
  "PROTOCOL_CONNECTION_LOST",
  "ECONNRESET",
  "EPIPE",
  "PROTOCOL_UNEXPECTED_PACKET",
  "PROTOCOL_PACKETS_OUT_OF_ORDER",
]);
const tableChanged = 1412;
/** A statement uses column names as they were described, so ER_BAD_FIELD_ERROR means that a column is gone. */
const columnGone = 1054;
/** The driver's code: it never sends a password in clear text, even when encrypted. */
const clearPassword = "MYSQL_CLEAR_PASSWORD_NOT_ENABLED";

/** For failures while connecting: `place` is the server as host and port. */
export function connectFailure(failure: unknown, place: string): HeadgateError {
  if (failure instanceof HeadgateError) return failure;
  if (failure instanceof PasswordExposure)
    return new HeadgateError("SOURCE_PASSWORD_EXPOSED", { place, message: failure.message });
  if (failure instanceof ProtocolViolation)
    return new HeadgateError("SOURCE_PROTOCOL", { place, message: failure.message, cause: failure });
  const { errno, code = "", message } = failure as ServerFailure;
  const known = errno === undefined ? undefined : byNumber[errno];
  if (known !== undefined) return new HeadgateError(known, { place, message, cause: failure });
  if (code === clearPassword)
    return new HeadgateError("SOURCE_PASSWORD_EXPOSED", { place, message: new PasswordExposure().message });
  if (isTlsCode(code)) return new HeadgateError("SOURCE_TLS_FAILED", { place, message, cause: failure });
  if (unreachable.has(code) || lost.has(code))
    return new HeadgateError("SOURCE_UNREACHABLE", { place, message, cause: failure });
  return new HeadgateError("SOURCE_FAILED", { place, message, cause: failure });
}

/** For failures after connecting: `place` is what was being read or asked. */
export function statementFailure(failure: unknown, place: string): HeadgateError {
  if (failure instanceof HeadgateError) return failure;
  if (failure instanceof ProtocolViolation)
    return new HeadgateError("SOURCE_PROTOCOL", { place, message: failure.message, cause: failure });
  const { errno, code = "", message } = failure as ServerFailure;
  if (errno === tableChanged || errno === columnGone) return changedTable(failure, place);
  const known = errno === undefined ? undefined : byNumber[errno];
  if (known !== undefined) return new HeadgateError(known, { place, message, cause: failure });
  const broke = lost.has(code) || unreachable.has(code) || /closed state/.test(message);
  const told = quotesNothing(errno) ? { message } : { message: mayQuote(errno), quoted: message };
  return new HeadgateError(broke ? "SOURCE_LOST" : "SOURCE_FAILED", { place, ...told, cause: failure });
}

/** Error numbers whose messages name objects, rights, limits and server states, but never a value of a row. */
const safeNumbers: ReadonlySet<number> = new Set([
  1021, 1030, 1034, 1037, 1038, 1041, 1064, 1114, 1153, 1194, 1195, 1205, 1213, 1235, 1290, 1317, 1356, 1449, 1969,
  3024,
]);

/**
 * A failure without a number comes from the driver or the system. When values do not fit (1292, 1366, 1690, 1644 …),
 * the server's message quotes them.
 */
function quotesNothing(errno: number | undefined): boolean {
  return errno === undefined || errno <= 0 || safeNumbers.has(errno);
}

function mayQuote(errno: number | undefined): string {
  return `the server reported error ${errno}; its message may quote rows and is not shown here`;
}

/**
 * InnoDB cannot show old rows of a table that was altered after the snapshot (ER_TABLE_DEF_CHANGED), or a column is
 * gone.
 */
function changedTable(cause: unknown, place: string): HeadgateError {
  return new HeadgateError("SOURCE_TABLE_ALTERED", { place, cause });
}

function isTlsCode(code: string): boolean {
  return /SSL|TLS|CERT|SELF_SIGNED|UNABLE_TO/.test(code);
}
