import type { Kysely, Transaction } from "kysely";
import type { Tables } from "./tables.ts";
import { inTransaction } from "./transaction.ts";

/** Does the work in a transaction and undoes it, to learn exactly what it would change and whether it would succeed. */
export async function rehearse<T>(
  db: Kysely<Tables>,
  work: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  const undone: { result?: T } & Error = new Error("undone");
  try {
    return await inTransaction(db, async (transaction) => {
      undone.result = await work(transaction);
      throw undone;
    });
  } catch (failure) {
    if (failure !== undone) throw failure;
    return undone.result as T;
  }
}
