/** Manifests and their lists: every fact about a file survives, whatever its type, and what is absent stays absent. */
import { expect, test } from "vitest";
import type { DataFile } from "./data-file.ts";
import { readManifestList, writeManifestList, type ManifestFile } from "./manifest-list.ts";
import { readManifest, readManifestSpecId, writeManifest, type ManifestEntry } from "./manifest.ts";
import type { PartitionSpec } from "./partition-spec.ts";
import { partitionSummaries } from "./partition-summary.ts";
import type { Schema } from "./schema.ts";
import { toBytes } from "./single-value.ts";

const types = [
  "int",
  "long",
  "decimal(9,2)",
  "decimal(38,0)",
  "uuid",
  "string",
  "binary",
  "date",
  "boolean",
  "fixed[2]",
  "double",
];
const schema: Schema = {
  schemaId: 0,
  identifierFieldIds: [],
  fields: types.map((type, index) => ({ id: index + 1, name: `c ${index}`, required: false, type })),
};
const spec: PartitionSpec = {
  specId: 7,
  fields: types.map((_, index) => ({
    fieldId: 1000 + index,
    sourceId: index + 1,
    name: `c ${index}`,
    transform: { kind: "identity" },
  })),
};
const partition = [
  -5,
  2n ** 62n,
  -1230n,
  -(10n ** 37n),
  "f79c3e09-677c-4bbd-a479-3f349cb785e7",
  "naïve",
  Buffer.from([0, 255]),
  -1,
  false,
  Buffer.from([1, 2]),
  0.5,
];

const full: DataFile = {
  content: "data",
  filePath: "memory://t/1.parquet",
  fileFormat: "PARQUET",
  specId: 7,
  partition,
  recordCount: 2n ** 40n,
  fileSizeInBytes: 10n,
  columnSizes: new Map([[1, 2n ** 33n]]),
  valueCounts: new Map([[1, 3n]]),
  nullValueCounts: new Map([[1, 1n]]),
  nanValueCounts: new Map([[11, 0n]]),
  lowerBounds: new Map([[1, toBytes("int", -5)]]),
  upperBounds: new Map([[1, toBytes("int", 5)]]),
  splitOffsets: [4n, 2n ** 34n],
  equalityIds: undefined,
  sortOrderId: 2,
  referencedDataFile: undefined,
  firstRowId: 11n,
  contentOffset: undefined,
  contentSizeInBytes: undefined,
};
const bare: DataFile = {
  ...Object.fromEntries(Object.keys(full).map((key) => [key, undefined])),
  content: "position-deletes",
  filePath: "memory://t/2.puffin",
  fileFormat: "PUFFIN",
  specId: 7,
  partition: partition.map(() => null),
  recordCount: 0n,
  fileSizeInBytes: 1n,
  equalityIds: [1, 2],
  referencedDataFile: "memory://t/1.parquet",
  contentOffset: 4n,
  contentSizeInBytes: 40n,
};
const entries: readonly ManifestEntry[] = [
  { status: "added", snapshotId: undefined, sequenceNumber: undefined, fileSequenceNumber: undefined, dataFile: full },
  { status: "existing", snapshotId: 1n, sequenceNumber: 2n, fileSequenceNumber: 3n, dataFile: bare },
  {
    status: "deleted",
    snapshotId: 4n,
    sequenceNumber: 5n,
    fileSequenceNumber: 6n,
    dataFile: { ...bare, content: "equality-deletes" },
  },
];

test("entries are read as they were written, in version 3", () => {
  const bytes = writeManifest({ formatVersion: 3, schema, spec, content: "data", entries });
  expect([...readManifest(bytes, { schema, spec })]).toEqual(entries);
  expect(readManifestSpecId(bytes)).toBe(7);
});

test("version 2 has no row ids and no places of vectors", () => {
  const bytes = writeManifest({ formatVersion: 2, schema, spec, content: "data", entries: entries.slice(0, 2) });
  const [first, second] = [...readManifest(bytes, { schema, spec })];
  expect(first?.dataFile).toEqual({ ...full, firstRowId: undefined });
  expect(second?.dataFile).toMatchObject({ contentOffset: undefined, referencedDataFile: "memory://t/1.parquet" });
});

