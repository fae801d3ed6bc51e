import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Comparison, Expression, Predicate } from "./expression.ts";
import { mayMatch, type FieldMetrics } from "./metrics-evaluator.ts";

type Cell = number | null;
type Row = readonly [Cell, Cell];

const small = fc.integer({ min: -4, max: 4 });
const cell = fc.option(small, { freq: 4 });
const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 });
const fieldId = fc.constantFrom(1, 2);
const comparison = fc.constantFrom<Comparison>("eq", "lt", "lt-eq", "gt", "gt-eq");
const predicate: fc.Arbitrary<Predicate> = fc.oneof(
  fc.record({ op: comparison, fieldId, value: small }),
  fc.record({ op: fc.constant("in" as const), fieldId, values: fc.array(small, { minLength: 1, maxLength: 3 }) }),
  fc.record({ op: fc.constantFrom("is-null" as const, "not-null" as const), fieldId }),
);
const expression: fc.Arbitrary<Expression> = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    predicate,
    fc.record({ op: fc.constantFrom("and" as const, "or" as const), terms: fc.array(tie("node"), { maxLength: 3 }) }),
  ),
})).node;

function holds(filter: Expression, row: Row): boolean {
  if ("terms" in filter) {
    const term = (part: Expression): boolean => holds(part, row);
    return filter.op === "and" ? filter.terms.every(term) : filter.terms.some(term);
  }
  const value = row[filter.fieldId - 1] ?? null;
  if (filter.op === "is-null") return value === null;
  if (value === null) return false;
  switch (filter.op) {
    case "not-null":
      return true;
    case "in":
      return filter.values.includes(value);
    case "eq":
      return value === filter.value;
    case "lt":
      return value < Number(filter.value);
    case "lt-eq":
      return value <= Number(filter.value);
    case "gt":
      return value > Number(filter.value);
    case "gt-eq":
      return value >= Number(filter.value);
    case "starts-with":
      return false;
  }
}

function metricsOf(file: readonly Row[], slack: number): (id: number) => FieldMetrics {
  return (id) => {
    const values = file.map((row) => row[id - 1] ?? null);
    const known = values.filter((value) => value !== null);
    return {
      lower: known.length === 0 ? undefined : Math.min(...known) - slack,
      upper: known.length === 0 ? undefined : Math.max(...known) + slack,
      hasNulls: known.length < values.length,
      hasValues: known.length > 0,
      hasNan: false,
    };
  };
}

test("a file with a matching row is never left out, also when its bounds are loose", () => {
  fc.assert(
    fc.property(rows, expression, fc.constantFrom(0, 1), (file, filter, slack) => {
      if (file.some((row) => holds(filter, row))) expect(mayMatch(filter, metricsOf(file, slack))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("a file whose bounds exclude the value is left out", () => {
  const metrics = metricsOf([[1, 5]], 0);
  for (const filter of [
    { op: "eq", fieldId: 1, value: 2 },
    { op: "gt", fieldId: 2, value: 5 },
    { op: "lt", fieldId: 1, value: 1 },
    { op: "in", fieldId: 2, values: [1, 9] },
    { op: "is-null", fieldId: 1 },
  ] as const)
    expect(mayMatch(filter, metrics)).toBe(false);
});

test("what is not known is never left out", () => {
  expect(mayMatch({ op: "eq", fieldId: 1, value: 2 }, () => undefined)).toBe(true);
  expect(mayMatch({ op: "gt", fieldId: 1, value: 9 }, () => ({ lower: 1, upper: 2 }))).toBe(true);
});

test("texts by their beginning, in the order of code points", () => {
  const metrics = (): FieldMetrics => ({ lower: "apple", upper: "melon" });
  expect(mayMatch({ op: "starts-with", fieldId: 1, value: "me" }, metrics)).toBe(true);
  expect(mayMatch({ op: "starts-with", fieldId: 1, value: "a" }, metrics)).toBe(true);
  expect(mayMatch({ op: "starts-with", fieldId: 1, value: "zebra" }, metrics)).toBe(false);
  expect(mayMatch({ op: "gt", fieldId: 1, value: "\u{1f34e}" }, () => ({ lower: "a", upper: "\uffff" }))).toBe(true);
});
