import { expect, test } from "vitest";
import type { ForeignFile } from "../../objects/foreign-files.ts";
import { listed } from "./listed.fixture.ts";
import { compareGroups, readGroups } from "./read-groups.ts";

const files = Array.from({ length: 1_000 }, (_, index) => fileOf(index));

function fileOf(number: number): ForeignFile {
  return listed(`s/t/20240101-${String(number).padStart(9, "0")}.csv`);
}

function without(...numbers: readonly number[]): readonly ForeignFile[] {
  return files.filter((_file, index) => !numbers.includes(index));
}

const same = { late: false, lost: false, rewritten: undefined };

test("many files are remembered in few groups, the newest one by one", () => {
  const groups = readGroups(files);
  expect(groups.length).toBeLessThan(26);
  expect(groups.slice(-16).every(({ count }) => count === 1)).toBe(true);
  expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
  expect(compareGroups(groups, files)).toEqual(same);
  expect(readGroups([])).toEqual([]);
});

test("old files may be removed, late files are found", () => {
  const groups = readGroups(files);
  expect(compareGroups(groups, files.slice(300))).toEqual({ ...same, lost: true });
  const late = listed("s/t/20240101-0000005001.csv");
  expect(compareGroups(groups, files.toSpliced(501, 0, late))).toMatchObject({ late: true });
  expect(compareGroups(groups, without(501).toSpliced(500, 0, late))).toMatchObject({ late: true, lost: true });
  expect(compareGroups(groups, without(995).toSpliced(995, 0, listed("s/t/20240101-0000009941.csv")))).toMatchObject({
    late: true,
    lost: true,
  });
});

test("another size shows a file that was written again", () => {
  const groups = readGroups(files);
  const grown = (number: number): readonly ForeignFile[] => files.with(number, { ...fileOf(number), size: 11 });
  expect(compareGroups(groups, grown(999)).rewritten).toMatchObject({ to: "20240101-000000999.csv", count: 1 });
  expect(compareGroups(groups, grown(3)).rewritten?.count).toBeGreaterThan(1);
});

test("files of one time in several folders are each remembered", () => {
  const twins = ["01", "02", "03"].map((day) => listed(`s/t/2024/01/${day}/20240101-000000001.csv`));
  const [first, second] = twins;
  const later = Array.from({ length: 40 }, (_, index) => fileOf(index + 2));
  for (const after of [[], later.slice(0, 14), later.slice(0, 15), later]) {
    const before = [...(first && second ? [first, second] : []), ...after];
    const groups = readGroups(before);
    expect(compareGroups(groups, before)).toEqual(same);
    expect(compareGroups(groups, [...twins, ...after])).toMatchObject({ late: true, lost: false });
    expect(compareGroups(groups, before.slice(1))).toMatchObject({ late: false, lost: true });
  }
});
