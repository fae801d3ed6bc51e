/**
 * Tests the parts of DMS files that people see and set: the way of capture, how far tables lag behind their files, a directory as the
 * address, the controller, and what reconcile says after another writer was at a table.
 */
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { must } from "../../src/base/must.ts";
import { declarationApply } from "../../src/operations/declaration/apply.ts";
import { sourceControl, sourceController } from "../../src/operations/controller/source-controller.ts";
import { tableController } from "../../src/operations/controller/table-controller.ts";
import { figures } from "../../src/operations/figures.ts";
import { reconcile } from "../../src/operations/reconcile.ts";
import { sourceAdd, sourceSet, sourceShow, sourceTest } from "../../src/operations/sources.ts";
import { status } from "../../src/operations/status.ts";
import { sync } from "../../src/operations/sync.ts";
import { tableDrop } from "../../src/operations/table-drop.ts";
import { tablePause } from "../../src/operations/table-control.ts";
import { tableSet } from "../../src/operations/table-set.ts";
import { askCommand, refusedCommand } from "../world/command.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { movePointer } from "../world/move-pointer.ts";

const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };

let home: string;
let held: HeldHeadgate;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-dms-controls-"));
  held = await holdHeadgate({ data: join(home, "data"), smallFile: "0", tableRoots: home });
});
afterAll(async () => {
  await held[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

/** Each file is written at this minute of 2024. */
async function put(folder: string, files: Readonly<Record<string, readonly [number, string]>>): Promise<void> {
  for (const [path, [minute, content]] of Object.entries(files)) {
    const at = join(home, folder, path);
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, content);
    const time = minuteOf(minute);
    await utimes(at, time, time);
  }
}

function minuteOf(minute: number): Date {
  return new Date(Date.UTC(2024, 0, 1, 0, minute));
}

async function add(name: string, more: { url?: string; newTables?: "auto" | "ask" } = {}): Promise<void> {
  const { url = `dms-files+file://${join(home, name)}`, newTables = "auto" } = more;
  await held.session.call(sourceAdd, { name, url, newTables }, call);
}

async function lagOf(name: string) {
  const { sources } = await held.session.call(status, {}, call);
  return must(
    sources.find(({ source }) => source === name),
    "a status",
  ).unread;
}

const load = "id,note\n1,a\n2,b\n";
const change = "Op,id,note\nU,2,c\n";

describe("the way of capture", () => {
  beforeAll(async () => {
    await put("modes", { "shop/item/LOAD00000001.csv": [1, load], "shop/item/20240101-000000001.csv": [2, change] });
    await add("modes");
    await held.session.call(tableSet, { table: "modes_shop.item", key: ["id"] }, call);
  });

  test("is files, wherever it is shown", async () => {
    expect((await held.sync("modes")).tables).toMatchObject([{ outcome: "created", mode: "full" }]);
    await put("modes", { "shop/item/20240102-000000001.csv": [3, "Op,id,note\nI,3,d\n"] });
    expect((await held.sync("modes")).tables).toMatchObject([{ outcome: "merged", mode: "files", rows: 3 }]);
    expect((await held.sync("modes")).tables).toMatchObject([{ outcome: "unchanged", mode: "files" }]);
    const shown = await held.session.call(sourceShow, { name: "modes" }, call);
    expect(shown.tables).toMatchObject([{ mode: "files" }]);
    const set = await held.session.call(tableSet, { table: "modes_shop.item", mode: "files" }, call);
    expect(set.mode).toEqual({
      mode: "files",
      reason: expect.stringContaining("new files have its changes") as string,
    });
  });

  test.each(["diff", "cursor"] as const)("cannot be %s", async (mode) => {
    const column = mode === "cursor" ? { column: "id" } : {};
    await expect(
      held.session.call(tableSet, { table: "modes_shop.item", mode, ...column }, call),
    ).rejects.toMatchObject({ code: "USAGE", message: expect.stringContaining("is always files") as string });
    const text = `sources: { modes: { url: "dms-files+file://${join(home, "modes")}", tables: { item: { mode: ${mode}, column: id } } } }`;
    await expect(
      held.session.call(declarationApply, { text, file: "headgate.yaml", passwords: {}, dryRun: true }, call),
    ).rejects.toMatchObject({ code: "DECLARATION_INVALID", place: expect.stringContaining("item") as string });
  });
});

describe("the lag", () => {
  test("is the age of the oldest file that no run has applied", async () => {
    await put("lags", {
      "shop/item/LOAD00000001.csv": [1, load],
      "shop/item/20240101-000000001.csv": [5, change],
      "shop/store/LOAD00000001.csv": [3, load],
    });
    await add("lags");
    for (const table of ["item", "store"])
      await held.session.call(tableSet, { table: `lags_shop.${table}`, key: ["id"] }, call);
    const at = (minute: number): string => minuteOf(minute).toISOString();
    expect(await lagOf("lags")).toEqual({
      oldestAt: at(1),
      tables: [
        { table: "shop.item", files: 2, oldestAt: at(1) },
        { table: "shop.store", files: 1, oldestAt: at(3) },
      ],
    });
    await held.sync("lags");
    expect(await lagOf("lags")).toEqual({ oldestAt: null, tables: [] });
    await put("lags", { "shop/store/20240101-000000001.csv": [9, change] });
    expect(await lagOf("lags")).toMatchObject({ oldestAt: at(9), tables: [{ table: "shop.store", files: 1 }] });
    const { checks } = await held.session.call(sourceTest, { name: "lags" }, call);
    expect(JSON.stringify(checks)).toContain(`1 not read, the oldest since ${at(9)}`);
    const { sources } = await held.session.call(figures, {}, call);
    expect(sources.find(({ source }) => source === "lags")?.unread).toMatchObject({ oldestAt: at(9) });
  });

  test("does not count tables that no run reads, and says why files cannot be listed", async () => {
    await held.session.call(tablePause, { table: "lags_shop.store", paused: true }, call);
    expect(await lagOf("lags")).toEqual({ oldestAt: null, tables: [] });
    await rm(join(home, "lags"), { recursive: true });
    expect(await lagOf("lags")).toMatchObject({ oldestAt: null, error: { code: "SOURCE_DATABASE_UNKNOWN" } });
  });
});

describe("a directory as the address", () => {
  test("is enough, and must have files of DMS", async () => {
    await put("plain place #1", { "shop/item/LOAD00000001.csv": [1, load] });
    await add("plain", { url: join(home, "plain place #1") });
    expect((await held.sync("plain")).tables).toMatchObject([{ outcome: "created", rows: 2 }]);
    await mkdir(join(home, "no files"));
    await expect(add("empty", { url: join(home, "no files") })).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("no files as AWS DMS writes them") as string,
    });
    await expect(add("absent", { url: join(home, "absent") })).rejects.toMatchObject({
      code: "SOURCE_DATABASE_UNKNOWN",
    });
    await expect(add("relative", { url: "some/where" })).rejects.toMatchObject({ code: "USAGE" });
  });

  test("can be set and declared", async () => {
    await put("moved", { "shop/item/LOAD00000001.csv": [1, load] });
    const set = await held.session.call(sourceSet, { name: "plain", url: join(home, "moved") }, call);
    expect(set.source.url).toBe(`dms-files+file://${join(home, "moved")}`);
    const text = `sources: { declared: { url: "${join(home, "moved")}", tables: { item: { key: [id] } } } }`;
    await held.session.call(declarationApply, { text, file: "headgate.yaml", passwords: {}, dryRun: false }, call);
    const again = await held.session.call(
      declarationApply,
      { text, file: "headgate.yaml", passwords: {}, dryRun: true },
      call,
    );
    expect(again.steps).toEqual([]);
  });

  test("may be relative on the command line", async () => {
    await put("typed/dms-output", { "shop/item/LOAD00000001.csv": [1, load] });
    const at = {
      data: join(home, "typed data"),
      cwd: join(home, "typed"),
      environment: { HEADGATE_TABLE_ROOTS: home },
    };
    const added = await askCommand<{ source: { url: string } }>(["source", "add", "erp", "./dms-output"], at);
    expect(added.source.url).toBe(`dms-files+file://${join(home, "typed/dms-output")}`);
    await refusedCommand(["source", "add", "other", "dms-input"], at);
  });
});

