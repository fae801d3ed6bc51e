import { expect, test } from "vitest";
import { lakeName } from "./lake-name.ts";

test("the main schema's tables need no prefix, and those of other schemas do", () => {
  const source = { name: "shop", mainSchema: "public" };
  expect(lakeName(source, { schema: "public", name: "Orders" })).toEqual({ database: "shop", name: "Orders" });
  expect(lakeName(source, { schema: "crm", name: "Orders" })).toEqual({ database: "shop_crm", name: "Orders" });
  const without = { name: "shop", mainSchema: undefined };
  expect(lakeName(without, { schema: "public", name: "a" })).toEqual({ database: "shop_public", name: "a" });
});
