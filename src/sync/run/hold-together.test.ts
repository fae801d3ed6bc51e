/** Tests which tables wait for a table that has failed, by the files that they share. */
import { expect, test } from "vitest";
import type { FailedTable } from "./failed-table.ts";
import { spread } from "./hold-together.ts";

const failed = (name: string): FailedTable => ({
  name: { schema: "s", name },
  sourceTable: `s.${name}`,
  lakeTable: `erp.${name}`,
  error: { code: "SOURCE_KEY_NEEDED", message: "", remedy: "" },
});

test("tables wait that share a file with a failed one, and those that share one with them", () => {
  const files = [["one"], ["one", "two"], ["two", "three"], ["four"], [], ["three"]];
  const held = spread(files, [failed("a"), undefined, undefined, undefined, undefined, undefined]);
  expect([...held].map(([index, { by, file }]) => [index, by.sourceTable, file])).toEqual([
    [1, "s.a", "one"],
    [2, "s.a", "two"],
    [5, "s.a", "three"],
  ]);
});

test("a failed table keeps its own error, and nobody waits where nothing is shared", () => {
  expect(spread([["one"], ["one"]], [failed("a"), failed("b")]).size).toBe(0);
  expect(spread([["one"], ["two"]], [failed("a"), undefined]).size).toBe(0);
});
