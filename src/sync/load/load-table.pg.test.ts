/** How a table is brought to a cut: what is proven, what is read, and that the lake has the source's rows afterwards. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { usualLayout, type LayoutSettings } from "../../writer/table-layout.ts";
import type { TableSettings } from "../settings/table-settings.ts";
import { openPlainLake, type ConnectedSource, type PlainLake } from "../../../test/world/plain-lake.ts";
import { numberedRows, timesAsked, type PlainRow, type PlainTable } from "../../../test/world/plain-source.ts";

let lake: PlainLake;
beforeAll(async () => {
  lake = await openPlainLake();
});
afterAll(() => lake[Symbol.asyncDispose]());

let sources = 0;
const labelled = (id: number): PlainRow => ({ label: `n${id}` });

/** A source with one table `orders` of so many rows, which is in the lake already. */
async function loaded(count: number, more: Partial<PlainTable> = {}): Promise<ConnectedSource> {
  const columns = { id: "int!", label: "string" };
  const rows = numberedRows(1, count, labelled);
  const shop = await lake.connect(`load${++sources}`, { orders: { columns, key: ["id"], rows, ...more } });
  expect(await shop.syncTable("orders")).toMatchObject({
    outcome: "created",
    mode: "full",
    rows: more.rows?.length ?? count,
  });
  shop.source.asked.length = 0;
  return shop;
}

/** Expects the lake to have exactly these rows. */
async function expectRows(shop: ConnectedSource, rows: readonly PlainRow[]): Promise<void> {
  const texts = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)])),
  );
  const sorted = (list: readonly object[]) => list.map((row) => JSON.stringify(row)).toSorted();
  expect(sorted(await shop.rows("orders"))).toEqual(sorted(texts));
}

/** The rows, with those of these ids made anew with another label. */
function relabelled(count: number, ids: readonly number[], label = "changed"): readonly PlainRow[] {
  const rows = numberedRows(1, count, labelled);
  return rows.map((row) => (ids.includes(Number(row["id"])) ? { ...row, label } : row));
}

const anyFile = { config: { smallFileBytes: 0 } };
const position = async (shop: ConnectedSource) =>
  lake.context.db
    .selectFrom("positions")
    .selectAll()
    .where("source_id", "=", (await shop.registered()).id)
    .executeTakeFirstOrThrow();

