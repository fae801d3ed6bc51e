/**
 * Whether a file, or a manifest's partitions, may contain a row that satisfies an expression (spec: "Scan Planning",
 * inclusive evaluation). "Maybe" is always a correct answer; "no" must be certain.
 */
import type { Expression, Predicate } from "./expression.ts";
import { compareValues, type Value } from "./value.ts";

/** Known facts about one field's values in a file or group of files; undefined means unknown. */
export interface FieldMetrics {
  readonly lower?: Value | undefined;
  readonly upper?: Value | undefined;
  readonly hasNulls?: boolean | undefined;
  /** False only if every value is null. */
  readonly hasValues?: boolean | undefined;
  /** NaN is outside the bounds and, in SQL comparisons here, above every number. */
  readonly hasNan?: boolean | undefined;
}

export type MetricsOf = (fieldId: number) => FieldMetrics | undefined;

export function mayMatch(expression: Expression | undefined, metricsOf: MetricsOf): boolean {
  if (expression === undefined) return true;
  if ("terms" in expression) {
    const mayTerm = (term: Expression): boolean => mayMatch(term, metricsOf);
    return expression.op === "and" ? expression.terms.every(mayTerm) : expression.terms.some(mayTerm);
  }
  const metrics = metricsOf(expression.fieldId);
  return metrics === undefined || predicateMayMatch(expression, metrics);
}

function predicateMayMatch(predicate: Predicate, metrics: FieldMetrics): boolean {
  if (predicate.op === "is-null") return metrics.hasNulls !== false;
  if (metrics.hasValues === false) return false;
  switch (predicate.op) {
    case "not-null":
      return true;
    case "in":
      return predicate.values.some((value) => mayEqual(value, metrics));
    case "starts-with":
      return mayStartWith(predicate.value, metrics);
    case "eq":
      return mayEqual(predicate.value, metrics);
    case "lt":
      return isBelow(metrics.lower, predicate.value, -1) || isNan(predicate.value);
    case "lt-eq":
      return isBelow(metrics.lower, predicate.value, 0) || isNan(predicate.value);
    case "gt":
      return metrics.hasNan !== false || isBelow(predicate.value, metrics.upper, -1);
    case "gt-eq":
      return metrics.hasNan !== false || isBelow(predicate.value, metrics.upper, 0);
  }
}

/** True unless both values are known and they compare above `most`. */
function isBelow(left: Value | undefined, right: Value | undefined, most: -1 | 0): boolean {
  return left === undefined || right === undefined || Math.sign(looseCompare(left, right)) <= most;
}

function mayEqual(value: Value, { lower, upper }: FieldMetrics): boolean {
  return isNan(value) || (isBelow(lower, value, 0) && isBelow(value, upper, 0));
}

function isNan(value: Value): boolean {
  return typeof value === "number" && Number.isNaN(value);
}

/** −0 and 0 are equal in SQL, although Iceberg's order tells them apart. */
function looseCompare(left: Value, right: Value): number {
  return left === 0 && right === 0 ? 0 : compareValues(left, right);
}

function mayStartWith(prefix: string, { lower, upper }: FieldMetrics): boolean {
  if (typeof lower === "string" && compareValues(lower, prefix) > 0 && !lower.startsWith(prefix)) return false;
  return !(typeof upper === "string" && compareValues(upper, prefix) < 0);
}
