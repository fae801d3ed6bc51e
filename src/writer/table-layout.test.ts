/** How settings and the table's own layout become partitions, an order, properties, and sentences about what is left out. */
import { expect, test } from "vitest";
import { newTable } from "../iceberg/new-table.ts";
import { parseTransform } from "../iceberg/transform.ts";
import type { Schema } from "../iceberg/schema.ts";
import type { TableMetadata } from "../iceberg/table-metadata.ts";
import { checkLayout, tableLayout, usualLayout, type LayoutSettings, type TableLayout } from "./table-layout.ts";

const field = (id: number, name: string, type: Schema["fields"][number]["type"]) => ({
  id,
  name,
  type,
  required: false,
});
const schema: Schema = {
  schemaId: 0,
  identifierFieldIds: [],
  fields: [
    field(1, "id", "long"),
    field(2, "city", "string"),
    field(3, "created", "timestamptz"),
    field(4, "ratio", "double"),
    field(5, "photo", "binary"),
    field(6, "id_bucket_4", "int"),
    field(7, "parts", { type: "struct", fields: [] }),
  ],
};

const layout = (settings: Partial<LayoutSettings>, metadata?: TableMetadata): TableLayout =>
  tableLayout({ ...usualLayout, ...settings }, { schema, metadata });

const partition = (fieldId: number, sourceId: number, name: string, transform: string) => ({
  fieldId,
  sourceId,
  name,
  transform: parseTransform(transform),
});

const order = (sourceId: number, transform = "identity") => ({
  sourceId,
  transform: parseTransform(transform),
  direction: "asc" as const,
  nullOrder: "nulls-first" as const,
});

const known = (more: Partial<TableMetadata> = {}): TableMetadata => ({
  ...newTable({ uuid: "u", location: "memory://t", schema, now: 0 }),
  ...more,
});

test("a new table is neither partitioned nor ordered, and sets no property that nobody asked for", () => {
  expect(layout({})).toEqual({
    formatVersion: 2,
    spec: { specId: 0, fields: [] },
    sortOrder: { orderId: 0, fields: [] },
    files: { partitions: [], sort: [], compression: "zstd", targetBytes: undefined },
    properties: {},
    cautions: [],
  });
});

test("partition fields are named as Iceberg's own writers name them, and get ids from 1000 on", () => {
  const texts = ["city", "bucket(16, id)", " truncate( 4 , city ) ", "day(created)", "VOID(ratio)", "identity(id)"];
  const { spec, files, cautions } = layout({ partitionBy: texts });
  expect(cautions).toEqual([]);
  expect(spec.fields).toEqual([
    partition(1000, 2, "city", "identity"),
    partition(1001, 1, "id_bucket_16", "bucket[16]"),
    partition(1002, 2, "city_trunc_4", "truncate[4]"),
    partition(1003, 3, "created_day", "day"),
    partition(1004, 4, "ratio_null", "void"),
    partition(1005, 1, "id", "identity"),
  ]);
  expect(files.partitions.map(({ fieldId, sql }) => [fieldId, sql("v")]).slice(0, 3)).toEqual([
    [2, "v"],
    [1, "iceberg_bucket_long((v)::bigint, 16)"],
    [2, "left(v, 4)"],
  ]);
});

test("a partition field whose name a column has gets its id at the end; the column itself keeps its name", () => {
  const { spec } = layout({ partitionBy: ["bucket(4, id)", "id_bucket_4"] });
  expect(spec.fields.map(({ name }) => name)).toEqual(["id_bucket_4_1000", "id_bucket_4"]);
});

test("a field that the table had in any of its specs keeps its id and its name", () => {
  const metadata = known({
    partitionSpecs: [
      { specId: 0, fields: [partition(1000, 2, "town", "identity")] },
      { specId: 1, fields: [partition(1003, 1, "by_id", "bucket[16]")] },
    ],
    defaultSpecId: 1,
    lastPartitionId: 1003,
  });
  const { spec } = layout({ partitionBy: ["city", "bucket(16, id)", "bucket(8, id)", "bucket(16, city)"] }, metadata);
  expect(spec.fields).toEqual([
    partition(1000, 2, "town", "identity"),
    partition(1003, 1, "by_id", "bucket[16]"),
    partition(1004, 1, "id_bucket_8", "bucket[8]"),
    partition(1005, 2, "city_bucket_16", "bucket[16]"),
  ]);
});

