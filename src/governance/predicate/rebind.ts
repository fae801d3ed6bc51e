/** Fits a row filter to a state of its table, whose columns may have been dropped, added or widened since it was written. */
import { isPrimitive, type Type } from "../../iceberg/type.ts";
import { isComparable, readValue } from "./read-value.ts";
import type { BoundColumn, Operand, Predicate } from "./predicate.ts";

/**
 * `typeOf` gives the type of a column in that state, undefined if the state does not have it. Returns undefined if the
 * filter cannot be evaluated there: a column is missing, or cannot hold the constant that it is compared with. The
 * filter names no attributes any more (`fillIn`).
 */
export function rebind(predicate: Predicate, typeOf: (fieldId: number) => Type | undefined): Predicate | undefined {
  switch (predicate.op) {
    case "constant":
      return predicate;
    case "and":
    case "or": {
      const terms = predicate.terms.map((term) => rebind(term, typeOf)).filter((term) => term !== undefined);
      return terms.length === predicate.terms.length ? { op: predicate.op, terms } : undefined;
    }
    case "not": {
      const term = rebind(predicate.term, typeOf);
      return term && { op: "not", term };
    }
    default: {
      const type = typeOf(predicate.column.fieldId);
      if (type === undefined || !isPrimitive(type)) return undefined;
      const fits = predicate.op === "is-null" || (isComparable(type) && constantsOf(predicate).every(holds(type)));
      return fits ? { ...predicate, column: { ...predicate.column, type } } : undefined;
    }
  }
}

type Test = Extract<Predicate, { readonly column: BoundColumn }>;

function constantsOf(test: Exclude<Test, { op: "is-null" }>): readonly Operand[] {
  if (test.op === "in") return test.values === "groups" ? [{ attribute: "groups" }] : test.values;
  if (test.op === "between") return [test.least, test.most];
  return [test.op === "like" ? test.pattern : test.value];
}

function holds(type: string): (operand: Operand) => boolean {
  return (operand) => "literal" in operand && readValue(type, operand.literal) !== undefined;
}
