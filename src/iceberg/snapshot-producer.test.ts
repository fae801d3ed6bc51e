import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatJson, parseJson } from "../base/json.ts";
import { fileKey, type DataFile } from "./data-file.ts";
import { expiredSnapshots, reachableFiles, unneededWithout } from "./expire-snapshots.ts";
import type { FileIO } from "./file-io.ts";
import { writeManifestList, type ManifestFile } from "./manifest-list.ts";
import { writeManifest } from "./manifest.ts";
import { dataFile, memory, table } from "./memory-table.fixture.ts";
import { planScan, skippedFiles } from "./scan.ts";
import { liveEntries, readManifests } from "./snapshot-manifests.ts";
import type { Snapshot } from "./snapshot.ts";
import { produceSnapshot, type SnapshotChange } from "./snapshot-producer.ts";
import {
  currentSchema,
  currentSnapshot,
  defaultSpec,
  formatTableMetadata,
  parseTableMetadata,
  type TableMetadata,
} from "./table-metadata.ts";
import { partitionStatisticsFile, statisticsFile } from "./statistics-file.ts";
import { applyUpdates, type TableUpdate } from "./table-update.ts";

let clock = 1_000;
async function commit(io: FileIO, metadata: TableMetadata, change: Partial<SnapshotChange>): Promise<TableMetadata> {
  clock += 1_000;
  const { updates } = await produceSnapshot(io, metadata, { add: [], remove: new Set(), now: clock, ...change });
  const next = applyUpdates(metadata, { updates, previousFile: undefined, now: clock });
  return parseTableMetadata(formatTableMetadata(next));
}

async function paths(io: FileIO, metadata: TableMetadata, day?: number): Promise<string[]> {
  const filter = day === undefined ? undefined : ({ op: "eq", fieldId: 1, value: day } as const);
  const { files } = await planScan(io, { metadata, snapshot: currentSnapshot(metadata), filter });
  return files.map(({ dataFile: { filePath } }) => filePath).toSorted();
}

test("a file comes back from its manifest as it went in", async () => {
  const io = memory();
  const file = dataFile("memory://t/a", 7);
  const metadata = await commit(io, table(), { add: [file] });
  const [manifest] = await readManifests(io, currentSnapshot(metadata) as Snapshot);
  const [entry] = await liveEntries(io, metadata, manifest as ManifestFile);
  expect(entry?.sequenceNumber).toBe(1n);
  const { lowerBounds, upperBounds, ...rest } = entry?.dataFile ?? file;
  const { lowerBounds: lower, upperBounds: upper, ...expected } = file;
  expect(rest).toMatchObject(expected);
  expect([...(lowerBounds ?? [])].map(([id, bytes]) => [id, Buffer.from(bytes)])).toEqual(
    [...(lower ?? [])].map(([id, bytes]) => [id, Buffer.from(bytes)]),
  );
  expect(upperBounds?.size).toBe(upper?.size);
});

test("append, overwrite and delete are named and counted in the summary", async () => {
  const io = memory();
  const one = await commit(io, table(), { add: [dataFile("a", 1), dataFile("b", 2)] });
  expect(currentSnapshot(one)?.summary).toMatchObject({
    operation: "append",
    "added-data-files": "2",
    "total-records": "20",
  });
  const two = await commit(io, one, { add: [dataFile("c", 3)], remove: "all" });
  expect(currentSnapshot(two)?.summary).toMatchObject({
    operation: "overwrite",
    "deleted-data-files": "2",
    "total-data-files": "1",
    "total-records": "10",
  });
  const three = await commit(io, two, { remove: new Set(["c"]) });
  expect(currentSnapshot(three)?.summary).toMatchObject({ operation: "delete", "total-data-files": "0" });
  expect(await paths(io, three)).toEqual([]);
});

test("a file that is not in the table cannot be removed", async () => {
  const io = memory();
  const metadata = await commit(io, table(), { add: [dataFile("a", 1)] });
  await expect(commit(io, metadata, { remove: new Set(["b"]) })).rejects.toMatchObject({ code: "DATA_FILE_MISSING" });
});

