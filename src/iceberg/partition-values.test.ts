/** Partition values of every type and transform are written into manifests, summarised, and read back unchanged. */
import { expect, test } from "vitest";
import { dataFile, memory } from "./memory-table.fixture.ts";
import { newTable } from "./new-table.ts";
import { partitionTypes } from "./partition-spec.ts";
import { planScan } from "./scan.ts";
import { produceSnapshot } from "./snapshot-producer.ts";
import { applyUpdates } from "./table-update.ts";
import { currentSnapshot } from "./table-metadata.ts";
import { parseTransform } from "./transform.ts";
import { parsePrimitive } from "./type.ts";
import type { Value } from "./value.ts";

const micros = 2n ** 62n;

const cases: [transform: string, type: string, values: (Value | null)[]][] = [
  ["identity", "boolean", [true, false, null]],
  ["identity", "int", [-(2 ** 31), 2 ** 31 - 1, null]],
  ["identity", "long", [-(2n ** 63n), 2n ** 63n - 1n, 0n]],
  ["identity", "date", [-2_147_483_648, 2_147_483_647]],
  ["identity", "time", [0n, 86_399_999_999n, null]],
  ["identity", "timestamp", [-micros, micros, 0n, null]],
  ["identity", "timestamptz", [-micros, micros, 8_640_000_000_000_000_001n]],
  ["identity", "decimal(38,10)", [10n ** 37n, -(10n ** 37n), 0n]],
  ["identity", "decimal(4,2)", [9999n, -9999n]],
  ["identity", "string", ["", "\u0000", "a\u0000b", "𝒳", "null", "x".repeat(300)]],
  ["identity", "uuid", ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"]],
  ["identity", "binary", [Buffer.from([]), Buffer.from([0, 255])]],
  ["bucket[16]", "timestamptz", [0, 15, null]],
  ["truncate[10]", "long", [-10n, 20n]],
  ["truncate[10]", "decimal(38,10)", [10n ** 37n]],
  ["truncate[3]", "string", ["a\u0000b"]],
  ["truncate[3]", "binary", [Buffer.from([0, 1, 2])]],
  ["year", "timestamp", [-292_000, 292_000]],
  ["month", "timestamp", [-1, 3_500_000]],
  ["day", "timestamptz", [-106_751_991, 106_751_991]],
  ["hour", "timestamp", [-(2 ** 31), 2 ** 31 - 1]],
  ["void", "timestamp", [null]],
];

test.each(cases)("%s of %s", async (transform, type, values) => {
  const io = memory();
  const schema = {
    schemaId: 0,
    fields: [{ id: 1, name: "value", required: false, type: parsePrimitive(type) }],
    identifierFieldIds: [],
  };
  const spec = {
    specId: 0,
    fields: [{ sourceId: 1, fieldId: 1000, name: "part", transform: parseTransform(transform) }],
  };
  const made = newTable({
    uuid: "1dc9bfcc-5d5b-4d8c-8b0e-4bb2f8a3c1d0",
    location: "memory://t",
    schema,
    spec,
    now: 1_000,
  });
  expect(partitionTypes(spec, schema)).toHaveLength(1);
  const add = values.map((value, index) => ({ ...dataFile(`memory://t/${index}`, null), partition: [value] }));
  const { updates } = await produceSnapshot(io, made, { add, remove: new Set(), uuid: "run", summary: {}, now: 2_000 });
  const metadata = applyUpdates(made, { updates, previousFile: undefined, now: 2_000 });
  const { files } = await planScan(io, { metadata, snapshot: currentSnapshot(metadata), filter: undefined });
  const read = files.map(({ dataFile: { partition } }) => partition[0]);
  expect(read.map(String)).toEqual(values.map(String));
  expect(read.map((value) => typeof value)).toEqual(values.map((value) => typeof value));
});
