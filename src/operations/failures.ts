/**
 * The errors that an operation can answer, grouped by what it works with. Every operation can answer `usualErrors`; it
 * declares the others in `errors`.
 */
import type { ErrorCode } from "../errors.ts";
import { sourceErrorCodes } from "../source-error-codes.ts";

type Codes = readonly ErrorCode[];

export const usualErrors: Codes = [
  "USAGE",
  "UNAUTHENTICATED",
  "API_KEY_EXPIRED",
  "PASSWORD_MUST_CHANGE",
  "AUTHENTICATOR_REQUIRED",
  "NOT_ALLOWED",
  "TOO_MANY_REQUESTS",
  "CANCELLED",
  "METADATA_UNREACHABLE",
  "AUDIT_UNWRITABLE",
  "DISK_FULL",
  "DATA_DIRECTORY_UNWRITABLE",
  "INTERNAL",
];

/** For reading and writing files of the lake, or of the lake of an account. */
export const ofStore: Codes = [
  "STORE_UNREACHABLE",
  "STORE_BUCKET_MISSING",
  "STORE_REFUSED",
  "STORE_LOGIN_REFUSED",
  "STORE_REGION_WRONG",
  "STORE_CLOCK_DIFFERS",
  "STORE_NOT_ENCRYPTED",
  "OBJECT_NOT_AUTHENTIC",
  "OBJECT_KEY_MISSING",
  "SECRET_KEY_MISMATCH",
];

const ofEngine: Codes = ["ENGINE_LOST", "SQL_FAILED", "SQL_OUT_OF_MEMORY"];

/** For finding a table by name and reading its metadata. */
export const ofTable: Codes = [
  "TABLE_NOT_FOUND",
  "TABLE_AMBIGUOUS",
  "LINK_DANGLING",
  "METADATA_INVALID",
  "DATA_FILE_MISSING",
  "FILE_OUTSIDE_TABLE",
  ...ofStore,
];

/** For reading one of its states. */
export const ofState: Codes = [...ofTable, "SNAPSHOT_NOT_FOUND"];

/** For giving a table a new state. */
export const ofCommit: Codes = [...ofState, "BUDGET_SPENT", "COMMIT_CONFLICT", "COMMIT_UNKNOWN", "LAKE_NAME_TAKEN"];

/** For running somebody's statement. */
export const ofStatement: Codes = [
  ...ofState,
  ...ofEngine,
  "BUDGET_SPENT",
  "COLUMN_AMBIGUOUS",
  "COLUMN_UNREADABLE",
  "DATA_FILE_CORRUPT",
  "RESULT_UNREAD",
  "SQL_INVALID",
  "SQL_NOT_ALLOWED",
  "SQL_TIMEOUT",
  "TOO_MANY_STATEMENTS",
  "VIEW_BROKEN",
  "VIEW_CLOSED",
];

/** For finding a source by name. */
export const ofKnownSource: Codes = ["SOURCE_NOT_FOUND"];

/** For asking a source. A parameter of its address, or how its files are read, may have a value that cannot be used. */
export const ofSource: Codes = [
  "SECRET_KEY_MISMATCH",
  "SETTING_INVALID",
  ...(Object.keys(sourceErrorCodes) as ErrorCode[]),
  ...ofKnownSource,
];

/** For finding a lake table through the source that feeds it, which is asked. */
export const ofFedTable: Codes = [...ofSource, ...ofTable];

/** For writing rows to files, or rewriting files. */
export const ofWork: Codes = [
  ...ofSource,
  ...ofCommit,
  ...ofEngine,
  "COLUMN_UNREADABLE",
  "DATA_FILE_CORRUPT",
  "RUN_TIMED_OUT",
  "RUN_LOST",
];
