/** The errors of operations that make and change views. */
import { principalMissingCodes } from "../../identity/principal-name.ts";
import type { ErrorCode } from "../../errors.ts";
import { ofStatement, ofTable } from "../failures.ts";

export const ofMakingViews: readonly ErrorCode[] = [
  ...ofStatement,
  ...principalMissingCodes,
  "ACCOUNT_NOT_FOUND",
  "COMMIT_CONFLICT",
  "LAKE_NAME_TAKEN",
  "VIEW_INVALID",
  "VIEW_NOT_ALLOWED",
];

export const ofChangingViews: readonly ErrorCode[] = [
  ...ofTable,
  ...principalMissingCodes,
  "COMMIT_CONFLICT",
  "VIEW_BROKEN",
  "VIEW_CLOSED",
  "VIEW_NOT_ALLOWED",
  "VIEW_VERSION_NOT_FOUND",
];
