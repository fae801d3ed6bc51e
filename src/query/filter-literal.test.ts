/** Which literals prune files of a column, with which value; every other one prunes nothing. */
import { expect, test } from "vitest";
import { literalFor } from "./filter-literal.ts";
import { allOf, anyOf } from "../iceberg/combine-expressions.ts";
import type { TreeNode } from "./syntax-tree.ts";

const constant = (id: string, value: unknown, more: object = {}): TreeNode =>
  ({ type: "VALUE_CONSTANT", class: "CONSTANT", value: { type: { id, ...more }, is_null: false, value } }) as TreeNode;
const text = (value: string): TreeNode => constant("VARCHAR", value);
const cast = (id: string, value: string, more: object = {}): TreeNode =>
  ({ class: "CAST", child: text(value), cast_type: { id }, try_cast: false, ...more }) as unknown as TreeNode;
const decimal = (value: number, scale: number): TreeNode => constant("DECIMAL", value, { type_info: { scale } });

test.each<[string, TreeNode, unknown]>([
  ["int", constant("INTEGER", 7), 7],
  ["int", constant("BIGINT", 2n ** 31n - 1n), 2 ** 31 - 1],
  ["int", constant("BIGINT", -(2n ** 31n)), -(2 ** 31)],
  ["long", constant("INTEGER", 7), 7n],
  ["long", constant("BIGINT", 2n ** 63n - 1n), 2n ** 63n - 1n],
  ["double", constant("INTEGER", 7), 7],
  ["double", constant("BIGINT", 2n ** 53n), 2 ** 53],
  ["double", constant("DOUBLE", 0.5), 0.5],
  ["boolean", cast("BOOLEAN", "t"), true],
  ["boolean", cast("BOOLEAN", "false"), false],
  ["string", text(""), ""],
  ["date", text("1970-01-02"), 1],
  ["date", cast("DATE", "2024-02-29"), 19_782],
  ["timestamp", text("1970-01-01 00:00:01"), 1_000_000n],
  ["timestamp", text("1970-01-01T23:59:59.5"), 86_399_500_000n],
  ["timestamp", cast("TIMESTAMP", "1970-01-02"), 86_400_000_000n],
  ["timestamp", cast("DATE", "1970-01-02"), 86_400_000_000n],
  ["timestamp", text("1970-01-01 10:20"), 37_200_000_000n],
  ["timestamptz", text("1970-01-01 00:00:01Z"), 1_000_000n],
  ["timestamptz", cast("TIMESTAMP WITH TIME ZONE", "1970-01-01 00:00:01+00"), 1_000_000n],
  ["timestamptz", cast("TIMESTAMP", "1970-01-01 00:00:01"), 1_000_000n],
  ["timestamp_ns", text("1970-01-01 00:00:00.123456789"), 123_456_789n],
  ["timestamp_ns", cast("TIMESTAMP_NS", "1970-01-01 00:00:00.1"), 100_000_000n],
  ["timestamp_ns", cast("DATE", "1970-01-02"), 86_400_000_000_000n],
  ["decimal(9,2)", decimal(125, 1), 1250n],
  ["decimal(9,2)", decimal(1250, 3), 125n],
  ["decimal(9,2)", decimal(125, 2), 125n],
  ["decimal( 9 , 2 )", constant("INTEGER", 7), 700n],
])("a column of type %s is compared (%#)", (type, literal, value) => expect(literalFor(literal, type)).toBe(value));

test.each<[string, TreeNode]>([
  ["int", constant("BIGINT", 2n ** 31n)],
  ["int", constant("BIGINT", -(2n ** 31n) - 1n)],
  ["int", text("7")],
  ["int", constant("DOUBLE", 7)],
  ["long", constant("HUGEINT", 7n)],
  ["long", text("7")],
  ["double", constant("BIGINT", 2n ** 53n + 1n)],
  ["double", constant("DOUBLE", 0)],
  ["double", constant("INTEGER", 0)],
  ["double", constant("DOUBLE", "Infinity")],
  ["double", text("1")],
  ["boolean", text("true")],
  ["boolean", cast("BOOLEAN", "yes")],
  ["string", constant("INTEGER", 7)],
  ["date", text("2023-02-29")],
  ["date", text("1970-1-2")],
  ["date", cast("TIMESTAMP", "1970-01-02")],
  ["date", cast("DATE", "1970-01-02 00:00:00")],
  ["timestamp", text("1970-01-01 00:00:00Z")],
  ["timestamp", cast("TIMESTAMP WITH TIME ZONE", "1970-01-01 00:00:01")],
  ["timestamp", cast("DATE", "1970-01-01 10:00:00")],
  ["timestamp", text("1970-01-01 24:00:00")],
  ["timestamp", text("1970-01-01 00:60:00")],
  ["timestamp", text("1970-01-01 00:00:60")],
  ["timestamp", text("1970-01-01 00:00:00.1234567")],
  ["timestamp", text("1970-02-30 00:00:00")],
  ["timestamp", text("tomorrow")],
  ["timestamp", cast("TIMESTAMP_NS", "1970-01-01 00:00:00")],
  ["timestamptz", text("1970-01-01 00:00:00+01")],
  ["timestamp_ns", text("1970-01-01 00:00:00Z")],
  ["timestamp_ns", cast("DATE", "1970-01-01 10:00:00")],
  ["timestamp_ns", cast("TIMESTAMP WITH TIME ZONE", "1970-01-01 00:00:01")],
  ["decimal(9,2)", decimal(1255, 3)],
  ["decimal(9,2)", text("1")],
  ["decimal(9,2)", constant("DOUBLE", 1)],
  ["uuid", text("a")],
  ["int", { ...constant("INTEGER", 7), class: "COLUMN_REF" } as TreeNode],
  ["string", cast("DATE", "1970-01-01")],
  ["date", cast("DATE", "1970-01-01", { try_cast: true })],
  ["date", cast("VARCHAR", "1970-01-01")],
  ["date", { ...cast("DATE", ""), child: constant("INTEGER", 7) } as unknown as TreeNode],
  ["date", { ...cast("DATE", ""), child: cast("DATE", "1970-01-01") } as unknown as TreeNode],
  ["int", constant("INTEGER", { nested: 7 })],
  [
    "string",
    { class: "CONSTANT", value: { type: { id: "VARCHAR" }, is_null: true, value: "a" } } as unknown as TreeNode,
  ],
])("a column of type %s is not compared (%#)", (type, literal) => expect(literalFor(literal, type)).toBeUndefined());

test("conditions that are not known leave others, where all must hold, and nothing, where one may", () => {
  const [one, two] = [{ op: "is-null", fieldId: 1 } as const, { op: "not-null", fieldId: 2 } as const];
  expect([allOf([]), allOf([undefined]), allOf([one, undefined])]).toEqual([undefined, undefined, one]);
  expect(allOf([one, undefined, two])).toEqual({ op: "and", terms: [one, two] });
  expect([anyOf([]), anyOf([one]), anyOf([one, undefined])]).toEqual([undefined, one, undefined]);
  expect(anyOf([one, two])).toEqual({ op: "or", terms: [one, two] });
});
