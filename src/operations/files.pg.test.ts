/** Sources whose tables are files: how far they lag, the controller, descriptions by others, and what is declared of them. */
import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { openPlainLake, type PlainLake } from "../../test/world/plain-lake.ts";
import { labelledTable } from "../../test/world/plain-source.ts";
import { must } from "../base/must.ts";
import { dmsFiles } from "../connectors/dms-files/dms-files.ts";
import { settingsOfSource } from "../sync/settings/table-settings.ts";
import { sourceControl, sourceController } from "./controller/source-controller.ts";
import { tableController } from "./controller/table-controller.ts";
import { declarationApply } from "./declaration/apply.ts";
import { sourceDefine } from "./source-define.ts";
import { sourceAdd } from "./sources.ts";
import { status } from "./status.ts";
import { sync } from "./sync.ts";
import { tablePause } from "./table-control.ts";
import { tableDrop } from "./table-drop.ts";
import { tableSet } from "./table-set.ts";
import { lagOfSource, restingLag } from "./unread-files.ts";

let lake: PlainLake;
beforeAll(async () => {
  lake = await openPlainLake(async (means) => [dmsFiles(means)]);
});
afterAll(() => lake[Symbol.asyncDispose]());

let folders = 0;
const load = "id,note\n1,a\n2,b\n";
const change = "Op,id,note\nU,2,c\n";

interface Feed {
  readonly name: string;
  readonly url: string;
  readonly directory: string;
  /** Writes files, each at this minute of 2024. */
  put(files: Readonly<Record<string, readonly [minute: number, text: string]>>): Promise<void>;
}

function minuteOf(minute: number): string {
  return new Date(Date.UTC(2024, 0, 1, 0, minute)).toISOString();
}

async function filesOf(files: Parameters<Feed["put"]>[0]): Promise<Feed> {
  const name = `feed${++folders}`;
  const directory = join(lake.files, name);
  const put: Feed["put"] = async (more) => {
    for (const [path, [minute, text]] of Object.entries(more)) {
      const at = join(directory, path);
      await mkdir(dirname(at), { recursive: true });
      await writeFile(at, text);
      await utimes(at, new Date(minuteOf(minute)), new Date(minuteOf(minute)));
    }
  };
  await put(files);
  return { name, url: `dms-files+file://${directory}?settle=0`, directory, put };
}

async function connected(files: Parameters<Feed["put"]>[0], more: object = {}): Promise<Feed> {
  const feed = await filesOf(files);
  await lake.ask(sourceAdd, { name: feed.name, url: feed.url, ...more });
  return feed;
}

const control = (table: string, more: object = {}) => lake.ask(tableController, { table, ...more });
const registered = ({ name }: Pick<Feed, "name">) => lake.context.sources.get(name);
const exclude = ({ name }: Feed, tables: readonly string[]) => lake.context.sources.change(name, { exclude: tables });

describe("the lag", () => {
  const lagOf = async ({ name }: Feed) =>
    must(
      (await lake.ask(status)).sources.find(({ source }) => source === name),
      "a status",
    ).unread;
  const lagging = async (feed: Feed) => (await lagOf(feed))?.tables.map(({ table }) => table);
  const three = {
    "shop/item/LOAD00000001.csv": [5, load],
    "crm/item/LOAD00000001.csv": [1, load],
    "shop/store/LOAD00000001.csv": [3, load],
  } as const;

  test("is of all tables that runs read, the oldest file first", async () => {
    const feed = await connected({ ...three, "shop/item/20240101-000000001.csv": [6, change] });
    expect(await lagOf(feed)).toEqual({
      oldestAt: minuteOf(1),
      tables: [
        { table: "crm.item", files: 1, oldestAt: minuteOf(1) },
        { table: "shop.store", files: 1, oldestAt: minuteOf(3) },
        { table: "shop.item", files: 2, oldestAt: minuteOf(5) },
      ],
    });
    await lake.ask(tablePause, { table: `${feed.name}_shop.item`, paused: true });
    expect(await lagging(feed)).toEqual(["crm.item", "shop.store"]);
    await exclude(feed, ["crm.item"]);
    expect(await lagging(feed)).toEqual(["shop.store"]);
  });

  test("is of tables that somebody took in, where the source asks", async () => {
    const feed = await connected(three, { newTables: "ask" });
    expect(await lagOf(feed)).toEqual({ oldestAt: null, tables: [] });
    await lake.ask(tablePause, { table: `${feed.name}_shop.item`, paused: false });
    expect(await lagging(feed)).toEqual(["shop.item"]);
    await lake.ask(sync, { source: feed.name, tables: ["crm.item"], full: false });
    await feed.put({ "crm/item/20240101-000000001.csv": [9, change] });
    expect(await lagging(feed)).toEqual(["shop.item", "crm.item"]);
  });

  test("is unknown while the files cannot be listed, and none of a database", async () => {
    const feed = await connected(three);
    await rm(feed.directory, { recursive: true });
    expect(await lagOf(feed)).toMatchObject({ oldestAt: null, tables: [], error: { code: "SOURCE_DATABASE_UNKNOWN" } });
    const shop = await lake.connect("plain", { a: labelledTable(1) });
    expect(await lagOfSource(lake.context, await shop.registered())).toBeNull();
  });

  test("is found once a minute for those who ask again and again", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const [feed, other] = [await connected(three), await connected(three)];
    const resting = async (of: Feed) => (await restingLag(lake.context)(await registered(of)))?.tables.length;
    expect([await resting(feed), await resting(other)]).toEqual([3, 3]);
    const began = Date.now();
    for (const one of [feed, other]) await lake.ask(tablePause, { table: `${one.name}_shop.item`, paused: true });
    vi.setSystemTime(began + 59_999);
    expect(await resting(feed)).toBe(3);
    vi.setSystemTime(began + 60_000);
    expect(await resting(feed)).toBe(2);
    expect(await resting(other)).toBe(2);
  });
});

