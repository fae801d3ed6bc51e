import { expect, test } from "vitest";
import { isPromotion } from "./schema-evolution.ts";
import { parseTransform } from "./transform.ts";
import { formatNestedType, parseType } from "./schema.ts";

/** Spec, "Schema Evolution": promotions of versions 1 and 2, which version 3 allows too. */
test.each([
  ["int", "long", true],
  ["float", "double", true],
  ["decimal(9,2)", "decimal(18,2)", true],
  ["decimal(9,2)", "decimal(9,2)", false],
  ["decimal(9,2)", "decimal(18,3)", false],
  ["decimal(18,2)", "decimal(9,2)", false],
  ["long", "int", false],
  ["int", "double", false],
  ["date", "timestamptz", false],
])("%s to %s: %s", (from, to, allowed) => {
  for (const formatVersion of [1, 2, 3] as const)
    expect(isPromotion(from, to, { formatVersion, transforms: [] })).toBe(allowed);
});

test.each([
  ["unknown", "string", [], true],
  ["unknown", "unknown", [], false],
  ["unknown", "decimal(9,2)", ["identity"], true],
  ["date", "timestamp", [], true],
  ["date", "timestamp_ns", ["year", "month", "day", "void"], true],
  ["date", "timestamp", ["day", "identity"], false],
  ["date", "timestamp", ["bucket[4]"], false],
] as const)("in version 3, %s to %s, partitioned by %j: %s", (from, to, texts, allowed) => {
  const transforms = texts.map(parseTransform);
  expect(isPromotion(from, to, { formatVersion: 3, transforms })).toBe(allowed);
  expect(isPromotion(from, to, { formatVersion: 2, transforms })).toBe(false);
});

test("nested types are written as they were read", () => {
  const type = {
    type: "struct",
    fields: [
      {
        id: 1,
        name: "tags",
        required: false,
        type: { type: "list", "element-id": 2, "element-required": true, element: "string" },
      },
      {
        id: 3,
        name: "prices",
        required: true,
        type: {
          type: "map",
          "key-id": 4,
          key: "string",
          "value-id": 5,
          "value-required": false,
          value: "decimal(9,2)",
        },
      },
    ],
  };
  expect(formatNestedType(parseType(type))).toEqual(type);
});
