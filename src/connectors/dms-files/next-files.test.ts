/** Tests which files are read next, for listings of every kind. */
import { describe, expect, test } from "vitest";
import { must } from "../../base/must.ts";
import type { ForeignFile } from "../../objects/foreign-files.ts";
import { loadState, versionsOf, type LoadState } from "./full-load.ts";
import { layoutOf, tableWithoutFolder, type Settling, type TableFiles } from "./layout.ts";
import { listed } from "./listed.fixture.ts";
import { nextFiles, unreadFiles, type NextFiles } from "./next-files.ts";
import { comparePositions, formatPosition, movedPosition, parsePosition, type FilesPosition } from "./position.ts";

const load = listed("s/t/LOAD00000001.csv", 1);
const [first, second, third] = [1, 2, 3].map((number) => change(number)) as [ForeignFile, ForeignFile, ForeignFile];

function change(number: number, minute = 10 + number, size = 10): ForeignFile {
  return { ...listed(`s/t/2024010${number}-000000000.csv`, minute), size };
}

function tableOf(files: readonly ForeignFile[], settling?: Settling): TableFiles {
  return must(layoutOf(files, settling).tables[0], "a table");
}

interface Now extends Settling {
  readonly key?: readonly string[] | undefined;
  readonly isWhole?: boolean;
  readonly isAnew?: boolean;
  /** The content of the files of the full load. By default, a file that was written at another time is another one. */
  readonly content?: string;
}

async function next(files: readonly ForeignFile[], since?: FilesPosition, now: Now = {}): Promise<NextFiles> {
  const { key = ["id"], isWhole = false, isAnew = false } = "key" in now ? { ...now, key: now.key ?? [] } : now;
  const table = tableOf(files, now);
  const state = await stateOf(table, since, now);
  const found = nextFiles(table, { since, load: state, key: key.length === 0 ? undefined : key, isWhole, isAnew });
  const loadedIs = found.how === "whole" ? contentOf(table, now) : found.position.loadedIs;
  return { ...found, position: parsePosition(formatPosition({ ...found.position, loadedIs })) };
}

/** The contents are known in advance, so that nothing is opened. */
function stateOf(table: TableFiles, since: FilesPosition | undefined, now: Now = {}): Promise<LoadState> {
  const closed = (): never => {
    throw new TypeError("nothing is opened here");
  };
  const contents = new Map([[versionsOf(table.loads), Promise.resolve(contentOf(table, now))]]);
  const files = { ...noFiles, list: closed, localPath: closed, whileLocal: closed };
  return loadState({ files, contents, widths: new Map(), engine: closed, occurring: closed }, table, since);
}

const noFiles = { location: "", appearWhole: true, [Symbol.asyncDispose]: () => Promise.resolve() };

function contentOf({ loads }: TableFiles, { content }: Now): string {
  return content ?? loads.map(({ path, version }) => `${path} ${version}`).join();
}

const { position: loaded } = await next([load, first]);

