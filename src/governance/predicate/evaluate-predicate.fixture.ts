/**
 * For tests: what a row filter means for one row, written straight from the rules of SQL, without the engine. Values are
 * in Iceberg's form.
 */
import { compareValues, type Value } from "../../iceberg/value.ts";
import type { BoundColumn, Operand, Predicate } from "./predicate.ts";
import { readValue } from "./read-value.ts";

type Outcome = boolean | null;

export function evaluate(predicate: Predicate, valueOf: (fieldId: number) => Value | null): Outcome {
  switch (predicate.op) {
    case "constant":
      return predicate.value;
    case "not":
      return negated(evaluate(predicate.term, valueOf));
    case "and":
      return every(predicate.terms.map((term) => evaluate(term, valueOf)));
    case "or":
      return negated(every(predicate.terms.map((term) => negated(evaluate(term, valueOf)))));
    case "is-null":
      return valueOf(predicate.column.fieldId) === null;
    default: {
      const value = valueOf(predicate.column.fieldId);
      return value === null ? null : test(predicate, value);
    }
  }
}

function negated(outcome: Outcome): Outcome {
  return outcome === null ? null : !outcome;
}

function every(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes(false)) return false;
  return outcomes.includes(null) ? null : true;
}

type Test = Exclude<Extract<Predicate, { readonly column: BoundColumn }>, { op: "is-null" }>;

function test(predicate: Test, value: Value): boolean {
  const compared = (operand: Operand): number => compare(value, constant(operand, predicate.column.type));
  switch (predicate.op) {
    case "=":
      return compared(predicate.value) === 0;
    case "<>":
      return compared(predicate.value) !== 0;
    case "<":
      return compared(predicate.value) < 0;
    case "<=":
      return compared(predicate.value) <= 0;
    case ">":
      return compared(predicate.value) > 0;
    case ">=":
      return compared(predicate.value) >= 0;
    case "in":
      if (predicate.values === "groups") throw new TypeError("the groups are not filled in");
      return predicate.values.some((operand) => compared(operand) === 0);
    case "between":
      return compared(predicate.least) >= 0 && compared(predicate.most) <= 0;
    case "like":
      return isLike(String(value), String(constant(predicate.pattern, "string")));
  }
}

function constant(operand: Operand, type: string): Value {
  const value = "literal" in operand ? readValue(type, operand.literal) : undefined;
  if (value === undefined) throw new TypeError("the row filter is not filled in");
  return value;
}

/** NaN equals itself and is above every number, and both zeros are equal. */
function compare(left: Value, right: Value): number {
  if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
  return left === 0 && right === 0 ? 0 : compareValues(left, right);
}

function isLike(text: string, pattern: string): boolean {
  const parts = [...pattern.matchAll(/\\([%_\\])|(%)|(_)|(.)/gsu)].map(([, escaped, any, one, plain]) => {
    if (any !== undefined) return "[^]*";
    return one === undefined ? RegExp.escape(escaped ?? plain ?? "") : "[^]";
  });
  return new RegExp(`^${parts.join("")}$`, "u").test(text);
}