describe("the controller", () => {
  const control = (table: string, more: object = {}) => held.session.call(tableController, { table, ...more }, call);

  beforeAll(async () => {
    await put("erp", { "shop/item/LOAD00000001.csv": [1, load], "shop/store/LOAD00000001.csv": [1, load] });
    await add("erp", { newTables: "ask" });
  });

  test("of a table that does not exist, and of a column that does not", async () => {
    await expect(control("erp_shop.itm", { ActiveFlag: true })).rejects.toMatchObject({
      code: "TABLE_NOT_FOUND",
      message: expect.stringContaining("did you mean erp_shop.item?") as string,
    });
    await expect(control("nowhere.item")).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
    await expect(control("erp_shop.item", { PrimaryKey: "ID" })).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("no column ID") as string,
    });
  });

  test("takes in a new table where the source asks", async () => {
    expect(await control("erp_shop.item")).toMatchObject({ ActiveFlag: false });
    expect((await held.sync("erp")).tables).toMatchObject([{ outcome: "waiting" }, { outcome: "waiting" }]);
    await control("erp_shop.item", { ActiveFlag: true, PrimaryKey: "id" });
    expect((await held.sync("erp")).tables).toMatchObject([
      { lakeTable: "erp_shop.item", outcome: "created", rows: 2 },
      { outcome: "waiting" },
    ]);
    await put("erp", { "shop/person/LOAD00000001.csv": [4, load] });
    expect(await control("erp_shop.person")).toMatchObject({ ActiveFlag: false, LastFullLoadDate: null });
  });

  test("of a dropped table says so, and leaves it dropped", async () => {
    await held.session.call(tableDrop, { table: "erp_shop.item", keepFiles: false, plan: false }, call);
    const dropped = {
      code: "TABLE_NOT_FOUND",
      message: expect.stringContaining("was dropped from the lake") as string,
    };
    await expect(control("erp_shop.item")).rejects.toMatchObject(dropped);
    await expect(control("erp_shop.item", { ActiveFlag: true })).rejects.toMatchObject({
      ...dropped,
      remedy: expect.stringContaining("headgate sync erp --table shop.item") as string,
    });
    const { tables } = await held.session.call(sourceController, { name: "erp" }, call);
    expect(tables.find(({ table }) => table === "erp_shop.item")).toMatchObject({ ActiveFlag: false });
    const item = { path: "b/shop/item/", ActiveFlag: "true" };
    const read = await held.session.call(sourceControl, { name: "erp", export: JSON.stringify([item]) }, call);
    expect(read.skipped).toMatchObject([{ table: "shop.item", reason: dropped.message }]);
    await held.session.call(sync, { source: "erp", tables: ["shop.item"], full: false }, call);
    expect(await control("erp_shop.item", { PrimaryKey: "id" })).toMatchObject({ ActiveFlag: true, PrimaryKey: "id" });
  });
});

