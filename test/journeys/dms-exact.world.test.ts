/**
 * Files of DMS to which something happens that is no change of the table: a bucket is copied, a file is still being
 * written, a folder is emptied, one file is lost and another is late. The lake keeps the table, or says why it stops.
 */
import { appendFile, mkdir, mkdtemp, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { tableController } from "../../src/operations/controller/table-controller.ts";
import { sourceAdd } from "../../src/operations/sources.ts";
import { sync } from "../../src/operations/sync.ts";
import { tableSet } from "../../src/operations/table-set.ts";
import type { TableReport } from "../../src/sync/run/sync-report.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";

const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
const addresses: Readonly<Record<string, string>> = { growing: "?settle=1" };

let home: string;
let held: HeldHeadgate;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-dms-exact-"));
  held = await holdHeadgate({ data: join(home, "data"), tableRoots: home });
});
afterAll(async () => {
  await held[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

/** A source whose table `shop.item` has a full load of two rows and one file of changes. */
async function openItems(name: string) {
  const root = join(home, name);
  let minute = 0;
  const at = (path: string): string => join(root, "shop/item", path);
  const touch = async (path: string): Promise<void> => {
    const time = new Date(Date.UTC(2024, 0, 1, 0, ++minute));
    await utimes(at(path), time, time);
  };
  const put = async (path: string, content: string): Promise<void> => {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), content);
    await touch(path);
  };
  const source = `${name}`;
  const table = `${name}.item`;
  await put("LOAD00000001.csv", "1,a\n2,b\n");
  await put("20240101-000000001.csv", "U,1,changed\nI,3,c\n");
  const url = `dms-files+file://${root}${addresses[name] ?? "?settle=0"}&schema=shop`;
  await held.session.call(sourceAdd, { name, url, newTables: "auto" }, call);
  await held.session.call(tableSet, { table, key: ["column0"] }, call);
  await held.sync(source);
  return {
    at,
    put,
    touch,
    remove: (path: string) => rm(at(path), { recursive: true }),
    async sync({ full = false, tables = [] }: { full?: boolean; tables?: string[] } = {}): Promise<TableReport> {
      const report = await held.session.call(sync, { source, tables, full }, call);
      return report.tables[0] as TableReport;
    },
    control: (place: { LastFullLoadDate?: string | null; LastIncrementalFile?: string | null }) =>
      held.session.call(tableController, { table, ...place }, call),
    rows: () => held.rows(`select column0, column1 from ${table} order by all`),
    isExact: async () => (await held.reconcile(source)).tables.every(({ equal }) => equal),
  };
}

const changed = [
  [1, "changed"],
  [2, "b"],
  [3, "c"],
];

describe("a folder that is copied in place", () => {
  test("keeps the table, with one full load and all its changes", async () => {
    const files = await openItems("copied");
    await files.touch("20240101-000000001.csv");
    await files.touch("LOAD00000001.csv");
    expect(await files.sync()).toMatchObject({ outcome: "unchanged", cautions: [] });
    expect(await files.rows()).toEqual(changed);
    await files.put("20240101-000000002.csv", "D,2,b\n");
    expect(await files.sync()).toMatchObject({ outcome: "merged" });
    expect(await files.rows()).toEqual([changed[0], changed[2]]);
    expect(await files.isExact()).toBe(true);
  });

  test("and that has a new full load meanwhile stops until somebody tells the last change before it", async () => {
    const files = await openItems("remade");
    await files.put("20240101-000000002.csv", "I,4,d\n");
    await files.put("20240101-000000003.csv", "I,5,e\n");
    await files.put("LOAD00000001.csv", "1,new\n4,d\n");
    for (const number of [1, 2, 3]) await files.touch(`20240101-00000000${number}.csv`);
    expect(await files.sync()).toMatchObject({ outcome: "failed", error: { code: "SOURCE_FILES_COPIED" } });
    await files.control({ LastFullLoadDate: null, LastIncrementalFile: "20240101-000000002.csv" });
    await files.sync();
    expect(await files.rows()).toEqual([
      [1, "new"],
      [4, "d"],
      [5, "e"],
    ]);
    expect(await files.isExact()).toBe(true);
  });

  test("a full load after changes is told in the report", async () => {
    const files = await openItems("loaded");
    await files.put("LOAD00000001.csv", "1,new\n");
    const { cautions } = await files.sync();
    expect(cautions).toEqual([expect.stringMatching(/a new full load, .* 1 files of changes are older/)]);
    expect(await files.rows()).toEqual([[1, "new"]]);
  });
});

describe("a file that is still being written", () => {
  test("is left for later while it grows", async () => {
    const files = await openItems("growing");
    await writeFile(files.at("20240101-000000002.csv"), "I,4,d\n");
    await files.put("20240101-000000003.csv", "D,3,c\n");
    const growing = (async () => {
      await delay(700);
      await appendFile(files.at("20240101-000000002.csv"), "I,5,e\n");
    })();
    expect(await files.sync()).toMatchObject({ outcome: "unchanged" });
    await growing;
    expect(await files.rows()).toEqual(changed);
    expect(await files.sync()).toMatchObject({ outcome: "merged" });
    expect(await files.rows()).toEqual([changed[0], changed[1], [4, "d"], [5, "e"]]);
    expect(await files.isExact()).toBe(true);
  });

  test("and was read stops the table, until it is loaded again", async () => {
    const files = await openItems("grown");
    await files.put("20240101-000000002.csv", "I,4,d\n");
    await files.sync();
    await files.put("20240101-000000002.csv", "I,4,d\nI,5,e\n");
    await files.put("20240101-000000003.csv", "I,6,f\n");
    expect(await files.sync()).toMatchObject({
      outcome: "failed",
      error: { code: "SOURCE_FILE_REWRITTEN", message: expect.stringContaining("20240101-000000002.csv") as string },
    });
    await files.sync({ full: true });
    expect(await files.rows()).toEqual([...changed, [4, "d"], [5, "e"], [6, "f"]]);
    expect(await files.sync()).toMatchObject({ outcome: "unchanged" });
  });
});

describe("a table that was truncated", () => {
  test("begins anew with the files that are there, when it is loaded in full", async () => {
    const files = await openItems("cleared");
    await files.remove("");
    await files.put("20240101-000000005.csv", "I,7,g\n");
    expect(await files.sync()).toMatchObject({ outcome: "failed", error: { code: "SOURCE_FILES_VANISHED" } });
    expect(await files.sync({ full: true })).toMatchObject({
      rows: 1,
      cautions: [expect.stringContaining("has begun anew") as string],
    });
    expect(await files.rows()).toEqual([[7, "g"]]);
    await files.put("20240101-000000006.csv", "U,7,h\n");
    await files.sync();
    expect(await files.rows()).toEqual([[7, "h"]]);
    expect(await files.isExact()).toBe(true);
  });

  test("begins anew when the date of its full load is set back", async () => {
    const files = await openItems("dated");
    await files.remove("");
    await files.put("20240101-000000005.csv", "I,7,g\n");
    await files.control({ LastFullLoadDate: "1900-01-01 00:00:00" });
    await files.sync();
    expect(await files.rows()).toEqual([[7, "g"]]);
  });

  test("and has no file at all is emptied only when somebody names it", async () => {
    const files = await openItems("empty");
    await rename(files.at(""), join(home, "gone"));
    for (const full of [false, true])
      expect(await files.sync({ full })).toMatchObject({ outcome: "failed", error: { code: "SOURCE_FILES_VANISHED" } });
    expect(await files.rows()).toEqual(changed);
    await files.sync({ full: true, tables: ["shop.item"] });
    expect(await files.rows()).toEqual([]);
  });

  test("is not begun anew where only its full load is gone", async () => {
    const files = await openItems("halved");
    await files.remove("LOAD00000001.csv");
    expect(await files.sync({ full: true })).toMatchObject({ error: { code: "SOURCE_FILES_VANISHED" } });
    expect(await files.rows()).toEqual(changed);
  });
});

test("a file that is lost and one that is late do not make up for each other", async () => {
  const files = await openItems("late");
  for (const number of [3, 5, 7]) await files.put(`20240101-00000000${number}.csv`, `I,${number}0,x\n`);
  await files.sync();
  await files.put("20240101-000000004.csv", "I,40,x\n");
  await files.sync();
  expect((await files.rows()).map(([id]) => id)).toEqual([1, 2, 3, 30, 40, 50, 70]);
  await files.remove("20240101-000000003.csv");
  await files.put("20240101-000000006.csv", "I,60,x\n");
  expect(await files.sync()).toMatchObject({ outcome: "failed", error: { code: "SOURCE_FILES_VANISHED" } });
});