test("a directory can be an address if it has files of DMS", async () => {
  const { directory, url } = await filesOf({ "shop/item/LOAD00000001.csv": [1, load] });
  const { source } = await lake.ask(sourceAdd, { name: "directory", url: directory });
  expect(source.url).toBe(url.replace(/\?.*/, ""));
  await rm(join(directory, "shop"), { recursive: true });
  await expect(lake.ask(sourceAdd, { name: "empty", url: directory })).rejects.toMatchObject({
    code: "USAGE",
    place: directory,
  });
});

describe("the controller of a source", () => {
  const item = (path: string, more: object = {}) => ({ path: `bucket/${path}/`, ActiveFlag: "true", ...more });
  const readIn = ({ name }: Feed, items: readonly object[]) =>
    lake.ask(sourceControl, { name, export: JSON.stringify(items) });

  test("lists all tables that may be loaded", async () => {
    const feed = await connected({ "shop/item/LOAD00000001.csv": [1, load], "crm/item/LOAD00000001.csv": [1, load] });
    await exclude(feed, ["crm.item"]);
    expect(await lake.ask(sourceController, { name: feed.name })).toEqual({
      tables: [
        {
          table: `${feed.name}_shop.item`,
          sourceTable: "shop.item",
          ActiveFlag: true,
          PrimaryKey: null,
          PartitionKey: null,
          LastFullLoadDate: null,
          LastIncrementalFile: null,
        },
      ],
    });
  });

  test("lists no views, and partitioned tables like others", async () => {
    const kinds = ["table", "view", "partitioned table"] as const;
    await lake.connect(
      "kinds",
      Object.fromEntries(kinds.map((kind, index) => [`t${index}`, labelledTable(1, { kind })])),
    );
    const { tables } = await lake.ask(sourceController, { name: "kinds" });
    expect(tables.map(({ table }) => table)).toEqual(["kinds.t0", "kinds.t2"]);
  });

  test("is read in for exactly the tables that it names", async () => {
    const feed = await connected({ "shop/item/LOAD00000001.csv": [1, load], "crm/store/LOAD00000001.csv": [1, load] });
    const items = [
      item("crm/item", { PrimaryKey: "id" }),
      item("shop/store", { PrimaryKey: "id" }),
      item("crm/store", { ActiveFlag: "false", PrimaryKey: "id", PartitionKey: "note" }),
      item("shop/item", { PrimaryKey: "nothing" }),
    ];
    const { tables, skipped } = await readIn(feed, items);
    expect(tables).toMatchObject([
      { sourceTable: "crm.store", ActiveFlag: false, PrimaryKey: "id", PartitionKey: "note" },
    ]);
    const none = "the source has no such table";
    expect(skipped).toEqual([
      { table: "crm.item", reason: none },
      { table: "shop.store", reason: none },
      { table: "shop.item", reason: "the table has no column nothing, which should be part of the key" },
    ]);
    expect(await settingsOfSource(lake.context.db, (await registered(feed)).id)).toHaveLength(1);
  });
});

