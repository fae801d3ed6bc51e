/**
 * Transactions of the metadata database, which handle two failures: after a serialisation failure or a deadlock, the
 * transaction is tried again; a connection lost during COMMIT has its own error, because the outcome is then unknown.
 */
import { codeOf } from "../base/thrown.ts";
import { setTimeout as delay } from "node:timers/promises";
import { DatabaseError } from "pg";
import type { Kysely, Transaction } from "kysely";
import type { Tables } from "./tables.ts";

/** The connection broke while the server was committing, so the transaction may or may not have taken place. */
export class CommitOutcomeUnknown extends Error {
  override readonly name = "CommitOutcomeUnknown";
}

const attempts = 8;
const retriable = new Set(["40001", "40P01"]);

/**
 * Runs `work` in a transaction: in that of the caller if `db` is one, so that several changes can be made together.
 * `work` may run several times, so it must do nothing outside the database.
 */
export async function inTransaction<T>(
  db: Kysely<Tables>,
  work: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  if (db.isTransaction) return work(db as Transaction<Tables>);
  return tryingAgain(() => once(db, work));
}

/** For a single statement, which is a transaction of its own. `work` may run several times. */
export async function tryingAgain<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
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

/**
 * Errors from the server have a severity; anything else comes from the connection. With classes 08 and 57P the server
 * itself ends the connection.
 */
function isConnectionFailure(failure: unknown): boolean {
  if (!(failure instanceof DatabaseError)) return true;
  const { code = "" } = failure;
  return code.startsWith("08") || code.startsWith("57P");
}