describe("a table with its changes in files of whole transactions", () => {
  const [one, two] = [1, 2].map((number) => listed(`cdc/CDC_TXN-2024010${number}000000000.csv`, 20 + number)) as [
    ForeignFile,
    ForeignFile,
  ];
  const shared = (files: readonly ForeignFile[]): TableFiles => tableWithoutFolder({ schema: "s", name: "t" }, files);
  const nextOf = async (table: TableFiles, since: FilesPosition | undefined, { isAnew = false } = {}) =>
    nextFiles(table, { since, load: await stateOf(table, since), key: ["id"], isWhole: isAnew, isAnew });

  test("and no folder has all of them, and then those that are new", async () => {
    const { position, changes } = await nextOf(shared([one]), undefined);
    expect(changes).toEqual([one]);
    expect(await nextOf(shared([one, two]), position)).toMatchObject({ how: "changes", changes: [two] });
    expect(await nextOf(shared([one, two]), position, { isAnew: true })).toMatchObject({ changes: [one, two] });
  });

  test("stops when its folder is gone, and begins anew with the files after the last one that was read", async () => {
    const { position } = await next([load, one]);
    await expect(nextOf(shared([one, two]), position)).rejects.toMatchObject({
      code: "SOURCE_FILES_VANISHED",
      message: expect.stringContaining("the folder s/t") as string,
    });
    const anew = await nextOf(shared([one, two]), position, { isAnew: true });
    expect(anew).toMatchObject({ how: "whole", loads: [], changes: [two] });
    expect(await nextOf(shared([one, two]), anew.position)).toMatchObject({ how: "nothing" });
    expect(await nextOf(shared([one, two]), anew.position, { isAnew: true })).toMatchObject({ changes: [two] });
  });

  test("goes on without a full load that there never was, whatever date somebody has set", async () => {
    const { position } = await nextOf(shared([one]), undefined);
    const dated = parsePosition(movedPosition(formatPosition(position), { lastFullLoadDate: "1900-01-01T00:00:00Z" }));
    expect(await nextOf(shared([one, two]), dated)).toMatchObject({ how: "changes", changes: [two] });
    expect(await nextOf(shared([one, two]), dated, { isAnew: true })).toMatchObject({ changes: [one, two] });
  });

  test("goes on without its folder where somebody has set its place, but is not read whole from what is left", async () => {
    const { position } = await next([load, one]);
    const moved = parsePosition(movedPosition(formatPosition(position), { lastIncrementalFile: `x${one.path}` }));
    const found = await nextOf(shared([one, two]), moved);
    expect(found).toMatchObject({ how: "changes", changes: [two] });
    const table = shared([one, two]);
    expect(await nextOf(table, found.position)).toMatchObject({ how: "nothing" });
    const asked = { since: found.position, load: "known", key: ["other"], isWhole: false, isAnew: false } as const;
    expect(() => nextFiles(table, asked)).toThrow("full load");
  });
});

test("a new table is read whole, with all its changes", async () => {
  const { how, loads, changes, position } = await next([load, first, second]);
  expect({ how, loads, changes }).toEqual({ how: "whole", loads: [load], changes: [first, second] });
  expect(position).toEqual({
    file: "20240102-000000000.csv",
    fileAs: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    loadedAt: "2024-01-01T00:01:00.000Z",
    loadedAs: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    loadedIs: "s/t/LOAD00000001.csv 1",
    loadedAfter: null,
    files: 2,
    read: [
      { to: "20240101-000000000.csv", bytes: 10, count: 1, names: "" },
      { to: "20240102-000000000.csv", bytes: 10, count: 1, names: "" },
    ],
    moved: null,
    loads: 1,
    again: null,
    key: ["id"],
  });
});

test("a file of the full load that appears late, although it was written earlier, makes the table read again", async () => {
  const late = listed("s/t/SEGMENT2_LOAD00000001.csv", 0);
  const again = await next([load, late, first, second], loaded);
  expect(again).toMatchObject({ how: "whole", loads: [late, load], changes: [first, second] });
  expect(await next([load, late, first, second], again.position)).toMatchObject({ how: "nothing" });
  const later = (await next([load, first, second], again.position)).position;
  expect(await next([load, first, second], later)).toMatchObject({ how: "nothing" });
});

test("only files after the position are read", async () => {
  expect(await next([load, first], loaded)).toMatchObject({ how: "nothing", changes: [] });
  expect(await next([load, first, second, third], loaded)).toMatchObject({
    how: "changes",
    loads: [],
    changes: [second, third],
    position: { file: "20240103-000000000.csv", files: 3 },
  });
});

test("a newer full load is a reload, without the changes that were written before it", async () => {
  const newer = listed("s/t/LOAD00000001.csv", 13);
  const reload = await next([newer, first, second, third], loaded);
  expect(reload).toMatchObject({ how: "whole", loads: [newer], changes: [third] });
  expect(reload.position).toMatchObject({ loadedAfter: "20240102-000000000.csv", files: 1 });
  expect(await next([newer, first, second, third], reload.position)).toMatchObject({ how: "nothing" });
});

