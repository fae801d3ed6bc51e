/**
 * Files with the transactions of all tables: tables that occur only there, tables that wait because another one of
 * their transactions has stopped, and tables that somebody has switched off.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { tableController } from "../../src/operations/controller/table-controller.ts";
import { sourceAdd, sourceTest } from "../../src/operations/sources.ts";
import { sync } from "../../src/operations/sync.ts";
import { tableSet } from "../../src/operations/table-set.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";

const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };

let home: string;
let held: HeldHeadgate;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-dms-transactions-"));
  held = await holdHeadgate({ data: join(home, "data"), tableRoots: home });
});
afterAll(async () => {
  await held[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

const outcomes = ({ tables }: SyncReport): readonly string[] =>
  tables.map(({ sourceTable, outcome, error }) => `${sourceTable} ${error?.code ?? outcome}`).toSorted();

/** A source `name` with the schema `shop`, whose files of whole transactions have numbers for times. */
async function openShop(name: string, newTables: "auto" | "ask" = "auto") {
  const root = join(home, name);
  const put = async (path: string, content: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  };
  await mkdir(root);
  return {
    put,
    transactions: (number: number, content: string) => put(`cdc/CDC_TXN-2024010100000000${number}.csv`, content),
    remove: (path: string) => rm(join(root, path), { recursive: true }),
    add: () =>
      held.session.call(sourceAdd, { name, url: `dms-files+file://${root}?settle=0&schema=shop`, newTables }, call),
    key: (table: string, key: readonly string[]) =>
      held.session.call(tableSet, { table: `${name}.${table}`, key: [...key] }, call),
    control: (table: string, controls: object) =>
      held.session.call(tableController, { table: `${name}.${table}`, ...controls }, call),
    sync: ({ tables = [], full = false }: { tables?: string[]; full?: boolean } = {}): Promise<SyncReport> =>
      held.session.call(sync, { source: name, tables, full }, call),
    test: async () => JSON.stringify((await held.session.call(sourceTest, { name }, call)).checks),
    rows: (table: string, columns = "*") => held.rows(`select ${columns} from ${name}.${table} order by all`),
    expectExact: async () => {
      const { tables } = await held.reconcile(name);
      expect(tables.filter(({ equal }) => !equal)).toEqual([]);
    },
  };
}

describe("a table that occurs only in files of whole transactions", () => {
  test("is tested, loaded in one commit with the others, and followed", async () => {
    const shop = await openShop("lonely");
    await shop.put("shop/product/LOAD00000001.csv", "1,apple\n");
    await shop.transactions(1, "I,event,shop,7,2024-01-01\nU,product,shop,1,pear\nI,event,shop,8,2024-01-02\n");
    await shop.add();
    expect(await shop.test()).toContain("no folder, 1 files of whole transactions");
    for (const table of ["product", "event"]) await shop.key(table, ["column0"]);
    const report = await shop.sync();
    expect(outcomes(report)).toEqual(["shop.event created", "shop.product created"]);
    await shop.transactions(2, "D,event,shop,7,2024-01-01\nI,product,shop,2,plum\nI,late,shop,true\n");
    expect(outcomes(await shop.sync())).toEqual(["shop.event merged", "shop.late created", "shop.product merged"]);
    expect(await shop.rows("event", "column0")).toEqual([[8]]);
    expect(await shop.rows("product")).toEqual([
      [1, "pear"],
      [2, "plum"],
    ]);
    expect((await shop.sync()).commit).toBeNull();
    await shop.expectExact();
  });

  test("waits to be named where the source asks", async () => {
    const shop = await openShop("asked", "ask");
    await shop.transactions(1, "I,event,shop,7\n");
    await shop.add();
    expect(outcomes(await shop.sync())).toEqual(["shop.event waiting"]);
    expect(outcomes(await shop.sync({ tables: ["shop.event"] }))).toEqual(["shop.event created"]);
    expect(await shop.rows("event")).toEqual([[7]]);
  });

  test("gets the names of its columns from its first full load, which replaces it", async () => {
    const shop = await openShop("named");
    await shop.transactions(1, "I,event,shop,7,a\n");
    await shop.add();
    await shop.sync();
    await shop.put("shop/event/LOAD00000001.csv", "id,text\n7,a\n9,b\n");
    expect(outcomes(await shop.sync())).toEqual(["shop.event reloaded"]);
    expect(await shop.rows("event", "id, text")).toEqual([
      [7, "a"],
      [9, "b"],
    ]);
    await shop.transactions(2, "I,event,shop,10,c\n");
    await shop.sync();
    expect(await shop.rows("event", "id")).toEqual([[7], [9], [10]]);
    await shop.expectExact();
  });
});

