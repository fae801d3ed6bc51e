import { assert, constantFrom, property } from "fast-check";
import { expect, test } from "vitest";
import { describeType, listOf, typeOfEngine, wider } from "./found-type.ts";

test.each([
  ["UBIGINT", "decimal(20,0)"],
  ["DECIMAL(12, 2)", "decimal(12,2)"],
  ["TIMESTAMP WITH TIME ZONE", "timestamptz"],
  ["INTERVAL", "string"],
  ["ENUM('a, b', 'c)')", "string"],
  ["INTEGER[3]", "list<int>"],
  ["VARCHAR[][]", "list<list<string>>"],
  [
    'STRUCT("a b" INTEGER, "q""uote, (" VARCHAR, s STRUCT(x DOUBLE, y DATE[]))',
    'struct<a b: int, q"uote, (: string, s: struct<x: double, y: list<date>>>',
  ],
  ["MAP(VARCHAR, STRUCT(a INTEGER))", "map<string, struct<a: int>>"],
  ["STRUCT(a INTEGER)[]", "list<struct<a: int>>"],
  ["STRUCT(at TIMESTAMP_NS, g GEOMETRY('OGC:CRS84'), v VARIANT)", "struct<at: timestamp_ns, g: geometry, v: string>"],
  ["GEOMETRY('OGC:CRS83')", "string"],
])("%s of the engine is %s", (engineType, type) => {
  expect(describeType(typeOfEngine(engineType))).toBe(type);
});

test.each([
  ["int", "long", "long"],
  ["long", "double", "double"],
  ["int", "float", "double"],
  ["long", "decimal(4,2)", "decimal(21,2)"],
  ["decimal(38,0)", "decimal(4,2)", "string"],
  ["decimal(10,1)", "decimal(6,4)", "decimal(13,4)"],
  ["date", "timestamp", "timestamp"],
  ["date", "timestamp_ns", "timestamp_ns"],
  ["timestamp", "timestamp_ns", "timestamp_ns"],
  ["geometry", "variant", "string"],
  ["timestamp", "timestamptz", "string"],
  ["boolean", "long", "string"],
  ["unknown", "date", "date"],
])("%s and %s are %s, whichever comes first", (left, right, both) => {
  expect(wider(left, right)).toBe(both);
  expect(wider(right, left)).toBe(both);
});

test("within lists and structs nothing becomes a float that was none, for no value there is looked at", () => {
  expect(describeType(wider(listOf("long"), listOf("double")))).toBe("list<string>");
  expect(describeType(wider(listOf("decimal(9,2)"), listOf("double")))).toBe("list<string>");
  expect(describeType(wider(listOf("int"), listOf("double")))).toBe("list<double>");
});

test("the wider of two is as wide as either, however often it is asked", () => {
  const type = constantFrom(
    "unknown",
    "boolean",
    "int",
    "long",
    "float",
    "double",
    "decimal(9,2)",
    "decimal(38,9)",
    "date",
    "timestamp",
    "string",
    "binary",
  );
  assert(
    property(type, type, (left, right) => {
      const both = wider(left, right);
      expect(wider(both, left)).toEqual(both);
      expect(wider(right, both)).toEqual(both);
      expect(wider(right, left)).toEqual(both);
    }),
  );
});
