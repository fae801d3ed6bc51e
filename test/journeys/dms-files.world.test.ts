/** Files as AWS DMS writes them become tables, and stay what the files add up to whatever happens to the files. */
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { sourceAdd, sourceTest } from "../../src/operations/sources.ts";
import { tableController } from "../../src/operations/controller/table-controller.ts";
import { tableSet } from "../../src/operations/table-set.ts";
import type { TableReport } from "../../src/sync/run/sync-report.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";

const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };

let home: string;
let held: HeldHeadgate;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-dms-"));
  held = await holdHeadgate({ data: join(home, "data"), tableRoots: home });
});
afterAll(async () => {
  await held[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

/** A source with its own folder of files. */
async function openFolder(name: string) {
  const root = join(home, name);
  await mkdir(root, { recursive: true });
  let minute = 0;
  return {
    /** Each file is written a minute after the one before. */
    async put(path: string, content: string | Buffer): Promise<void> {
      const at = join(root, path);
      await mkdir(dirname(at), { recursive: true });
      await writeFile(at, content);
      const time = new Date(Date.UTC(2024, 0, 1, 0, ++minute));
      await utimes(at, time, time);
    },
    remove: (path: string) => rm(join(root, path), { recursive: true }),
    add: () => held.session.call(sourceAdd, { name, url: `dms-files+file://${root}`, newTables: "auto" }, call),
    async sync(full = false): Promise<readonly TableReport[]> {
      return (await held.sync(name, full)).tables;
    },
    key: (table: string, ...key: readonly string[]) => held.session.call(tableSet, { table, key }, call),
    rows: (statement: string) => held.rows(statement),
    async isExact(): Promise<boolean> {
      return (await held.reconcile(name)).tables.every(({ equal }) => equal);
    },
  };
}

describe("a table with a key", () => {
  let files: Awaited<ReturnType<typeof openFolder>>;
  const products = () => files.rows("select id, name, price from sale_shop.product order by id");

  beforeAll(async () => {
    files = await openFolder("sale");
    await files.put("shop/product/LOAD00000001.csv", 'I,1,apple,1.50\nI,2,"pear, green",2.25\n');
    await files.put("shop/product/LOAD00000002.csv", "I,3,NULL,3.00\n");
    await files.put("shop/product/20240101-000000001.csv", "U,2,pear,2.75\nI,4,kiwi,4.00\n");
    await files.add();
    const reading = JSON.stringify({
      columns: [
        { name: "id", type: "long" },
        { name: "name", type: "string" },
        { name: "price", type: "decimal(10,2)" },
      ],
    });
    await held.session.call(tableSet, { table: "sale_shop.product", key: ["id"], reading }, call);
  });

  test("the full load and the changes after it arrive together", async () => {
    expect(await files.sync()).toMatchObject([{ outcome: "created", rows: 4 }]);
    expect(await products()).toEqual([
      [1, "apple", "1.50"],
      [2, "pear", "2.75"],
      [3, null, "3.00"],
      [4, "kiwi", "4.00"],
    ]);
    expect(await files.isExact()).toBe(true);
  });

  test("without new files nothing is done", async () => {
    expect(await files.sync()).toMatchObject([{ outcome: "unchanged", reason: "no file is new" }]);
  });

  test("changes of one key in one file are applied in order, in compressed files too", async () => {
    await files.put(
      "shop/product/2024/01/02/20240102-000000001.csv.gz",
      gzipSync("U,1,apple,1.60\nD,1,apple,1.60\nI,5,fig,5.00\nU,5,fig,5.10\n"),
    );
    await files.put("shop/product/2024/01/02/20240102-000000002.csv", "D,4,kiwi,4.00\nI,4,kiwi,4.40\n");
    expect(await files.sync()).toMatchObject([{ outcome: "merged", rows: 4, rowsAdded: 2, rowsRemoved: 2 }]);
    expect(await products()).toEqual([
      [2, "pear", "2.75"],
      [3, null, "3.00"],
      [4, "kiwi", "4.40"],
      [5, "fig", "5.10"],
    ]);
    expect(await files.isExact()).toBe(true);
  });

  test("a place that is set back applies the files again and changes nothing", async () => {
    await held.session.call(tableController, { table: "sale_shop.product", LastIncrementalFile: null }, call);
    expect(await files.sync()).toMatchObject([{ outcome: "unchanged" }]);
    expect(await files.isExact()).toBe(true);
  });

  test("a newer full load replaces the table, and older changes are not applied to it", async () => {
    await files.remove("shop/product/LOAD00000002.csv");
    await files.put("shop/product/LOAD00000001.csv", "I,2,plum,9.00\n");
    await files.put("shop/product/20240103-000000001.csv", "I,7,lime,7.00\n");
    await files.sync();
    expect(await products()).toEqual([
      [2, "plum", "9.00"],
      [7, "lime", "7.00"],
    ]);
    expect(await files.isExact()).toBe(true);
  });

  test("a value that does not fit stops the table and names file, row and column", async () => {
    await files.put("shop/product/20240104-000000001.csv", "I,8,fine,1.00\nI,eight,bad,1.00\n");
    expect(await files.sync()).toMatchObject([
      {
        outcome: "failed",
        error: { code: "SOURCE_FILE_INVALID", place: "shop/product/20240104-000000001.csv, row 2, column id" },
      },
    ]);
    await files.put("shop/product/20240104-000000001.csv", "X,8,fine,1.00\n");
    expect(await files.sync()).toMatchObject([
      { outcome: "failed", error: { place: "shop/product/20240104-000000001.csv, row 1" } },
    ]);
    await files.put("shop/product/20240104-000000001.csv", "I,8,fine,1.00\nI,9,fi");
    expect(await files.sync()).toMatchObject([{ outcome: "failed", error: { code: "SOURCE_FILE_INVALID" } }]);
    await files.put("shop/product/20240104-000000001.csv", "I,8,fine,1.00\nI,9\n");
    expect(await files.sync()).toMatchObject([{ outcome: "failed", error: { code: "SOURCE_FILE_INVALID" } }]);
    await files.put("shop/product/20240104-000000001.csv", "I,8,fine,1.00\n");
    expect(await files.sync()).toMatchObject([{ outcome: "merged", rows: 3 }]);
  });

  test("files that vanish are no deletes", async () => {
    await files.remove("shop/product");
    await files.put("shop/product/20240105-000000001.csv", "I,10,new,1.00\n");
    expect(await files.sync()).toMatchObject([{ outcome: "failed", error: { code: "SOURCE_FILES_VANISHED" } }]);
    expect(await products()).toHaveLength(3);
  });
});

describe("a table without a key", () => {
  test("has every insert, and stops at an update", async () => {
    const files = await openFolder("logs");
    await files.put("app/event/LOAD00000001.csv", "1,a\n1,a\n");
    await files.put("app/event/20240101-000000001.csv", "I,1,a\nI,2,b\n");
    await files.add();
    expect(await files.sync()).toMatchObject([{ outcome: "created", rows: 4 }]);
    await files.put("app/event/20240101-000000002.csv", "I,3,c\n");
    expect(await files.sync()).toMatchObject([{ outcome: "merged", rows: 5, rowsAdded: 1 }]);
    expect(await files.isExact()).toBe(true);
    await files.put("app/event/20240101-000000003.csv", "I,4,d\nU,2,b\n");
    expect(await files.sync()).toMatchObject([
      { outcome: "failed", error: { code: "SOURCE_KEY_NEEDED", place: "app/event/20240101-000000003.csv, row 2" } },
    ]);
    await files.key("logs_app.event", "column0");
    expect(await files.sync()).toMatchObject([{ rows: 4 }]);
    expect(await files.isExact()).toBe(true);
  });
});

describe("files with names of columns", () => {
  test("a column that comes or goes is followed, and a deleted row is kept where asked", async () => {
    const files = await openFolder("named");
    await files.put("crm/person/LOAD00000001.csv", "id,name\n1,ann\n2,bob\n");
    await files.add();
    await files.key("named_crm.person", "id");
    await held.session.call(tableSet, { table: "named_crm.person", softDelete: true, history: true }, call);
    await files.sync();
    await files.put("crm/person/20240101-000000001.csv", "Op,id,name,born\nU,1,ann,1990-05-06\nD,2,bob,NULL\n");
    expect(await files.sync()).toMatchObject([{ outcome: "merged" }]);
    expect(
      await files.rows("select id, name, born, _deleted_at is not null from named_crm.person order by id"),
    ).toEqual([
      [1, "ann", "1990-05-06", false],
      [2, "bob", null, true],
    ]);
    expect(await files.rows("select count(*) from named_crm.person__history")).toEqual([[3]]);
    expect(await files.isExact()).toBe(true);
  });

  test("the test of the source tells structure and no values", async () => {
    const { checks } = await held.session.call(sourceTest, { name: "named" }, call);
    const text = JSON.stringify(checks);
    expect(text).toContain("id long, name string, born date");
    expect(text).not.toContain("ann");
  });
});

describe("files with whole transactions", () => {
  test("belong to all tables", async () => {
    const files = await openFolder("whole");
    await files.put("shop/customer/LOAD00000001.csv", "1,ann\n");
    await files.put("shop/orders/LOAD00000001.csv", "1,1,2.5\n");
    await files.put(
      "cdc/CDC_TXN-20240101000000001.csv",
      'I,customer,shop,2,"bob\nb"\nI,orders,shop,2,2,3.5\nD,orders,shop,1,1,2.5\n',
    );
    await files.add();
    for (const table of ["customer", "orders"]) await files.key(`whole_shop.${table}`, "column0");
    await files.sync();
    expect(await files.rows("select column0, column1 from whole_shop.customer order by 1")).toEqual([
      [1, "ann"],
      [2, "bob\nb"],
    ]);
    expect(await files.rows("select column0, column2 from whole_shop.orders")).toEqual([[2, 3.5]]);
    expect(await files.isExact()).toBe(true);
  });
});