test("a full load that is being written is left alone until it is at rest", async () => {
  const newer = listed("s/t/LOAD00000001.csv", 13);
  const at = (minute: number) => ({ settledAt: listed("", minute).modifiedAt });
  expect(await next([newer, first], loaded, at(12))).toMatchObject({ how: "nothing", position: loaded });
  expect(await next([newer, first], loaded, at(13))).toMatchObject({ how: "whole" });
  await expect(next([newer, first], loaded, { ...at(12), isWhole: true })).rejects.toMatchObject({
    code: "SOURCE_FILES_UNSETTLED",
  });
});

test("a full load without later changes keeps the place in the changes", async () => {
  const newer = listed("s/t/LOAD00000001.csv", 20);
  const { position } = await next([newer, first], loaded);
  expect(position).toMatchObject({ file: "20240101-000000000.csv", files: 0 });
  expect(await next([newer, first], position)).toMatchObject({ how: "nothing" });
  expect(await next([newer, first, change(2, 21)], position)).toMatchObject({ how: "changes" });
});

test("another file of the full load, in the same second or later, belongs to it, with all changes", async () => {
  const more = listed("s/t/LOAD00000002.csv", 1);
  const { position } = await next([load]);
  expect(await next([load, more, first], position)).toMatchObject({
    how: "whole",
    loads: [load, more],
    changes: [first],
  });
  const later = listed("s/t/LOAD00000002.csv", 20);
  expect(await next([load, later, first], loaded)).toMatchObject({
    how: "whole",
    loads: [load, later],
    changes: [first],
  });
});

test("files that arrive late are found, and the table is read whole", async () => {
  const { position } = await next([load, first, third], loaded);
  expect(await next([load, first, second, third], position)).toMatchObject({
    how: "whole",
    changes: [first, second, third],
  });
});

test("the first full load may arrive after its changes: those that were written later apply to it", async () => {
  const { position } = await next([first, second]);
  const late = await next([load, first, second], position);
  expect(late).toMatchObject({ how: "whole", loads: [load], changes: [first, second] });
  const between = listed("s/t/LOAD00000001.csv", 12);
  expect(await next([between, first, second], position)).toMatchObject({ how: "whole", changes: [second] });
  expect(unreadFiles(tableOf([load, first, second]), position, "new").changes).toEqual([first, second]);
});

test("another key reads the table whole", async () => {
  expect(await next([load, first], loaded, { key: ["id", "shop"] })).toMatchObject({ how: "whole" });
});

test("a position that was set back applies the files after it again", async () => {
  const { position } = await next([load, first, second, third]);
  const back = parsePosition(
    movedPosition(formatPosition(position), { lastIncrementalFile: "s/t/20240101-000000000.csv" }),
  );
  expect(await next([load, first, second, third], back)).toMatchObject({ how: "changes", changes: [second, third] });
  const keyless = { ...back, key: null };
  expect(await next([load, first, second, third], keyless, { key: undefined })).toMatchObject({ how: "whole" });
});

describe("a position that was set", () => {
  const moved = (position: FilesPosition, lastIncrementalFile: string | null): FilesPosition =>
    parsePosition(movedPosition(formatPosition(position), { lastIncrementalFile }));

  test("does not hide that files were lost, which a table without a key would need", async () => {
    const keyless = { key: undefined };
    const { position } = await next([load, first, second, third], undefined, keyless);
    const lost = next([load, second, third], moved(position, second.path), keyless);
    await expect(lost).rejects.toMatchObject({ code: "SOURCE_FILES_VANISHED" });
    const { position: keyed } = await next([load, first, second, third]);
    const { position: later } = await next([load, second, third], moved(keyed, second.path));
    expect(later.files).toBe(3);
    await expect(next([load, second, third], later, { isWhole: true })).rejects.toMatchObject({
      code: "SOURCE_FILES_VANISHED",
    });
  });

  test("does not hide that a file has arrived late, and skips what it should skip", async () => {
    const { position } = await next([load, first, third]);
    expect(await next([load, first, second, third], moved(position, first.path))).toMatchObject({ how: "whole" });
    const skipped = await next([load, first, second, third], moved(loaded, second.path));
    expect(skipped).toMatchObject({ how: "changes", changes: [third], position: { files: 3, moved: null } });
    expect(await next([load, first, second, third], skipped.position)).toMatchObject({ how: "nothing" });
  });

  test("does not apply changes from before the full load", async () => {
    const reloaded = await next([listed("s/t/LOAD00000001.csv", 30), first, second], loaded);
    expect(reloaded.position.loadedAfter).toBe(second.path.slice(4));
    const files = [listed("s/t/LOAD00000001.csv", 30), first, second, change(3, 40)];
    expect(await next(files, moved(reloaded.position, null))).toMatchObject({ how: "changes", changes: [files[3]] });
  });
});

