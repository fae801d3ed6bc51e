/** A workbook is an archive whose sheet holds each value in the type that loses nothing of it. */
import { strFromU8, unzipSync } from "fflate";
import { expect, test } from "vitest";
import type { EngineValue } from "../../engine/engine-protocol.ts";
import { openWorkbook } from "./workbook.ts";

function sheetOf(type: string, values: readonly EngineValue[]): string {
  const book = openWorkbook([{ name: "v", type }]);
  const bytes = Buffer.concat([book.add(values.map((value) => [value])), book.end()]);
  const files = unzipSync(bytes);
  expect(Object.keys(files)).toHaveLength(6);
  return strFromU8(files["xl/worksheets/sheet1.xml"] ?? new Uint8Array());
}

const cells = (type: string, values: readonly EngineValue[]): readonly string[] =>
  [...sheetOf(type, values).matchAll(/<row>(.*?)<\/row>/gs)].map(([, inside]) => inside ?? "").slice(-values.length);

test("numbers are numbers unless a spreadsheet would lose digits of them", () => {
  expect(cells("DECIMAL(38,2)", ["12.50", "-0.00000000000000012", "12345678901234567.89", null])).toEqual([
    "<c><v>12.50</v></c>",
    "<c><v>-0.00000000000000012</v></c>",
    expect.stringContaining(">12345678901234567.89</t>"),
    "<c/>",
  ]);
  expect(cells("BIGINT", [9_007_199_254_740_993n, 7])).toEqual([
    expect.stringContaining("inlineStr"),
    "<c><v>7</v></c>",
  ]);
  expect(cells("DOUBLE", ["NaN", 1e300])).toEqual([expect.stringContaining(">NaN<"), "<c><v>1e+300</v></c>"]);
});

test("a text is a text, whatever it looks like", () => {
  const [formula = "", markup = "", control = "", escape = ""] = cells("VARCHAR", [
    "=1+1",
    "<b>&",
    "a\u0000b\rc",
    "_x0041_",
  ]);
  expect(formula).toContain('t="inlineStr"');
  expect(formula).toContain(">=1+1<");
  expect(markup).toContain("&lt;b&gt;&amp;");
  expect(control).toContain("a_x0000_b_x000D_c");
  expect(escape).toContain("_x005F_x0041_");
});

test("dates and times are those of spreadsheets where these can count them", () => {
  expect(cells("DATE", ["1900-03-01", "2026-12-01", "0800-01-01"])).toEqual([
    '<c s="1"><v>61</v></c>',
    '<c s="1"><v>46357</v></c>',
    expect.stringContaining("0800-01-01"),
  ]);
  expect(cells("TIMESTAMP", ["2026-12-01T12:00:00", "2026-12-01T12:00:00.123456"])).toEqual([
    '<c s="2"><v>46357.5</v></c>',
    expect.stringContaining("12:00:00.123456"),
  ]);
  expect(cells("BOOLEAN", [true])).toEqual(['<c t="b"><v>1</v></c>']);
});

test("a sheet holds a bounded number of rows, and says so", () => {
  const book = openWorkbook([{ name: "v", type: "INTEGER" }], 4);
  book.add([[1], [2], [3]]);
  expect(() => book.add([[4]])).toThrow(/at most 3 rows/);
  expect(() => openWorkbook([{ name: "v", type: "VARCHAR" }]).add([["x".repeat(40_000)]])).toThrow(/32767/);
});