test("statistics are read only for files that they are wanted of", () => {
  const bytes = writeManifest({ formatVersion: 2, schema, spec, content: "data", entries: entries.slice(0, 1) });
  const [without] = [...readManifest(bytes, { schema, spec, statistics: () => false })];
  expect(without?.dataFile).toMatchObject({ filePath: full.filePath, recordCount: full.recordCount, sortOrderId: 2 });
  expect([without?.dataFile.lowerBounds, without?.dataFile.valueCounts, without?.dataFile.splitOffsets]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  const [asked] = [...readManifest(bytes, { schema, spec, statistics: ({ filePath }) => filePath === full.filePath })];
  expect(asked?.dataFile.lowerBounds).toEqual(full.lowerBounds);
});

test("a partition value is of the type that its column has now", () => {
  const written: Schema = { ...schema, fields: [{ id: 1, name: "a", required: false, type: "date" }] };
  const ofOne: PartitionSpec = { specId: 0, fields: spec.fields.slice(0, 1) };
  const entry = { ...entries[0], status: "added", dataFile: { ...full, partition: [1] } } as const;
  const bytes = writeManifest({ formatVersion: 2, schema: written, spec: ofOne, content: "data", entries: [entry] });
  const valueAs = (type: string) => {
    const now = { ...written, fields: [{ id: 1, name: "a", required: false, type }] };
    return [...readManifest(bytes, { schema: now, spec: ofOne })][0]?.dataFile.partition[0];
  };
  expect([valueAs("date"), valueAs("timestamp"), valueAs("timestamp_ns")]).toEqual([
    1,
    86_400_000_000n,
    86_400_000_000_000n,
  ]);
  expect(valueAs("long")).toBe(1n);
});

const listed: ManifestFile = {
  manifestPath: "memory://t/m.avro",
  manifestLength: 100n,
  partitionSpecId: 7,
  content: "deletes",
  sequenceNumber: 3n,
  minSequenceNumber: 2n,
  addedSnapshotId: 9n,
  addedFilesCount: 1,
  existingFilesCount: 2,
  deletedFilesCount: 3,
  addedRowsCount: 4n,
  existingRowsCount: 5n,
  deletedRowsCount: 6n,
  firstRowId: 8n,
  partitions: [
    { containsNull: true, containsNan: false, lowerBound: toBytes("int", 1), upperBound: toBytes("int", 2) },
    { containsNull: false, containsNan: undefined, lowerBound: undefined, upperBound: undefined },
  ],
};

test("a list of manifests is read as it was written", () => {
  const parts = { snapshotId: 9n, parentSnapshotId: undefined, sequenceNumber: 3n, firstRowId: 8n };
  const others = { ...listed, content: "data", firstRowId: undefined, partitions: undefined } as const;
  const bytes = writeManifestList({ ...parts, formatVersion: 3, manifests: [listed, others] });
  expect(readManifestList(bytes)).toEqual([listed, others]);
  const two = writeManifestList({
    ...parts,
    parentSnapshotId: 1n,
    firstRowId: undefined,
    formatVersion: 2,
    manifests: [listed],
  });
  expect(readManifestList(two)).toEqual([{ ...listed, firstRowId: undefined }]);
  expect(Buffer.from(bytes).toString("latin1")).toContain("first-row-id");
  expect(Buffer.from(two).toString("latin1")).not.toContain("first-row-id");
});

test("partitions are summarised field by field, without NaN among the bounds", () => {
  const ofTwo = { spec: { specId: 0, fields: [spec.fields[0], spec.fields[10]] } as PartitionSpec, schema };
  expect(
    partitionSummaries(
      [
        [3, 1.5],
        [null, Number.NaN],
        [-2, 0.5],
      ],
      ofTwo,
    ),
  ).toEqual([
    { containsNull: true, containsNan: false, lowerBound: toBytes("int", -2), upperBound: toBytes("int", 3) },
    { containsNull: false, containsNan: true, lowerBound: toBytes("double", 0.5), upperBound: toBytes("double", 1.5) },
  ]);
  expect(partitionSummaries([[null, Number.NaN]], ofTwo)).toMatchObject([
    { containsNull: true, lowerBound: undefined, upperBound: undefined },
    { containsNan: true, lowerBound: undefined },
  ]);
});
