/** The address of Explore: it holds the question itself, so that Back undoes one step and a link shows the same to others. */
import { questionFrom } from "./question-from.ts";
import type { Question } from "./question.ts";

export interface ExploreSearch {
  readonly q?: Question;
  /** The id of a kept query that was made here. */
  readonly query?: string;
  /** A table to begin with, as `database.table`. */
  readonly table?: string;
}

export function exploreSearch({ q, query, table }: Record<string, unknown>): ExploreSearch {
  const question = questionFrom(q);
  return {
    ...(question === undefined ? {} : { q: question }),
    ...(typeof query === "string" ? { query } : {}),
    ...(typeof table === "string" ? { table } : {}),
  };
}
