/**
 * Whether a file, or a manifest's partitions, may hold a row that satisfies an expression (spec: "Scan Planning", inclusive
 * evaluation). "Maybe" is always a right answer; "no" must be certain.
 */
import type { Expression } from "./expression.ts";
import { compareValues, type Value } from "./value.ts";

/** What is known of one field's values in a file or group of files; undefined means not known. */
export interface FieldMetrics {
  readonly lower?: Value | undefined;
  readonly upper?: Value | undefined;
  readonly hasNulls?: boolean | undefined;
  /** False only when every value is null. */
  readonly hasValues?: boolean | undefined;
  /** NaN is outside the bounds and above every number in SQL comparisons here. */
  readonly hasNan?: boolean | undefined;
}

export type MetricsOf = (fieldId: number) => FieldMetrics | undefined;

export function mayMatch(expression: Expression, metricsOf: MetricsOf): boolean {
  switch (expression.kind) {
    case "true":
      return true;
    case "false":
      return false;
    case "and":
      return expression.operands.every((operand) => mayMatch(operand, metricsOf));
    case "or":
      return expression.operands.some((operand) => mayMatch(operand, metricsOf));
    default: {
      const metrics = metricsOf(expression.fieldId);
      return metrics === undefined || predicateMayMatch(expression, metrics);
    }
  }
}

type Predicate = Extract<Expression, { readonly fieldId: number }>;

function predicateMayMatch(predicate: Predicate, metrics: FieldMetrics): boolean {
  if (predicate.kind === "is-null") return metrics.hasNulls !== false;
  if (metrics.hasValues === false) return false;
  switch (predicate.kind) {
    case "not-null":
      return true;
    case "in":
      return predicate.values.some((value) => mayEqual(value, metrics));
    case "starts-with":
      return mayStartWith(predicate.prefix, metrics);
    case "comparison":
      return mayCompare(predicate, metrics);
  }
}

function mayCompare({ operator, value }: Extract<Predicate, { kind: "comparison" }>, metrics: FieldMetrics): boolean {
  const { lower, upper } = metrics;
  switch (operator) {
    case "eq":
      return mayEqual(value, metrics);
    case "not-eq":
      return true;
    case "lt":
      return lower === undefined || looseCompare(lower, value) < 0;
    case "lt-eq":
      return lower === undefined || looseCompare(lower, value) <= 0;
    case "gt":
      return upper === undefined || metrics.hasNan !== false || looseCompare(upper, value) > 0;
    case "gt-eq":
      return upper === undefined || metrics.hasNan !== false || looseCompare(upper, value) >= 0;
  }
}

function mayEqual(value: Value, { lower, upper }: FieldMetrics): boolean {
  if (typeof value === "number" && Number.isNaN(value)) return true;
  return (lower === undefined || looseCompare(lower, value) <= 0) && (upper === undefined || looseCompare(value, upper) <= 0);
}

/** −0 and 0 are one number in SQL, though two in Iceberg's order. */
function looseCompare(left: Value, right: Value): number {
  return left === 0 && right === 0 ? 0 : compareValues(left, right);
}

function mayStartWith(prefix: string, { lower, upper }: FieldMetrics): boolean {
  if (typeof lower === "string" && compareValues(lower, prefix) > 0 && !lower.startsWith(prefix)) return false;
  if (typeof upper === "string" && compareValues(upper, prefix) < 0) return false;
  return true;
}
