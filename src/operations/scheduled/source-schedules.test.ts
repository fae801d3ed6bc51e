import { expect, test } from "vitest";
import type { Schedule } from "../../jobs/schedules.ts";
import { failedTables, union } from "./source-schedules.ts";

const schedule = (name: string, tables: readonly string[], retryTables?: readonly string[]): Schedule =>
  ({ name, tables, retryTables }) as Schedule;

test("all tables are asked for if one schedule asks for all, and each name once otherwise", () => {
  expect(union([schedule("x", ["a", "b"]), schedule("y", ["b", "c"])])).toEqual({
    patterns: ["a", "b", "c"],
    schedules: ["x", "y"],
  });
  expect(union([schedule("x", ["a"]), schedule("y", [])]).patterns).toEqual([]);
  expect(union([schedule("x", ["a"]), schedule("y", [], ["b"])]).patterns).toEqual(["a", "b"]);
});

test("a table that failed is told with the schedules that name it", () => {
  const error = { code: "SOURCE_TABLE_LOCKED", message: "held", remedy: "wait" } as const;
  const schedules = [schedule("x", ["main.a"]), schedule("y", []), schedule("z", ["b"])];
  expect(failedTables(schedules, [{ sourceTable: "main.a", error }, { sourceTable: "main.b" }])).toEqual([
    { sourceTable: "main.a", error, schedules: ["x", "y"] },
  ]);
});