describe("the controller of a table", () => {
  test("sets each of its fields alone", async () => {
    const feed = await connected({ "shop/item/LOAD00000001.csv": [1, load] });
    const table = `${feed.name}_shop.item`;
    await expect(control(table, { PrimaryKey: "nothing" })).rejects.toMatchObject({ code: "USAGE" });
    await expect(control(table, { PartitionKey: "nothing" })).rejects.toMatchObject({ code: "USAGE" });
    expect(await control(table, { PrimaryKey: "id" })).toMatchObject({ PrimaryKey: "id", PartitionKey: null });
    expect(await control(table, { PartitionKey: "note" })).toMatchObject({ PrimaryKey: "id", PartitionKey: "note" });
    expect(await control(table, { ActiveFlag: false })).toMatchObject({ ActiveFlag: false, PrimaryKey: "id" });
    expect(await control(table, { PrimaryKey: null })).toMatchObject({ ActiveFlag: false, PrimaryKey: null });
    expect(await control(table, { PartitionKey: null, ActiveFlag: true })).toMatchObject({
      ActiveFlag: true,
      PartitionKey: null,
    });
  });

  test("is active once somebody took it in, where the source asks", async () => {
    const feed = await connected({ "shop/item/LOAD00000001.csv": [1, load] }, { newTables: "ask" });
    const table = `${feed.name}_shop.item`;
    expect(await control(table)).toMatchObject({ ActiveFlag: false });
    expect(await control(table, { ActiveFlag: true })).toMatchObject({ ActiveFlag: true });
    expect(await control(table, { ActiveFlag: false })).toMatchObject({ ActiveFlag: false });
  });

  test("is active once a run loaded it, until it is dropped", async () => {
    const feed = await connected({ "shop/item/LOAD00000001.csv": [1, load] }, { newTables: "ask" });
    const table = `${feed.name}_shop.item`;
    await lake.ask(sync, { source: feed.name, tables: ["shop.item"], full: false });
    expect(await control(table)).toMatchObject({ ActiveFlag: true });
    await lake.ask(tableDrop, { table, keepFiles: false });
    await expect(control(table)).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
    expect((await lake.ask(sourceController, { name: feed.name })).tables).toMatchObject([{ ActiveFlag: false }]);
  });

  test("moves its place in the files, each part alone", async () => {
    const changes = { "shop/item/20240101-000000001.csv": [2, change] } as const;
    const feed = await connected({ "shop/item/LOAD00000001.csv": [1, load], ...changes });
    const table = `${feed.name}_shop.item`;
    const file = "20240101-000000001.csv";
    await lake.ask(tableSet, { table, key: ["id"] });
    expect(await control(table, { LastIncrementalFile: file })).toMatchObject({ LastIncrementalFile: null });
    await lake.ask(sync, { source: feed.name, tables: [], full: false });
    const time = "2024-01-01 00:01:00.000";
    expect(await control(table)).toMatchObject({ LastFullLoadDate: time, LastIncrementalFile: file });
    expect(await control(table, { LastIncrementalFile: null })).toMatchObject({
      LastFullLoadDate: time,
      LastIncrementalFile: null,
    });
    expect(await control(table, { LastIncrementalFile: file, LastFullLoadDate: null })).toMatchObject({
      LastFullLoadDate: null,
      LastIncrementalFile: file,
    });
    expect(await control(table, { LastFullLoadDate: "2023-12-31 23:00:00" })).toMatchObject({
      LastFullLoadDate: "2023-12-31 23:00:00.000",
    });
  });

  test("has no place in a database", async () => {
    await lake.connect("rows", { a: labelledTable(1) });
    expect(await control("rows.a")).toMatchObject({ LastFullLoadDate: null, LastIncrementalFile: null });
    await expect(control("rows.a", { ActiveFlag: false, LastFullLoadDate: null })).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("belong to tables that are files; rows is Plain"),
    });
    expect(await control("rows.a")).toMatchObject({ ActiveFlag: true });
  });
});

