/** Histories of changes and soft deletes: each row that went, came or changed is told once, whoever changed the table. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPlainLake, type ConnectedSource, type PlainLake } from "../../../test/world/plain-lake.ts";
import { numberedRows, type PlainRow, type PlainTable } from "../../../test/world/plain-source.ts";
import { setProperties } from "../../../test/world/set-properties.ts";
import { rollBack } from "./roll-back.ts";

let lake: PlainLake;
beforeAll(async () => {
  lake = await openPlainLake();
});
afterAll(() => lake[Symbol.asyncDispose]());

let sources = 0;
const labelled = (id: number): PlainRow => ({ label: `n${id}` });
const rows = (first: number, last: number): readonly PlainRow[] => numberedRows(first, last, labelled);
const tableOf = (given: readonly PlainRow[], more: Partial<PlainTable> = {}): PlainTable => ({
  columns: { id: "int!", label: "string" },
  key: ["id"],
  rows: given,
  ...more,
});

async function connect(given: readonly PlainRow[], more: Partial<PlainTable> = {}): Promise<ConnectedSource> {
  return lake.connect(`history${++sources}`, { orders: tableOf(given, more) });
}

/** The changes in a history, such as `insert 1 n1`, in the order of their text. */
async function changes(shop: ConnectedSource, table = "orders__history"): Promise<readonly string[]> {
  const found = await shop.rows(table);
  return found.map(({ _operation: operation, id, label }) => `${operation} ${id} ${label}`).toSorted();
}

const withHistory = async (given: readonly PlainRow[], more: Partial<PlainTable> = {}): Promise<ConnectedSource> => {
  const shop = await connect(given, more);
  await shop.sync();
  await shop.set("orders", { history: true });
  await shop.sync();
  return shop;
};

const anyFile = { config: { smallFileBytes: 0 } };

