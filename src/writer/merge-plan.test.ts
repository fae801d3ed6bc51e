/** Which files a merge rewrites, at the very sizes and counts where the choice changes. */
import { expect, test } from "vitest";
import { planMerge, type MergeFile } from "./merge-plan.ts";

const mebibyte = 1024 * 1024;

function file(location: string, more: Partial<MergeFile> = {}): MergeFile {
  return {
    location,
    partition: "p",
    sizeBytes: 64 * mebibyte,
    rows: 100,
    deletedBefore: 0,
    deletedNow: 0,
    ...more,
  };
}

function rewritten(files: readonly MergeFile[], smallFileBytes = 0): readonly string[] {
  return [...planMerge({ files, deleteFiles: 0, smallFileBytes }).rewrite];
}

test("a file that loses nothing now is not rewritten, however small it is and however much it lost before", () => {
  expect(rewritten([file("a", { sizeBytes: 10, deletedBefore: 90 })], 1_000)).toEqual([]);
});

test("a small file that loses a row is rewritten, and a larger one gets a delete", () => {
  expect(rewritten([file("small", { sizeBytes: 1_000, deletedNow: 1 })], 1_000)).toEqual(["small"]);
  expect(rewritten([file("large", { sizeBytes: 1_001, deletedNow: 1 })], 1_000)).toEqual([]);
});

test("a file is rewritten when more than a fifth of its rows is deleted, earlier deletes included", () => {
  expect(rewritten([file("a", { deletedNow: 20 })])).toEqual([]);
  expect(rewritten([file("a", { deletedNow: 21 })])).toEqual(["a"]);
  expect(rewritten([file("a", { deletedBefore: 15, deletedNow: 6 })])).toEqual(["a"]);
});

test("eight files of about one size in one partition become one; seven do not, nor do files of different partitions", () => {
  const alike = (count: number, more: Partial<MergeFile>): readonly MergeFile[] =>
    Array.from({ length: count }, (_, index) => file(`f${index}`, more));
  expect(rewritten(alike(8, { sizeBytes: 100_000 }))).toHaveLength(8);
  expect(rewritten(alike(7, { sizeBytes: 100_000 }))).toEqual([]);
  expect(rewritten(alike(8, { sizeBytes: 32 * mebibyte - 1 }))).toHaveLength(8);
  expect(rewritten(alike(8, { sizeBytes: 32 * mebibyte }))).toEqual([]);
  expect(rewritten([...alike(4, { sizeBytes: 1 }), ...alike(4, { sizeBytes: mebibyte })])).toEqual([]);
  const others = alike(4, { sizeBytes: 1, partition: "q" }).map((one) => ({ ...one, location: `${one.location}q` }));
  expect(rewritten([...alike(4, { sizeBytes: 1 }), ...others])).toEqual([]);
});

test("delete files are replaced when there are many, or when one names a file that is rewritten", () => {
  const replaces = (files: readonly MergeFile[], deleteFiles: number): boolean =>
    planMerge({ files, deleteFiles, smallFileBytes: 1_000 }).replaceDeletes;
  const staying = file("staying", { deletedBefore: 1 });
  const leaving = file("leaving", { sizeBytes: 10, deletedNow: 1 });
  expect(replaces([staying], 7)).toBe(false);
  expect(replaces([staying], 8)).toBe(true);
  expect(replaces([staying, leaving], 1)).toBe(false);
  expect(replaces([{ ...leaving, deletedBefore: 1 }], 1)).toBe(true);
  expect(replaces([{ ...leaving, deletedBefore: 1 }], 0)).toBe(false);
});
