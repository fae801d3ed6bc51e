import { expect, test } from "vitest";
import { grantWords } from "./grant-words.ts";

test.each([
  ["select on shop.orders to ann", "to"],
  ["SELECT ON shop.orders TO ann", "to"],
  ["select, on shop.orders to ann", "to"],
  ["Select ON shop.orders FROM ann", "from"],
] as const)("%s", (line, preposition) => {
  expect(grantWords(line.split(" "), preposition)).toEqual({
    permissions: ["SELECT"],
    on: "shop.orders",
    principal: "ann",
  });
});

test("a resource may have several words", () => {
  expect(grantWords(["describe", "select", "on", "tags", "a=b", "c=d", "to", "group:x"], "to")).toEqual({
    permissions: ["DESCRIBE", "SELECT"],
    on: "tags a=b c=d",
    principal: "group:x",
  });
});
