import { expect, test } from "vitest";
import { filesToRemove, planUpkeep } from "./maintenance-plan.ts";

const file = (location: string, deletes: readonly string[] = []) => ({
  dataFile: { filePath: location },
  deletes: deletes.map((filePath) => ({ file: { filePath } })),
});
const rewriteOf = (...locations: readonly string[]) => ({
  why: "small",
  becomes: 1,
  files: locations.map((location) => ({
    location,
    partition: "",
    sizeBytes: 1,
    rows: 1,
    deletedRows: 0,
    hasValueDeletes: false,
  })),
});

test("delete files go with the last file that needs them, and those that no file needs any more", () => {
  const files = [file("a", ["d1", "d2"]), file("b", ["d2"]), file("c")];
  const deletes = ["d1", "d2", "d3"].map((filePath) => ({ filePath }));
  expect([...filesToRemove([rewriteOf("a")], { files, deletes })]).toEqual(["a", "d1", "d3"]);
  expect([...filesToRemove([rewriteOf("a", "b")], { files, deletes })]).toEqual(["a", "b", "d1", "d2", "d3"]);
});

test("a deletion vector goes with its data file, and the others of its Puffin file stay", () => {
  const vector = (contentOffset: bigint) => ({ filePath: "v", contentOffset });
  const files = ["a", "b"].map((filePath, index) => ({
    dataFile: { filePath },
    deletes: [{ file: vector(BigInt(index)) }],
  }));
  const removed = filesToRemove([rewriteOf("a")], { files, deletes: [vector(0n), vector(1n)] });
  expect([...removed]).toEqual(["a", "v#0"]);
});

test("a row is gathered a few times in all, however little comes every day", () => {
  const targetBytes = 10_000;
  let files = [{ location: "0", partition: "", sizeBytes: 10, rows: 10, deletedRows: 0, hasValueDeletes: false }];
  let written = 0;
  for (let day = 1; day <= 1_000; day++) {
    files.push({ location: `${day}`, partition: "", sizeBytes: 10, rows: 10, deletedRows: 0, hasValueDeletes: false });
    for (const rewrite of planUpkeep({ files, targetBytes, budgetBytes: 1e9 }).rewrites) {
      const sizeBytes = rewrite.files.reduce((sum, some) => sum + some.sizeBytes, 0);
      const location = `${day} gathered ${written}`;
      files = files.filter((some) => !rewrite.files.includes(some));
      files.push({ location, partition: "", sizeBytes, rows: sizeBytes, deletedRows: 0, hasValueDeletes: false });
      written += sizeBytes;
    }
  }
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  expect(bytes).toBe(10_010);
  expect(files.length).toBeLessThan(16);
  expect(written).toBeLessThan(12 * bytes);
});

test("a file far above the target becomes several of about it, once; one of few rows stays", () => {
  const plan = (sizeBytes: number, rows: number, deletedRows = 0) =>
    planUpkeep({
      files: [{ location: "a", partition: "", sizeBytes, rows, deletedRows, hasValueDeletes: false }],
      targetBytes: 1_000_000,
      budgetBytes: 1e9,
    }).rewrites.map(({ becomes }) => becomes);
  expect(plan(1_800_000, 100_000)).toEqual([]);
  expect(plan(1_800_001, 100_000)).toEqual([2]);
  expect(plan(7_000_000, 100_000)).toEqual([7]);
  expect(plan(7_000_000, 30_000)).toEqual([3]);
  expect(plan(7_000_000, 16_383)).toEqual([]);
  // Most of its rows are deleted.
  expect(plan(4_000_000, 100_000, 70_000)).toEqual([1]);
});
