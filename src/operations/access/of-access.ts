import type { ErrorCode } from "../../errors.ts";
import { principalMissingCodes } from "../../identity/principal-name.ts";
import { resourceMissingCodes } from "./granted-on.ts";

/** The errors of grants that name what they are on, and to whom. */
export const ofGrants: readonly ErrorCode[] = [
  ...resourceMissingCodes,
  ...principalMissingCodes,
  "FILTER_NOT_FOUND",
  "GRANT_INVALID",
  "GRANT_TOO_WIDE",
];

/** The errors of people and rights that are declared together. */
export const ofAccess: readonly ErrorCode[] = [
  ...ofGrants,
  "UNIT_NOT_FOUND",
  "NAME_TAKEN",
  "NOT_EMPTY",
  "ACCOUNT_KIND",
  "PROCESS_INVALID",
  "SHARE_STATE",
  "MEMBERSHIP_CYCLE",
  "FILTER_INVALID",
  "FILTER_IN_USE",
  "TERM_NOT_FOUND",
  "COLUMN_NOT_FOUND",
];
