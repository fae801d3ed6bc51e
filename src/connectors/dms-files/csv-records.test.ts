import { expect, test } from "vitest";
import { csvRecords, lineEndOf } from "./csv-records.ts";

const usual = { delimiter: ",", quote: '"' };

test("quotes hide delimiters, line ends and doubled quotes", () => {
  expect(csvRecords('I,1,"a,b\n""c"""\nU,2,\n', usual)).toEqual([
    ["I", "1", 'a,b\n"c"'],
    ["U", "2", ""],
  ]);
});

test("a record that is cut off is left out", () => {
  expect(csvRecords('I,1,x\nU,2,"y', usual)).toEqual([["I", "1", "x"]]);
  expect(csvRecords("I,1,x\nU,2,y", usual)).toEqual([["I", "1", "x"]]);
});

test("lines may end with a carriage return", () => {
  expect(csvRecords("1,x\r\n2,\r\n", usual)).toEqual([
    ["1", "x"],
    ["2", ""],
  ]);
});

test("the first record tells how lines end, whatever is in quotes", () => {
  expect(lineEndOf('1,"a\nb"\r\n2,c\r\n', usual)).toBe("\r\n");
  expect(lineEndOf('1,"a\r\nb"\n2,c\r\n', usual)).toBe("\n");
});

test("without quotes they are part of the value", () => {
  expect(csvRecords('1||"x\n', { delimiter: "||", quote: "" })).toEqual([["1", '"x']]);
});

test("no more records than asked for", () => {
  expect(csvRecords("1\n2\n3\n", usual, 2)).toEqual([["1"], ["2"]]);
});