test("deletion vectors in one file go one by one", async () => {
  const io = memory();
  const vector = (referencedDataFile: string, contentOffset: bigint): DataFile => ({
    ...dataFile("v", 1),
    content: "position-deletes",
    fileFormat: "PUFFIN",
    recordCount: 3n,
    referencedDataFile,
    contentOffset,
    contentSizeInBytes: 20n,
  });
  let metadata = await commit(
    io,
    { ...table(), formatVersion: 3, nextRowId: 0n },
    { add: [dataFile("a", 1), dataFile("b", 1)] },
  );
  metadata = await commit(io, metadata, { add: [vector("a", 4n), vector("b", 24n)] });
  metadata = await commit(io, metadata, { add: [{ ...vector("a", 4n), filePath: "w" }], remove: new Set(["v#4"]) });
  const { files } = await planScan(io, { metadata, snapshot: currentSnapshot(metadata), filter: undefined });
  expect(
    files.map(({ dataFile: { filePath }, deletes }) => [filePath, deletes.map(({ file }) => fileKey(file))]),
  ).toEqual([
    ["a", ["w#4"]],
    ["b", ["v#24"]],
  ]);
  expect(currentSnapshot(metadata)?.summary).toMatchObject({
    "added-dvs": "1",
    "removed-dvs": "1",
    "total-position-deletes": "6",
    "total-files-size": "240",
  });
});

test("partitions leave whole manifests and files out", async () => {
  const io = memory();
  let metadata = await commit(io, table(), { add: [dataFile("a", 1), dataFile("b", 2)] });
  metadata = await commit(io, metadata, { add: [dataFile("c", 9), dataFile("n", null)] });
  expect(await paths(io, metadata, 2)).toEqual(["b"]);
  const plan = await planScan(io, {
    metadata,
    snapshot: currentSnapshot(metadata),
    filter: { op: "eq", fieldId: 1, value: 2 },
  });
  expect(plan.skipped.map(({ filePath }) => filePath)).toEqual(["a"]);
  expect(plan.skippedManifests).toHaveLength(1);
  expect(skippedFiles(plan)).toBe(3);
});

test("whatever is added and removed, every snapshot lists exactly its files, and expiry frees exactly the rest", async () => {
  const step = fc.record({
    add: fc.integer({ min: 0, max: 3 }),
    remove: fc.array(fc.nat(20), { maxLength: 3 }),
    all: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const io = memory();
      let metadata = table();
      let live: string[] = [];
      const states: string[][] = [];
      let named = 0;
      for (const { add, remove, all } of steps) {
        const leaving = all
          ? live
          : [...new Set(remove.map((index) => live[index % Math.max(1, live.length)] ?? ""))].filter(
              (path) => path !== "",
            );
        const arriving = Array.from({ length: add }, () => `f${named++}`);
        metadata = await commit(io, metadata, {
          add: arriving.map((path, index) => dataFile(path, index)),
          remove: all ? "all" : new Set(leaving),
        });
        live = [...live.filter((path) => !leaving.includes(path)), ...arriving];
        states.push(live.toSorted());
        expect(await paths(io, metadata)).toEqual(states.at(-1));
      }
      for (const [index, snapshot] of metadata.snapshots.entries()) {
        const { files } = await planScan(io, { metadata, snapshot, filter: undefined });
        expect(files.map(({ dataFile: file }) => file.filePath).toSorted()).toEqual(states[index]);
      }
      const expired = expiredSnapshots(metadata, clock + 30 * 86_400_000);
      expect(expired).toHaveLength(metadata.snapshots.length - 1);
      const { files: gone } = await unneededWithout(io, metadata, expired);
      const everNamed = new Set(states.flat());
      expect(gone.filter((path) => everNamed.has(path)).toSorted()).toEqual(
        [...everNamed].filter((path) => !live.includes(path)).toSorted(),
      );
      for (const path of gone) io.files.delete(path);
      expect(await paths(io, metadata)).toEqual(live.toSorted());
    }),
    { numRuns: 60 },
  );
});

