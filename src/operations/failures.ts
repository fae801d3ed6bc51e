/**
 * The errors that an operation can answer, by what it works with. An operation declares its own in `errors`; those in `usualErrors`
 * are answered by every one of them and are not repeated there.
 */
import type { ErrorCode } from "../errors.ts";
import { sourceErrorCodes } from "../source-error-codes.ts";

type Codes = readonly ErrorCode[];

export const usualErrors: Codes = [
  "USAGE",
  "UNAUTHENTICATED",
  "API_KEY_EXPIRED",
  "PASSWORD_MUST_CHANGE",
  "NOT_ALLOWED",
  "TOO_MANY_REQUESTS",
  "CANCELLED",
  "METADATA_UNREACHABLE",
  "DISK_FULL",
  "DATA_DIRECTORY_UNWRITABLE",
  "INTERNAL",
];

const ofStore: Codes = [
  "STORE_UNREACHABLE",
  "STORE_BUCKET_MISSING",
  "STORE_REFUSED",
  "STORE_LOGIN_REFUSED",
  "STORE_REGION_WRONG",
  "STORE_CLOCK_DIFFERS",
  "STORE_NOT_ENCRYPTED",
];

const ofEngine: Codes = ["ENGINE_LOST", "SQL_FAILED", "SQL_OUT_OF_MEMORY"];

/** A table is found by its name and its metadata is read. */
export const ofTable: Codes = [
  "TABLE_NOT_FOUND",
  "TABLE_AMBIGUOUS",
  "METADATA_INVALID",
  "DATA_FILE_MISSING",
  ...ofStore,
];

/** One of its states is asked for. */
export const ofState: Codes = [...ofTable, "SNAPSHOT_NOT_FOUND"];

/** A table gets another state. */
export const ofCommit: Codes = [...ofState, "COMMIT_CONFLICT", "COMMIT_UNKNOWN", "LAKE_NAME_TAKEN"];

/** Rows are read by a statement of somebody's. */
export const ofStatement: Codes = [
  ...ofState,
  ...ofEngine,
  "COLUMN_AMBIGUOUS",
  "COLUMN_UNREADABLE",
  "DATA_FILE_CORRUPT",
  "RESULT_UNREAD",
  "SQL_INVALID",
  "SQL_NOT_ALLOWED",
  "SQL_TIMEOUT",
  "TOO_MANY_STATEMENTS",
];

/** A source is found by its name. */
export const ofKnownSource: Codes = ["SOURCE_NOT_FOUND"];

/** A source is asked. */
export const ofSource: Codes = [
  "SECRET_KEY_MISMATCH",
  ...(Object.keys(sourceErrorCodes) as ErrorCode[]),
  ...ofKnownSource,
];

/** A table of the lake is found by the source that feeds it, which is asked. */
export const ofFedTable: Codes = [...ofSource, ...ofTable];

/** Rows become files, or files other files. */
export const ofWork: Codes = [
  ...ofSource,
  ...ofCommit,
  ...ofEngine,
  "COLUMN_UNREADABLE",
  "DATA_FILE_CORRUPT",
  "RUN_TIMED_OUT",
  "RUN_LOST",
];