describe("what differs", () => {
  test("is merged while few rows are new, and replaces the table when they are more than three in ten", async () => {
    const shop = await loaded(1_000);
    shop.source.write("orders", relabelled(1_000, [7]));
    expect(await shop.syncTable("orders", anyFile)).toMatchObject({
      outcome: "merged",
      reason: "changed",
      rows: 1_000,
      rowsAdded: 1,
      rowsRemoved: 1,
      rowsUpdated: 1,
    });
    const three = numberedRows(1, 300).map(({ id }) => Number(id));
    shop.source.write("orders", relabelled(1_000, three, "other"));
    expect(await shop.syncTable("orders", anyFile)).toMatchObject({ outcome: "merged", rowsAdded: 300 });
    shop.source.write("orders", relabelled(1_000, [...three, 301], "again"));
    expect(await shop.syncTable("orders", anyFile)).toMatchObject({ outcome: "reloaded", rowsAdded: 301 });
    await expectRows(shop, relabelled(1_000, [...three, 301], "again"));
  });

  test("replaces a small table as a whole, unless its format version keeps the ids of rows", async () => {
    const shop = await loaded(10);
    shop.source.write("orders", relabelled(10, [7]));
    expect(await shop.syncTable("orders")).toMatchObject({ outcome: "reloaded", rowsAdded: 1, rowsRemoved: 1 });
    await shop.set("orders", { layout: { ...usualLayout, formatVersion: 3 } });
    shop.source.write("orders", relabelled(10, [8]));
    await shop.syncTable("orders");
    shop.source.write("orders", relabelled(10, [9]));
    expect(await shop.syncTable("orders")).toMatchObject({ outcome: "merged", rowsAdded: 2, rowsRemoved: 2 });
    await expectRows(shop, relabelled(10, [9]));
  });

  test("is replaced as a whole when that was asked for, and then compared again as usual", async () => {
    const shop = await loaded(10);
    expect(await shop.syncTable("orders", { full: true })).toMatchObject({ outcome: "reloaded", reason: "asked for" });
    expect(await shop.syncTable("orders")).toMatchObject({ outcome: "unchanged" });
    await expectRows(shop, numberedRows(1, 10, labelled));
  });

  test("in a table without a key is counted without pairs", async () => {
    const rows = [
      { id: 1, label: "a" },
      { id: 1, label: "a" },
      { id: 1, label: "a" },
    ];
    const columns = { id: "int", label: "string" };
    const shop = await loaded(0, { columns, key: undefined, rows });
    shop.source.write("orders", [...rows.slice(1), { id: null, label: null }]);
    const report = await shop.syncTable("orders", anyFile);
    expect(report).toMatchObject({ rowsAdded: 1, rowsRemoved: 1 });
    expect(report.rowsUpdated).toBeUndefined();
    await expectRows(shop, [...rows.slice(1), { id: null, label: null }]);
  });

  test("has no updated rows where rows were only added or only removed", async () => {
    const shop = await loaded(10);
    shop.source.write("orders", numberedRows(1, 11, labelled));
    expect((await shop.syncTable("orders", anyFile)).rowsUpdated).toBeUndefined();
    shop.source.write("orders", numberedRows(2, 11, labelled));
    expect((await shop.syncTable("orders", anyFile)).rowsUpdated).toBeUndefined();
    shop.source.write("orders", numberedRows(3, 12, labelled));
    expect((await shop.syncTable("orders", anyFile)).rowsUpdated).toBe(0);
  });
});

describe("a table that did not change", () => {
  test("is not read when the source proves it, and nothing is committed", async () => {
    const shop = await loaded(10);
    const { tables, commit, rowsRead } = await shop.sync();
    expect(tables).toMatchObject([
      { outcome: "unchanged", reason: "the source proves that nothing was written", rows: 10, files: 0 },
    ]);
    expect({ commit, rowsRead }).toEqual({ commit: null, rowsRead: 0 });
    expect(timesAsked(shop.source, "read main.orders")).toBe(0);
  });

  test("is read where nothing proves it, and then known by the source's digest", async () => {
    const shop = await loaded(10);
    shop.source.gifts.proves = false;
    shop.source.gifts.fingerprints = true;
    expect(await shop.syncTable("orders")).toMatchObject({
      outcome: "unchanged",
      reason: "read again and equal to the lake",
    });
    expect(await shop.syncTable("orders")).toMatchObject({
      outcome: "unchanged",
      reason: "the source's digest of the rows is the same as before",
    });
    expect(timesAsked(shop.source, "read main.orders")).toBe(1);
    shop.source.write("orders", relabelled(10, [1]));
    expect(await shop.syncTable("orders")).toMatchObject({ outcome: "reloaded", rowsAdded: 1 });
    await expectRows(shop, relabelled(10, [1]));
  });

  test("is read again from time to time where the proof has a gap", async () => {
    const shop = await loaded(10);
    shop.source.gifts.proofGap = "writes by hand";
    const before = await position(shop);
    expect((await shop.syncTable("orders", { config: { compareAfterHours: 5 } })).reason).toBe(
      "the source proves that nothing was written, but by writes by hand: a comparison every 5 hours finds what those wrote",
    );
    expect((await position(shop)).compared_at).toEqual(before.compared_at);
    const old = new Date(Date.now() - 6 * 3_600_000);
    await lake.context.db
      .updateTable("positions")
      .set({ compared_at: old })
      .where("table_id", "=", before.table_id)
      .execute();
    expect(await shop.syncTable("orders", { config: { compareAfterHours: 5 } })).toMatchObject({
      reason: "read again and equal to the lake",
    });
    expect((await position(shop)).compared_at?.getTime()).toBeGreaterThan(old.getTime());
  });

  test.each<[string, (shop: ConnectedSource) => Promise<void> | void]>([
    ["belongs to another incarnation", ({ source }) => source.set("orders", { ...tableOf(10), incarnation: "2" })],
    [
      "was looked at only in part",
      async (shop) => {
        const { table_id: id } = await position(shop);
        await lake.context.db
          .updateTable("positions")
          .set({ compared_whole: false })
          .where("table_id", "=", id)
          .execute();
      },
    ],
    [
      "was changed by another writer",
      async (shop) => {
        const { table_id: id } = await position(shop);
        await lake.context.db.updateTable("positions").set({ snapshot_id: 1n }).where("table_id", "=", id).execute();
      },
    ],
  ])("is read if what is known of it %s", async (_, spoil) => {
    const shop = await loaded(10);
    await spoil(shop);
    expect(await shop.syncTable("orders")).toMatchObject({
      outcome: "unchanged",
      reason: "read again and equal to the lake",
    });
    expect(timesAsked(shop.source, "read main.orders")).toBe(1);
    expect((await shop.syncTable("orders")).reason).toBe("the source proves that nothing was written");
  });

  test("is put right when another writer deleted its rows", async () => {
    const shop = await loaded(10);
    await shop.emptyAsOthers("orders");
    expect(await shop.syncTable("orders")).toMatchObject({ rowsAdded: 10, rowsRemoved: 0 });
    await expectRows(shop, numberedRows(1, 10, labelled));
  });

  test("whose columns change gets them without its rows being written again", async () => {
    const shop = await loaded(10);
    shop.source.set("orders", { ...tableOf(10), columns: { id: "int!", label: "string", extra: "string" } });
    const report = await shop.syncTable("orders");
    expect(report).toMatchObject({ outcome: "merged", schemaChanges: ["added extra"], files: 0 });
    await expectRows(
      shop,
      numberedRows(1, 10, (id) => ({ ...labelled(id), extra: null })),
    );
    expect((await shop.syncTable("orders")).outcome).toBe("unchanged");
  });
});

