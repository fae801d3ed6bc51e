import { expect, test } from "vitest";
import type { ForeignFile } from "../../objects/foreign-files.ts";
import { must } from "../../base/must.ts";
import { layoutOf, type TableFiles } from "./layout.ts";
import { listed } from "./listed.fixture.ts";
import { nextFiles, oldestUnread, unreadFiles } from "./next-files.ts";
import { comparePositions, formatPosition, movedPosition, parsePosition, type FilesPosition } from "./position.ts";

const load = listed("s/t/LOAD00000001.csv", 1);
const [first, second, third] = [1, 2, 3].map((number) => change(number)) as [ForeignFile, ForeignFile, ForeignFile];

function change(number: number, minute = 10 + number): ForeignFile {
  return listed(`s/t/2024010${number}-000000000.csv`, minute);
}

function tableOf(...files: readonly ForeignFile[]): TableFiles {
  return must(layoutOf(files).tables[0], "a table");
}

function next(
  files: readonly ForeignFile[],
  since?: FilesPosition,
  { key = ["id"], isWhole = false }: { key?: string[] | undefined; isWhole?: boolean } = {},
) {
  return nextFiles(tableOf(...files), { since, key, isWhole });
}

const loaded = next([load, first]).position;

test("a new table is read whole, with all its changes", () => {
  const { how, loads, changes, position } = next([load, first, second]);
  expect({ how, loads, changes }).toEqual({ how: "whole", loads: [load], changes: [first, second] });
  expect(position).toEqual({
    file: "20240102-000000000.csv",
    loadedAt: "2024-01-01T00:01:00.000Z",
    loadedAs: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    loadedAfter: null,
    files: 2,
    loads: 1,
    key: ["id"],
  });
});

test("a file of the full load that appears late, although it was written earlier, makes the table read again", () => {
  const late = listed("s/t/SEGMENT2_LOAD00000001.csv", 0);
  const again = next([load, late, first, second], loaded);
  expect(again).toMatchObject({ how: "whole", loads: [late, load], changes: [first, second] });
  expect(next([load, late, first, second], again.position)).toMatchObject({ how: "nothing" });
  const later = next([load, first, second], again.position).position;
  expect(next([load, first, second], later)).toMatchObject({ how: "nothing" });
});

test("only files after the position are read", () => {
  expect(next([load, first], loaded)).toMatchObject({ how: "nothing", changes: [] });
  expect(next([load, first, second, third], loaded)).toMatchObject({
    how: "changes",
    loads: [],
    changes: [second, third],
    position: { file: "20240103-000000000.csv", files: 3 },
  });
});

test("a newer full load is a reload, without the changes that were written before it", () => {
  const newer = listed("s/t/LOAD00000001.csv", 13);
  const reload = next([newer, first, second, third], loaded);
  expect(reload).toMatchObject({ how: "whole", loads: [newer], changes: [third] });
  expect(reload.position).toMatchObject({ loadedAfter: "20240102-000000000.csv", files: 1 });
  expect(next([newer, first, second, third], reload.position)).toMatchObject({ how: "nothing" });
});

test("a full load that is being written is left alone until it is at rest", () => {
  const newer = listed("s/t/LOAD00000001.csv", 13);
  const at = (minute: number) => ({
    since: loaded,
    key: ["id"],
    isWhole: false,
    settledAt: listed("", minute).modifiedAt,
  });
  expect(nextFiles(tableOf(newer, first), at(12))).toMatchObject({ how: "nothing", position: loaded });
  expect(nextFiles(tableOf(newer, first), at(13))).toMatchObject({ how: "whole" });
});

test("a full load without later changes keeps the place in the changes", () => {
  const newer = listed("s/t/LOAD00000002.csv", 20);
  const { position } = next([load, newer, first], loaded);
  expect(position).toMatchObject({ file: "20240101-000000000.csv", files: 0 });
  expect(next([load, newer, first], position)).toMatchObject({ how: "nothing" });
  expect(next([load, newer, first, change(2, 21)], position)).toMatchObject({ how: "changes" });
});

