import { describe, expect, test } from "vitest";
import { sourceColumn, sourceTable } from "../run/plain-target.fixture.ts";
import { chooseMode, cursorObstacle, cursorUnit, usualOverlap, type ModeSetting } from "./capture-mode.ts";

const columns = [
  sourceColumn("id", "int"),
  sourceColumn("total", "decimal(20,0)"),
  sourceColumn("seen", "timestamptz"),
  sourceColumn("day", "date"),
  sourceColumn("label", "string"),
];
const table = sourceTable({ columns });
const cursor = (more: Partial<ModeSetting>): ModeSetting => ({
  mode: "cursor",
  column: "id",
  overlap: undefined,
  ...more,
});

describe("without a choice, all rows are compared", () => {
  test("and a cursor is offered on a column whose name says that it grows", () => {
    const growing = [...columns, sourceColumn("updated_at", "timestamp")];
    expect(chooseMode({ ...table, columns: growing }, undefined)).toEqual({
      mode: "diff",
      reason: "exact for every table; a cursor on updated_at would read less and see no deletes",
    });
  });

  test.each([
    ["no name says so", table],
    ["the column is a text", { ...table, columns: [...columns, sourceColumn("updated_by", "string")] }],
    ["the table has no key", { ...table, key: undefined, columns: [...columns, sourceColumn("updated_at", "date")] }],
  ])("and none is offered where %s", (_, given) =>
    expect(chooseMode(given, undefined)).toEqual({ mode: "diff", reason: "exact for every table" }),
  );
});

describe("a cursor that was chosen", () => {
  test("reads again by the usual overlap of its unit, or by the one that was set", () => {
    const modeOf = (setting: Partial<ModeSetting>) => chooseMode(table, cursor(setting));
    expect(modeOf({})).toMatchObject({ mode: "cursor", column: "id", overlap: 10_000 });
    expect(modeOf({ column: "seen" })).toMatchObject({ mode: "cursor", column: "seen", overlap: 3_600 });
    expect(modeOf({ column: "day" })).toMatchObject({ mode: "cursor", column: "day", overlap: 1 });
    expect(modeOf({ overlap: 5, unit: "number" })).toMatchObject({ mode: "cursor", overlap: 5 });
    expect(modeOf({ overlap: 5 })).toMatchObject({ mode: "cursor", overlap: 5 });
    expect(modeOf({ unit: "days" })).toMatchObject({ mode: "cursor", overlap: 10_000 });
  });

  test("is not used while the column counts in another unit than its overlap", () => {
    expect(chooseMode(table, cursor({ overlap: 5, unit: "days" }))).toEqual({
      mode: "diff",
      reason: "cursor was chosen with an overlap in days, and id counts numbers now: choose it again",
    });
  });

  test("is not used while something stands in its way", () => {
    const reason = (given: typeof table, column: string): string => chooseMode(given, cursor({ column })).reason;
    expect(reason(table, "gone")).toBe("cursor was chosen, but there is no column gone");
    expect(reason(table, "label")).toBe("cursor was chosen, but label is neither a number nor a time");
    expect(reason({ ...table, key: undefined }, "id")).toBe(
      "cursor was chosen, but the table has no key to find the rows by",
    );
    expect(chooseMode(table, cursor({ column: "gone" })).mode).toBe("diff");
    expect(chooseMode(table, cursor({ column: "label" })).mode).toBe("diff");
  });
});

test("a comparison that was chosen is used whatever the table has", () => {
  expect(chooseMode(table, cursor({ mode: "diff" }))).toEqual({ mode: "diff", reason: "chosen" });
});

test("numbers, times and days can grow, and nothing else", () => {
  const units = ["int", "long", "decimal(20,0)", "timestamp", "timestamptz", "date", "string", "decimal(9,2)", "time"];
  expect(units.map(cursorUnit)).toEqual([
    "number",
    "number",
    "number",
    "seconds",
    "seconds",
    "days",
    undefined,
    undefined,
    undefined,
  ]);
  expect(cursorObstacle(table, "id")).toBeUndefined();
  expect(usualOverlap("date")).toBe(1);
});
