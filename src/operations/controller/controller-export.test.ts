import { expect, test } from "vitest";
import { readControllerExport } from "./controller-export.ts";

const product = {
  path: "lake-raw/dms/sales/product/",
  bucket: "lake-raw",
  prefix: "dms/sales/",
  folder: "product/",
  PrimaryKey: "product_id,shop",
  PartitionKey: "null",
  LastFullLoadDate: "1900-01-01 00:00:00",
  LastIncrementalFile: "lake-raw/dms/sales/product/0.parquet",
  ActiveFlag: "true",
};
const typed = Object.fromEntries(Object.entries(product).map(([name, value]) => [name, { S: value }]));
const read = {
  table: { schema: "sales", name: "product" },
  controls: { ActiveFlag: true, PrimaryKey: "product_id,shop", PartitionKey: "null" },
};

test.each([
  ["lines of an export", `${JSON.stringify({ Item: typed })}\n${JSON.stringify({ Item: typed })}\n`, 2],
  ["one line", JSON.stringify({ Item: typed }), 1],
  ["lines without Item", `${JSON.stringify(typed)}\n\n${JSON.stringify(product)}`, 2],
  ["a scan", JSON.stringify({ Items: [typed, product], Count: 2, ScannedCount: 2 }, undefined, 2), 2],
  ["a list", JSON.stringify([product]), 1],
])("%s", (_what, text, count) => {
  expect(readControllerExport(text)).toEqual(Array.from({ length: count }, () => read));
});

test("other types, and a table that is named by its folder", () => {
  const item = {
    prefix: { S: "sales/" },
    folder: { S: "store/" },
    ActiveFlag: { BOOL: false },
    PrimaryKey: { NULL: true },
  };
  expect(readControllerExport(JSON.stringify({ Items: [item] }))).toEqual([
    { table: { schema: "sales", name: "store" }, controls: { ActiveFlag: false, PrimaryKey: null } },
  ]);
});

test.each([
  ["", "the export", /no items/],
  ["{}", "item 1", /names no table/],
  [JSON.stringify([product, { ...product, ActiveFlag: "perhaps" }]), "item 2", /./],
  [JSON.stringify([{ ...product, PrimaryKey: { L: [] } }]), "item 1", /./],
  [`${JSON.stringify(product)}\n{"path": "a/b`, "line 2", /./],
  ["7", "item 1", /./],
])("what is none is refused: %s", (text, place, message) => {
  expect(() => readControllerExport(text)).toThrow(
    expect.objectContaining({ code: "USAGE", place, message: expect.stringMatching(message) }),
  );
});
