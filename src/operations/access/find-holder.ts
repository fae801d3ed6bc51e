import type { Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { visible } from "../../governance/resource.ts";
import { findPrincipal, parsePrincipalName, principalMissingCodes } from "../../identity/principal-name.ts";

/**
 * The id of somebody whose grants are asked about. Throws USER_NOT_FOUND, GROUP_NOT_FOUND, ROLE_NOT_FOUND,
 * API_KEY_NOT_FOUND to those who administer something. Others are not told who exists: for them it is undefined, which
 * is to be answered like somebody about whom they may not ask.
 */
export async function findHolder(db: Kysely<Tables>, asking: Asking, text: string): Promise<string | undefined> {
  try {
    return (await findPrincipal(db, parsePrincipalName(text))).id;
  } catch (failure) {
    const isMissing = failure instanceof HeadgateError && principalMissingCodes.includes(failure.code);
    if (!isMissing || decideFor(asking, "administer", visible).allowed) throw failure;
    return undefined;
  }
}