test("an order is ascending with nulls first, or descending with nulls last, unless it says otherwise", () => {
  const { sortOrder, files } = layout({
    sortBy: ["id", "city desc", "created ASC NULLS LAST", "photo DESC nulls first", "bucket(4, id) desc", "ratio"],
  });
  expect(sortOrder.orderId).toBe(1);
  expect(sortOrder.fields.map(({ direction, nullOrder }) => `${direction} ${nullOrder}`)).toEqual([
    "asc nulls-first",
    "desc nulls-last",
    "asc nulls-last",
    "desc nulls-first",
    "desc nulls-last",
    "asc nulls-first",
  ]);
  expect(files.sort.map(({ fieldId, direction, nulls, sql }) => [fieldId, direction, nulls, sql("v")])).toEqual([
    [1, "asc", "first", "v"],
    [2, "desc", "last", "v"],
    [3, "asc", "last", "v"],
    [5, "desc", "first", "v"],
    [1, "desc", "last", "iceberg_bucket_long((v)::bigint, 4)"],
    [4, "asc", "first", "v"],
  ]);
  expect(layout({ sortBy: [] }).sortOrder).toEqual({ orderId: 0, fields: [] });
});

test("size, compression and format version are those of the settings, or else those of the table", () => {
  const set = layout({ targetFileSize: 128, compression: "gzip", formatVersion: 3 });
  expect(set).toMatchObject({ formatVersion: 3, files: { compression: "gzip", targetBytes: 134_217_728 } });
  expect(set.properties).toEqual({
    "write.target-file-size-bytes": "134217728",
    "write.parquet.compression-codec": "gzip",
  });
  const written = known({ formatVersion: 3, properties: { "write.parquet.compression-codec": "snappy" } });
  expect(layout({ formatVersion: 2 }, written)).toMatchObject({ formatVersion: 3, files: { compression: "snappy" } });
  expect(layout({ formatVersion: 3 }, known()).formatVersion).toBe(3);
  expect(layout({}, known()).formatVersion).toBe(2);
});

test("without settings a table keeps its partitions and order, without fields that cannot be written any more", () => {
  const metadata = known({
    partitionSpecs: [
      { specId: 0, fields: [] },
      {
        specId: 3,
        fields: [
          partition(1000, 2, "city", "identity"),
          partition(1001, 99, "dropped", "identity"),
          partition(1002, 1, "curve", "zorder"),
        ],
      },
    ],
    defaultSpecId: 3,
    sortOrders: [
      { orderId: 1, fields: [order(2)] },
      { orderId: 2, fields: [order(1), order(99), order(7), order(2, "zorder")] },
    ],
    defaultSortOrderId: 2,
  });
  expect(layout({}, metadata).spec).toEqual({ specId: 3, fields: [partition(1000, 2, "city", "identity")] });
  expect(layout({}, metadata).sortOrder).toEqual({ orderId: 2, fields: [order(1)] });
});

test("a setting that cannot be applied any more leaves the table as it is and says so", () => {
  const metadata = known({
    partitionSpecs: [{ specId: 0, fields: [partition(1000, 2, "city", "identity")] }],
    sortOrders: [{ orderId: 1, fields: [order(1)] }],
    defaultSortOrderId: 1,
  });
  const { spec, sortOrder, cautions } = layout({ partitionBy: ["town"], sortBy: ["day(city)"] }, metadata);
  expect(spec.fields).toEqual([partition(1000, 2, "city", "identity")]);
  expect(sortOrder.fields).toEqual([order(1)]);
  expect(cautions).toEqual([
    "partitioning stays as it was: the table has no column town",
    "the sort order stays as it was: day does not apply to a column of type string",
  ]);
});

test.each([
  [{ partitionBy: ["cyti"] }, "the table has no column cyti; did you mean city?"],
  [{ partitionBy: ["bucket(4, nowhere)"] }, "the table has no column nowhere, which bucket(4, nowhere) names"],
  [{ partitionBy: ["bucket(0, id)"] }, "the number in bucket(0, id) must be at least 1"],
  [{ partitionBy: ["city", "id", "city"] }, "the partition field city appears twice"],
  [{ partitionBy: ["ratio"] }, "identity does not apply to a column of type double"],
  [{ partitionBy: ["parts"] }, "parts is a struct, list or map, whose values have no order"],
  [{ sortBy: ["parts"] }, "parts is a struct, list or map, whose values have no order"],
  [{ sortBy: ["nowhere desc"] }, "the table has no column nowhere"],
  [{ sortBy: ["hour(city)"] }, "hour does not apply to a column of type string"],
])("%j is refused", (settings: Partial<LayoutSettings>, message) => {
  const check = (): void => checkLayout({ ...usualLayout, ...settings }, { schema, metadata: undefined });
  expect(check).toThrow(expect.objectContaining({ code: "USAGE", message: expect.stringContaining(message) }));
});

test("a layout that can be applied, or none, is not refused", () => {
  checkLayout(usualLayout, { schema, metadata: undefined });
  checkLayout({ ...usualLayout, partitionBy: ["city"], sortBy: ["ratio desc"] }, { schema, metadata: undefined });
});