test("another file of the full load in the same second is a new full load", () => {
  const more = listed("s/t/LOAD00000002.csv", 1);
  const { position } = next([load]);
  expect(next([load, more, first], position)).toMatchObject({ how: "whole", loads: [load, more], changes: [first] });
});

test("files that arrive late are found, and the table is read whole", () => {
  const { position } = next([load, first, third], loaded);
  expect(next([load, first, second, third], position)).toMatchObject({ how: "whole", changes: [first, second, third] });
});

test("another key reads the table whole", () => {
  expect(next([load, first], loaded, { key: ["id", "shop"] })).toMatchObject({ how: "whole" });
});

test("a position that was set back applies the files after it again", () => {
  const { position } = next([load, first, second, third]);
  const back = parsePosition(
    movedPosition(formatPosition(position), { lastIncrementalFile: "s/t/20240101-000000000.csv" }),
  );
  expect(next([load, first, second, third], back)).toMatchObject({ how: "changes", changes: [second, third] });
  const keyless = { ...back, key: null };
  expect(
    nextFiles(tableOf(load, first, second, third), { since: keyless, key: undefined, isWhole: false }),
  ).toMatchObject({ how: "whole" });
});

test("a full load whose date was set back is loaded again, with all its changes", () => {
  const { position } = next([load, first, second]);
  const back = parsePosition(movedPosition(formatPosition(position), { lastFullLoadDate: "2020-01-01T00:00:00Z" }));
  expect(next([load, first, second], back)).toMatchObject({
    how: "whole",
    changes: [first, second],
    position: { files: 2 },
  });
});

test("a full load that is read again is described with all its changes, which may have more columns", () => {
  const { position } = next([load, first, second]);
  const back = parsePosition(movedPosition(formatPosition(position), { lastFullLoadDate: "2020-01-01T00:00:00Z" }));
  expect(unreadFiles(tableOf(load, first, second), back)).toEqual({ loads: [load], changes: [first, second] });
  const newer = listed("s/t/LOAD00000001.csv", 30);
  expect(unreadFiles(tableOf(newer, first, second), position)).toEqual({ loads: [newer], changes: [] });
});

test("files that vanished are an obstacle, never deletes", () => {
  const vanished = expect.objectContaining({ code: "SOURCE_FILES_VANISHED" });
  expect(() => next([load, second], loaded)).toThrow(vanished);
  expect(() => next([first], loaded, { isWhole: true })).toThrow(vanished);
  const { position } = next([load, first, second]);
  expect(() => next([load, second], position, { isWhole: true })).toThrow(vanished);
});

test("old files that a lifecycle rule removed are not missed by increments", () => {
  const { position } = next([load, first, second]);
  expect(next([second, third], position)).toMatchObject({ how: "changes", changes: [third] });
});

test("an emptied folder with a new full load is a reload", () => {
  expect(next([listed("s/t/LOAD00000001.csv", 30)], loaded)).toMatchObject({ how: "whole", changes: [] });
});

test("the oldest unread file tells how late the table is", () => {
  expect(oldestUnread(tableOf(load, first, second), loaded)).toBe(second);
  expect(oldestUnread(tableOf(load, first), loaded)).toBeUndefined();
  expect(oldestUnread(tableOf(load), undefined)).toBe(load);
});

test("positions of one full load are ordered by their files", () => {
  const text = (file: string | null, loadedAt = loaded.loadedAt): string =>
    formatPosition({ ...loaded, file, loadedAt });
  expect(comparePositions(text(null), text("20240102-000000000.csv"))).toBe("before");
  expect(comparePositions(text("20240102-000000000.csv"), text("20240102-000000000.csv.gz"))).toBe("same");
  expect(comparePositions(text("20240103-000000000.csv"), text("20240102-000000000.csv"))).toBe("after");
  expect(comparePositions(text(null), text(null, null))).toBe("unknown");
});
