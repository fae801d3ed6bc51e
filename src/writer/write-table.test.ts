/** The next metadata file of a table: under which number it is written, what it follows, and when it makes a snapshot. */
import { expect, test } from "vitest";
import { memory, table as memoryTable } from "../iceberg/memory-table.fixture.ts";
import type { FileIO } from "../iceberg/file-io.ts";
import { metadataText } from "../iceberg/metadata-file.ts";
import { currentSnapshot, parseTableMetadata, type TableMetadata } from "../iceberg/table-metadata.ts";
import type { StagedFile } from "./staged-file.ts";
import { writeTable, type KnownTable } from "./write-table.ts";

const added: StagedFile = {
  location: "memory://t/data/1.parquet",
  rowCount: 4,
  sizeBytes: 100,
  columns: [],
  partition: ["7"],
  isSorted: false,
};

const known = (): KnownTable["current"] => ({
  id: "table-1",
  database: "shop",
  databaseId: "d",
  accountId: "a",
  name: "orders",
  location: "memory://t",
  places: [],
  metadataLocation: "memory://t/metadata/00007-before.metadata.json",
  metadata: memoryTable(),
});

async function readMetadata(io: FileIO, location: string): Promise<TableMetadata> {
  return parseTableMetadata(metadataText(await io.read(location)));
}

test("a table of the catalog gets the next number, and its metadata names the file before", async () => {
  const io = memory();
  const updates = [{ action: "set-properties", updates: { colour: "blue" } }] as const;
  const step = await writeTable({ table: { current: known(), updates }, rows: undefined }, { io, uuid: "attempt" });
  expect(step).toMatchObject({ tableId: "table-1", label: "shop.orders", from: known().metadataLocation });
  expect(step.create).toBeUndefined();
  expect(step.snapshotId).toBeUndefined();
  expect(step.to).toMatch(/\/00008-attempt/);
  const written = await readMetadata(io, step.to);
  expect(written.properties).toMatchObject({ colour: "blue" });
  expect(written.metadataLog.map(({ metadataFile: file }) => file)).toEqual([known().metadataLocation]);
});

test("a new table begins at number 0, with a snapshot of its rows", async () => {
  const io = memory();
  const seen: number[] = [];
  const create = { databaseId: "d", name: "orders", location: "memory://t" };
  const table = { metadata: memoryTable(), label: "shop.orders", create };
  const rows = { add: [added], remove: "all" as const };
  const onManifests = (): void => void seen.push(io.files.size);
  const step = await writeTable({ table, rows }, { io, uuid: "first", onManifests });
  expect(step).toMatchObject({ tableId: memoryTable().tableUuid, label: "shop.orders", from: undefined, create });
  expect(step.to).toMatch(/\/00000-first/);
  const written = await readMetadata(io, step.to);
  expect(currentSnapshot(written)).toMatchObject({ snapshotId: step.snapshotId, summary: { "added-records": "4" } });
  expect(written.metadataLog).toEqual([]);
  expect(seen, "the manifests and their list are written before the metadata").toEqual([io.files.size - 1]);
});