test("many appends leave few manifests, and they still tell which days they are of", async () => {
  const io = memory();
  const properties = { "commit.manifest.min-count-to-merge": "4", "commit.manifest.target-size-bytes": "20000" };
  let metadata: TableMetadata = { ...table(), properties };
  const names = Array.from({ length: 60 }, (_, day) => `f${day} ${randomBytes(500).toString("hex")}`);
  for (const [day, name] of names.entries()) metadata = await commit(io, metadata, { add: [dataFile(name, day)] });
  const manifests = await readManifests(io, currentSnapshot(metadata) as Snapshot);
  expect(manifests.length).toBeLessThan(12);
  const filter = { op: "eq", fieldId: 1, value: 5 } as const;
  const listed = new Set<string>();
  for (const snapshot of metadata.snapshots)
    for (const { manifestPath } of await readManifests(io, snapshot)) listed.add(manifestPath);
  const written = [...io.files.keys()].filter((location) => /-m\d+\.avro$/.test(location));
  expect(written.filter((location) => !listed.has(location))).toEqual([]);
  const plan = await planScan(io, { metadata, snapshot: currentSnapshot(metadata), filter });
  expect(plan.files.map(({ dataFile: { filePath }, sequenceNumber }) => [filePath, sequenceNumber])).toEqual([
    [names[5], 6n],
  ]);
  expect(plan.skippedManifests).toHaveLength(manifests.length - 1);
  expect(await paths(io, metadata)).toEqual(names.toSorted());
});

test("a branch goes its own way from where it begins, and main stays where it is", async () => {
  const io = memory();
  let metadata = await commit(io, table(), { add: [dataFile("a", 1)] });
  const begin = metadata.currentSnapshotId;
  metadata = await commit(io, metadata, { add: [dataFile("b", 1)], branch: "audit" });
  metadata = await commit(io, metadata, { add: [dataFile("c", 1)], remove: new Set(["a"]), branch: "audit" });
  expect(metadata.currentSnapshotId).toBe(begin);
  expect(metadata.snapshotLog).toHaveLength(1);
  metadata = await commit(io, metadata, { add: [dataFile("d", 1)] });
  const [first, second, third, fourth] = metadata.snapshots;
  expect([second, third, fourth].map((one) => one?.parentSnapshotId)).toEqual([begin, second?.snapshotId, begin]);
  expect(metadata.refs).toMatchObject({
    main: { snapshotId: fourth?.snapshotId, type: "branch" },
    audit: { snapshotId: third?.snapshotId, type: "branch" },
  });
  const { files } = await planScan(io, { metadata, snapshot: third, filter: undefined });
  expect(files.map(({ dataFile: { filePath } }) => filePath).toSorted()).toEqual(["b", "c"]);
  expect(await paths(io, metadata)).toEqual(["a", "d"]);
  await expect(commit(io, metadata, { remove: new Set(["d"]), branch: "audit" })).rejects.toMatchObject({
    code: "DATA_FILE_MISSING",
  });
  const ref = { snapshotId: first?.snapshotId ?? 0n, type: "tag" } as const;
  const updates = [{ action: "set-snapshot-ref", refName: "end-of-year", ...ref }] as const;
  metadata = applyUpdates(metadata, { updates, previousFile: undefined, now: clock });
  await expect(commit(io, metadata, { branch: "end-of-year" })).rejects.toMatchObject({ code: "METADATA_INVALID" });
});

test("delete manifests in which nothing is left do not stop the next commit", async () => {
  const io = memory();
  let metadata = await commit(io, table(), { add: [dataFile("a", 1)] });
  const { partition, specId, ...rest } = dataFile("d", 1);
  const manifests = Array.from({ length: 101 }, (_, index): ManifestFile => {
    const deletes: DataFile = { ...rest, partition, specId, filePath: `d${index}`, content: "position-deletes" };
    const entry = { status: "deleted", snapshotId: 5n, sequenceNumber: 1n, fileSequenceNumber: 1n } as const;
    const bytes = writeManifest({
      formatVersion: 2,
      schema: currentSchema(metadata),
      spec: defaultSpec(metadata),
      content: "deletes",
      entries: [{ ...entry, dataFile: deletes }],
    });
    io.files.set(`memory://t/m${index}`, bytes);
    return {
      manifestPath: `memory://t/m${index}`,
      manifestLength: BigInt(bytes.length),
      partitionSpecId: 0,
      content: "deletes",
      sequenceNumber: 2n,
      minSequenceNumber: 2n,
      addedSnapshotId: 5n,
      addedFilesCount: 0,
      existingFilesCount: 0,
      deletedFilesCount: 1,
      addedRowsCount: 0n,
      existingRowsCount: 0n,
      deletedRowsCount: 10n,
    };
  });
  const made = { snapshotId: 5n, parentSnapshotId: undefined, sequenceNumber: 2n };
  io.files.set("memory://t/list", writeManifestList({ ...made, formatVersion: 2, firstRowId: undefined, manifests }));
  const snapshot = { ...made, timestampMs: clock, manifestList: "memory://t/list", summary: { operation: "delete" } };
  metadata = applyUpdates(metadata, {
    updates: [
      { action: "add-snapshot", snapshot },
      { action: "set-snapshot-ref", refName: "main", snapshotId: 5n, type: "branch" },
    ],
    previousFile: undefined,
    now: clock,
  });
  metadata = await commit(io, metadata, { add: [dataFile("b", 2)] });
  expect(await paths(io, metadata)).toEqual(["b"]);
});

