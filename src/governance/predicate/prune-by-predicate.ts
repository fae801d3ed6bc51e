/**
 * A row filter as a filter of files by their statistics.
 * Invariant: sound. Every row for which the row filter is true passes; if this is uncertain there is no filter.
 */
import { allOf, anyOf } from "../../iceberg/combine-expressions.ts";
import type { Comparison, Expression } from "../../iceberg/expression.ts";
import { prefixOfPattern } from "./like-pattern.ts";
import type { BoundColumn, Comparator, Operand, Predicate } from "./predicate.ts";
import { readValue } from "./read-value.ts";

/** Undefined lets every file pass. The row filter names no attributes any more (`fillIn`). */
export function pruneByPredicate(predicate: Predicate): Expression | undefined {
  return rowsWhere(predicate, true);
}

/** No row. */
const nothing: Expression = { op: "or", terms: [] };

/** Passes at least the rows for which the predicate is `outcome`; those for which it is null need not pass. */
function rowsWhere(predicate: Predicate, outcome: boolean): Expression | undefined {
  switch (predicate.op) {
    case "and":
    case "or":
      return (predicate.op === "and") === outcome
        ? allOf(predicate.terms.map((term) => rowsWhere(term, outcome)))
        : anyOf(predicate.terms.map((term) => rowsWhere(term, outcome)));
    case "not":
      return rowsWhere(predicate.term, !outcome);
    case "constant":
      return predicate.value === outcome ? undefined : nothing;
    case "is-null":
      return { op: outcome ? "is-null" : "not-null", fieldId: predicate.column.fieldId };
    default:
      return testRows(predicate, outcome) ?? { op: "not-null", fieldId: predicate.column.fieldId };
  }
}

type Test = Exclude<Extract<Predicate, { readonly column: BoundColumn }>, { op: "is-null" }>;

/** A comparison is true or false only for values, so rows with null never need to pass. */
function testRows(test: Test, outcome: boolean): Expression | undefined {
  const { column } = test;
  switch (test.op) {
    case "like":
      return outcome ? startingWith(column, test.pattern) : undefined;
    case "in":
      return outcome && test.values !== "groups"
        ? anyOf(test.values.map((value) => compared(column, "eq", value)))
        : undefined;
    case "between":
      return outcome
        ? allOf([compared(column, "gt-eq", test.least), compared(column, "lt-eq", test.most)])
        : anyOf([compared(column, "lt", test.least), compared(column, "gt", test.most)]);
    default: {
      const op = (outcome ? whereTrue : whereFalse)[test.op];
      return op && compared(column, op, test.value);
    }
  }
}

type Comparisons = Readonly<Record<Comparator, Comparison | undefined>>;

const whereTrue: Comparisons = { "=": "eq", "<>": undefined, "<": "lt", "<=": "lt-eq", ">": "gt", ">=": "gt-eq" };
const whereFalse: Comparisons = { "=": undefined, "<>": "eq", "<": "gt-eq", "<=": "gt", ">": "lt-eq", ">=": "lt" };

function compared({ fieldId, type }: BoundColumn, op: Comparison, operand: Operand): Expression | undefined {
  const value = "literal" in operand && hasReliableBounds(type) ? readValue(type, operand.literal) : undefined;
  // Writers disagree on whether −0 lies within bounds.
  const isUncertain = type === "double" && value === 0;
  return value === undefined || isUncertain ? undefined : { op, fieldId, value };
}

/** Writers disagree on the order of UUIDs, and on the bounds of times of day and of floats. */
function hasReliableBounds(type: string): boolean {
  return type !== "uuid" && type !== "time" && type !== "float";
}

function startingWith({ fieldId }: BoundColumn, pattern: Operand): Expression | undefined {
  const value = "literal" in pattern ? prefixOfPattern(pattern.literal) : "";
  return value === "" ? undefined : { op: "starts-with", fieldId, value };
}