const tableOf = (count: number): PlainTable => ({
  columns: { id: "int!", label: "string" },
  key: ["id"],
  rows: numberedRows(1, count, labelled),
});

describe("a cursor", () => {
  const cursor = (column: string, overlap: number) =>
    ({ mode: { mode: "cursor", column, overlap, unit: undefined } }) as const;

  /** A table that is read by a cursor on its id, with an overlap of ten. */
  async function byCursor(count: number, more: Partial<PlainTable> = {}): Promise<ConnectedSource> {
    const shop = await loaded(count, more);
    await shop.set("orders", cursor("id", 10));
    shop.source.gifts.proves = false;
    return shop;
  }

  test("reads what is above the lake's highest value less the overlap, and merges it by key", async () => {
    const shop = await byCursor(100);
    const rows = [...relabelled(100, [3, 95]), ...numberedRows(101, 104, labelled)];
    shop.source.write("orders", rows);
    const { tables, rowsRead } = await shop.sync(anyFile);
    expect(tables).toMatchObject([
      { outcome: "merged", mode: "cursor", rowsAdded: 5, rowsRemoved: 1, rowsUpdated: 1, rows: 104 },
    ]);
    expect(rowsRead).toBe(15);
    await expectRows(shop, [...relabelled(100, [95]), ...numberedRows(101, 104, labelled)]);
    expect((await position(shop)).compared_whole).toBe(false);
    expect(await shop.syncTable("orders", anyFile)).toMatchObject({
      outcome: "unchanged",
      reason: "the cursor found no new row",
      rows: 104,
    });
  });

  test("is trusted by the next proof only while it is still chosen", async () => {
    const shop = await byCursor(20);
    shop.source.write("orders", relabelled(20, [1]));
    expect(await shop.syncTable("orders")).toMatchObject({ outcome: "unchanged", mode: "cursor" });
    shop.source.gifts.proves = true;
    expect((await shop.syncTable("orders")).reason).toBe("the source proves that nothing was written");
    await shop.set("orders", { mode: { mode: "diff", column: undefined, overlap: undefined } });
    expect(await shop.syncTable("orders")).toMatchObject({ mode: "diff", rowsAdded: 1 });
    await expectRows(shop, relabelled(20, [1]));
  });

  test.each<[string, (shop: ConnectedSource) => void | Promise<void>, string]>([
    [
      "whose highest row is gone",
      ({ source }) => source.write("orders", numberedRows(1, 19, labelled)),
      "the highest value of id, 20, is no longer in the source",
    ],
    [
      "with two rows of one key in the source",
      ({ source }) => source.write("orders", [...numberedRows(1, 21, labelled), { id: 21, label: "twice" }]),
      "two rows were read with one key",
    ],
    [
      "with a key that was configured and is not unique",
      async (shop) => {
        await shop.set("orders", { key: ["label"] });
        await shop.sync();
        shop.source.write("orders", [...numberedRows(1, 20, labelled), { id: 21, label: "n1" }]);
      },
      "the key label is not unique",
    ],
    [
      "with a key that was configured and is null",
      async (shop) => {
        await shop.set("orders", { key: ["label"] });
        await shop.sync();
        shop.source.write("orders", [...numberedRows(1, 20, labelled), { id: 21, label: null }]);
      },
      "a value of the key cannot be held in the lake and is null, which identifies no row",
    ],
  ])("%s is given up for this time", async (_, write, obstacle) => {
    const shop = await byCursor(20);
    await write(shop);
    const report = await shop.syncTable("orders");
    expect(report).toMatchObject({
      mode: "diff",
      modeReason: `cursor was chosen, but this time all rows were compared: ${obstacle}`,
    });
    expect((await shop.reconcile()).tables).toMatchObject([{ equal: true }]);
  });

  test("is given up while the lake has two rows of one key, or no row with a value", async () => {
    const twice = await byCursor(0, { rows: [...numberedRows(1, 20, labelled), { id: 20, label: "twice" }] });
    twice.source.write("orders", numberedRows(1, 20, labelled));
    expect((await twice.syncTable("orders")).modeReason).toContain("the lake has two rows with one key");
    await expectRows(twice, numberedRows(1, 20, labelled));
    const empty = await byCursor(0, { rows: [] });
    empty.source.write("orders", numberedRows(1, 3, labelled));
    expect((await empty.syncTable("orders")).modeReason).toContain(
      "the lake has no row with a value of id to continue from",
    );
    await expectRows(empty, numberedRows(1, 3, labelled));
  });

  test("on a unique key that was configured works like one on the source's own", async () => {
    const shop = await loaded(20, { key: undefined });
    await shop.set("orders", { ...cursor("id", 5), key: ["id"] });
    shop.source.gifts.proves = false;
    await shop.sync();
    shop.source.write("orders", [...numberedRows(1, 20, labelled), { id: 21, label: "new" }]);
    expect(await shop.syncTable("orders", anyFile)).toMatchObject({ mode: "cursor", rowsAdded: 1 });
    expect(timesAsked(shop.source, "hasDuplicates main.orders")).toBeGreaterThan(0);
  });

  test.each([
    ["date", "2026-05-02", "2026-05-01", "2999-01-01", 1],
    ["timestamp", "2026-05-02 10:00:00", "2026-05-02 09:59:00", "2999-01-01 00:00:00", 60],
    ["timestamptz", "2026-05-02 10:00:00", "2026-05-02 09:59:00", "2999-01-01 00:00:00", 60],
  ])("on a %s takes no value in the future for the highest", async (type, highest, overlapped, future, overlap) => {
    const columns = { id: "int!", at: type };
    const rows = [
      { id: 1, at: "2026-04-01 00:00:00".slice(0, type === "date" ? 10 : 19) },
      { id: 2, at: overlapped },
      { id: 3, at: highest },
      { id: 4, at: future },
      { id: 5, at: null },
    ];
    const shop = await loaded(0, { columns, rows });
    await shop.set("orders", cursor("at", overlap));
    shop.source.gifts.proves = false;
    const now = [...rows, { id: 6, at: highest }];
    shop.source.write("orders", now);
    const { tables, rowsRead } = await shop.sync(anyFile);
    expect(tables).toMatchObject([{ mode: "cursor", rowsAdded: 1 }]);
    expect(rowsRead).toBe(5);
  });
});

