/** The verdict when source and lake are compared, how it is known, and what a repair does. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPlainLake, type ConnectedSource, type PlainLake } from "../../../test/world/plain-lake.ts";
import { numberedRows, timesAsked, type PlainRow, type PlainTable } from "../../../test/world/plain-source.ts";

let lake: PlainLake;
beforeAll(async () => {
  lake = await openPlainLake();
});
afterAll(() => lake[Symbol.asyncDispose]());

let sources = 0;
const labelled = (id: number): PlainRow => ({ label: `n${id}` });
const tableOf = (rows: readonly PlainRow[], more: Partial<PlainTable> = {}): PlainTable => ({
  columns: { id: "int!", label: "string" },
  key: ["id"],
  rows,
  ...more,
});

async function loaded(rows: readonly PlainRow[], more: Partial<PlainTable> = {}): Promise<ConnectedSource> {
  const shop = await lake.connect(`compare${++sources}`, { orders: tableOf(rows, more) });
  await shop.sync();
  shop.source.asked.length = 0;
  return shop;
}

const verdictOf = async (shop: ConnectedSource, more: { repair?: boolean } = {}) =>
  (await shop.reconcile(more)).tables[0];
const reads = ({ source }: ConnectedSource): number => timesAsked(source, "read main.orders");

describe("equal by the digests of both sides", () => {
  test("is a table of every type, with nulls, negative keys and texts around the longest that is written", async () => {
    const columns = {
      id: "int!",
      amount: "long",
      label: "string",
      day: "date",
      at: "timestamp",
      seen: "timestamptz",
    };
    const rows = [
      {
        id: -7,
        amount: -(2n ** 63n),
        label: "",
        day: "1969-12-31",
        at: "1969-12-31 23:59:59",
        seen: "2026-05-01 10:00:00",
      },
      { id: 0, amount: 2n ** 63n - 1n, label: "naïve ☕", day: "2026-05-01", at: "2026-05-01 00:00:00", seen: null },
      { id: 1, amount: null, label: null, day: null, at: null, seen: null },
      { id: 2, amount: 0n, label: "x".repeat(1000), day: "1970-01-01", at: null, seen: "1970-01-01 00:00:00" },
      { id: 3, amount: 0n, label: "x".repeat(1001), day: null, at: null, seen: null },
      { id: 4, amount: 0n, label: "é".repeat(501), day: null, at: null, seen: null },
    ];
    const shop = await loaded(rows, { columns });
    const report = await shop.reconcile();
    expect(report).toMatchObject({ commit: null, rowsRead: 0 });
    expect(report.tables).toEqual([
      {
        sourceTable: "main.orders",
        lakeTable: `${shop.name}.orders`,
        equal: true,
        how: "the digests of all rows are equal on both sides",
        rows: 6,
        rowsOnlyInSource: 0,
        rowsOnlyInLake: 0,
        examples: { onlyInSource: [], onlyInLake: [] },
        repaired: false,
      },
    ]);
    expect(reads(shop)).toBe(0);
  });

  test("is a table without a key, duplicates counted, and one without rows", async () => {
    const twice = [
      { id: 1, label: "a" },
      { id: 1, label: "a" },
      { id: 1, label: null },
    ];
    const keyless = await loaded(twice, { key: undefined });
    expect(await verdictOf(keyless)).toMatchObject({
      equal: true,
      how: "the digests of all rows are equal on both sides",
      rows: 3,
    });
    const empty = await loaded([]);
    expect(await verdictOf(empty)).toMatchObject({ equal: true, rows: 0 });
  });

  test("does not depend on rows that are kept although the source deleted them", async () => {
    const shop = await loaded(numberedRows(1, 10, labelled));
    await shop.set("orders", { softDelete: true });
    await shop.sync();
    shop.source.write("orders", numberedRows(3, 10, labelled));
    await shop.sync();
    expect(await shop.rows("orders")).toHaveLength(10);
    expect(await verdictOf(shop)).toMatchObject({
      equal: true,
      rows: 8,
      how: "the digests of all rows are equal on both sides",
    });
  });

  test("keeps what the last comparison told, for the next run", async () => {
    const shop = await loaded(numberedRows(1, 10, labelled));
    await shop.reconcile();
    expect((await shop.syncTable("orders")).reason).toBe("the source proves that nothing was written");
  });
});

describe("a table that differs", () => {
  test("is named row by row and left as it is, until it is repaired", async () => {
    const rows = numberedRows(1, 100, labelled);
    const shop = await loaded(rows);
    const changed = [...rows.slice(1, 99), { id: 100, label: "changed" }, { id: 101, label: null }];
    shop.source.write("orders", changed);
    const differs = {
      equal: false,
      how: "1 of 1 ranges differed by their digests and were read",
      rows: 100,
      rowsOnlyInSource: 2,
      rowsOnlyInLake: 2,
      examples: {
        onlyInSource: [
          { id: "100", label: "changed" },
          { id: "101", label: null },
        ],
        onlyInLake: [
          { id: "1", label: "n1" },
          { id: "100", label: "n100" },
        ],
      },
    };
    const told = await shop.reconcile();
    expect(told.tables).toMatchObject([{ ...differs, repaired: false }]);
    expect(told.commit).toBeNull();
    expect(await shop.rows("orders")).toContainEqual({ id: "1", label: "n1" });
    const repaired = await shop.reconcile({ repair: true });
    expect(repaired.tables).toMatchObject([{ ...differs, repaired: true }]);
    expect(repaired.commit).not.toBeNull();
    expect(await shop.rows("orders")).toHaveLength(100);
    expect(await shop.rows("orders")).not.toContainEqual({ id: "1", label: "n1" });
    expect(await verdictOf(shop)).toMatchObject({ equal: true });
  });

  test("has no more than five examples of each side", async () => {
    const shop = await loaded(numberedRows(1, 10, labelled));
    shop.source.write("orders", numberedRows(11, 20, labelled));
    const verdict = await verdictOf(shop);
    expect(verdict).toMatchObject({ rowsOnlyInSource: 10, rowsOnlyInLake: 10 });
    expect(verdict?.examples?.onlyInSource).toHaveLength(5);
    expect(verdict?.examples?.onlyInLake).toHaveLength(5);
  });

  test("is read only in the ranges that differ, or whole when more than half of them do", async () => {
    const rows = numberedRows(-30_000, 29_999, labelled);
    const shop = await loaded(rows);
    const change = (...places: number[]) =>
      shop.source.write(
        "orders",
        rows.map((row, index) => (places.includes(index) ? { ...row, label: "changed" } : row)),
      );
    change(59_999);
    const report = await shop.reconcile();
    expect(report).toMatchObject({ rowsRead: 20_000 });
    expect(report.tables).toMatchObject([
      { how: "1 of 3 ranges differed by their digests and were read", rowsOnlyInSource: 1, rows: 60_000 },
    ]);
    change(0, 30_000);
    expect(await shop.reconcile()).toMatchObject({
      rowsRead: 60_000,
      tables: [{ how: "every row was read on both sides", rowsOnlyInSource: 2, rowsOnlyInLake: 2 }],
    });
    shop.source.write("orders", [...rows.slice(1), { id: 10_000_000, label: "far" }]);
    const repaired = await shop.reconcile({ repair: true });
    expect(repaired.tables).toMatchObject([{ rowsOnlyInSource: 1, rowsOnlyInLake: 1, repaired: true }]);
    expect(await verdictOf(shop)).toMatchObject({ equal: true, rows: 60_000 });
  });

  test("without a key is read whole and repaired", async () => {
    const rows = [
      { id: 1, label: "a" },
      { id: 1, label: "a" },
    ];
    const shop = await loaded(rows, { key: undefined });
    shop.source.write("orders", rows.slice(1));
    const differs = { equal: false, how: "every row was read on both sides", rows: 1, rowsOnlyInLake: 1 };
    expect(await verdictOf(shop)).toMatchObject({ ...differs, repaired: false });
    expect(await shop.rows("orders")).toHaveLength(2);
    expect(await verdictOf(shop, { repair: true })).toMatchObject({ ...differs, repaired: true });
    expect(await shop.rows("orders")).toEqual([{ id: "1", label: "a" }]);
  });
});

describe("where no digest can answer", () => {
  test("a table with floats is read whole, and the source's digest is kept for the next run", async () => {
    const rows = [
      { id: 1, ratio: 0.5 },
      { id: 2, ratio: null },
    ];
    const shop = await loaded(rows, { columns: { id: "int!", ratio: "double" } });
    Object.assign(shop.source.gifts, { proves: false, fingerprints: true });
    expect(await verdictOf(shop)).toMatchObject({ equal: true, how: "every row was read on both sides", rows: 2 });
    expect(reads(shop)).toBe(1);
    expect((await shop.syncTable("orders")).reason).toBe("the source's digest of the rows is the same as before");
  });

  test("a source that computes none is read whole", async () => {
    const shop = await loaded(numberedRows(1, 10, labelled));
    shop.source.gifts.digests = false;
    expect(await verdictOf(shop)).toMatchObject({ equal: true, how: "every row was read on both sides" });
  });

  test("a table that is not in the lake differs in all its rows, and a repair loads it", async () => {
    const shop = await lake.connect(`compare${++sources}`, { orders: tableOf(numberedRows(1, 3, labelled)) });
    const missing = { equal: false, how: "not in the lake yet", rows: 3, rowsOnlyInSource: 3, rowsOnlyInLake: 0 };
    expect(await verdictOf(shop)).toMatchObject({ ...missing, repaired: false });
    await expect(shop.table("orders")).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
    expect(await verdictOf(shop, { repair: true })).toMatchObject({ ...missing, repaired: true });
    expect(await shop.rows("orders")).toHaveLength(3);
  });

  test("a table whose columns changed differs although its rows are equal", async () => {
    const rows = numberedRows(1, 3, labelled);
    const shop = await loaded(rows);
    shop.source.set("orders", tableOf(rows, { columns: { id: "int!", label: "string", extra: "string" } }));
    const how = "the rows are equal, the columns not: added extra";
    expect(await verdictOf(shop)).toMatchObject({ equal: false, how, repaired: false, rowsOnlyInSource: 0 });
    expect(await verdictOf(shop, { repair: true })).toMatchObject({ equal: false, how, repaired: true });
    expect(await verdictOf(shop)).toMatchObject({ equal: true });
  });
});

test("a table that cannot be compared is neither equal nor different, and the others are compared", async () => {
  const shop = await loaded(numberedRows(1, 3, labelled));
  const obstacle = { code: "SOURCE_TABLE_LOCKED", message: "somebody holds it", remedy: "wait" } as const;
  shop.source.set("locked", tableOf([], { obstacle }));
  const { tables } = await shop.reconcile();
  const failed = tables.find(({ sourceTable }) => sourceTable === "main.locked");
  expect(failed).toMatchObject({
    equal: false,
    how: "could not be compared: somebody holds it",
    rows: 0,
    repaired: false,
  });
  expect(failed?.error).toMatchObject({ code: "SOURCE_TABLE_LOCKED" });
  expect(tables.find(({ sourceTable }) => sourceTable === "main.orders")).toMatchObject({ equal: true });
});

test("a repair that cannot be written for one table is a failure of that table, and the others are repaired", async () => {
  const rows = numberedRows(1, 3, labelled);
  const shop = await lake.connect(`compare${++sources}`, { orders: tableOf(rows), others: tableOf(rows) });
  await shop.set("orders", { history: true });
  await shop.sync();
  shop.source.write("orders", numberedRows(1, 4, labelled));
  await shop.sync();
  shop.source.write("orders", rows);
  shop.source.write("others", rows.slice(1));
  const { metadata } = await shop.table("orders__history");
  const lists = metadata.snapshots.flatMap(({ manifestList }) => manifestList ?? []);
  await lake.context.objects.delete(lists);
  const { tables, commit } = await shop.reconcile({ repair: true });
  const [orders, others] = tables;
  expect(orders).toMatchObject({ sourceTable: "main.orders", equal: false, repaired: false });
  expect(orders?.error).toMatchObject({ code: "DATA_FILE_MISSING" });
  expect(others).toMatchObject({ sourceTable: "main.others", repaired: true });
  expect(commit).not.toBeNull();
  expect(await shop.rows("orders")).toHaveLength(4);
  expect(await shop.rows("others")).toHaveLength(2);
});

test("a reconcile is a run of its own kind, and leaves no file behind", async () => {
  const shop = await loaded(numberedRows(1, 3, labelled), { key: undefined });
  shop.source.write("orders", numberedRows(1, 2, labelled));
  const { run, position } = await shop.reconcile();
  const entry = await lake.context.db.selectFrom("runs").selectAll().where("id", "=", run).executeTakeFirstOrThrow();
  expect(entry).toMatchObject({ kind: "reconcile", state: "done" });
  expect(JSON.parse(position)).toHaveProperty("version");
  const { location } = await shop.table("orders");
  const files: string[] = [];
  for await (const file of lake.context.objects.list(`${location}/data/`, { drafts: true })) files.push(file.location);
  expect(files).toHaveLength(1);
});

test("a digest of the lake that does not hold costs a comparison and no more", async () => {
  const shop = await loaded(numberedRows(1, 3, labelled));
  await lake.context.db.updateTable("positions").set({ content_digest: "other" }).execute();
  expect(await verdictOf(shop)).toMatchObject({ equal: true });
  shop.source.gifts.proves = false;
  expect((await shop.syncTable("orders")).reason).toBe("read again and equal to the lake");
});
