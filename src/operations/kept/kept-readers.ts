/** Shares a query or a board with those with whom it can be shared: people, groups and roles, and everybody who acts in the account. */
import type { Kysely } from "kysely";
import { z } from "zod";
import type { Tables } from "../../db/tables.ts";
import { inTransaction } from "../../db/transaction.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { findPrincipal, parsePrincipalName, principalLabel } from "../../identity/principal-name.ts";
import { findOwn, sharedLabels, shareKept, type KeptName } from "./kept-store.ts";

export const keptReaders = z
  .array(z.string().min(1))
  .max(200)
  .readonly()
  .describe(
    "Everybody with whom it is then shared, in place of those before: ann, group:analysts, role:steward, or account:<your account>.",
  );

/** Returns the names of those with whom it is shared now. Throws like findOwn and findReaders. */
export function shareOwn(
  db: Kysely<Tables>,
  asking: Asking,
  { readers, ...name }: KeptName & { readonly readers: readonly string[] },
): Promise<readonly string[]> {
  return inTransaction(db, async (transaction) => {
    const own = await findOwn(transaction, asking, name);
    const sharedWith = await findReaders(transaction, asking, readers);
    await shareKept(transaction, own.id, sharedWith);
    return sharedLabels(asking, { ...own, sharedWith });
  });
}

/** Their ids. Throws the code of the kind for a name that is not found, USAGE. */
async function findReaders(
  db: Kysely<Tables>,
  { accountId }: Asking,
  names: readonly string[],
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const name of names) {
    checkText(name);
    const found = await findPrincipal(db, parsePrincipalName(name));
    if (found.kind === "unit" || (found.kind === "account" && found.id !== accountId))
      throw new HeadgateError("USAGE", {
        place: principalLabel(found),
        message: "a query or a board is known in its own account only",
        remedy: "name people, groups or roles, or the account in which you act",
      });
    ids.push(found.id);
  }
  return ids;
}

/** PostgreSQL cannot look for U+0000. Throws USAGE. */
function checkText(name: string): void {
  if (!name.includes("\0")) return;
  throw new HeadgateError("USAGE", { message: "a name contains the character U+0000, which no name may contain" });
}
