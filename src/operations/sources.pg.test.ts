/** Sources and the tables that they feed, from connecting one to forgetting it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { settingsOfSource } from "../sync/settings/table-settings.ts";
import { openPlainLake, programOf, type ConnectedSource, type PlainLake } from "../../test/world/plain-lake.ts";
import { labelled, labelledTable, numberedRows } from "../../test/world/plain-source.ts";
import { databaseList } from "./databases.ts";
import { nameList } from "./names.ts";
import { scheduleSet } from "./schedules.ts";
import { sourceAdd, sourceDiscover, sourceList, sourceRemove, sourceSet, sourceShow, sourceTest } from "./sources.ts";
import { sync } from "./sync.ts";
import { tablePause, tableReset } from "./table-control.ts";
import { tableDrop } from "./table-drop.ts";
import { tableSet } from "./table-set.ts";
import { tableShow } from "./tables.ts";

let lake: PlainLake;
beforeAll(async () => {
  lake = await openPlainLake();
});
afterAll(() => lake[Symbol.asyncDispose]());

let sources = 0;
const connect = (): Promise<ConnectedSource> =>
  lake.connect(`op${++sources}`, { a: labelledTable(3), b: labelledTable(1) });
async function loaded(): Promise<ConnectedSource> {
  const shop = await connect();
  await shop.sync();
  return shop;
}
describe("a source", () => {
  test("is tried, then connected, and shown without its password", async () => {
    const made = lake.make({ a: labelledTable(1) });
    const url = made.url.replace("plain://", "plain://me@");
    const added = await lake.ask(sourceAdd, { name: "added", url, password: "secret", newTables: "ask" });
    expect(added).toMatchObject({
      server: { product: "Plain", version: "1" },
      source: { name: "added", connector: "plain", url, newTables: "ask", freshness: null, origin: null },
    });
    expect(JSON.stringify(added)).not.toContain("secret");
    expect((await lake.ask(sourceList)).sources).toContainEqual(added.source);
    await expect(lake.ask(sourceAdd, { name: "added", url })).rejects.toMatchObject({ code: "SOURCE_EXISTS" });
    expect((await lake.context.sources.get("added")).identity).toBe(made.url);
  });

  test("without a database is connected only if all databases are wanted", async () => {
    const made = lake.make({ "crm.a": labelledTable(1), "shop.b": labelledTable(1), "shop.c": labelledTable(1) });
    made.gifts.mainSchema = undefined;
    await expect(lake.ask(sourceAdd, { name: "all", url: made.url })).rejects.toMatchObject({
      code: "USAGE",
      message: "the address names no database; this user sees the databases crm, shop",
    });
    const empty = lake.make({});
    empty.gifts.mainSchema = undefined;
    await expect(lake.ask(sourceAdd, { name: "all", url: empty.url })).rejects.toMatchObject({
      message: "the address names no database; this user sees no database that has tables",
    });
    await lake.ask(sourceAdd, { name: "all", url: made.url, allDatabases: true });
    const named = lake.make({});
    await lake.ask(sourceAdd, { name: "named", url: named.url });
  });

  test("lists what it holds, by patterns", async () => {
    const { name } = await connect();
    const names = async (tables: readonly string[]) =>
      (await lake.ask(sourceDiscover, { name, tables })).objects.map((object) => object.name.name);
    expect(await names([])).toEqual(["a", "b"]);
    expect(await names(["b*"])).toEqual(["b"]);
    await expect(names(["c"])).rejects.toMatchObject({ code: "SOURCE_TABLE_NOT_FOUND", place: `${name}: c` });
    const none = await lake.connect(`op${++sources}`, {});
    expect((await lake.ask(sourceDiscover, { name: none.name })).objects).toEqual([]);
  });

  test("is tested without the tables that it, or the caller, leaves out", async () => {
    const { name, source } = await connect();
    await lake.context.db.updateTable("sources").set({ exclude: '["b"]' }).where("name", "=", name).execute();
    source.set("c", labelledTable(1));
    const meant = async (exclude?: readonly string[]) =>
      (await lake.ask(sourceTest, { name, exclude })).checks.map((check) => check.name);
    expect(await meant()).toEqual(["main.a", "main.c"]);
    expect(await meant(["c"])).toEqual(["main.a"]);
    await expect(meant(["nothing"])).rejects.toMatchObject({ code: "SOURCE_TABLE_NOT_FOUND" });
  });

  test("is shown with the state of each table that it feeds", async () => {
    const shop = await loaded();
    await shop.set("a", {
      active: false,
      softDelete: true,
      history: true,
      key: ["id"],
      freshness: 60,
      mode: { mode: "cursor", column: "id", overlap: 1 },
    });
    const { tables } = await lake.ask(sourceShow, { name: shop.name });
    expect(tables).toMatchObject([
      {
        sourceTable: "main.a",
        lakeTable: `${shop.name}.a`,
        active: false,
        mode: "cursor",
        softDelete: true,
        history: true,
        key: ["id"],
        freshness: 60,
        rows: 3,
      },
      {
        sourceTable: "main.b",
        active: true,
        mode: "diff",
        softDelete: false,
        key: null,
        freshness: null,
        origin: null,
        partitionBy: null,
      },
    ]);
    await expect(lake.ask(sourceShow, { name: "nowhere" })).rejects.toMatchObject({ code: "SOURCE_NOT_FOUND" });
  });

  test("is changed without being asked, unless its address or password changes", async () => {
    const { name, source } = await connect();
    const changed = await lake.ask(sourceSet, { name, newTables: "ignore", freshness: 60, unsignedBigint: "long" });
    expect(changed).toMatchObject({
      notes: [],
      source: { newTables: "ignore", freshness: 60, unsignedBigint: "long" },
    });
    expect(changed.server).toBeUndefined();
    expect(source.asked).toEqual([]);
    expect(await lake.ask(sourceSet, { name, password: "new" })).toMatchObject({
      server: { product: "Plain" },
      notes: [],
    });
    expect(await lake.context.sources.hasPassword(name, "new")).toBe(true);
    expect((await lake.ask(sourceSet, { name, freshness: null })).source.freshness).toBeNull();
  });

  test("leaves out the tables that somebody excludes, and says so in what it is", async () => {
    const { name } = await connect();
    expect((await lake.ask(sourceSet, { name, exclude: ["main.b"] })).source.exclude).toEqual(["main.b"]);
    const outcomes = async () =>
      (await lake.ask(sync, { source: name })).tables.map(({ sourceTable, outcome }) => `${sourceTable} ${outcome}`);
    expect(await outcomes()).toEqual(["main.a created"]);
    expect((await lake.ask(sourceShow, { name })).source).toMatchObject({ include: [], exclude: ["main.b"] });
    await lake.ask(sourceSet, { name, exclude: [] });
    expect(await outcomes()).toEqual(["main.a unchanged", "main.b created"]);
  });
});

describe("another address", () => {
  const move = (name: string, url: string, more: object = {}) => lake.ask(sourceSet, { name, url, ...more });

  test("of the same server makes each table be compared once", async () => {
    const shop = await loaded();
    const same = shop.source.url.replace("plain://", "plain://else@");
    const identity = shop.source.url;
    await lake.context.db.updateTable("sources").set({ identity }).where("name", "=", shop.name).execute();
    expect((await move(shop.name, same)).notes).toEqual([
      "this is the same server and database; the next sync compares each table once",
    ]);
    expect((await shop.syncTable("a")).reason).toBe("read again and equal to the lake");
  });

  test("that is the old one changes nothing", async () => {
    const shop = await loaded();
    expect((await move(shop.name, shop.source.url)).notes).toEqual([]);
    expect((await shop.syncTable("a")).reason).toBe("the source proves that nothing was written");
  });

  test("of another server, or of an unknown one, is told, and so are tables that are not there", async () => {
    const shop = await loaded();
    const other = lake.make({ a: labelledTable(2) });
    const { notes } = await move(shop.name, other.url);
    expect(notes).toEqual([
      "1 of 2 tables do not exist at the new address and stay as they are: b",
      "Headgate cannot tell whether this is the same server: the next sync compares each table with it and changes the rows that differ; nothing is loaded again",
    ]);
    const third = lake.make({ a: labelledTable(2), b: labelledTable(1) });
    expect((await move(shop.name, third.url)).notes).toEqual([
      "this is another server, or the same one after a restore: the next sync compares each table with it and changes the rows that differ; nothing is loaded again",
    ]);
    expect(await shop.syncTable("a")).toMatchObject({ rowsRemoved: 1 });
  });

  test("at which none of the tables is, is refused, and the old one stays", async () => {
    const tables = Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((name) => [name, labelledTable(1)]));
    const shop = await lake.connect(`op${++sources}`, tables);
    await shop.sync();
    const other = lake.make({ z: labelledTable(1) });
    await expect(move(shop.name, other.url)).rejects.toMatchObject({
      code: "SOURCE_TABLE_NOT_FOUND",
      message: `none of the 6 tables that ${shop.name} has in the lake exists at this address: a, b, c, d, e …`,
    });
    expect((await shop.registered()).url).toBe(new URL(shop.source.url).href);
    const five = lake.make({ a: labelledTable(1) });
    expect((await move(shop.name, five.url)).notes[0]).toBe(
      "5 of 6 tables do not exist at the new address and stay as they are: b, c, d, e, f",
    );
  });

  test("must name a database like any other", async () => {
    const { name } = await connect();
    const other = lake.make({ a: labelledTable(1) });
    other.gifts.mainSchema = undefined;
    await expect(move(name, other.url)).rejects.toMatchObject({ code: "USAGE" });
    await move(name, other.url, { allDatabases: true });
  });

  test("gets the stored password only from the owner of the data directory, or on the same host", async () => {
    const { name, source } = await connect();
    const other = lake.make({ a: labelledTable(1) });
    const principal = await programOf(lake, "administrator");
    const remotely = (url: string, more: object = {}) => lake.ask(sourceSet, { name, url, ...more }, { principal });
    const refused = { code: "USAGE", place: name, message: expect.stringContaining("is not sent to another host") };
    await expect(remotely(other.url)).rejects.toMatchObject(refused);
    await expect(remotely(`${source.url}?tls=disable`)).rejects.toMatchObject(refused);
    await remotely(source.url.replace("plain://", "plain://else@"));
    await remotely(other.url, { password: "theirs" });
    await remotely(source.url.replace("plain://", "plain://me:theirs@"));
    await expect(remotely("nowhere")).rejects.toMatchObject({ code: "USAGE", place: "the source's address" });
    await lake.ask(sourceSet, { name, password: "mine" }, { principal });
    await move(name, other.url);
  });

  test("of a declared source has to be changed in its file too", async () => {
    const { name } = await connect();
    await lake.context.db.updateTable("sources").set({ origin: "lake.yaml" }).where("name", "=", name).execute();
    const told = [`${name} is declared in lake.yaml: change it there too, or the next apply takes this back`];
    expect((await lake.ask(sourceSet, { name, password: "new" })).notes).toEqual(told);
    expect((await lake.ask(sourceSet, { name, newTables: "ask" })).notes).toEqual([]);
  });
});

describe("a source that is removed", () => {
  async function settled(): Promise<ConnectedSource> {
    const shop = await loaded();
    await shop.set("a", { history: true });
    await shop.sync();
    await lake.ask(scheduleSet, { name: `${shop.name}_daily`, source: shop.name, cron: "0 3 * * *" });
    return shop;
  }

  test("is shown with what goes, goes, and leaves its tables", async () => {
    const shop = await settled();
    const going = {
      tables: [`${shop.name}.a`, `${shop.name}.a__history`, `${shop.name}.b`],
      schedules: [`${shop.name}_daily`],
      settings: ["main.a"],
      declaredIn: null,
    };
    expect(await lake.ask(sourceRemove, { name: shop.name, plan: true })).toEqual({ removed: null, ...going });
    expect((await shop.registered()).name).toBe(shop.name);
    expect(await lake.ask(sourceRemove, { name: shop.name })).toEqual({ removed: shop.name, ...going });
    await expect(shop.registered()).rejects.toMatchObject({ code: "SOURCE_NOT_FOUND" });
    expect(await shop.rows("a")).toHaveLength(3);
  });

  test("takes its tables and their histories with it if that is asked for, and no others", async () => {
    const [shop, other] = [await settled(), await loaded()];
    await lake.ask(sourceRemove, { name: shop.name, dropTables: true });
    expect(await lake.context.catalog.entries(shop.name)).toEqual([]);
    expect(await other.rows("a")).toHaveLength(3);
  });
});

describe("the settings of a table", () => {
  const set = (shop: ConnectedSource, more: object, table = "a") =>
    lake.ask(tableSet, { table: `${shop.name}.${table}`, ...more });

  test("are shown, and stored only if something is asked for", async () => {
    const shop = await loaded();
    expect(await set(shop, {})).toEqual({
      table: `${shop.name}.a`,
      source: shop.name,
      mode: { mode: "diff", reason: "exact for every table" },
      softDelete: false,
      history: false,
    });
    const { id } = await shop.registered();
    expect(await settingsOfSource(lake.context.db, id)).toEqual([]);
    expect(await set(shop, { softDelete: true })).toMatchObject({ softDelete: true, history: false });
    expect(await settingsOfSource(lake.context.db, id)).toHaveLength(1);
  });

  test("stay as they are if they are not named, and null removes one", async () => {
    const shop = await loaded();
    const all = {
      softDelete: true,
      history: true,
      partitionBy: ["bucket(2, id)"],
      sortBy: ["label desc"],
      targetFileSize: 64,
      compression: "gzip",
      formatVersion: 3,
      key: ["label"],
      freshness: 60,
      unsignedBigint: "long",
    };
    expect(await set(shop, all)).toMatchObject(all);
    expect(await set(shop, { freshness: 61 })).toMatchObject({ ...all, freshness: 61 });
    const removed = { partitionBy: null, sortBy: null, targetFileSize: null, compression: null };
    const others = { formatVersion: null, key: null, freshness: null, unsignedBigint: null };
    expect(await set(shop, { ...removed, ...others, softDelete: false, history: false })).toEqual({
      table: `${shop.name}.a`,
      source: shop.name,
      mode: { mode: "diff", reason: "exact for every table" },
      softDelete: false,
      history: false,
    });
  });

  test("choose a mode, with the usual overlap and the unit of its column", async () => {
    const shop = await loaded();
    expect((await set(shop, { mode: "cursor", column: "id" })).mode).toMatchObject({
      mode: "cursor",
      column: "id",
      overlap: 10_000,
    });
    expect((await set(shop, { mode: "cursor", column: "id", overlap: 0 })).mode).toMatchObject({ overlap: 0 });
    const { id } = await shop.registered();
    const stored = async () => (await settingsOfSource(lake.context.db, id))[0]?.settings.mode;
    expect(await stored()).toEqual({ mode: "cursor", column: "id", overlap: 0, unit: "number" });
    expect((await set(shop, { history: true })).mode).toMatchObject({ mode: "cursor", overlap: 0 });
    expect((await set(shop, { mode: "diff" })).mode).toEqual({ mode: "diff", reason: "chosen" });
    expect((await set(shop, { mode: "auto" })).mode).toMatchObject({ reason: "exact for every table" });
    expect(await stored()).toBeUndefined();
  });

  test.each([
    [{ mode: "cursor" }, "the mode cursor needs a column"],
    [{ mode: "cursor", column: "label" }, "label is neither a number nor a time"],
    [{ mode: "diff", column: "id" }, "a column and an overlap can only be set with the mode cursor"],
    [{ overlap: 5 }, "a column and an overlap can only be set with the mode cursor"],
    [{ column: "id" }, "a column and an overlap can only be set with the mode cursor"],
    [{ key: ["nothing"] }, "the table has no column nothing"],
    [{ partitionBy: ["nothing"] }, "the table has no column nothing"],
    [{ sortBy: ["hour(label)"] }, "hour does not apply to a column of type string"],
  ])("refuse %j", async (more, message) => {
    const shop = await loaded();
    await expect(set(shop, more)).rejects.toMatchObject({ code: "USAGE", message: expect.stringContaining(message) });
    expect(await settingsOfSource(lake.context.db, (await shop.registered()).id)).toEqual([]);
  });

  test("let a table without a key have a cursor once its key is named", async () => {
    const shop = await connect();
    shop.source.set("c", labelledTable(1, { key: undefined }));
    const cursor = { mode: "cursor", column: "id" };
    await expect(set(shop, cursor, "c")).rejects.toMatchObject({ message: "the table has no key to find the rows by" });
    expect((await set(shop, { ...cursor, key: ["id"] }, "c")).mode).toMatchObject({ mode: "cursor" });
    expect((await set(shop, cursor, "c")).mode).toMatchObject({ mode: "cursor" });
  });

  test("never take a table back from format version 3", async () => {
    const shop = await loaded();
    await set(shop, { formatVersion: 3 });
    await set(shop, { formatVersion: 2 });
    await set(shop, { formatVersion: 3 });
    shop.source.write("a", numberedRows(1, 2, labelled));
    await shop.sync();
    await expect(set(shop, { formatVersion: 2 })).rejects.toMatchObject({
      message: "the table has format version 3 and cannot go back to version 2",
    });
    await set(shop, { formatVersion: 3 });
    await set(shop, { targetFileSize: 8 });
  });
});

describe("a table that is named", () => {
  test("may be one that no run has loaded yet", async () => {
    const shop = await connect();
    shop.source.set("crm.z", labelledTable(1));
    expect(await lake.ask(tablePause, { table: `${shop.name}.b`, paused: true })).toEqual({
      table: `${shop.name}.b`,
      paused: true,
    });
    expect((await lake.ask(tablePause, { table: `${shop.name}_crm.z`, paused: true })).paused).toBe(true);
    const { tables } = await shop.sync();
    expect(tables.map(({ sourceTable, outcome }) => `${sourceTable} ${outcome}`)).toEqual([
      "main.a created",
      "main.b paused",
      "crm.z paused",
    ]);
    await lake.ask(tablePause, { table: `${shop.name}.b`, paused: false });
    expect((await shop.syncTable("b")).outcome).toBe("created");
  });

  test("is looked for only at sources whose tables would be in its database", async () => {
    const [shop, other] = [await connect(), await connect()];
    await expect(lake.ask(tablePause, { table: `${shop.name}.c`, paused: true })).rejects.toMatchObject({
      code: "TABLE_NOT_FOUND",
    });
    expect(shop.source.asked).toContain("discover");
    expect(other.source.asked).toEqual([]);
    await expect(lake.ask(tablePause, { table: "zz", paused: true })).rejects.toMatchObject({
      code: "TABLE_NOT_FOUND",
    });
    expect(other.source.asked).toEqual([]);
    await expect(lake.ask(tablePause, { table: `${shop.name}x.a`, paused: true })).rejects.toMatchObject({
      code: "TABLE_NOT_FOUND",
    });
  });

  test("that no source feeds has nothing to set, until its source is connected again", async () => {
    const shop = await loaded();
    await lake.context.sources.remove(shop.name);
    const pause = () => lake.ask(tablePause, { table: `${shop.name}.a`, paused: true });
    await expect(pause()).rejects.toMatchObject({
      code: "USAGE",
      message: `no source feeds ${shop.name}.a, so there is nothing to set, pause or reset`,
    });
    await lake.context.sources.add({ name: shop.name, url: shop.source.url, password: undefined });
    expect(await pause()).toMatchObject({ paused: true });
  });

  test("is paused without asking its source, which may not answer", async () => {
    const shop = await loaded();
    shop.source.asked.length = 0;
    await lake.ask(tablePause, { table: `${shop.name}.a`, paused: true });
    expect(shop.source.asked).toEqual([]);
  });

  test("is read whole once after a reset, and no other table is", async () => {
    const shop = await loaded();
    expect(await lake.ask(tableReset, { table: `${shop.name}.a` })).toEqual({ table: `${shop.name}.a` });
    const { tables } = await shop.sync();
    expect(tables.map(({ reason }) => reason)).toEqual([
      "read again and equal to the lake",
      "the source proves that nothing was written",
    ]);
  });

  test("is dropped after it was shown what goes", async () => {
    const shop = await loaded();
    const table = `${shop.name}.a`;
    expect(await lake.ask(tableDrop, { table, plan: true })).toMatchObject({
      table,
      rows: 3,
      dropped: false,
      filesDeleted: 0,
    });
    expect(await lake.ask(tableShow, { table })).toMatchObject({ rows: 3, name: "a" });
    const dropped = await lake.ask(tableDrop, { table });
    expect(dropped).toMatchObject({ dropped: true, filesStay: false });
    expect(dropped.filesDeleted).toBeGreaterThan(0);
    await expect(lake.ask(tableShow, { table })).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
    await lake.context.sources.remove(shop.name);
    const other = await lake.ask(tableDrop, { table: `${shop.name}.b`, keepFiles: true });
    expect(other).toMatchObject({ dropped: true, filesStay: true, filesDeleted: 0, source: null });
  });
});

test("names are listed by what they name", async () => {
  const shop = await loaded();
  const names = async (kind: string, source?: string) => (await lake.ask(nameList, { kind, source })).names;
  expect(await names("source")).toContain(shop.name);
  expect(await names("table")).toContain(`${shop.name}.a`);
  expect(await names("database")).toContain(shop.name);
  expect(await names("source-table", shop.name)).toEqual(["main.a", "main.b"]);
  expect(await names("source-table")).toEqual([]);
  expect((await names("run"))[0]).toBe("latest");
  expect((await names("run")).length).toBeGreaterThan(1);
  expect(await names("schedule")).not.toContain(shop.name);
  await lake.context.catalog.ensureDatabase("empty");
  const { databases } = await lake.ask(databaseList);
  expect(databases).toContainEqual({ name: shop.name, tables: 2, sources: [shop.name] });
  expect(databases).toContainEqual({ name: "empty", tables: 0, sources: [] });
  const nobody = await lake.ask(databaseList, {}, { principal: await programOf(lake, "none") });
  expect(nobody.databases).toEqual([]);
});
