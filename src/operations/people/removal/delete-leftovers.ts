/**
 * Deletes the files of an account that is being removed, then the last of the account.
 * Invariant: a noted place is forgotten only when nothing lies below it, and the account's lake and keys only when no
 * place is left, so a store that cannot be reached leaves everything that deleting it later needs.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../../../db/tables.ts";
import { inPolicyChange } from "../../../db/policy-change.ts";
import { markRemoved } from "../../../identity/account-end.ts";
import { reach } from "../../../writer/crash-points.ts";
import type { Context } from "../../context.ts";

interface Leaving {
  readonly id: string;
  readonly keepFiles: boolean;
}

/** Returns how many files were deleted. Throws what the store throws. */
export async function deleteLeftovers({ db, objects, config }: Context, { id, keepFiles }: Leaving): Promise<number> {
  let files = 0;
  for (const location of keepFiles ? [] : await places(db, id)) {
    for await (const file of objects.list(`${location}/`, { drafts: true })) {
      await objects.delete([file.location]);
      reach("removal-deleting", config);
      files++;
    }
    await db.deleteFrom("account_leftovers").where("account_id", "=", id).where("location", "=", location).execute();
  }
  reach("removal-deleted", config);
  await inPolicyChange(db, (transaction) => endLast(transaction, { id, keepFiles }));
  return files;
}

/** The whole lake of an account that has one of its own: nothing else is ever put there. */
async function places(db: Kysely<Tables>, id: string): Promise<readonly string[]> {
  const { rows } = await sql<{ location: string }>`
    select location from account_leftovers where account_id = ${id}
    union select location from account_lakes where account_id = ${id} order by location`.execute(db);
  return rows.map(({ location }) => location);
}

/** The keys stay with the files that they encrypt. */
export async function endLast(transaction: Kysely<Tables>, { id, keepFiles }: Leaving): Promise<void> {
  await transaction.deleteFrom("account_leftovers").where("account_id", "=", id).execute();
  await transaction.deleteFrom("account_lakes").where("account_id", "=", id).execute();
  if (!keepFiles) await transaction.deleteFrom("account_keys").where("account_id", "=", id).execute();
  await markRemoved(transaction, id);
}
