/** Which schemas are removed together with the snapshots that used them, and which are still needed. */
import { expect, test } from "vitest";
import { HeadgateError } from "../errors.ts";
import type { DataFile } from "./data-file.ts";
import { unneededWithout, unusedSchemas } from "./expire-snapshots.ts";
import type { FileIO } from "./file-io.ts";
import { dataFile, memory, table } from "./memory-table.fixture.ts";
import { partitionTypes } from "./partition-spec.ts";
import { produceSnapshot, type SnapshotChange } from "./snapshot-producer.ts";
import { currentSchema, schemaOfAllTime, type TableMetadata } from "./table-metadata.ts";
import { applyUpdates, type TableUpdate, schemaUpdates } from "./table-update.ts";
import type { NestedField, Type } from "./type.ts";

let clock = 1_000;
async function commit(io: FileIO, metadata: TableMetadata, change: Partial<SnapshotChange>): Promise<TableMetadata> {
  clock += 1_000;
  const { updates } = await produceSnapshot(io, metadata, { add: [], remove: new Set(), now: clock, ...change });
  return applyUpdates(metadata, { updates, previousFile: undefined, now: clock });
}

test("a schema goes with the last snapshot that has it", async () => {
  const io = memory();
  let metadata = await commit(io, table(), { add: [dataFile("a", 1)] });
  for (const type of ["long", "float"]) {
    const schema = { ...currentSchema(metadata), fields: [{ id: 1, name: "day", required: false, type }] };
    const updates = [...schemaUpdates(schema)] as const;
    metadata = applyUpdates(metadata, { updates, previousFile: undefined, now: clock });
    if (type === "long") metadata = await commit(io, metadata, { add: [] });
  }
  const [first, second] = metadata.snapshots.map(({ snapshotId }) => snapshotId);
  const unused = (...expired: (bigint | undefined)[]): readonly number[] =>
    unusedSchemas(metadata, { expired: expired.map((id) => id ?? 0n), comparedIds: new Set() });
  expect(unused()).toEqual([]);
  expect(unused(first)).toEqual([0]);
  expect(unused(first, second)).toEqual([0, 1]);
  const remove = (schemaIds: readonly number[]): TableMetadata =>
    applyUpdates(metadata, { updates: [{ action: "remove-schemas", schemaIds }], previousFile: undefined, now: clock });
  expect(remove([0]).schemas.map(({ schemaId }) => schemaId)).toEqual([1, 2]);
  expect(() => remove([2])).toThrow(HeadgateError);
});

test("of a dropped column the newest schema stays while a spec, an order or a delete file of a kept snapshot names it", async () => {
  const io = memory();
  const part = (type: string) =>
    ({ type: "struct", fields: [{ id: 8, name: "part", required: false, type }] }) as const;
  const column = (id: number, type: Type) => ({ id, name: `c${id}`, required: false, type });
  const day = { id: 1, name: "day", required: false, type: "int" };
  const steps: readonly (readonly NestedField[])[] = [
    [day, column(2, "int"), column(3, "int"), column(4, "int"), column(5, "int"), column(7, part("int"))],
    [day, column(2, "long"), column(3, "int"), column(4, "int"), column(5, "int"), column(7, part("long"))],
    [day, column(3, "int"), column(4, "int"), column(5, "int")],
    [day, column(4, "int"), column(5, "int")],
    [day, column(5, "int")],
    [day, column(6, "int")],
  ];
  let metadata = await commit(io, table(), { add: [dataFile("a", 1)] });
  for (const [index, fields] of steps.entries()) {
    const updates: TableUpdate[] = [...schemaUpdates({ ...currentSchema(metadata), fields })];
    metadata = applyUpdates(metadata, { updates, previousFile: undefined, now: clock });
    const file = dataFile(`f${index}`, 1);
    const compared: DataFile = { ...file, filePath: `d${index}`, content: "equality-deletes", equalityIds: [4] };
    metadata = await commit(io, metadata, { add: index === 2 ? [file, compared] : [file] });
  }
  const [first, ...others] = metadata.snapshots.map(({ snapshotId }) => snapshotId);
  const old = [first ?? 0n, ...others.slice(0, -1)];
  const unneeded = async (): Promise<readonly number[]> => (await unneededWithout(io, metadata, old)).schemaIds;
  const ids = metadata.schemas.map(({ schemaId }) => schemaId);
  expect(ids).toEqual([0, 1, 2, 3, 4, 5, 6]);
  // The delete file is in every later snapshot.
  expect(await unneeded()).toEqual([0, 1, 2, 3, 5]);
  const specField = { sourceId: 8, fieldId: 1001, name: "part", transform: { kind: "identity" } } as const;
  const sortField = {
    sourceId: 3,
    transform: { kind: "identity" },
    direction: "asc",
    nullOrder: "nulls-first",
  } as const;
  metadata = {
    ...metadata,
    partitionSpecs: [...metadata.partitionSpecs, { specId: 1, fields: [specField] }],
    sortOrders: [...metadata.sortOrders, { orderId: 1, fields: [sortField] }],
  };
  expect(await unneeded()).toEqual([0, 1, 5]);
  const updates = [{ action: "remove-schemas", schemaIds: await unneeded() }] as const;
  metadata = applyUpdates(metadata, { updates, previousFile: undefined, now: clock });
  expect(partitionTypes({ specId: 1, fields: [specField] }, schemaOfAllTime(metadata))).toEqual(["long"]);
  metadata = await commit(io, metadata, { remove: new Set(["d2"]) });
  const last = metadata.snapshots.slice(0, -1).map(({ snapshotId }) => snapshotId);
  expect((await unneededWithout(io, metadata, last)).schemaIds).toEqual([4]);
});

test("a first schema that is current again stays beside one other", () => {
  let metadata = table();
  const again = currentSchema(metadata);
  for (const fields of [[], [{ id: 2, name: "other", required: false, type: "int" }], again.fields])
    metadata = applyUpdates(metadata, {
      updates: [...schemaUpdates({ ...again, fields })],
      previousFile: undefined,
      now: clock,
    });
  expect(metadata.currentSchemaId).toBe(0);
  expect(unusedSchemas(metadata, { expired: [], comparedIds: new Set() })).toEqual([1]);
});
