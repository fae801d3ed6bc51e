/**
 * A filter as a condition of the engine's SQL.
 * Invariant: evaluating it cannot fail for any row, and it is true for every row that passes the filter.
 */
import { quoteText } from "../engine/duckdb-type.ts";
import { valueSql } from "../governance/predicate/value-sql.ts";
import type { Expression, Predicate } from "../iceberg/expression.ts";

interface ColumnSql {
  readonly sql: string;
  /** Iceberg's primitive type. */
  readonly type: string;
}

export function expressionSql(expression: Expression, columnOf: (fieldId: number) => ColumnSql): string {
  if (!("terms" in expression)) return predicateSql(expression, columnOf(expression.fieldId));
  if (expression.terms.length === 0) return String(expression.op === "and");
  return `(${expression.terms.map((term) => expressionSql(term, columnOf)).join(` ${expression.op} `)})`;
}

const operators = { eq: "=", lt: "<", "lt-eq": "<=", gt: ">", "gt-eq": ">=" } as const;

function predicateSql(predicate: Predicate, { sql, type }: ColumnSql): string {
  switch (predicate.op) {
    case "is-null":
      return `${sql} is null`;
    case "not-null":
      return `${sql} is not null`;
    case "starts-with":
      return `starts_with(${sql}, ${quoteText(predicate.value)})`;
    case "in":
      return `${sql} in (${predicate.values.map((value) => valueSql(type, value)).join(", ")})`;
    default:
      return `${sql} ${operators[predicate.op]} ${valueSql(type, predicate.value)}`;
  }
}