test("a full load whose date was set back is loaded again, with all its changes", async () => {
  const { position } = await next([load, first, second]);
  const back = parsePosition(movedPosition(formatPosition(position), { lastFullLoadDate: "2020-01-01T00:00:00Z" }));
  expect(await next([load, first, second], back)).toMatchObject({
    how: "whole",
    changes: [first, second],
    position: { files: 2 },
  });
});

test("a full load that is read again is described with all its changes, which may have more columns", async () => {
  const { position } = await next([load, first, second]);
  const back = parsePosition(movedPosition(formatPosition(position), { lastFullLoadDate: "2020-01-01T00:00:00Z" }));
  const same = tableOf([load, first, second]);
  expect(unreadFiles(same, back, "known")).toEqual({ loads: [load], changes: [first, second] });
  const newer = listed("s/t/LOAD00000001.csv", 30);
  expect(unreadFiles(tableOf([newer, first, second]), position, "new")).toEqual({ loads: [newer], changes: [] });
});

test("files that vanished are an obstacle, never deletes", async () => {
  const vanished = { code: "SOURCE_FILES_VANISHED" };
  await expect(next([load, second], loaded)).rejects.toMatchObject(vanished);
  await expect(next([first], loaded, { isWhole: true })).rejects.toMatchObject(vanished);
  const { position } = await next([load, first, second]);
  await expect(next([load, second], position, { isWhole: true })).rejects.toMatchObject(vanished);
});

test("a file that was lost in an earlier run and one that is late do not make up for each other", async () => {
  const { position } = await next([load, first, third]);
  const fourth = change(4);
  const { position: later } = await next([load, third, fourth], position);
  expect(later.files).toBe(3);
  await expect(next([load, second, third, fourth], later)).rejects.toMatchObject({ code: "SOURCE_FILES_VANISHED" });
});

test("old files that a lifecycle rule removed are not missed by increments", async () => {
  const { position } = await next([load, first, second]);
  expect(await next([second, third], position)).toMatchObject({ how: "changes", changes: [third] });
});

test("an emptied folder with a new full load is a reload", async () => {
  expect(await next([listed("s/t/LOAD00000001.csv", 30)], loaded)).toMatchObject({ how: "whole", changes: [] });
});

describe("a bucket that was copied", () => {
  const copy = (file: ForeignFile): ForeignFile => ({ ...file, ...listed(file.path, 60), size: file.size });
  const content = "s/t/LOAD00000001.csv 1";

  test("has the same full load, and nothing is read again", async () => {
    const copied = [copy(load), copy(first)];
    const again = await next(copied, loaded, { content });
    expect(again).toMatchObject({ how: "nothing", position: { loadedIs: content, loadedAfter: null } });
    expect(again.position.loadedAs).not.toBe(loaded.loadedAs);
    expect(await stateOf(tableOf(copied), again.position)).toBe("known");
    expect(await next([...copied, copy(second)], loaded, { content })).toMatchObject({ changes: [copy(second)] });
  });

  test("whose copy is not complete has the same full load too", async () => {
    expect(await next([copy(load), first, second], loaded, { content })).toMatchObject({ how: "changes" });
    expect(await next([load, copy(first), second], loaded, { content })).toMatchObject({ how: "changes" });
  });

  test("and a new full load meanwhile cannot be put in order, unless somebody tells the last file before it", async () => {
    const files = [copy(load), copy(first), copy(second), copy(third)];
    await expect(next(files, loaded, { content: "other" })).rejects.toMatchObject({ code: "SOURCE_FILES_COPIED" });
    const place = { lastFullLoadDate: null, lastIncrementalFile: "20240102-000000000.csv" };
    const told = parsePosition(movedPosition(formatPosition(loaded), place));
    expect(await next(files, told, { content: "other" })).toMatchObject({ how: "whole", changes: [copy(third)] });
  });

  test("a full load of the same content in an emptied folder is a new one", async () => {
    expect(await next([copy(load)], loaded, { content })).toMatchObject({ how: "whole", changes: [] });
  });
});

