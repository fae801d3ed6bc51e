/** The bytes that a table keeps: each file counts once, for as long as a snapshot reaches it. */
import { expect, test } from "vitest";
import type { FileIO } from "./file-io.ts";
import { addedBytes, keptBytes } from "./kept-bytes.ts";
import { dataFile, memory, table } from "./memory-table.fixture.ts";
import { produceSnapshot, type SnapshotChange } from "./snapshot-producer.ts";
import type { TableMetadata } from "./table-metadata.ts";
import { applyUpdates } from "./table-update.ts";

let clock = 1_000;
async function commit(io: FileIO, metadata: TableMetadata, change: Partial<SnapshotChange>): Promise<TableMetadata> {
  clock += 1_000;
  const { updates } = await produceSnapshot(io, metadata, { add: [], remove: new Set(), now: clock, ...change });
  return applyUpdates(metadata, { updates, previousFile: undefined, now: clock });
}

/** Each file has 100 bytes. */
test("a file that was replaced counts until its snapshots are removed, and one that two snapshots share counts once", async () => {
  const io = memory();
  const empty = table();
  expect(await keptBytes(io, empty)).toBe(0n);
  const first = await commit(io, empty, { add: [dataFile("a", 1), dataFile("b", 2)] });
  const second = await commit(io, first, { add: [dataFile("c", 1)], remove: new Set(["a"]) });
  const third = await commit(io, second, { add: [dataFile("d", 1)], remove: new Set(["c"]) });
  expect([await keptBytes(io, first), await keptBytes(io, third)]).toEqual([200n, 400n]);
  expect([addedBytes(first, third), addedBytes(third, third)]).toEqual([200n, 0n]);
  const ids = third.snapshots.map(({ snapshotId }) => snapshotId);
  const without = (...indexes: readonly number[]): TableMetadata => {
    const snapshotIds = indexes.flatMap((index) => ids[index] ?? []);
    const remove = { action: "remove-snapshots", snapshotIds } as const;
    return applyUpdates(third, { updates: [remove], previousFile: undefined, now: clock });
  };
  expect(await keptBytes(io, without(0))).toBe(300n);
  expect(await keptBytes(io, without(0, 1))).toBe(200n);
  // a and b in the first, b and d in the third: what is in between tells nothing of that.
  expect(await keptBytes(io, without(1))).toBe(300n);
});