describe("reconcile", () => {
  test("says what differs after another writer was at the table, and repairs it", async () => {
    await put("proof", { "shop/item/LOAD00000001.csv": [1, load], "shop/item/20240101-000000001.csv": [2, change] });
    await add("proof");
    await held.session.call(tableSet, { table: "proof_shop.item", key: ["id"] }, call);
    const { catalog } = held.session.context;
    await held.sync("proof");
    const before = await catalog.find("proof_shop.item");
    await put("proof", { "shop/item/20240102-000000001.csv": [3, "Op,id,note\nI,3,d\nD,1,a\n"] });
    await held.sync("proof");
    expect((await held.reconcile("proof")).tables).toMatchObject([{ equal: true, rows: 2 }]);
    // Another engine commits the table as it was before, so that a row is lost and another one is back.
    const snapshotId = must(before.metadata.currentSnapshotId, "a snapshot");
    const table = await catalog.find("proof_shop.item");
    await movePointer(held.session, { table, to: before.metadataLocation, snapshotId });
    const report = await held.session.call(reconcile, { source: "proof", tables: [], repair: false }, call);
    expect(report.tables).toMatchObject([
      {
        equal: false,
        rows: 2,
        rowsOnlyInSource: 1,
        rowsOnlyInLake: 1,
        examples: { onlyInSource: [{ id: "3", note: "d" }], onlyInLake: [{ id: "1", note: "a" }] },
      },
    ]);
    const repaired = await held.session.call(reconcile, { source: "proof", tables: [], repair: true }, call);
    expect(repaired.tables).toMatchObject([{ equal: false, repaired: true }]);
    expect((await held.reconcile("proof")).tables).toMatchObject([{ equal: true }]);
    expect(await held.rows("select id, note from proof_shop.item order by id")).toEqual([
      [2, "c"],
      [3, "d"],
    ]);
    expect((await held.sync("proof")).tables).toMatchObject([{ outcome: "unchanged" }]);
  });

  test("a sync after another writer reads the table as a whole", async () => {
    const { catalog } = held.session.context;
    const before = await catalog.find("proof_shop.item");
    await put("proof", { "shop/item/20240103-000000001.csv": [4, "Op,id,note\nU,2,e\n"] });
    await held.sync("proof");
    const table = await catalog.find("proof_shop.item");
    const snapshotId = must(before.metadata.currentSnapshotId, "a snapshot");
    await movePointer(held.session, { table, to: before.metadataLocation, snapshotId });
    expect((await held.sync("proof")).tables).toMatchObject([{ outcome: "reloaded", mode: "files", rows: 2 }]);
    expect((await held.reconcile("proof")).tables).toMatchObject([{ equal: true }]);
  });
});
