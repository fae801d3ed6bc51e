/** For tests: columns of every type that a row filter can compare, values around their edges, and random row filters. */
import * as fc from "fast-check";
import type { NestedField } from "../../iceberg/type.ts";
import type { Comparator, Operand, Predicate, ReaderFacts } from "./predicate.ts";

const typed: readonly (readonly [type: string, constants: readonly string[]])[] = [
  ["boolean", ["true", "false"]],
  ["int", ["-2147483648", "-1", "0", "1", "2", "2147483647"]],
  ["long", ["-9223372036854775808", "0", "5", "9007199254740993", "9223372036854775807"]],
  ["float", ["-1.5", "0", "-0.0", "0.1", "16777217", "3.4e38"]],
  ["double", ["-1.5", "0", "-0.0", "0.1", "1e308", "5"]],
  ["decimal(12,2)", ["-9.99", "0", "0.01", "1.1", "1.10", "9999999999.99"]],
  ["decimal(38,0)", ["-99999999999999999999999999999999999999", "0", "7"]],
  [
    "string",
    ["", "a", "A", "ab", "a%", "a_", "a\\%", "b", "é", "e\u0301", "🛒", "\uffff", "it's", "a\nb", "%", "_", "%b%"],
  ],
  ["date", ["0001-01-01", "1969-12-31", "1970-01-01", "2024-02-29", "2026-05-01", "9999-12-31"]],
  ["time", ["00:00:00", "12:30:00.5", "23:59:59.999999"]],
  ["timestamp", ["0001-01-01", "1969-12-31 23:59:59.999999", "2026-05-01 12:30:00", "9999-12-31T23:59"]],
  [
    "timestamptz",
    ["1970-01-01 00:00:00Z", "2026-05-01 12:30:00+02:00", "2026-05-01 10:30:00", "2026-05-01 05:00:00-05:30"],
  ],
  ["timestamp_ns", ["1677-09-22", "1969-12-31 23:59:59.999999999", "2026-05-01 12:30:00.123456789", "2262-04-11"]],
  [
    "uuid",
    [
      "00000000-0000-0000-0000-000000000000",
      "7f000000-0000-0000-0000-000000000001",
      "FF000000-0000-0000-0000-000000000001",
    ],
  ],
];

export const comparedFields: readonly NestedField[] = typed.map(([type], index) => ({
  id: index + 1,
  name: `c ${type}`,
  required: false,
  type,
}));

/** Constants of the column's type, as people write them. */
export function constantsOf(fieldId: number): readonly string[] {
  return typed[fieldId - 1]?.[1] ?? [];
}

const comparators: readonly Comparator[] = ["=", "<>", "<", "<=", ">", ">="];
const attributes = ["own", "other", "missing", "constructor"];

const column = fc.constantFrom(...comparedFields.map(({ id, type }) => ({ fieldId: id, type: String(type) })));

function operandOf(fieldId: number): fc.Arbitrary<Operand> {
  const attribute: fc.Arbitrary<Operand> = fc.constantFrom(...attributes).map((name) => ({ attribute: name }));
  const literal: fc.Arbitrary<Operand> = fc.constantFrom(...constantsOf(fieldId)).map((text) => ({ literal: text }));
  return fc.oneof({ arbitrary: literal, weight: 4 }, { arbitrary: attribute, weight: 1 });
}

const test: fc.Arbitrary<Predicate> = column.chain((bound): fc.Arbitrary<Predicate> => {
  const operand = operandOf(bound.fieldId);
  const comparison = fc.record({ op: fc.constantFrom(...comparators), column: fc.constant(bound), value: operand });
  const list = fc.array(operand, { minLength: 1, maxLength: 4 });
  const lists = bound.type === "string" ? fc.oneof(list, fc.constant("groups" as const)) : list;
  const within = fc.record({ op: fc.constant("in" as const), column: fc.constant(bound), values: lists });
  const bounds = { op: fc.constant("between" as const), column: fc.constant(bound), least: operand, most: operand };
  const absent = fc.record({ op: fc.constant("is-null" as const), column: fc.constant(bound) });
  const like = fc.record({ op: fc.constant("like" as const), column: fc.constant(bound), pattern: operand });
  return fc.oneof(comparison, within, fc.record(bounds), absent, ...(bound.type === "string" ? [like, like] : []));
});

/** As `parsePredicate` returns them. */
export const anyPredicate: fc.Arbitrary<Predicate> = fc.letrec<{ term: Predicate }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { arbitrary: test, weight: 3 },
    fc.record({ op: fc.constant("not" as const), term: tie("term") }),
    fc.record({
      op: fc.constantFrom("and" as const, "or" as const),
      terms: fc.array(tie("term"), { minLength: 2, maxLength: 4 }),
    }),
  ),
})).term;

const anyConstant = fc.constantFrom(...typed.flatMap(([, constants]) => constants), "no constant");

export const anyFacts: fc.Arbitrary<ReaderFacts> = fc.record({
  attributes: fc.record({ own: anyConstant, other: anyConstant }, { requiredKeys: [] }),
  groups: fc.array(fc.constantFrom("a", "A", "b", "é", "🛒", "it's"), { maxLength: 3 }),
});
