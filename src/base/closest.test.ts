import { expect, test } from "vitest";
import { closest } from "./closest.ts";

test("is the word with the fewest letters changed, if they are few", () => {
  const words = ["orders", "order_items", "customers"];
  expect(closest("ordres", words)).toBe("orders");
  expect(closest("costumer", words)).toBe("customers");
  expect(closest("invoices", words)).toBeUndefined();
  expect(closest("", words)).toBeUndefined();
});

test("a very long word is compared with none that is short", () => {
  const started = performance.now();
  const words = Array.from({ length: 1_000 }, (_none, index) => `orders_${index}`);
  expect(closest("orders_".repeat(25_000), words)).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(1_000);
});
