/** A projection is sound: every value that satisfies the condition has a partition that satisfies the projection. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Expression, Predicate } from "./expression.ts";
import { mayMatch, type FieldMetrics } from "./metrics-evaluator.ts";
import { project } from "./projection.ts";
import { applyTransform, type Transform } from "./transform.ts";
import type { Value } from "./value.ts";

const fieldId = 1;

function metricsOf(value: Value | null): FieldMetrics {
  if (value === null) return { hasNulls: true, hasValues: false };
  return { lower: value, upper: value, hasNulls: false, hasNan: false };
}

/** For a single value the condition is decided exactly, because both bounds are that value. */
function isTrue(condition: Expression | undefined, value: Value | null): boolean {
  return mayMatch(condition, () => metricsOf(value));
}

const longs = fc.bigInt({ min: -50n, max: 50n });
const micros = fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n });
const texts = fc.string({ unit: fc.constantFrom("a", "b", "é", "😀"), maxLength: 5 });
const times: readonly Transform[] = (["year", "month", "day", "hour"] as const).map((kind) => ({ kind }));
const cases: readonly (readonly [string, fc.Arbitrary<Value>, readonly Transform[]])[] = [
  [
    "long",
    longs,
    [{ kind: "identity" }, { kind: "bucket", buckets: 4 }, { kind: "truncate", width: 10 }, { kind: "void" }],
  ],
  ["timestamp", micros, times],
  ["string", texts, [{ kind: "truncate", width: 2 }, { kind: "bucket", buckets: 3 }, { kind: "identity" }]],
];

function predicates(values: fc.Arbitrary<Value>): fc.Arbitrary<Predicate> {
  const op = fc.constantFrom("eq", "lt", "lt-eq", "gt", "gt-eq");
  return fc.oneof(
    fc.record({ op, fieldId: fc.constant(fieldId), value: values }),
    fc.record({ op: fc.constant("in"), fieldId: fc.constant(fieldId), values: fc.array(values, { maxLength: 3 }) }),
    fc.record({ op: fc.constantFrom("is-null", "not-null"), fieldId: fc.constant(fieldId) }),
  ) as fc.Arbitrary<Predicate>;
}

describe.each(cases)("of a %s", (type, values, transforms) => {
  test.each(transforms)("through %o", (transform) => {
    const found = { passed: 0, pruned: 0 };
    fc.assert(
      fc.property(predicates(values), fc.option(values, { freq: 10 }), (predicate, value) => {
        const projection = project(predicate, { transform, type });
        const partition = applyTransform(transform, { type, value });
        if (isTrue(predicate, value)) {
          found.passed++;
          expect(isTrue(projection, partition)).toBe(true);
        } else if (!isTrue(projection, partition)) found.pruned++;
      }),
      { numRuns: 500 },
    );
    expect(found.passed).toBeGreaterThan(0);
    expect(found.pruned > 0 || transform.kind === "void").toBe(true);
  });
});

test("a text that begins with so much, and with more than the partition keeps", () => {
  const transform: Transform = { kind: "truncate", width: 2 };
  const of = (value: string) => project({ op: "starts-with", fieldId, value }, { transform, type: "string" });
  expect(of("a")).toEqual({ op: "starts-with", fieldId, value: "a" });
  expect(of("abc")).toEqual({ op: "eq", fieldId, value: "ab" });
});
