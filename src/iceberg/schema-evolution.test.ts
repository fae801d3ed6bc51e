import { expect, test } from "vitest";
import { isPromotion } from "./schema-evolution.ts";
import { formatNestedType, parseType } from "./schema.ts";

/** Spec, "Schema Evolution": what versions 1 and 2 allow. */
test.each([
  ["int", "long", true],
  ["float", "double", true],
  ["decimal(9,2)", "decimal(18,2)", true],
  ["decimal(9,2)", "decimal(9,2)", false],
  ["decimal(9,2)", "decimal(18,3)", false],
  ["decimal(18,2)", "decimal(9,2)", false],
  ["long", "int", false],
  ["int", "double", false],
  ["date", "timestamp", false],
])("%s to %s: %s", (from, to, allowed) => expect(isPromotion(from, to)).toBe(allowed));

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