describe("a large table whose row versions can be seen", () => {
  const count = 100_000;
  const all = numberedRows(1, count, (id) => ({ label: `n${id % 7}` }));
  let shop: ConnectedSource;
  beforeAll(async () => {
    shop = await lake.connect("versions", { orders: { ...tableOf(0), rows: all }, other: tableOf(1) });
    shop.source.gifts.versions = true;
    await shop.sync();
  });
  const sync = async (rows: readonly PlainRow[], more = anyFile) => {
    shop.source.write("orders", rows);
    shop.source.asked.length = 0;
    const { tables, rowsRead } = await shop.sync(more);
    return { report: tables.find(({ lakeTable }) => lakeTable === "versions.orders"), rowsRead };
  };
  const withRow = (index: number, row: PlainRow): readonly PlainRow[] => all.with(index, row);

  test("is read only in the ranges that were written to", async () => {
    const { report, rowsRead } = await sync(withRow(50_000, { id: 50_001, label: "changed" }));
    expect(report).toMatchObject({ outcome: "merged", rows: count, rowsAdded: 1, rowsRemoved: 1 });
    expect(rowsRead).toBe(20_000);
    const back = await sync(all);
    expect(back.report).toMatchObject({ outcome: "merged", rowsAdded: 1, rowsRemoved: 1 });
  });

  test("is as it was when its rows were written anew and are equal", async () => {
    const { report, rowsRead } = await sync(withRow(10, { ...all[10] }));
    expect(report).toMatchObject({
      outcome: "unchanged",
      reason: "1 of 5 ranges of the key were written to; read again, they are equal to the lake",
    });
    expect(rowsRead).toBe(20_000);
  });

  test("is not read when other tables were written to", async () => {
    shop.source.write("other", [{ id: 2, label: "b" }]);
    const { tables, rowsRead } = await shop.sync();
    expect(tables.find(({ lakeTable }) => lakeTable === "versions.orders")).toMatchObject({
      outcome: "unchanged",
      reason: "the source proves that nothing was written",
      rows: count,
    });
    expect(rowsRead).toBe(1);
    expect(timesAsked(shop.source, "unchanged main.orders")).toBe(0);
  });

  test("loses rows and gains rows at either end", async () => {
    const { report } = await sync([...all.slice(1), { id: count + 1, label: "new" }]);
    expect(report).toMatchObject({ outcome: "merged", rows: count, rowsAdded: 1, rowsRemoved: 1 });
    expect((await shop.reconcile({ patterns: ["orders"] })).tables).toMatchObject([{ equal: true }]);
    await sync(all);
  });

  test("is read whole when more than three in ten rows are in ranges that were written to", async () => {
    const few = all.map((row, index) => (index === 0 || index === 99_999 ? { ...row, label: "changed" } : row));
    const { report, rowsRead } = await sync(few);
    expect(report).toMatchObject({ outcome: "merged", rowsAdded: 2 });
    expect(rowsRead).toBe(count);
  });
});