describe("descriptions by others", () => {
  const glue = (name: string, columns: Readonly<Record<string, string>>): string =>
    JSON.stringify({
      Name: name,
      StorageDescriptor: {
        Columns: Object.entries(columns).map(([Name, Type]) => ({ Name, Type })),
        Location: `s3://bucket/shop/${name}/`,
      },
    });
  const located = (table: string) => ({ "schema-name": "shop", "table-name": table });
  const select = (table: string, action = "include") => ({
    "rule-type": "selection",
    "rule-action": action,
    "object-locator": located(table),
  });
  const transform = (action: string, target: string, more: object) => ({
    "rule-type": "transformation",
    "rule-action": action,
    "rule-target": target,
    "object-locator": located("item"),
    ...more,
  });
  const mappingOf = (...rules: readonly object[]): string => JSON.stringify({ rules });
  const key = (...columns: readonly string[]) =>
    transform("define-primary-key", "table", { "primary-key-def": { name: "pk", columns } });
  const define = ({ name }: Feed, more: object = {}) => lake.ask(sourceDefine, { name, ...more });
  const unnamed = { "shop/item/LOAD00000001.csv": [1, "1,a,7\n2,b,8\n"] } as const;

  test("say of one table what each of them says", async () => {
    const feed = await connected({ ...unnamed, "shop/store/LOAD00000001.csv": [1, load] });
    const { tables, skipped, excluded } = await define(feed, {
      glueTables: [glue("item", { id: "int", note: "string", size: "int" }), glue("other", { id: "int" })],
      tableMapping: mappingOf(
        select("%"),
        key("id"),
        transform("change-data-type", "column", {
          "object-locator": { ...located("item"), "column-name": "size" },
          "data-type": { type: "int8" },
        }),
      ),
    });
    expect(tables).toEqual([
      {
        table: `${feed.name}_shop.item`,
        sourceTable: "shop.item",
        columns: [
          { name: "id", type: "int" },
          { name: "note", type: "string" },
          { name: "size", type: "long" },
        ],
        key: ["id"],
        left: [],
      },
    ]);
    expect(skipped).toEqual([{ table: "other", reason: "the source has no such table" }]);
    expect(excluded).toEqual([]);
    const more = { glueTables: [glue("item", { id: "bigint", text: "string", size: "int" })] };
    expect((await define(feed, more)).tables).toMatchObject([{ columns: [{ type: "long" }, { name: "text" }, {}] }]);
    expect((await control(`${feed.name}_shop.item`)).PrimaryKey).toBe("id");
  });

  test("add what they leave, and the last one of several wins", async () => {
    const feed = await connected({ "shop/item/LOAD00000001.csv": [1, load] });
    const glueTables = [
      glue("item", { id: "int", lost: "int" }),
      glue("item", { id: "bigint", gone: "int", note: "string" }),
    ];
    expect((await define(feed, { glueTables })).tables).toMatchObject([
      {
        columns: [
          { name: "id", type: "long" },
          { name: "note", type: "string" },
        ],
        key: null,
        left: ["the files have no column lost", "the files have no column gone"],
      },
    ]);
  });

  test("that do not fit are skipped, with the reason", async () => {
    const feed = await connected(unnamed);
    const { tables, skipped } = await define(feed, { glueTables: [glue("item", { id: "int" })] });
    expect(tables).toEqual([]);
    expect(skipped).toEqual([{ table: "shop.item", reason: expect.stringContaining("1 columns are given") }]);
  });

  test("choose the tables that are loaded, some of which there must be", async () => {
    const feed = await connected({ "shop/item/LOAD00000001.csv": [1, load], "shop/store/LOAD00000001.csv": [1, load] });
    await exclude(feed, ["shop.item", "shop.lost"]);
    const { excluded } = await define(feed, { tableMapping: mappingOf(select("item")) });
    expect(excluded).toEqual(["shop.store"]);
    expect((await registered(feed)).exclude).toEqual(["shop.lost", "shop.store"]);
    await expect(define(feed, { tableMapping: mappingOf(select("nothing")) })).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("choose none of the source's tables: shop.item, shop.store"),
    });
    await define(feed, { glueTables: [glue("item", { id: "int" })] });
    expect((await registered(feed)).exclude).toEqual(["shop.lost", "shop.store"]);
  });

  test("are needed, and only of files", async () => {
    const feed = await connected(unnamed);
    await expect(define(feed)).rejects.toMatchObject({ message: "give a table mapping or a Glue table" });
    const shop = await lake.connect("other", { a: labelledTable(1) });
    for (const more of [{ glueTables: [glue("a", { id: "int" })] }, { tableMapping: mappingOf(select("%")) }])
      await expect(define({ ...feed, name: shop.name }, more)).rejects.toMatchObject({
        code: "USAGE",
        place: "Plain",
        message: expect.stringContaining("a database tells its columns itself"),
      });
  });
});

