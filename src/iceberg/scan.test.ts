/** Which files a scan reads, which it skips and why it may, and which deletes apply to a file. */
import { describe, expect, test } from "vitest";
import type { DataFile } from "./data-file.ts";
import { deleteIndex } from "./delete-index.ts";
import type { Expression } from "./expression.ts";
import type { ManifestFile } from "./manifest-list.ts";
import { dataFile, memory, table } from "./memory-table.fixture.ts";
import { filePathId } from "./position-deletes.ts";
import { fileFilter, planScan, skippedFiles } from "./scan.ts";
import { toBytes } from "./single-value.ts";
import { produceSnapshot } from "./snapshot-producer.ts";
import { currentSnapshot, type TableMetadata } from "./table-metadata.ts";
import { applyUpdates } from "./table-update.ts";

const day = (op: "eq" | "lt" | "gt", value: number): Expression => ({ op, fieldId: 1, value });

/** A table with these files, one commit for each list. */
async function tableOf(...commits: readonly (readonly DataFile[])[]): Promise<{
  plan: (filter?: Expression) => Promise<{
    read: string[];
    skipped: string[];
    skippedManifests: number;
    skippedFiles: number;
    deletes: string[];
  }>;
  metadata: TableMetadata;
}> {
  const io = memory();
  let metadata = table();
  for (const [index, add] of commits.entries()) {
    const { updates } = await produceSnapshot(io, metadata, { add, remove: new Set(), now: 2_000 + index });
    metadata = applyUpdates(metadata, { updates, previousFile: undefined, now: 2_000 + index });
  }
  return {
    metadata,
    async plan(filter) {
      const plan = await planScan(io, { metadata, snapshot: currentSnapshot(metadata), filter });
      return {
        read: plan.files.map((file) => file.dataFile.filePath),
        skipped: plan.skipped.map(({ filePath }) => filePath),
        skippedManifests: plan.skippedManifests.length,
        skippedFiles: skippedFiles(plan),
        deletes: plan.deletes.map(({ filePath }) => filePath),
      };
    },
  };
}

test("without a filter all files with rows are read, and an empty table has none", async () => {
  const { plan } = await tableOf(
    [dataFile("a", 1), { ...dataFile("empty", 1), recordCount: 0n }],
    [dataFile("b", null)],
  );
  expect(await plan()).toMatchObject({ read: ["b", "a"], skipped: ["empty"], skippedManifests: 0 });
  const empty = await planScan(memory(), { metadata: table(), snapshot: undefined, filter: undefined });
  expect(empty).toEqual({ files: [], deletes: [], skipped: [], skippedManifests: [] });
});

test("manifests are skipped by their partitions, and files by theirs", async () => {
  const { plan } = await tableOf([dataFile("one", 1), dataFile("two", 2)], [dataFile("five", 5)]);
  expect(await plan(day("eq", 2))).toMatchObject({
    read: ["two"],
    skipped: ["one"],
    skippedManifests: 1,
    skippedFiles: 2,
  });
  expect(await plan(day("gt", 4))).toMatchObject({ read: ["five"], skippedManifests: 1, skippedFiles: 2 });
  expect(await plan({ op: "or", terms: [day("eq", 1), day("eq", 5)] })).toMatchObject({
    read: ["five", "one"],
    skipped: ["two"],
  });
  expect(await plan({ op: "and", terms: [day("gt", 1), day("lt", 5)] })).toMatchObject({
    read: ["two"],
    skipped: ["one"],
  });
  expect(await plan({ op: "and", terms: [] })).toMatchObject({ skippedFiles: 0 });
});

test("a partition of nulls is read for nulls only", async () => {
  const { plan } = await tableOf([dataFile("null", null), dataFile("one", 1)]);
  expect((await plan({ op: "is-null", fieldId: 1 })).read).toEqual(["null"]);
  expect((await plan({ op: "not-null", fieldId: 1 })).read).toEqual(["one"]);
  expect((await plan(day("eq", 1))).read).toEqual(["one"]);
});

test("a partition of nulls has no value, also where the statistics of the column tell nothing", () => {
  const bare = { ...dataFile("null", null), valueCounts: undefined, nullValueCounts: undefined };
  expect(fileFilter(table(), { op: "not-null", fieldId: 1 })(bare)).toBe(false);
  expect(fileFilter(table(), { op: "is-null", fieldId: 1 })(bare)).toBe(true);
});

test("a column that is not known keeps every file", async () => {
  const { plan } = await tableOf([dataFile("one", 1)]);
  expect((await plan({ op: "eq", fieldId: 99, value: 7 })).read).toEqual(["one"]);
});

