import { expect, test } from "vitest";
import { manifestBins } from "./manifest-merge.ts";
import type { ManifestFile } from "./manifest-list.ts";

const properties = { "commit.manifest.target-size-bytes": "100", "commit.manifest.min-count-to-merge": "5" };

const manifest = (sequence: number, bytes: number, parts: Partial<ManifestFile> = {}): ManifestFile => ({
  manifestPath: `m${sequence}`,
  manifestLength: BigInt(bytes),
  partitionSpecId: 0,
  content: "data",
  sequenceNumber: BigInt(sequence),
  minSequenceNumber: BigInt(sequence),
  addedSnapshotId: BigInt(sequence),
  addedFilesCount: 1,
  existingFilesCount: 0,
  deletedFilesCount: 0,
  addedRowsCount: 1n,
  existingRowsCount: 0n,
  deletedRowsCount: 0n,
  ...parts,
});

/** The bins as lists of sequence numbers. */
function bins(manifests: readonly ManifestFile[], set: Readonly<Record<string, string>> = {}): number[][] {
  const found = manifestBins(manifests, { properties: { ...properties, ...set } });
  return found.map((bin) => bin.map(({ sequenceNumber }) => Number(sequenceNumber)));
}

test("the newest wait until there are enough of them, however they are listed", () => {
  const four = [1, 4, 3, 2].map((sequence) => manifest(sequence, 10));
  expect(bins(four)).toEqual([[4], [3], [2], [1]]);
  expect(bins([...four, manifest(5, 10)])).toEqual([[5, 4, 3, 2, 1]]);
});

test("only neighbours come together, up to the size, and large ones stay alone", () => {
  const sizes = [90, 30, 30, 200, 40, 50, 5];
  const manifests = sizes.map((bytes, index) => manifest(index + 1, bytes));
  expect(bins(manifests)).toEqual([[7], [6], [5], [4], [3, 2], [1]]);
});

test("one commit merges one bin beside the newest, however many there are, and of a hundred manifests at most", () => {
  const manifests = Array.from({ length: 1_000 }, (_, index) => manifest(index + 1, 10));
  const merged = bins(manifests).filter(({ length }) => length > 1);
  expect(merged).toHaveLength(2);
  const tiny = manifests.map((one) => ({ ...one, manifestLength: 0n }));
  expect(
    bins(tiny)
      .map(({ length }) => length)
      .toSorted((left, right) => right - left)
      .slice(0, 3),
  ).toEqual([100, 100, 1]);
});

test("those of another partition spec or content stay apart, and where it is switched off all do", () => {
  const kinds: readonly Partial<ManifestFile>[] = [{}, { partitionSpecId: 1 }, { content: "deletes" }];
  const manifests = kinds.flatMap((kind, index) =>
    Array.from({ length: 5 }, (_, nth) => manifest(index * 10 + nth, 10, kind)),
  );
  expect(bins(manifests)).toEqual([
    [4, 3, 2, 1, 0],
    [14, 13, 12, 11, 10],
    [24, 23, 22, 21, 20],
  ]);
  expect(bins(manifests, { "commit.manifest-merge.enabled": "false" })).toHaveLength(15);
});

test("numbers that are none are as if they were not set", () => {
  expect(
    bins(
      [1, 2, 3].map((sequence) => manifest(sequence, 10)),
      { "commit.manifest.min-count-to-merge": "x" },
    ),
  ).toHaveLength(3);
});
