/**
 * Transactions of the metadata database, with the two things that go wrong by themselves handled: a serialisation failure or
 * deadlock is tried again, and a connection lost during COMMIT is told apart, because then nobody knows yet what happened.
 */
import { codeOf } from "../base/thrown.ts";
import { setTimeout as delay } from "node:timers/promises";
import { DatabaseError } from "pg";
import type { Kysely, Transaction } from "kysely";
import type { Tables } from "./tables.ts";

/** The connection broke while the server was told to commit: the transaction may or may not have taken place. */
export class CommitOutcomeUnknown extends Error {
  override readonly name = "CommitOutcomeUnknown";
}

const attempts = 8;
const retriable = new Set(["40001", "40P01"]);

/** Runs `work` in a transaction. `work` may run several times, so it must do nothing outside the database. */
export async function inTransaction<T>(
  db: Kysely<Tables>,
  work: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(db, work);
    } catch (failure) {
      if (!retriable.has(codeOf(failure) ?? "") || attempt === attempts) throw failure;
      await delay(Math.random() * 10 * 2 ** attempt);
    }
  }
}

async function once<T>(db: Kysely<Tables>, work: (transaction: Transaction<Tables>) => Promise<T>): Promise<T> {
  let worked = false;
  try {
    return await db.transaction().execute(async (transaction) => {
      const result = await work(transaction);
      worked = true;
      return result;
    });
  } catch (cause) {
    if (worked && isConnectionFailure(cause))
      throw new CommitOutcomeUnknown("the connection broke during the commit", { cause });
    throw cause;
  }
}

/** What the server said has its severity; anything else came from the connection. Classes 08 and 57P are the server's own farewell. */
function isConnectionFailure(failure: unknown): boolean {
  if (!(failure instanceof DatabaseError)) return true;
  const { code = "" } = failure;
  return code.startsWith("08") || code.startsWith("57P");
}
