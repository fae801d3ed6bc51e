/** Tests what manifests say about files that were just written: statistics, bounds, partition, order, and the places of deletes. */
import { expect, test } from "vitest";
import { filePathId } from "../iceberg/position-deletes.ts";
import type { Schema } from "../iceberg/schema.ts";
import { toBytes } from "../iceberg/single-value.ts";
import { parseTransform } from "../iceberg/transform.ts";
import { deletesEntry } from "./staged-deletes.ts";
import { manifestEntry, type StagedFile, type WrittenLayout } from "./staged-file.ts";

const schema: Schema = {
  schemaId: 0,
  identifierFieldIds: [],
  fields: [
    { id: 1, name: "id", required: true, type: "int" },
    { id: 2, name: "ratio", required: false, type: "double" },
    { id: 3, name: "doc", required: false, type: "variant" },
    {
      id: 4,
      name: "tags",
      required: false,
      type: { type: "list", elementId: 5, element: "string", elementRequired: false },
    },
  ],
};
const unpartitioned: WrittenLayout = { schema, spec: { specId: 0, fields: [] }, sortOrderId: 0 };

const column = (fieldId: number, more: Partial<StagedFile["columns"][number]> = {}): StagedFile["columns"][number] => ({
  fieldId,
  sizeBytes: 100 + fieldId,
  valueCount: 10,
  nullCount: fieldId,
  ...more,
});

const file = (more: Partial<StagedFile> = {}): StagedFile => ({
  location: "memory://t/data/1.parquet",
  rowCount: 10,
  sizeBytes: 1_000,
  columns: [],
  partition: [],
  isSorted: false,
  ...more,
});

test("counts and bounds belong to columns of the schema; a bound that is unknown or has no order is left out", () => {
  const columns = [
    column(1, { lower: "-3", upper: "7" }),
    column(2, { lower: "0.5", hasNan: false }),
    column(3, { lower: "1", upper: "2" }),
    column(4, { lower: "a" }),
    column(99, { lower: "1" }),
  ];
  const entry = manifestEntry(file({ columns }), unpartitioned);
  const ids = (map: ReadonlyMap<number, unknown> | undefined): readonly number[] => [...(map?.keys() ?? [])];
  expect(entry.lowerBounds).toEqual(
    new Map([
      [1, toBytes("int", -3)],
      [2, toBytes("double", 0.5)],
    ]),
  );
  expect(entry.upperBounds).toEqual(new Map([[1, toBytes("int", 7)]]));
  expect(entry.columnSizes?.get(1)).toBe(101n);
  expect(entry.valueCounts?.get(1)).toBe(10n);
  expect(entry.nullValueCounts?.get(2)).toBe(2n);
  for (const counts of [entry.columnSizes, entry.valueCounts, entry.nullValueCounts])
    expect(ids(counts)).toEqual([1, 2, 3, 4]);
});

test("only a column of which it is known that it has no NaN says so", () => {
  const columns = [column(1), column(2, { hasNan: false })];
  expect(manifestEntry(file({ columns }), unpartitioned).nanValueCounts).toEqual(new Map([[2, 0n]]));
  const withNan = [column(2, { hasNan: true })];
  expect(manifestEntry(file({ columns: withNan }), unpartitioned).nanValueCounts).toEqual(new Map());
});

test("a file that is in the table's order has the order's id, and no other file has one", () => {
  const orderOf = (isSorted: boolean, sortOrderId: number) =>
    manifestEntry(file({ isSorted }), { ...unpartitioned, sortOrderId }).sortOrderId;
  expect(orderOf(true, 2)).toBe(2);
  expect(orderOf(false, 2)).toBeUndefined();
  expect(orderOf(true, 0)).toBeUndefined();
});

test("partition values have the type of their transform, and null stays null", () => {
  const fields = [
    { fieldId: 1000, sourceId: 1, name: "id_bucket_8", transform: parseTransform("bucket[8]") },
    { fieldId: 1001, sourceId: 2, name: "ratio_null", transform: parseTransform("void") },
    { fieldId: 1002, sourceId: 1, name: "id", transform: parseTransform("identity") },
  ];
  const layout = { ...unpartitioned, spec: { specId: 4, fields } };
  expect(manifestEntry(file({ partition: ["5", null, "-12"] }), layout)).toMatchObject({
    content: "data",
    specId: 4,
    partition: [5, null, -12],
    recordCount: 10n,
    fileSizeInBytes: 1_000n,
  });
  expect(manifestEntry(file({ partition: ["5"] }), layout).partition).toEqual([5, null, null]);
});

const deletes = { location: "memory://t/data/2.parquet", rowCount: 3, sizeBytes: 50, specId: 1, partition: [7] };

test("a position delete file says which data files it may name, and which one if there is only one", () => {
  const several = deletesEntry({ ...deletes, firstFile: "memory://a", lastFile: "memory://b" });
  expect(several).toMatchObject({
    content: "position-deletes",
    fileFormat: "PARQUET",
    recordCount: 3n,
    partition: [7],
  });
  expect(several.lowerBounds?.get(filePathId)).toEqual(Buffer.from("memory://a"));
  expect(several.upperBounds?.get(filePathId)).toEqual(Buffer.from("memory://b"));
  expect(several.referencedDataFile).toBeUndefined();
  const one = deletesEntry({ ...deletes, firstFile: "memory://a", lastFile: "memory://a" });
  expect(one.referencedDataFile).toBe("memory://a");
});

test("a deletion vector names its data file and its place in the Puffin file", () => {
  expect(deletesEntry({ ...deletes, dataFile: "memory://a", offset: 4, length: 20 })).toMatchObject({
    fileFormat: "PUFFIN",
    referencedDataFile: "memory://a",
    contentOffset: 4n,
    contentSizeInBytes: 20n,
    fileSizeInBytes: 50n,
  });
});
