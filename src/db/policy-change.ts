/**
 * Transactions that change people or rights.
 * Invariant: they wait for each other from their beginning, so whatever one of them looks up before it writes is still
 * true when it is committed.
 */
import type { Kysely, Transaction } from "kysely";
import type { Tables } from "./tables.ts";
import { inTransaction } from "./transaction.ts";

/** All changes of the policy wait for each other until the end of the transaction. */
export async function lockPolicy(transaction: Kysely<Tables>): Promise<void> {
  await transaction.selectFrom("policy_epoch").select("epoch").forUpdate().execute();
}

/** Like `inTransaction`. */
export function inPolicyChange<T>(
  db: Kysely<Tables>,
  work: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  return inTransaction(db, async (transaction) => {
    await lockPolicy(transaction);
    return work(transaction);
  });
}