describe("a history", () => {
  test("begins empty, and tells what was inserted, deleted and updated by its key", async () => {
    const shop = await withHistory(rows(1, 10));
    expect(await changes(shop)).toEqual([]);
    shop.source.write("orders", [{ id: 1, label: "changed" }, ...rows(3, 11)]);
    const before = Date.now();
    await shop.sync(anyFile);
    const told = ["delete 2 n2", "insert 11 n11", "update_after 1 changed", "update_before 1 n1"];
    expect(await changes(shop)).toEqual(told);
    const [first] = await shop.rows("orders__history");
    expect(JSON.parse(first?.["_position"] ?? "")).toEqual({ version: 2 });
    expect(Date.parse(`${first?.["_changed_at"]}:00`)).toBeGreaterThan(before - 1_000);
    await shop.sync();
    expect(await changes(shop)).toEqual(told);
  });

  test("without a key tells of each row that came or went", async () => {
    const shop = await withHistory([...rows(1, 2), ...rows(2, 2)], { key: undefined });
    shop.source.write("orders", [{ id: 1, label: "changed" }, ...rows(2, 2)]);
    await shop.sync();
    expect(await changes(shop)).toEqual(["delete 1 n1", "delete 2 n2", "insert 1 changed"]);
  });

  test("is written when the table is replaced as a whole, and when that was asked for", async () => {
    const shop = await withHistory(rows(1, 3));
    shop.source.write("orders", rows(2, 4));
    expect(await shop.syncTable("orders", { full: true })).toMatchObject({ outcome: "reloaded" });
    expect(await changes(shop)).toEqual(["delete 1 n1", "insert 4 n4"]);
  });

  test("follows the table's columns and keeps those that were dropped", async () => {
    const shop = await withHistory(rows(1, 2));
    shop.source.set("orders", tableOf([{ id: 3 }], { columns: { id: "int!" } }));
    await shop.sync();
    shop.source.set("orders", tableOf([{ id: 4, size: 5 }], { columns: { id: "int!", size: "int" } }));
    await shop.sync();
    const told = (await shop.rows("orders__history")).map(({ _operation, id, label, size }) =>
      [_operation, id, label, size].join(),
    );
    expect(told.toSorted()).toEqual(["delete,1,,", "delete,2,,", "delete,3,,", "insert,3,,", "insert,4,,5"]);
  });

  test("tells what another writer changed, before what the run changes", async () => {
    const shop = await withHistory(rows(1, 3));
    await shop.emptyAsOthers("orders");
    await shop.sync();
    const deletes = ["delete 1 n1", "delete 2 n2", "delete 3 n3"];
    expect(await changes(shop)).toEqual([...deletes, "insert 1 n1", "insert 2 n2", "insert 3 n3"]);
    await shop.sync();
    expect(await changes(shop)).toHaveLength(6);
  });

  test("tells what another writer changed when a repair finds it, and a mere comparison adds nothing", async () => {
    const shop = await withHistory(rows(1, 2));
    await shop.emptyAsOthers("orders");
    await shop.reconcile();
    expect(await changes(shop)).toEqual([]);
    await shop.reconcile({ repair: true });
    expect(await changes(shop)).toEqual(["delete 1 n1", "delete 2 n2", "insert 1 n1", "insert 2 n2"]);
  });

  test("says what it lacks when the state up to which it was written is gone", async () => {
    const shop = await withHistory(rows(1, 2));
    const { id } = await shop.table("orders");
    await lake.context.db
      .updateTable("positions")
      .set({ history_snapshot_id: 1n })
      .where("table_id", "=", id)
      .execute();
    const report = await shop.syncTable("orders");
    expect(report.cautions).toEqual([`${shop.name}.orders__history lacks the changes that others made since`]);
    expect(await changes(shop)).toEqual([]);
    expect((await shop.syncTable("orders")).cautions).toEqual([]);
  });

  test("is not written while it is switched off, and tells afterwards what changed meanwhile", async () => {
    const shop = await withHistory(rows(1, 2));
    await shop.set("orders", { history: false });
    shop.source.write("orders", rows(1, 3));
    await shop.sync();
    expect(await changes(shop)).toEqual([]);
    await shop.set("orders", { history: true });
    await shop.sync();
    expect(await changes(shop)).toEqual(["insert 3 n3"]);
  });

  test("makes way for a table of the source that has its name, and such a table is not mistaken for it", async () => {
    const shop = await connect(rows(1, 2));
    shop.source.set("orders__history", tableOf(rows(7, 7)));
    await shop.set("orders", { history: true });
    await shop.sync();
    shop.source.write("orders", rows(1, 3));
    await shop.sync();
    expect(await changes(shop, "orders__history_2")).toEqual(["insert 3 n3"]);
    expect(await shop.rows("orders__history")).toEqual([{ id: "7", label: "n7" }]);
  });

  test("is refused as a name for a table that the source makes later", async () => {
    const shop = await withHistory(rows(1, 2));
    shop.source.set("orders__history", tableOf(rows(7, 7)));
    const { tables } = await shop.sync();
    expect(tables.find(({ sourceTable }) => sourceTable === "main.orders__history")).toMatchObject({
      outcome: "failed",
      error: { code: "LAKE_NAME_TAKEN", message: "the history of another table has this name in the lake" },
    });
  });
});