describe("a declaration", () => {
  afterEach(async () => void (await lake.context.db.deleteFrom("declarations").execute()));

  const apply = async ({ name, url }: Pick<Feed, "name" | "url">, item: object) => {
    const text = JSON.stringify({ sources: { [name]: { url, tables: { "shop.item": item } } } });
    const { steps } = await lake.ask(declarationApply, { text, file: "lake.yaml" });
    return steps.flatMap(({ what, details }) => (what === "table" ? [details] : []));
  };

  test("moves the place of a table when it says another one, and only then", async () => {
    const changes = { "shop/item/20240101-000000001.csv": [2, change] } as const;
    const feed = await filesOf({ "shop/item/LOAD00000001.csv": [1, load], ...changes });
    const first = { LastIncrementalFile: "20230101-000000001.csv" };
    const place = async () => (await control(`${feed.name}_shop.item`)).LastIncrementalFile;
    expect(await apply(feed, { key: ["id"], controller: first })).toEqual([
      ["key none → id", "place none → lastIncrementalFile 20230101-000000001.csv"],
    ]);
    await lake.ask(sync, { source: feed.name, tables: [], full: false });
    expect(await place()).toBe("20240101-000000001.csv");
    expect(await apply(feed, { key: ["id"], history: true, controller: first })).toEqual([["history no → yes"]]);
    expect(await place()).toBe("20240101-000000001.csv");
    await apply(feed, { key: ["id"], history: true });
    expect(await place()).toBe("20240101-000000001.csv");
    expect(await apply(feed, { key: ["id"], history: true, controller: { LastIncrementalFile: null } })).toEqual([
      ["place none → lastIncrementalFile none"],
    ]);
    expect(await place()).toBeNull();
  });

  test("says settings in the words of the controller, or its own", async () => {
    const feed = await filesOf({ "shop/item/LOAD00000001.csv": [1, load] });
    const controller = { ActiveFlag: false, PrimaryKey: "id", PartitionKey: "note" };
    expect(await apply(feed, { controller })).toEqual([["active yes → no", "key none → id", "partitions none → note"]]);
    expect(await apply(feed, { controller: { ActiveFlag: true, PrimaryKey: null } })).toEqual([
      ["active no → yes", "admitted no → yes", "key id → none", "partitions note → none"],
    ]);
    expect(await apply(feed, { active: false })).toEqual([["active yes → no"]]);
  });

  test("says how files are read, and which columns they have", async () => {
    const feed = await filesOf({ "shop/item/LOAD00000001.csv": [1, "1,a\n2,b\n"] });
    const columns = [{ name: "id", type: "long" }, { name: "note" }];
    const [read] = await apply(feed, { reading: { null: "-" } });
    expect(read).toEqual(['reading none → {"null":"-"}']);
    const [named] = await apply(feed, { reading: { null: "-" }, columns, key: ["id"] });
    expect(named).toContainEqual(expect.stringContaining('"columns":[{"name":"id","type":"long"},{"name":"note"}]'));
    expect(named).toContain("key none → id");
  });

  test("names no columns of a database, and chooses no way of capture for files", async () => {
    const shop = lake.make({ "shop.item": labelledTable(1) });
    await expect(apply({ name: "database", url: shop.url }, { columns: [{ name: "id" }] })).rejects.toMatchObject({
      code: "DECLARATION_INVALID",
      place: "sources.database.tables.shop.item.columns",
    });
    const feed = await filesOf({ "shop/item/LOAD00000001.csv": [1, load] });
    await expect(apply(feed, { mode: "diff" })).rejects.toMatchObject({ code: "DECLARATION_INVALID" });
    expect(await apply(feed, { mode: "files", history: true })).toMatchObject([
      expect.arrayContaining(["history no → yes"]),
    ]);
  });
});

test("a key does not name a column twice", async () => {
  const { name } = await connected({ "shop/item/LOAD00000001.csv": [5, load] });
  const twice = { code: "USAGE", message: "the key names the column id twice" };
  await expect(control(`${name}_shop.item`, { PrimaryKey: "id,note,id" })).rejects.toMatchObject(twice);
  await expect(lake.ask(tableSet, { table: `${name}_shop.item`, key: ["id", "id"] })).rejects.toMatchObject(twice);
});

test("files in a place of a registered table are no source", async () => {
  const files = { "shop/item/LOAD00000001.csv": [5, load] } as const;
  const [first, other] = [await connected(files), await filesOf(files)];
  await lake.ask(sync, { source: first.name, tables: [], full: false });
  const places = [`file://${other.directory}/shop`];
  const take = (taken: readonly string[]) =>
    lake.context.db
      .updateTable("tables")
      .set({ places: [...taken] })
      .where("name", "=", "item")
      .execute();
  await take(places);
  onTestFinished(() => take([]).then(() => undefined));
  await expect(lake.ask(sourceAdd, { name: other.name, url: other.url })).rejects.toMatchObject({
    code: "SOURCE_PLACE_REFUSED",
    message: expect.stringContaining("files of a table") as string,
  });
  await take([]);
  await lake.ask(sourceAdd, { name: other.name, url: other.url });
});
