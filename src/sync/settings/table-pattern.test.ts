import { describe, expect, test } from "vitest";
import { isExact, isPattern, matchesAny, sourceLabel } from "./table-pattern.ts";

const table = (schema: string, name: string) => ({ schema, name });
const matches = (pattern: string, schema: string, name: string): boolean => matchesAny([pattern], table(schema, name));

describe("a pattern", () => {
  test.each([
    ["customer", "shop", "customer"],
    ["shop.customer", "shop", "customer"],
    ["cust*", "shop", "customer_address"],
    ["shop.*", "shop", "customer"],
    ["*.customer", "crm", "customer"],
    ["c?stomer", "shop", "customer"],
    ["*", "shop", "with.dot"],
    ['"order.lines"', "shop", "order.lines"],
    ['shop."order.lines"', "shop", "order.lines"],
    ['"sh.op".customer', "sh.op", "customer"],
    ['"wild*card"', "shop", "wild*card"],
    ["a+b(c)[d]", "shop", "a+b(c)[d]"],
    ["new\nline*", "shop", "new\nline and more"],
  ])("%j means %s, %j", (pattern, schema, name) => expect(matches(pattern, schema, name)).toBe(true));

  test.each([
    ["customer", "shop", "customer_address"],
    ["Customer", "shop", "customer"],
    ["crm.customer", "shop", "customer"],
    ["shop*", "shop", "customer"],
    ["order.lines", "shop", "order.lines"],
    ['"cust*"', "shop", "customer"],
    ["c?stomer", "shop", "cstomer"],
  ])("%j does not mean %s, %j", (pattern, schema, name) => expect(matches(pattern, schema, name)).toBe(false));

  test("that is missing means every table", () => expect(matchesAny([], table("a", "b"))).toBe(true));

  test("is exact without a wildcard outside quotes", () => {
    expect(["orders", "shop.orders", '"a*b"', 'shop."a?"'].filter(isExact)).toHaveLength(4);
    expect(["*", "order?", 's*."a"'].filter(isExact)).toEqual([]);
  });

  test("of more than two parts, or of none, is refused", () => {
    for (const wrong of ["a.b.c", "", "a.", '"a'])
      expect(() => matches(wrong, "a", "b")).toThrow(expect.objectContaining({ code: "USAGE", place: wrong }));
    expect(["a", "a.b", "a.b.c", '"'].map(isPattern)).toEqual([true, true, false, false]);
  });
});

test.each([table("public", "orders"), table("a.b", 'c"d'), table("", "*"), table("é", "x?y")])(
  "the label of %j means this table and no other",
  (name) => {
    const label = sourceLabel(name);
    expect(isExact(label)).toBe(true);
    expect(matchesAny([label], name)).toBe(true);
    expect(matchesAny([label], { ...name, name: `${name.name}z` })).toBe(false);
  },
);