test("another engine's statistics are files of the table, until their snapshot goes", async () => {
  const io = memory();
  let metadata = await commit(io, table(), { add: [dataFile("a", 1)] });
  metadata = await commit(io, metadata, { add: [dataFile("b", 1)] });
  const [old, current] = metadata.snapshots.map(({ snapshotId }) => snapshotId);
  const file = (snapshotId: bigint | undefined, name: string) => ({
    "snapshot-id": snapshotId,
    "statistics-path": `memory://t/${name}`,
  });
  const json = parseJson(formatTableMetadata({ ...metadata, other: { "encryption-keys": [] } })) as object;
  metadata = parseTableMetadata(
    formatJson({
      ...json,
      statistics: [file(old, "old.puffin"), file(current, "current.puffin")],
      "partition-statistics": [file(old, "old.parquet")],
    }),
  );
  metadata = parseTableMetadata(formatTableMetadata(metadata));
  const reached = await reachableFiles(io, metadata);
  for (const name of ["old.puffin", "current.puffin", "old.parquet"]) expect(reached).toContain(`memory://t/${name}`);
  const { files: gone } = await unneededWithout(io, metadata, [old ?? 0n]);
  expect(gone).toEqual(expect.arrayContaining(["memory://t/old.puffin", "memory://t/old.parquet"]));
  expect(gone).not.toContain("memory://t/current.puffin");
  const updates = [{ action: "remove-snapshots", snapshotIds: [old ?? 0n] }] as const;
  const { statistics, partitionStatistics, other } = applyUpdates(metadata, {
    updates,
    previousFile: undefined,
    now: clock,
  });
  expect(statistics.map(({ path }) => path)).toEqual(["memory://t/current.puffin"]);
  expect(partitionStatistics).toEqual([]);
  expect(other).toEqual({ "encryption-keys": [] });
});

test("statistics are one of a kind for each snapshot, and only of snapshots that are there", async () => {
  const metadata = await commit(memory(), table(), { add: [dataFile("a", 1)] });
  const snapshotId = metadata.currentSnapshotId ?? 0n;
  const blob = { type: "apache-datasketches-theta-v1", snapshotId, sequenceNumber: 1n, fields: [1] };
  const file = (path: string) =>
    statisticsFile({ snapshotId, path, fileSizeInBytes: 9n, fileFooterSizeInBytes: 4n, blobMetadata: [blob] });
  const apply = (...updates: readonly TableUpdate[]): TableMetadata =>
    parseTableMetadata(formatTableMetadata(applyUpdates(metadata, { updates, previousFile: undefined, now: clock })));
  const both = [
    { action: "set-statistics", statistics: file("old.puffin") },
    { action: "set-statistics", statistics: file("new.puffin") },
    {
      action: "set-partition-statistics",
      partitionStatistics: partitionStatisticsFile({ snapshotId, path: "p.parquet", fileSizeInBytes: 9n }),
    },
  ] as const;
  const set = apply(...both);
  expect(parseJson(formatTableMetadata(set))).toMatchObject({
    statistics: [
      {
        "statistics-path": "new.puffin",
        "file-size-in-bytes": 9,
        "file-footer-size-in-bytes": 4,
        "blob-metadata": [{ type: blob.type, "sequence-number": 1, fields: [1] }],
      },
    ],
    "partition-statistics": [{ "statistics-path": "p.parquet" }],
  });
  const removed = apply(
    ...both,
    { action: "remove-statistics", snapshotId },
    { action: "remove-partition-statistics", snapshotId },
  );
  expect([removed.statistics, removed.partitionStatistics]).toEqual([[], []]);
  const strange = { ...file("strange.puffin"), snapshotId: 1n };
  expect(() => apply({ action: "set-statistics", statistics: strange })).toThrow(/snapshot of the table/);
});
