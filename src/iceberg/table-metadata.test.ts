import { expect, test } from "vitest";
import { formatJson } from "../base/json.ts";
import { newTable } from "./new-table.ts";
import {
  currentSchema,
  currentSnapshot,
  defaultSpec,
  formatTableMetadata,
  parseTableMetadata,
} from "./table-metadata.ts";
import { applyUpdates, schemaUpdates } from "./table-update.ts";

const id = { id: 1, name: "id", required: true, type: "long" };
const schema = { type: "struct", "schema-id": 0, fields: [id] };

test("version 1 without lists of schemas and specs", () => {
  const metadata = parseTableMetadata(
    formatJson({
      "format-version": 1,
      location: "file:///t/",
      "last-updated-ms": 5,
      "last-column-id": 1,
      schema: { type: "struct", fields: [id] },
      "partition-spec": [{ name: "id_bucket", transform: "bucket[4]", "source-id": 1, "field-id": 1000 }],
      "current-snapshot-id": -1,
    }),
  );
  expect(metadata).toMatchObject({
    formatVersion: 1,
    location: "file:///t",
    lastSequenceNumber: 0n,
    lastPartitionId: 1000,
  });
  expect(currentSchema(metadata).fields).toMatchObject([{ id: 1, name: "id", type: "long", required: true }]);
  expect(defaultSpec(metadata).fields).toMatchObject([{ fieldId: 1000, transform: { kind: "bucket", buckets: 4 } }]);
  expect(currentSnapshot(metadata)).toBeUndefined();
});

test("a snapshot names its list of manifests, or in version 1 the manifests themselves", () => {
  const { snapshots } = parseTableMetadata(
    formatJson({
      "format-version": 1,
      location: "file:///t",
      "last-updated-ms": 5,
      "last-column-id": 1,
      schema: { type: "struct", fields: [id] },
      "partition-spec": [],
      snapshots: [
        { "snapshot-id": 1, "timestamp-ms": 1, manifests: ["m1", "m2"] },
        { "snapshot-id": 2, "timestamp-ms": 2, "manifest-list": "l2" },
      ],
    }),
  );
  expect(snapshots.map(({ manifests, manifestList }) => [manifests, manifestList])).toEqual([
    [["m1", "m2"], undefined],
    [undefined, "l2"],
  ]);
});

test("version 2: 64-bit ids survive, and what this program does not know is written back", () => {
  const snapshotId = 9_223_372_036_854_775_807n;
  const given = {
    "format-version": 2,
    "table-uuid": "fb072c92-a02b-11e9-ae9c-1bb7bc9eca94",
    location: "s3://lake/t",
    "last-sequence-number": 9_007_199_254_740_993n,
    "last-updated-ms": 1_600_000_000_000,
    "last-column-id": 1,
    "current-schema-id": 0,
    schemas: [schema],
    "default-spec-id": 0,
    "partition-specs": [{ "spec-id": 0, fields: [] }],
    "last-partition-id": 999,
    "default-sort-order-id": 0,
    "sort-orders": [{ "order-id": 0, fields: [] }],
    properties: { "write.format.default": "parquet" },
    "current-snapshot-id": snapshotId,
    refs: { main: { "snapshot-id": snapshotId, type: "branch" } },
    snapshots: [
      {
        "snapshot-id": snapshotId,
        "sequence-number": 9_007_199_254_740_993n,
        "timestamp-ms": 1_600_000_000_000,
        "manifest-list": "s3://lake/t/metadata/snap.avro",
        summary: { operation: "append" },
        "schema-id": 0,
      },
    ],
    "snapshot-log": [{ "snapshot-id": snapshotId, "timestamp-ms": 1_600_000_000_000 }],
    "metadata-log": [],
    statistics: [{ "snapshot-id": snapshotId, "statistics-path": "s3://lake/t/stats.puffin" }],
  };
  const metadata = parseTableMetadata(formatJson(given));
  expect(metadata.currentSnapshotId).toBe(snapshotId);
  const again = parseTableMetadata(formatTableMetadata(metadata));
  expect(again).toEqual(metadata);
  expect(formatTableMetadata(metadata)).toContain(`"statistics-path":"s3://lake/t/stats.puffin"`);
  expect(formatTableMetadata(metadata)).toContain("9007199254740993");
});

test.each([
  ["no JSON", "{", undefined],
  ["a version nobody knows", formatJson({ "format-version": 9 }), "format-version"],
  [
    "a current schema that is not there",
    formatJson({ "format-version": 2, location: "x", schemas: [schema], "current-schema-id": 7 }),
    "current-schema-id",
  ],
])("%s is METADATA_INVALID", (_what, text, place) => {
  expect(() => parseTableMetadata(text)).toThrow(expect.objectContaining({ code: "METADATA_INVALID", place }));
});

test("a schema or spec that exists already is used again", () => {
  const table = newTable({
    uuid: "u",
    location: "file:///t",
    schema: { schemaId: 0, fields: [id], identifierFieldIds: [] },
    now: 1,
  });
  const wider = {
    schemaId: 0,
    fields: [id, { id: 2, name: "note", required: false, type: "string" }],
    identifierFieldIds: [],
  };
  const apply = (metadata: typeof table, to: typeof wider): typeof table =>
    applyUpdates(metadata, {
      updates: [...schemaUpdates(to)],
      previousFile: "file:///t/0.json",
      now: 2,
    });
  const there = apply(table, wider);
  const back = apply(there, { ...wider, fields: [id] });
  expect(there).toMatchObject({
    currentSchemaId: 1,
    lastColumnId: 2,
    metadataLog: [{ metadataFile: "file:///t/0.json" }],
  });
  expect(back).toMatchObject({ currentSchemaId: 0, lastColumnId: 2 });
  expect(back.schemas).toHaveLength(2);
});
