import { expect, test } from "vitest";
import { fileShape } from "./file-shape.ts";
import { listed } from "./listed.fixture.ts";
import type { Reading } from "./reading.ts";

const columns = ["id", "name"].map((name) => ({ name, type: "string" }));
const reading: Reading = { columns, header: true, delimiter: ",", quote: '"', null: "NULL", timestamp: null, keep: [] };
const looked = { path: "", isGzip: false, fields: [] };

function shapeOf(text: string, { file = "20240101-000000000.csv", header = true } = {}) {
  const shape = fileShape({ ...looked, file: listed(`s/t/${file}`), text }, { ...reading, header });
  return shape && { hasOp: shape.hasOp, columns: shape.columns.map(({ name }) => name) };
}

test("values are never taken for names", () => {
  expect(shapeOf("id,other\n")).toEqual({ hasOp: false, columns: ["id", "other"] });
  expect(shapeOf("Op,key,other\n")).toEqual({ hasOp: true, columns: ["key", "other"] });
  expect(() => shapeOf("17,Anna\n")).toThrow("it names none of the table's columns");
});

test("an operation is never taken for a value", () => {
  expect(shapeOf("I,a,b\n", { header: false })).toEqual({ hasOp: true, columns: ["id", "name"] });
  expect(shapeOf("I,a\nx,b\n", { header: false })).toEqual({ hasOp: false, columns: ["id", "name"] });
  expect(shapeOf("I,a\n", { header: false, file: "LOAD00000001.csv" })).toMatchObject({ hasOp: false });
  expect(() => shapeOf("I,a\nU,b\n", { header: false })).toThrow("2 fields with the operation");
});

test("a column of Parquet is never taken for the place of a row", () => {
  const fields = [{ name: "File_Index", engineType: "INTEGER" }];
  const file = listed("s/t/LOAD00000001.parquet");
  expect(() => fileShape({ ...looked, fields, file, text: undefined }, reading)).toThrow("File_Index");
});
