/**
 * A row filter as a condition of the engine's SQL, whose names no attributes any more (`fillIn`).
 * Invariant: evaluating it cannot fail for any row. It is true, false or null as the filter is, and a row is visible
 * only if it is true.
 */
import { quoteText } from "../../engine/duckdb-type.ts";
import { must } from "../../base/must.ts";
import type { BoundColumn, Operand, Predicate } from "./predicate.ts";
import { readValue } from "./read-value.ts";
import { valueSql } from "./value-sql.ts";

/** `columnSql` gives an expression of the column's own type. */
export function predicateSql(predicate: Predicate, columnSql: (fieldId: number) => string): string {
  switch (predicate.op) {
    case "and":
    case "or":
      return `(${predicate.terms.map((term) => predicateSql(term, columnSql)).join(` ${predicate.op} `)})`;
    case "not":
      return `(not ${predicateSql(predicate.term, columnSql)})`;
    case "constant":
      return `${predicate.value}::boolean`;
    default:
      return `(${testSql(predicate, columnSql(predicate.column.fieldId))})`;
  }
}

function testSql(test: Extract<Predicate, { readonly column: BoundColumn }>, column: string): string {
  const { type } = test.column;
  switch (test.op) {
    case "is-null":
      return `${column} is null`;
    case "in":
      return `${column} in (${listOf(test.values)
        .map((value) => operandSql(value, type))
        .join(", ")})`;
    case "between":
      return `${column} between ${operandSql(test.least, type)} and ${operandSql(test.most, type)}`;
    case "like":
      return `${column} like ${patternSql(literalOf(test.pattern))}`;
    default:
      return `${column} ${test.op} ${operandSql(test.value, type)}`;
  }
}

function listOf(values: readonly Operand[] | "groups"): readonly Operand[] {
  if (values !== "groups" && values.length > 0) return values;
  throw new TypeError("a list of the row filter is not filled in");
}

function operandSql(operand: Operand, type: string): string {
  return valueSql(type, must(readValue(type, literalOf(operand)), "a constant of the column's type"));
}

function literalOf(operand: Operand): string {
  if ("literal" in operand) return operand.literal;
  throw new TypeError("an attribute in the row filter is not filled in");
}

/** Without ESCAPE, the engine knows faster ways to compare. */
function patternSql(pattern: string): string {
  return pattern.includes("\\") ? `${quoteText(pattern)} escape '\\'` : quoteText(pattern);
}
