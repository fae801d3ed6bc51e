/**
 * Looks whether tables are still what they were described as, outside the cut's transactions: these see rows as they were, but
 * files, names and labels as they are now. A table that was rewritten, emptied or exchanged meanwhile shows other rows than those
 * of the cut.
 *
 * It is asked after a statement that read the table, in a transaction that still holds its lock: so what it finds was so during the
 * reading. It takes no lock itself, and would otherwise wait behind a writer that waits for the reader.
 */
import { must } from "../../base/must.ts";
import { HeadgateError } from "../../errors.ts";
import type { SourceTable } from "../../sync/source.ts";
import type { Queries } from "./connection.ts";
import { placeOfTable } from "./identifiers.ts";
import { incarnationsOf } from "./incarnation.ts";

export interface Watch {
  /** Does the work with a table, which leaves the table locked. Throws SOURCE_TABLE_ALTERED, and what the work throws. */
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

/** A column that is gone, a name that stands for nothing any more. */
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

/** Whatever is asked for while an earlier question is under way is asked for together. */
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
