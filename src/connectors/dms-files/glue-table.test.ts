import { expect, test } from "vitest";
import { parseGlueTables } from "./glue-table.ts";

const column = (Name: string, Type: string) => ({ Name, Type });
const product = {
  Name: "product",
  DatabaseName: "raw",
  StorageDescriptor: {
    Columns: [column("Op", "string"), column("product_id", "bigint"), column("price", "decimal(10,2)")],
    Location: "s3://lake-raw/dms/Sales/Product/",
    InputFormat: "org.apache.hadoop.mapred.TextInputFormat",
  },
  PartitionKeys: [],
};
const read = [
  { name: "product_id", type: "long" },
  { name: "price", type: "decimal(10,2)" },
];

test.each([
  ["an answer of get-table", { Table: product }],
  ["an answer of get-tables", { TableList: [product] }],
  ["a table alone", product],
])("%s", (_what, given) => {
  const [table] = parseGlueTables(JSON.stringify(given));
  expect(table).toMatchObject({ label: "raw.product", columns: read });
  expect(table?.isOf({ schema: "Sales", name: "Product" })).toBe(true);
  expect(table?.isOf({ schema: "Other", name: "Product" })).toBe(false);
});

test("every type of Hive that DMS writes, and a table without a location", () => {
  const types = [
    "boolean",
    "tinyint",
    "int",
    "float",
    "double",
    "varchar(20)",
    "date",
    "timestamp",
    "binary",
    "decimal",
  ];
  const Columns = types.map((type, index) => column(`c${index}`, type));
  const [table] = parseGlueTables(JSON.stringify({ Name: "t", StorageDescriptor: { Columns } }));
  expect(table?.columns.map(({ type }) => type)).toEqual([
    "boolean",
    "int",
    "int",
    "float",
    "double",
    "string",
    "date",
    "timestamp",
    undefined,
    "decimal(10,0)",
  ]);
  expect(table?.isOf({ schema: "any", name: "T" })).toBe(true);
});

test.each([
  ["{", "the Glue table", /./],
  ["{}", "the Glue table", /no StorageDescriptor.Columns/],
  [
    JSON.stringify({ Name: "t", StorageDescriptor: { Columns: [column("tags", "array<string>")] } }),
    "t, column tags",
    /no values of the type array<string>/,
  ],
])("what is none is refused: %s", (text, place, message) => {
  expect(() => parseGlueTables(text)).toThrow(
    expect.objectContaining({ code: "USAGE", place, message: expect.stringMatching(message) }),
  );
});
