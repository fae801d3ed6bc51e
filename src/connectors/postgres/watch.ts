/**
 * Checks that tables are still as described, outside the cut's transactions: those see rows as they were, but files,
 * names and labels as they are now. A table that was rewritten, emptied or exchanged in the meantime shows other rows
 * than the cut's.
 *
 * It is called after a statement that read the table, in a transaction that still holds its lock, so what it finds was
 * true during the read. It takes no lock itself; otherwise it would wait behind a writer that waits for the reader.
 */
import { must } from "../../base/must.ts";
import { HeadgateError } from "../../errors.ts";
import type { SourceTable } from "../../sync/source.ts";
import type { Queries } from "./connection.ts";
import { placeOfTable } from "./identifiers.ts";
import { incarnationsOf } from "./incarnation.ts";

export interface Watch {
  /** Does work that reads a table and leaves it locked. Throws SOURCE_TABLE_ALTERED, and what the work throws. */
  over<T>(table: SourceTable, work: () => Promise<T>): Promise<T>;
}

export function openWatch(connection: Queries): Watch {
  const isAsDescribed = batched((tables: readonly SourceTable[]) => areAsDescribed(connection, tables));
  return {
    async over(table, work) {
      const outcome = await work().then(
        (result) => ({ result }),
        (failure: unknown) => ({ failure }),
      );
      if ("failure" in outcome && !mayBeOfAlteration(outcome.failure)) throw outcome.failure;
      if (!(await isAsDescribed(table))) throw altered(table, "failure" in outcome ? outcome.failure : undefined);
      if ("failure" in outcome) throw outcome.failure;
      return outcome.result;
    },
  };
}

/** The failure may mean that a column is gone or that the name means nothing any more. */
function mayBeOfAlteration(failure: unknown): boolean {
  return (
    failure instanceof HeadgateError &&
    ["SOURCE_FAILED", "SOURCE_TABLE_NOT_FOUND", "SOURCE_RIGHT_MISSING"].includes(failure.code)
  );
}

function altered({ name }: SourceTable, cause: unknown): HeadgateError {
  return new HeadgateError("SOURCE_TABLE_ALTERED", { place: placeOfTable(name), cause });
}

async function areAsDescribed(connection: Queries, tables: readonly SourceTable[]): Promise<readonly boolean[]> {
  const now = await incarnationsOf(
    connection,
    tables.map(({ name }) => name),
  );
  return tables.map(({ incarnation }, index) => incarnation !== undefined && now[index] === incarnation);
}

/** Combines all questions that arrive while an earlier one is being answered into a single call. */
function batched<Q, A>(askAll: (questions: readonly Q[]) => Promise<readonly A[]>): (question: Q) => Promise<A> {
  let next: { readonly questions: Q[]; readonly answers: Promise<readonly A[]> } | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const begin = (): NonNullable<typeof next> => {
    const questions: Q[] = [];
    const ask = (): Promise<readonly A[]> => {
      next = undefined;
      return askAll(questions);
    };
    const answers = last.then(ask, ask);
    last = answers;
    return { questions, answers };
  };
  return async (question) => {
    next ??= begin();
    const { questions, answers } = next;
    const place = questions.push(question) - 1;
    return must((await answers)[place], "an answer to every question");
  };
}
