import type { BoundColumn, Predicate } from "./predicate.ts";

/** The same row filter about other columns. Its constants are not checked against their types; `rebind` does that. */
export function movePredicate(predicate: Predicate, move: (column: BoundColumn) => BoundColumn): Predicate {
  switch (predicate.op) {
    case "and":
    case "or":
      return { op: predicate.op, terms: predicate.terms.map((term) => movePredicate(term, move)) };
    case "not":
      return { op: "not", term: movePredicate(predicate.term, move) };
    case "constant":
      return predicate;
    default:
      return { ...predicate, column: move(predicate.column) };
  }
}
