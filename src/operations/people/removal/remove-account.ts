/**
 * Removes an account with everything in it, in steps of which each can be done again: its rights end, its contents are
 * dropped, its files are deleted. A removal that stops between them is finished by the same command.
 * Invariant: rights end first and in one transaction, whatever becomes of the rest.
 */
import type { Kysely } from "kysely";
import type { Report } from "../../../base/progress.ts";
import { inPolicyChange } from "../../../db/policy-change.ts";
import { rehearse } from "../../../db/rehearse.ts";
import type { Tables } from "../../../db/tables.ts";
import { HeadgateError } from "../../../errors.ts";
import { findRemovable } from "../../../identity/account-end.ts";
import { whatFalls, type Falls } from "../../../identity/what-falls.ts";
import { reach } from "../../../writer/crash-points.ts";
import type { Context } from "../../context.ts";
import { contentsOf, dataKinds, type Contents } from "./account-contents.ts";
import { deleteLeftovers, endLast } from "./delete-leftovers.ts";
import { dropContents, forgetRest } from "./drop-contents.ts";
import { endAccount } from "./end-account.ts";

export interface AccountRemoval {
  readonly name: string;
  readonly by: string | null;
  readonly keepFiles: boolean;
  readonly report: Report;
}

export interface Going {
  readonly falls: Falls;
  readonly contents: Contents;
}

/** Throws ACCOUNT_NOT_FOUND, USAGE for main. */
export function planRemoval(db: Kysely<Tables>, name: string): Promise<Going> {
  return rehearse(db, async (transaction) => goingOf(transaction, (await findRemovable(transaction, name)).id));
}

async function goingOf(db: Kysely<Tables>, id: string): Promise<Going> {
  return { falls: await whatFalls(db, id), contents: await contentsOf(db, id) };
}

/** Returns how many files were deleted. Throws ACCOUNT_NOT_FOUND, USAGE for main, and what the store of its files throws. */
export async function removeAccount(
  context: Context,
  { name, by, keepFiles, report }: AccountRemoval,
): Promise<number> {
  const { id } = await inPolicyChange(context.db, async (transaction) => {
    const account = await findRemovable(transaction, name);
    await endAccount(transaction, { account, by, keepFiles });
    return account;
  });
  reach("removal-begun", context.config);
  await dropContents(context, { id, by, report });
  reach("removal-forgotten", context.config);
  return deleteLeftovers(context, { id, keepFiles });
}

interface WithoutData {
  readonly name: string;
  readonly by: string | null;
}

/**
 * The same within the caller's transaction, for an account without data; files that were kept when their tables were
 * dropped stay. Throws NOT_EMPTY for one that has data.
 */
export async function removeWithoutData(transaction: Kysely<Tables>, { name, by }: WithoutData): Promise<Going> {
  const account = await findRemovable(transaction, name);
  const going = await goingOf(transaction, account.id);
  const data = going.contents.filter(({ what }) => dataKinds.includes(what));
  if (data.length > 0 || account.isBegun) throw hasData(name, data);
  await endAccount(transaction, { account, by, keepFiles: true });
  await forgetRest(transaction, account.id);
  await endLast(transaction, { id: account.id, keepFiles: true });
  return going;
}

function hasData(name: string, data: Contents): HeadgateError {
  const shown = data.map((one) => `${one.what} ${one.name}`).slice(0, 10);
  const more = data.length > 10 ? ` and ${data.length - 10} more` : "";
  return new HeadgateError("NOT_EMPTY", {
    place: name,
    message: data.length === 0 ? "its removal has begun" : `the account still has: ${shown.join(", ")}${more}`,
    remedy: `remove it with everything in it: headgate account remove ${name}, which also tells with --plan what goes`,
  });
}