describe("tables that share transactions", () => {
  test("wait together for one that has stopped, and the others go on", async () => {
    const shop = await openShop("stopped");
    await shop.put("shop/product/LOAD00000001.csv", "1,apple\n");
    await shop.put("shop/sale/LOAD00000001.csv", "1,10\n");
    await shop.put("shop/stock/LOAD00000001.csv", "1,100\n");
    await shop.put("shop/apart/LOAD00000001.csv", "1\n");
    await shop.add();
    for (const table of ["product", "stock"]) await shop.key(table, ["column0"]);
    await shop.sync();
    await shop.transactions(1, "U,sale,shop,1,9\nU,product,shop,1,pear\n");
    await shop.transactions(2, "I,product,shop,2,plum\nU,stock,shop,1,99\n");
    await shop.transactions(3, "I,apart,shop,2\n");
    const report = await shop.sync();
    expect(outcomes(report)).toEqual([
      "shop.apart merged",
      "shop.product SOURCE_TRANSACTION_HELD",
      "shop.sale SOURCE_KEY_NEEDED",
      "shop.stock SOURCE_TRANSACTION_HELD",
    ]);
    expect(report.tables.find(({ sourceTable }) => sourceTable === "shop.stock")?.error).toMatchObject({
      place: "shop.stock",
      message: expect.stringMatching(/cdc\/CDC_TXN-20240101000000002.csv .* shop.sale, .* SOURCE_KEY_NEEDED/) as string,
      remedy: expect.stringContaining("table controller stopped.sale --active-flag false") as string,
    });
    expect(await shop.rows("product")).toEqual([[1, "apple"]]);
    expect(await shop.rows("stock")).toEqual([[1, 100]]);
    expect(outcomes(await shop.sync())).toContain("shop.product SOURCE_TRANSACTION_HELD");
    await shop.key("sale", ["column0"]);
    const next = await shop.sync();
    expect(outcomes(next)).toEqual([
      "shop.apart unchanged",
      "shop.product merged",
      "shop.sale reloaded",
      "shop.stock merged",
    ]);
    expect(await shop.rows("sale")).toEqual([[1, 9]]);
    await shop.expectExact();
  });

  test("go on without one that is switched off, which reads its part from its own place when it is switched on", async () => {
    const shop = await openShop("off");
    await shop.put("shop/product/LOAD00000001.csv", "1,apple\n");
    await shop.put("shop/sale/LOAD00000001.csv", "1,10\n");
    await shop.add();
    for (const table of ["product", "sale"]) await shop.key(table, ["column0"]);
    await shop.transactions(1, "U,sale,shop,1,9\nU,product,shop,1,pear\n");
    await shop.sync();
    await shop.control("sale", { ActiveFlag: false });
    await shop.transactions(2, "U,sale,shop,1,8\nU,product,shop,1,plum\n");
    expect(outcomes(await shop.sync())).toEqual(["shop.product merged", "shop.sale paused"]);
    expect([await shop.rows("product"), await shop.rows("sale")]).toEqual([[[1, "plum"]], [[1, 9]]]);
    await shop.control("sale", { ActiveFlag: true });
    expect(outcomes(await shop.sync())).toEqual(["shop.product unchanged", "shop.sale merged"]);
    expect(await shop.rows("sale")).toEqual([[1, 8]]);
    await shop.expectExact();
  });

  test("wait for one whose columns cannot be told", async () => {
    const shop = await openShop("untold");
    await shop.put("shop/product/LOAD00000001.csv", "1,apple\n");
    await shop.transactions(1, "I,event,shop,7\nI,event,shop,8,9\nI,product,shop,2,plum\n");
    await shop.add();
    expect(outcomes(await shop.sync())).toEqual([
      "shop.event SOURCE_FILE_INVALID",
      "shop.product SOURCE_TRANSACTION_HELD",
    ]);
    await shop.control("event", { ActiveFlag: false });
    expect(outcomes(await shop.sync())).toEqual(["shop.event paused", "shop.product created"]);
  });
});

test.each(["colour=red", "settle=soon"])("an address with %s is refused as a setting", async (parameter) => {
  const url = `dms-files+file://${home}?${parameter}`;
  const adding = held.session.call(sourceAdd, { name: "refused", url, newTables: "auto" }, call);
  await expect(adding).rejects.toMatchObject({ code: "SETTING_INVALID" });
});

test("a truncated table stops, and begins anew after the files that were read", async () => {
  const shop = await openShop("truncated");
  await shop.put("shop/product/LOAD00000001.csv", "1,apple\n");
  await shop.add();
  await shop.key("product", ["column0"]);
  await shop.transactions(1, "I,product,shop,2,plum\n");
  await shop.sync();
  await shop.remove("shop/product");
  await shop.transactions(2, "I,product,shop,3,fig\n");
  expect(outcomes(await shop.sync())).toEqual(["shop.product SOURCE_FILES_VANISHED"]);
  expect(outcomes(await shop.sync({ full: true }))).toEqual(["shop.product SOURCE_FILES_VANISHED"]);
  await shop.sync({ full: true, tables: ["shop.product"] });
  expect(await shop.rows("product")).toEqual([[3, "fig"]]);
  await shop.transactions(3, "U,product,shop,3,date\n");
  await shop.sync();
  expect(await shop.rows("product")).toEqual([[3, "date"]]);
  await shop.expectExact();
});