test("a reload after changes is noticed", async () => {
  const newer = listed("s/t/LOAD00000001.csv", 13);
  const { notice } = await next([newer, first, second, third], loaded);
  expect(notice).toContain("written from 2024-01-01T00:13:00.000Z on");
  expect(notice).toContain("2 files of changes are older");
  expect((await next([load, first])).notice).toBeUndefined();
});

test("a file that vanished and one that appeared late do not make up for each other", async () => {
  const files = [load, first, second, third];
  const { position } = await next(files);
  const late = change(2, 40);
  const moved = { ...late, path: "s/t/20240101-120000000.csv" };
  await expect(next([load, first, moved, third], position)).rejects.toMatchObject({ code: "SOURCE_FILES_VANISHED" });
  expect(await next([load, first, third], position)).toMatchObject({ how: "nothing" });
});

test("a file that grew after it was read stops the table", async () => {
  const { position } = await next([load, first, second]);
  const grown = change(2, 12, 20);
  await expect(next([load, first, grown, third], position)).rejects.toMatchObject({
    code: "SOURCE_FILE_REWRITTEN",
    message: expect.stringContaining("20240102-000000000.csv") as string,
  });
  expect(await next([load, first, grown], position, { isWhole: true })).toMatchObject({ how: "whole" });
});

describe("a table that was truncated", () => {
  test("begins anew where that is asked, with the files that are there", async () => {
    await expect(next([second], loaded)).rejects.toMatchObject({ code: "SOURCE_FILES_VANISHED" });
    const anew = await next([second, third], loaded, { isWhole: true, isAnew: true });
    expect(anew).toMatchObject({ how: "whole", loads: [], changes: [second, third] });
    expect(anew.notice).toContain("has begun anew");
    expect(anew.position).toMatchObject({ loadedAt: null, files: 2, again: null });
  });

  test("begins anew when its full load is asked for again", async () => {
    const back = parsePosition(movedPosition(formatPosition(loaded), { lastFullLoadDate: null }));
    expect(await next([second], back)).toMatchObject({ how: "whole", loads: [], changes: [second] });
  });

  test("does not when only some of its files are gone", async () => {
    const anew = { isWhole: true, isAnew: true };
    await expect(next([first, second], loaded, anew)).rejects.toMatchObject({ code: "SOURCE_FILES_VANISHED" });
  });
});

test("a file that may still be growing is left for later, with all files after it", async () => {
  const settling = { isGrowing: ({ path }: ForeignFile) => path === second.path };
  expect(await next([load, first, second, third], loaded, settling)).toMatchObject({ how: "nothing" });
  expect(await next([load, first, second, third], loaded)).toMatchObject({ changes: [second, third] });
});

test("positions of one full load are ordered by their files", async () => {
  const text = (file: string | null, loadedAt = loaded.loadedAt): string =>
    formatPosition({ ...loaded, file, loadedAt });
  expect(comparePositions(text(null), text("20240102-000000000.csv"))).toBe("before");
  expect(comparePositions(text("20240102-000000000.csv"), text("20240102-000000000.csv.gz"))).toBe("same");
  expect(comparePositions(text("20240103-000000000.csv"), text("20240102-000000000.csv"))).toBe("after");
  expect(comparePositions(text(null), text(null, null))).toBe("unknown");
});