describe("statistics of columns", () => {
  const fields = [
    { id: 1, name: "day", required: false, type: "int" },
    { id: 2, name: "ratio", required: false, type: "double" },
    { id: 3, name: "size", required: false, type: "int" },
  ];
  const metadata = { ...table(), schemas: [{ schemaId: 0, fields, identifierFieldIds: [] }] };
  const may = (filter: Expression, more: Partial<DataFile>): boolean =>
    fileFilter(metadata, filter)({ ...dataFile("a", 1), ...more });
  const bounds = {
    lowerBounds: new Map([[2, toBytes("double", 1)]]),
    upperBounds: new Map([[2, toBytes("double", 5)]]),
  };
  const counts = (values: bigint, nulls: bigint) => ({
    valueCounts: new Map([[2, values]]),
    nullValueCounts: new Map([[2, nulls]]),
  });
  const ratio = (op: "eq" | "gt", value: number): Expression => ({ op, fieldId: 2, value });

  test("skip a file whose values are all beyond, and none of which they tell nothing", () => {
    expect(may(ratio("eq", 3), { ...bounds, ...counts(10n, 0n) })).toBe(true);
    expect(may(ratio("eq", 7), { ...bounds, ...counts(10n, 0n) })).toBe(false);
    expect(may(ratio("eq", 7), {})).toBe(true);
  });

  test("tell nulls from values", () => {
    const isNull: Expression = { op: "is-null", fieldId: 2 };
    const notNull: Expression = { op: "not-null", fieldId: 2 };
    expect([may(isNull, counts(10n, 0n)), may(isNull, counts(10n, 1n)), may(isNull, {})]).toEqual([false, true, true]);
    expect([may(notNull, counts(10n, 10n)), may(notNull, counts(10n, 9n)), may(notNull, {})]).toEqual([
      false,
      true,
      true,
    ]);
  });

  test("keep a file that may have NaN, which is above all numbers", () => {
    const known = { ...bounds, ...counts(10n, 0n) };
    expect(may(ratio("gt", 7), { ...known, nanValueCounts: new Map([[2, 0n]]) })).toBe(false);
    expect(may(ratio("gt", 7), { ...known, nanValueCounts: new Map([[2, 1n]]) })).toBe(true);
    expect(may(ratio("gt", 7), known)).toBe(true);
    const whole = { lowerBounds: new Map([[3, toBytes("int", 1)]]), upperBounds: new Map([[3, toBytes("int", 5)]]) };
    expect(may({ op: "gt", fieldId: 3, value: 7 }, whole), "a whole number is never NaN").toBe(false);
  });

  test("of a delete file are not those of the rows that it deletes; only its partition counts", () => {
    const deletes = { content: "position-deletes", ...bounds, ...counts(10n, 0n) } as const;
    expect(may(ratio("eq", 7), deletes)).toBe(true);
    expect(may(day("eq", 7), deletes)).toBe(false);
  });
});

test("manifests that were not opened count with the files that they are known to list", () => {
  const manifest = (addedFilesCount: number, existingFilesCount: number) =>
    ({ addedFilesCount, existingFilesCount }) as ManifestFile;
  const plan = {
    files: [],
    deletes: [],
    skipped: [dataFile("a", 1)],
    skippedManifests: [manifest(2, 3), manifest(-1, 4), manifest(5, -1)],
  };
  expect(skippedFiles(plan)).toBe(15);
});

describe("a delete file", () => {
  const entry = (sequenceNumber: bigint, more: Partial<DataFile>) => ({
    status: "added" as const,
    snapshotId: 1n,
    sequenceNumber,
    fileSequenceNumber: sequenceNumber,
    dataFile: {
      ...dataFile(`${more.content} ${sequenceNumber} ${more.fileFormat ?? ""}`, 1),
      lowerBounds: new Map(),
      upperBounds: new Map(),
      ...more,
    },
  });
  const applied = (
    entries: readonly ReturnType<typeof entry>[],
    of = dataFile("b", 1),
    sequenceNumber = 5n,
  ): readonly string[] =>
    deleteIndex(entries)
      .appliedTo({ dataFile: of, sequenceNumber })
      .map(({ file }) => file.filePath.trim());
  const positions = { content: "position-deletes" } as const;
  const values = { content: "equality-deletes" } as const;
  const named = (lower: string | undefined, upper: string | undefined) => ({
    ...positions,
    lowerBounds: new Map(lower === undefined ? [] : [[filePathId, Buffer.from(lower)]]),
    upperBounds: new Map(upper === undefined ? [] : [[filePathId, Buffer.from(upper)]]),
  });

  test("by position applies to files of the same commit and of earlier ones", () => {
    expect(applied([entry(4n, positions), entry(5n, positions), entry(6n, positions)])).toEqual([
      "position-deletes 5",
      "position-deletes 6",
    ]);
  });

  test("by value applies to files of earlier commits only", () => {
    expect(applied([entry(5n, values), entry(6n, values)])).toEqual(["equality-deletes 6"]);
  });

  test("applies within its partition; by value, one without a partition applies everywhere", () => {
    expect(applied([entry(6n, { ...positions, partition: [2] }), entry(6n, { ...values, partition: [2] })])).toEqual(
      [],
    );
    expect(applied([entry(6n, { ...values, partition: [], specId: 9 })])).toEqual(["equality-deletes 6"]);
    expect(applied([entry(6n, { ...positions, specId: 9 })])).toEqual([]);
  });

  test("by position applies to the files that it may name", () => {
    const names = [
      named("a", "c"),
      named("b", "b"),
      named("c", "d"),
      named("a", "aa"),
      named(undefined, "a"),
      named("c", undefined),
      named("a", undefined),
    ];
    expect(names.map((one) => applied([entry(6n, one)]).length)).toEqual([1, 1, 0, 0, 0, 0, 1]);
  });

  test("that names one file applies to that file, and a deletion vector replaces all other positions", () => {
    const one = entry(6n, { ...positions, referencedDataFile: "b" });
    expect(applied([one])).toHaveLength(1);
    expect(applied([entry(4n, { ...positions, referencedDataFile: "b" })])).toEqual([]);
    expect(applied([entry(6n, { ...positions, referencedDataFile: "c" })])).toEqual([]);
    const vector = entry(7n, { ...positions, referencedDataFile: "b", fileFormat: "PUFFIN" });
    expect(applied([one, vector, entry(8n, positions), entry(8n, values)])).toEqual([
      "position-deletes 7 PUFFIN",
      "equality-deletes 8",
    ]);
    expect(applied([])).toEqual([]);
  });
});