describe("a large table that is hashed as it is sent", () => {
  const count = 1_000;
  /** A table of ten spans of a hundred rows, or of others, which nothing else proves to be unchanged. */
  async function hashed(spanRows = 100, rows: readonly PlainRow[] = numberedRows(1, count, labelled)) {
    const name = `hashed${++sources}`;
    const shop = await lake.connect(name, { orders: { ...tableOf(0), estimatedRows: 200_000, rows } });
    Object.assign(shop.source.gifts, { hashes: true, spanRows, proves: false });
    await shop.sync();
    shop.source.asked.length = 0;
    return shop;
  }
  const syncRows = async (shop: ConnectedSource, rows: readonly PlainRow[]) => {
    shop.source.write("orders", rows);
    const { tables, rowsRead } = await shop.sync(anyFile);
    return { ...tables[0], rowsRead };
  };

  test("is not parsed when all of it is sent as before", async () => {
    const shop = await hashed();
    expect(await shop.syncTable("orders")).toMatchObject({
      outcome: "unchanged",
      reason: "the rows of all 10 ranges of the key are sent with the same bytes as before",
      rows: count,
    });
    expect(timesAsked(shop.source, "read main.orders")).toBe(0);
  });

  test("is parsed only where it is sent otherwise, and its spans are known afterwards", async () => {
    const shop = await hashed();
    const rows = relabelled(count, [250, 350]);
    expect(await syncRows(shop, rows)).toMatchObject({
      outcome: "merged",
      rows: count,
      rowsAdded: 2,
      rowsRemoved: 2,
      rowsRead: 200,
    });
    await expectRows(shop, rows);
    expect((await shop.syncTable("orders")).reason).toBe(
      "the rows of all 10 ranges of the key are sent with the same bytes as before",
    );
    const grown = [...rows.filter(({ id }) => id !== 1), { id: count + 1, label: "new" }];
    expect(await syncRows(shop, grown)).toMatchObject({ rows: count, rowsAdded: 1, rowsRemoved: 1, rowsRead: 200 });
    await expectRows(shop, grown);
    expect((await shop.syncTable("orders")).reason).toBe(
      "the rows of all 11 ranges of the key are sent with the same bytes as before",
    );
  });

  test("is as it was when it is sent otherwise and is equal", async () => {
    const shop = await hashed();
    const rows = numberedRows(1, count, labelled).map(({ id = null, label = null }, index) =>
      index === 0 ? { label, id } : { id, label },
    );
    expect(await syncRows(shop, rows)).toMatchObject({
      outcome: "unchanged",
      reason: "1 of 10 ranges of the key were written to; read again, they are equal to the lake",
    });
    expect((await shop.syncTable("orders")).reason).toBe(
      "the rows of all 10 ranges of the key are sent with the same bytes as before",
    );
  });

  test("is read whole when more than three in ten rows are in spans that differ", async () => {
    const shop = await hashed();
    expect(await syncRows(shop, relabelled(count, [1, 101, 201]))).toMatchObject({ rowsAdded: 3, rowsRead: 300 });
    const four = relabelled(count, [301, 401, 501, 601], "again");
    expect(await syncRows(shop, four)).toMatchObject({ rowsAdded: 7, rowsRead: count });
    await expectRows(shop, four);
  });

  test("is read whole when more than two hundred separate places differ", async () => {
    const places = (number: number) => Array.from({ length: number }, (_, index) => 2 + index * 2);
    const shop = await hashed(1);
    expect(await syncRows(shop, relabelled(count, places(200)))).toMatchObject({ rowsAdded: 200, rowsRead: 200 });
    expect(await syncRows(shop, relabelled(count, places(201), "again"))).toMatchObject({
      rowsAdded: 201,
      rowsRead: count,
    });
  });

  test("is not known any more after another writer changed it, or for a cursor", async () => {
    const shop = await hashed();
    await shop.emptyAsOthers("orders");
    expect(await shop.syncTable("orders")).toMatchObject({ rowsAdded: count });
    await shop.set("orders", { mode: { mode: "cursor", column: "id", overlap: 10 } });
    expect(await shop.syncTable("orders")).toMatchObject({ mode: "cursor", reason: "the cursor found no new row" });
  });
});

