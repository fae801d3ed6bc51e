import type { Predicate } from "./predicate.ts";

/** The field ids that a row filter compares. */
export function predicateColumns(predicate: Predicate): readonly number[] {
  switch (predicate.op) {
    case "and":
    case "or":
      return predicate.terms.flatMap(predicateColumns);
    case "not":
      return predicateColumns(predicate.term);
    case "constant":
      return [];
    default:
      return [predicate.column.fieldId];
  }
}
