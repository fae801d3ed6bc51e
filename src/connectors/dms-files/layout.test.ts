import { expect, test } from "vitest";
import { isTransactions, layoutOf, timeOf } from "./layout.ts";
import { listed } from "./listed.fixture.ts";

function pathsOf(...paths: readonly string[]) {
  const { tables } = layoutOf(paths.map((path) => listed(path)));
  return tables.map(({ name, loads, changes }) => ({
    name: `${name.schema}.${name.name}`,
    loads: loads.map(({ path }) => path),
    changes: changes.map(({ path }) => path),
  }));
}

test("full loads are ordered by their hexadecimal counter", () => {
  const [table] = pathsOf("s/t/LOAD00000010.csv", "s/t/LOAD0000000A.csv", "s/t/LOAD00000009.csv");
  expect(table?.loads).toEqual(["s/t/LOAD00000009.csv", "s/t/LOAD0000000A.csv", "s/t/LOAD00000010.csv"]);
});

test("segments and partition folders belong to their table", () => {
  const [table, ...others] = pathsOf(
    "s/t/SEGMENT1_LOAD00000001.csv",
    "s/t/SEGMENTZ_LOAD00000001.csv.gz",
    "s/t/p2024/LOAD00000001.parquet",
  );
  expect(table?.loads).toHaveLength(3);
  expect(others).toEqual([]);
});

test.each(["2024/01/31", "2024/01/31/10", "2024-01-31", "2024_01", "01/2024/31", "31012024", "2024013110"])(
  "changes in the date partition %s are ordered by the time in their names",
  (folder) => {
    const [table] = pathsOf(
      `s/t/${folder}/20240131-101500123.csv`,
      "s/t/20240131-1015001225.csv",
      `s/t/${folder}/20240131-101500121.csv`,
    );
    expect(table?.changes.map((path) => timeOf(path))).toEqual([
      "20240131101500121",
      "202401311015001225",
      "20240131101500123",
    ]);
  },
);

test("a change file in another folder is misplaced, because the address leads to the wrong folder", () => {
  const { tables } = layoutOf([listed("bucket/sales/product/20240131-101500123.csv")]);
  expect(tables[0]?.misplaced?.path).toBe("bucket/sales/product/20240131-101500123.csv");
});

test.each([
  "2024/01/31/20240131-101500123.csv",
  "2024/02/01/20240131-235900000.csv",
  "20240131/20240131-101500123.csv",
  "2024-01/20240131-101500123.csv",
  "2023_12/20240101-000000123.csv",
  "01/2024/31/20240131-101500123.csv",
  "31-01-2024/20240131-101500123.csv",
  "2024/12/31/23/20241231-235900000.csv",
])("a date in the place of a table is none, because the address leads to the wrong folder: %s", (path) => {
  expect(layoutOf([listed(`product/${path}`)]).tables[0]?.misplaced?.path).toBe(`product/${path}`);
});

test.each([
  ["of other dates", ["s/20240131/20240401-101500123.csv"]],
  ["of several dates", ["s/202401/20240131-101500123.csv", "s/202401/20250131-101500123.csv"]],
  ["beside a full load", ["s/20240131/LOAD00000001.csv", "s/20240131/20240131-101500123.csv"]],
  ["in dates below it", ["s/2024/2024/01/31/20240131-101500123.csv"]],
  ["of a short name", ["s/2024/20240131-101500123.csv"]],
])("a table may be named like a date, with files %s", (_how, paths) => {
  const { tables } = layoutOf(paths.map((path) => listed(path)));
  expect(tables.map(({ misplaced }) => misplaced)).toEqual([undefined]);
});

test("names that prefix each other are different tables", () => {
  expect(pathsOf("s/customer_address/LOAD00000001.csv", "s/customer/LOAD00000001.csv").map(({ name }) => name)).toEqual(
    ["s.customer", "s.customer_address"],
  );
});

test("other files are left alone", () => {
  expect(
    pathsOf("s/t/readme.txt", "s/t/LOAD1.csv", "LOAD00000001.csv", "s/LOAD00000001.csv", "s/t/LOAD0000000G.csv"),
  ).toEqual([]);
});

test("files of whole transactions are among the changes of every table", () => {
  const [table] = pathsOf("cdc/CDC_TXN-20240131101500124.csv", "s/t/20240131-101500123.csv", "s/t/LOAD00000001.csv");
  expect(table?.changes).toEqual(["s/t/20240131-101500123.csv", "cdc/CDC_TXN-20240131101500124.csv"]);
  expect(isTransactions("cdc/CDC_TXN-20240131101500124.csv")).toBe(true);
});