describe("soft deletes", () => {
  const live = async (shop: ConnectedSource) =>
    (await shop.rows("orders")).map(({ id, label, _deleted_at: at }) => `${id} ${label}${at === null ? "" : " gone"}`);
  const keeping = async (given: readonly PlainRow[], more: Partial<PlainTable> = {}): Promise<ConnectedSource> => {
    const shop = await connect(given, more);
    await shop.set("orders", { softDelete: true });
    await shop.sync();
    return shop;
  };

  test("mark a deleted row, and remove the mark when its key appears again", async () => {
    const shop = await keeping(rows(1, 3));
    shop.source.write("orders", rows(2, 3));
    const before = Date.now();
    expect(await shop.syncTable("orders")).toMatchObject({ outcome: "merged", rows: 2, rowsRemoved: 1 });
    expect(await live(shop)).toEqual(["1 n1 gone", "2 n2", "3 n3"]);
    const [first] = await shop.rows("orders");
    expect(Math.abs(Date.parse(`${first?.["_deleted_at"]}:00`) - before)).toBeLessThan(60_000);
    expect((await shop.syncTable("orders")).outcome).toBe("unchanged");
    shop.source.write("orders", [{ id: 1, label: "again" }, ...rows(2, 3)]);
    await shop.sync();
    expect(await live(shop)).toEqual(["1 again", "2 n2", "3 n3"]);
  });

  test("keep no old version of a row that changed, unless the table has no key", async () => {
    const keyed = await keeping(rows(1, 2));
    keyed.source.write("orders", [{ id: 1, label: "changed" }, ...rows(2, 2)]);
    expect(await keyed.syncTable("orders")).toMatchObject({ rowsUpdated: 1 });
    expect(await live(keyed)).toEqual(["1 changed", "2 n2"]);
    const keyless = await keeping(rows(1, 2), { key: undefined });
    keyless.source.write("orders", [{ id: 1, label: "changed" }, ...rows(2, 2)]);
    await keyless.sync();
    expect((await live(keyless)).toSorted()).toEqual(["1 changed", "1 n1 gone", "2 n2"]);
  });

  test("outlive a table that is loaded from the beginning", async () => {
    const shop = await keeping(rows(1, 3));
    shop.source.write("orders", rows(2, 3));
    await shop.sync({ full: true });
    expect(await live(shop)).toEqual(["1 n1 gone", "2 n2", "3 n3"]);
  });

  test("keep the ids of marked rows in format version 3", async () => {
    const shop = await connect(rows(1, 50));
    const layout = { partitionBy: undefined, sortBy: undefined, targetFileSize: undefined, compression: undefined };
    await shop.set("orders", { softDelete: true, layout: { ...layout, formatVersion: 3 } });
    await shop.sync();
    shop.source.write("orders", rows(2, 50));
    await shop.sync(anyFile);
    expect((await live(shop)).slice(0, 2)).toEqual(["1 n1 gone", "2 n2"]);
    expect(await shop.rows("orders")).toHaveLength(50);
    expect((await shop.reconcile()).tables).toMatchObject([{ equal: true }]);
  });

  test("end with the marked rows when they are switched off", async () => {
    const shop = await keeping(rows(1, 3));
    shop.source.write("orders", rows(2, 3));
    await shop.sync();
    await shop.set("orders", { softDelete: false });
    expect(await shop.syncTable("orders")).toMatchObject({ schemaChanges: ["deleted rows are not kept"] });
    expect(await shop.rows("orders")).toEqual([
      { id: "2", label: "n2" },
      { id: "3", label: "n3" },
    ]);
  });

  test("are told as deletes once, also when they are switched off later", async () => {
    const shop = await keeping(rows(1, 3));
    await shop.set("orders", { history: true });
    await shop.sync();
    shop.source.write("orders", rows(2, 3));
    await shop.sync();
    expect(await changes(shop)).toEqual(["delete 1 n1"]);
    await shop.set("orders", { softDelete: false });
    shop.source.write("orders", rows(3, 3));
    await shop.sync();
    expect(await changes(shop)).toEqual(["delete 1 n1", "delete 2 n2"]);
  });

  test("are marked in a table that exists already, whose rows are not written again", async () => {
    const shop = await connect(rows(1, 2));
    await shop.sync();
    await shop.set("orders", { softDelete: true });
    expect(await shop.syncTable("orders")).toMatchObject({
      schemaChanges: ["deleted rows are kept, marked in _deleted_at"],
      files: 0,
    });
    expect(await live(shop)).toEqual(["1 n1", "2 n2"]);
  });
});