describe("a load that was interrupted", () => {
  const partitioned = { ...usualLayout, partitionBy: ["bucket(2, id)"] };
  /** Four splits of 25 rows, of which the last one cannot be read. */
  async function interrupted(settings: Partial<TableSettings> = {}): Promise<ConnectedSource> {
    const name = `splits${++sources}`;
    const shop = await lake.connect(name, { orders: tableOf(100) });
    await shop.set("orders", settings);
    Object.assign(shop.source.gifts, { splits: 4, readers: 1 });
    await shop.interrupt("main.orders", { id: 100, splitsRead: 3 });
    return shop;
  }
  const planned = async (shop: ConnectedSource) =>
    lake.context.db
      .selectFrom("staged_splits")
      .selectAll()
      .where("source_id", "=", (await shop.registered()).id)
      .orderBy("ordinal")
      .execute();

  test("goes on with the splits that it read", async () => {
    const shop = await interrupted();
    const read = (await planned(shop)).filter(({ files }) => files !== null);
    expect(read.map(({ row_count: rows }) => rows)).toEqual([25n, 25n, 25n]);
    const { splitsKept, rowsRead, tables } = await shop.sync();
    expect({ splitsKept, rowsRead }).toEqual({ splitsKept: 3, rowsRead: 25 });
    expect(tables).toMatchObject([{ outcome: "created", rows: 100 }]);
    await expectRows(shop, numberedRows(1, 100, labelled));
    expect(await planned(shop)).toEqual([]);
    const tasks = shop.events.flatMap((event) => (event.kind === "done" ? [`${event.task} ${event.outcome}`] : []));
    expect(tasks).toEqual([`${shop.name}.orders 4/4 read`, `${shop.name}.orders created`]);
    const compared = (await position(shop)).compared_at?.getTime() ?? 0;
    expect(compared, "it is as old as its oldest split").toBe(read[0]?.staged_at.getTime());
  });

  test.each<[string, (shop: ConnectedSource) => Promise<void> | void, { full?: boolean }]>([
    ["nothing proves that they are as they were", ({ source }) => void (source.gifts.proves = false), {}],
    ["they are not to be trusted", () => {}, { full: true }],
    ["the table was altered", ({ source }) => source.set("orders", { ...tableOf(100), incarnation: "2" }), {}],
    ["rows are laid out otherwise", (shop) => shop.set("orders", { layout: partitioned }), {}],
    [
      "their files are gone",
      async (shop) => {
        for (const { files } of await planned(shop))
          await lake.context.objects.delete(((files ?? []) as { location: string }[]).map(({ location }) => location));
      },
      {},
    ],
    [
      "the proof has a gap, and they are old",
      async ({ source }) => {
        source.gifts.proofGap = "writes by hand";
        await lake.context.db
          .updateTable("staged_splits")
          .set({ staged_at: new Date(0) })
          .execute();
      },
      {},
    ],
  ])("reads all splits again if %s", async (_, spoil, more) => {
    const shop = await interrupted();
    await spoil(shop);
    const { splitsKept, rowsRead } = await shop.sync(more);
    expect({ splitsKept, rowsRead }).toEqual({ splitsKept: 0, rowsRead: 100 });
    await expectRows(shop, numberedRows(1, 100, labelled));
    const location = (await shop.table("orders")).location;
    const files: string[] = [];
    for await (const file of lake.context.objects.list(`${location}/data/`, { drafts: true }))
      files.push(file.location);
    const { metadata } = await shop.table("orders");
    const count = metadata.snapshots.at(-1)?.summary["total-data-files"];
    expect(files, "no file of the first attempt is left").toHaveLength(Number(count));
  });

  test.each<[number, string, LayoutSettings, LayoutSettings]>([
    [3, "only the codec changes", usualLayout, { ...usualLayout, compression: "gzip" }],
    [0, "the codec of its partitions changes", partitioned, { ...partitioned, compression: "gzip" }],
    [0, "its partitions change", partitioned, { ...partitioned, partitionBy: ["bucket(3, id)"] }],
    [0, "its order changes", partitioned, { ...partitioned, sortBy: ["label"] }],
    [3, "its partitions are set again", partitioned, { ...partitioned }],
  ])("uses %i splits again if %s", async (kept, _, before, after) => {
    const shop = await interrupted({ layout: before });
    await shop.set("orders", { layout: after });
    expect(await shop.sync()).toMatchObject({ splitsKept: kept });
    await expectRows(shop, numberedRows(1, 100, labelled));
  });
});
