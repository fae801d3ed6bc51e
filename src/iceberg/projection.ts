/**
 * Turns conditions on a column into conditions on a partition field made from it (spec: "Scan Planning", inclusive
 * projection).
 * Invariant: projections are sound. Every row that satisfies the condition has a partition value that satisfies its
 * projection; if this cannot be guaranteed, there is no projection.
 */
import type { Comparison, Expression, Predicate } from "./expression.ts";
import { applyTransform, type Transform } from "./transform.ts";
import type { PrimitiveType } from "./type.ts";
import type { Value } from "./value.ts";

interface Projecting {
  readonly transform: Transform;
  /** Type of the column. */
  readonly type: PrimitiveType;
}

/** The projection keeps the column's field id. */
export function project(predicate: Predicate, { transform, type }: Projecting): Expression | undefined {
  if (transform.kind === "void" || transform.kind === "unknown") return undefined;
  if (transform.kind === "identity") return predicate;
  if (predicate.op === "in") return projectIn(predicate, { transform, type });
  if (predicate.op === "starts-with") return projectPrefix(predicate, transform);
  return "value" in predicate ? projectComparison(predicate, { transform, type }) : predicate;
}

function projectComparison(
  predicate: Predicate & { readonly op: Comparison; readonly value: Value },
  { transform, type }: Projecting,
): Expression | undefined {
  const { op, fieldId } = predicate;
  const value = transformed(predicate.value, { transform, type });
  if (value === undefined) return undefined;
  if (op === "eq") return equal(fieldId, value, transform);
  if (transform.kind === "bucket") return undefined;
  if (op === "gt" || op === "gt-eq") return { op: "gt-eq", fieldId, value };
  return { op: "lt-eq", fieldId, value: isTime(transform) ? late(value) : value };
}

function projectIn(
  { fieldId, values }: Predicate & { readonly op: "in" },
  projecting: Projecting,
): Expression | undefined {
  const terms = values.map((value) => project({ op: "eq", fieldId, value }, projecting));
  return terms.every((term) => term !== undefined) ? { op: "or", terms } : undefined;
}

/** A prefix at least as long as the truncated width determines the whole partition value. */
function projectPrefix(
  { fieldId, value }: Predicate & { readonly op: "starts-with" },
  transform: Transform,
): Expression | undefined {
  if (transform.kind !== "truncate") return undefined;
  const points = [...value];
  if (points.length < transform.width) return { op: "starts-with", fieldId, value };
  return { op: "eq", fieldId, value: points.slice(0, transform.width).join("") };
}

function equal(fieldId: number, value: Value, transform: Transform): Expression {
  if (!isTime(transform) || late(value) === value) return { op: "eq", fieldId, value };
  return { op: "in", fieldId, values: [value, late(value)] };
}

function transformed(value: Value, { transform, type }: Projecting): Value | undefined {
  try {
    return applyTransform(transform, { type, value }) ?? undefined;
  } catch {
    return undefined;
  }
}

function isTime({ kind }: Transform): boolean {
  return kind === "year" || kind === "month" || kind === "day" || kind === "hour";
}

/** Some writers rounded times before 1970 towards zero, so their values are one higher than they should be. */
function late(value: Value): Value {
  return typeof value === "number" && value < 0 ? value + 1 : value;
}