describe("a table that is rolled back", () => {
  /** `onLoaded` is called whenever the table was loaded and before anything is committed. */
  const back = async (shop: ConnectedSource, snapshot: "first" | "present", onLoaded = async () => {}) => {
    const table = await shop.table("orders");
    const { metadata } = table;
    const id = snapshot === "present" ? metadata.currentSnapshotId : metadata.snapshots[0]?.snapshotId;
    const update = {
      action: "set-snapshot-ref",
      refName: "main",
      type: "branch",
      snapshotId: id ?? 0n,
    } as const;
    const updates = snapshot === "present" ? [] : [update];
    const { signal } = new AbortController();
    const { catalog } = lake.context;
    const load: typeof catalog.load = async (entry) => {
      const loaded = await catalog.load(entry);
      if (loaded.id === table.id) await onLoaded();
      return loaded;
    };
    const context = { ...lake.context, catalog: { ...catalog, load } };
    await rollBack(context, { table, updates: () => updates, summary: "rolled back", signal });
  };

  test("has its earlier rows, and its history tells what that changed", async () => {
    const shop = await connect(rows(1, 2));
    await shop.set("orders", { history: true });
    await shop.sync();
    shop.source.write("orders", [{ id: 1, label: "changed" }, ...rows(3, 3)]);
    await shop.sync();
    const told = ["delete 2 n2", "insert 3 n3", "update_after 1 changed", "update_before 1 n1"];
    expect(await changes(shop)).toEqual(told);
    await back(shop, "first");
    expect(await shop.rows("orders")).toEqual([
      { id: "1", label: "n1" },
      { id: "2", label: "n2" },
    ]);
    const undone = ["delete 3 n3", "insert 2 n2", "update_after 1 n1", "update_before 1 changed"];
    expect(await changes(shop)).toEqual([...told, ...undone].toSorted());
    await shop.sync();
    expect(await shop.rows("orders")).toHaveLength(2);
    expect(await changes(shop)).toHaveLength(12);
  });

  test("without a key has each row told by itself", async () => {
    const shop = await connect(rows(1, 2), { key: undefined });
    await shop.set("orders", { history: true });
    await shop.sync();
    shop.source.write("orders", rows(2, 3));
    await shop.sync();
    await back(shop, "first");
    expect(await changes(shop)).toEqual(["delete 1 n1", "delete 3 n3", "insert 1 n1", "insert 3 n3"]);
  });

  test("without a history just has its earlier rows; and nothing is committed where nothing is to be done", async () => {
    const shop = await connect(rows(1, 2));
    await shop.sync();
    shop.source.write("orders", rows(1, 3));
    await shop.sync();
    const count = async () => (await lake.context.db.selectFrom("commits").select("id").execute()).length;
    const before = await count();
    await back(shop, "present");
    expect(await count()).toBe(before);
    await back(shop, "first");
    expect(await shop.rows("orders")).toHaveLength(2);
    expect(await count()).toBe(before + 1);
  });

  test("is rolled back from what another writer made of it meanwhile, who may come first three times", async () => {
    const shop = await connect(rows(1, 2));
    await shop.set("orders", { history: true });
    await shop.sync();
    shop.source.write("orders", rows(2, 2));
    await shop.sync();
    let attempts = 0;
    const first = (times: number) => async () => {
      if (attempts++ < times) await setProperties(lake.context, `${shop.name}.orders`, { attempt: String(attempts) });
    };
    await expect(back(shop, "first", first(9))).rejects.toMatchObject({ code: "COMMIT_CONFLICT" });
    expect(attempts).toBe(4);
    expect(await changes(shop)).toEqual(["delete 1 n1"]);
    attempts = 0;
    await back(shop, "first", first(3));
    expect(attempts).toBe(4);
    expect((await shop.table("orders")).metadata.properties).toMatchObject({ attempt: "3" });
    expect(await shop.rows("orders")).toHaveLength(2);
    expect(await changes(shop)).toEqual(["delete 1 n1", "insert 1 n1"]);
    attempts = 0;
    const failing = back(shop, "first", async () => {
      attempts++;
      throw new TypeError("no");
    });
    await expect(failing).rejects.toThrow(TypeError);
    expect(attempts).toBe(1);
  });

  test("does not tell its changes twice when the next run comes", async () => {
    const shop = await connect(rows(1, 2));
    await shop.set("orders", { history: true, softDelete: true });
    await shop.sync();
    shop.source.write("orders", rows(2, 2));
    await shop.sync();
    await back(shop, "first");
    expect(await changes(shop)).toEqual(["delete 1 n1", "insert 1 n1"]);
    await shop.sync();
    expect(await changes(shop)).toEqual(["delete 1 n1", "delete 1 n1", "insert 1 n1"]);
  });

  test("before its history exists leaves the history to the next run", async () => {
    const shop = await connect(rows(1, 2));
    await shop.sync();
    shop.source.write("orders", rows(1, 3));
    await shop.sync();
    await shop.set("orders", { history: true });
    await back(shop, "first");
    await expect(shop.table("orders__history")).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
    await shop.sync();
    expect(await changes(shop)).toEqual(["insert 3 n3"]);
  });
});
