/** The registry of sources, the settings of their tables, and what becomes of both when a table or an address goes. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { uuidv7 } from "../../base/uuid.ts";
import { HeadgateError } from "../../errors.ts";
import { openPlainLake, type ConnectedSource, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { usualLayout } from "../../writer/table-layout.ts";
import type { Connector, Source } from "../source.ts";
import { checkNamed, patternNotes } from "./check-named.ts";
import { isInLake } from "../../catalog/account-lakes.ts";
import { mainAccount } from "../../db/tables.ts";
import { dropTable, planDrop, sourceOfTable } from "./drop-tables.ts";
import { lakeTable } from "./lake-table.ts";
import { discardPlans, readdressTables } from "./readdress-source.ts";
import { sourceRegistry, type SourceRegistry } from "./source-registry.ts";
import { changeSettings, forgetSettings, settingsOfSource, settingsOfTable, usualSettings } from "./table-settings.ts";
import { tablesOfSource, unfedTables } from "./tables-of-source.ts";

let lake: PlainLake;
beforeAll(async () => {
  lake = await openPlainLake();
});
afterAll(() => lake[Symbol.asyncDispose]());

let sources = 0;
const connect = (): Promise<ConnectedSource> =>
  lake.connect(`set${++sources}`, { a: labelledTable(3), b: labelledTable(1) });
const hourly = { action: "sync", cron: "0 * * * *", time_zone: "UTC", holidays: "[]", timeout_seconds: 60 };
const place = (name: string) => ({ schema: "main", name });

describe("the registry", () => {
  interface Opened {
    readonly href: string;
    readonly password: string | undefined;
  }

  /** A registry with two kinds of databases of one set of types and one of another, and what was opened. */
  function registry(open?: () => Promise<Source>): { sources: SourceRegistry; opened: Opened[]; events: unknown[] } {
    const opened: Opened[] = [];
    const events: unknown[] = [];
    const rules = [{ sourceType: "int", lakeType: "int", note: "" }];
    const kind = (name: string, typeRules: Connector["typeRules"]): Connector => ({
      name,
      title: name.toUpperCase(),
      schemes: [name],
      typeRules,
      comparePositions: () => "unknown",
      async open({ url, password }) {
        opened.push({ href: url.href, password });
        return (open ?? (async () => ({ [Symbol.asyncDispose]: async () => {} }) as unknown as Source))();
      },
    });
    const secrets = {
      seal: (text: string) => Buffer.from(`sealed ${text}`),
      open: (sealed: Uint8Array) => Buffer.from(sealed).toString().replace("sealed ", ""),
      of: () => secrets,
    };
    const log = (event: string, fields: unknown): void => void events.push({ event, fields });
    const connectors = [kind("one", rules), kind("alias", rules), kind("other", [])];
    const parts = { db: lake.context.db, log, secrets, connectors } as unknown as Parameters<typeof sourceRegistry>[0];
    return { sources: sourceRegistry(parts), opened, events };
  }
  const named = (): string => `registry${++sources}`;

  test("keeps an address without its password, and opens it with the password", async () => {
    const { sources: known, opened } = registry();
    const name = named();
    const added = await known.add({ name, url: "one://me:se%20cret@db/shop", password: undefined });
    expect(added).toMatchObject({
      name,
      connector: "one",
      url: "one://me@db/shop",
      newTables: "auto",
      unsignedBigint: "decimal",
    });
    expect(added).toMatchObject({
      include: [],
      exclude: [],
      freshness: undefined,
      origin: undefined,
      identity: undefined,
    });
    await known.open(added);
    expect(opened).toEqual([{ href: "one://me@db/shop", password: "se cret" }]);
    expect(await known.hasPassword(name, "se cret")).toBe(true);
    expect(await known.hasPassword(name, "secret")).toBe(false);
    expect(await known.get(name)).toEqual(added);
    expect(await known.byId(added.id)).toEqual(added);
    expect((await known.list()).map((source) => source.name)).toContain(name);
  });

  test("prefers a password that is given over one in the address, and needs none", async () => {
    const { sources: known, opened } = registry();
    const both = await known.add({ name: named(), url: "one://me:inside@db/shop", password: "given" });
    const none = await known.add({ name: named(), url: "one://me@db/shop", password: undefined });
    await known.open(both);
    await known.open(none);
    expect(await known.hasPassword(none.name, "")).toBe(false);
    await known.openAddress({ url: "one://me:inside@db/x", password: undefined });
    await known.openAddress({ url: "one://me:inside@db/x", password: "given" });
    expect(opened.map(({ password }) => password)).toEqual(["given", undefined, "inside", "given"]);
  });

  test("opens another address of a source with the stored password, and no database of another kind", async () => {
    const { sources: known, opened } = registry();
    const { name } = await known.add({ name: named(), url: "one://me@db/shop", password: "stored" });
    await known.openChanged(name, { url: "alias://you@db2/shop", password: undefined });
    await known.openChanged(name, { url: "one://you:inside@db2/shop", password: undefined });
    await known.openChanged(name, { url: "one://you:inside@db2/shop", password: "given" });
    expect(opened).toEqual([
      { href: "alias://you@db2/shop", password: "stored" },
      { href: "one://you@db2/shop", password: "inside" },
      { href: "one://you@db2/shop", password: "given" },
    ]);
    const other = known.openChanged(name, { url: "other://db", password: undefined });
    await expect(other).rejects.toMatchObject({ code: "USAGE", place: `${name}, a source of the kind one` });
    const without = await known.add({ name: named(), url: "one://db", password: undefined });
    await known.openChanged(without.name, { url: "one://db2", password: undefined });
    expect(opened.at(-1)?.password).toBeUndefined();
  });

  test.each([
    [{ name: "Upper", url: "one://db" }, "USAGE"],
    [{ name: "9th", url: "one://db" }, "USAGE"],
    [{ name: "fine", url: "nowhere" }, "USAGE"],
    [{ name: "fine", url: "oracle://db" }, "SOURCE_SCHEME_UNKNOWN"],
  ])("refuses %j", async (source, code) => {
    await expect(registry().sources.add({ ...source, password: undefined })).rejects.toMatchObject({ code });
  });

  test("has each name once, and knows which one was probably meant", async () => {
    const { sources: known } = registry();
    const { name } = await known.add({ name: named(), url: "one://db", password: undefined });
    const again = known.add({ name, url: "one://db", password: undefined });
    await expect(again).rejects.toMatchObject({ code: "SOURCE_EXISTS", place: name });
    const meant = { code: "SOURCE_NOT_FOUND", message: `there is no source ${name}x; did you mean ${name}?` };
    await expect(known.get(`${name}x`)).rejects.toMatchObject(meant);
    await expect(known.get("q")).rejects.toMatchObject({ message: expect.not.stringContaining("did you mean") });
    await expect(known.byId(uuidv7())).rejects.toMatchObject({ code: "SOURCE_NOT_FOUND" });
    await known.remove(name);
    await expect(known.remove(name)).rejects.toMatchObject({ code: "SOURCE_NOT_FOUND" });
  });

  test("changes what is given and leaves the rest", async () => {
    const { sources: known } = registry();
    const added = await known.add({ name: named(), url: "one://db", password: "stored", newTables: "ask" });
    const { name } = added;
    expect(await known.change(name, { freshness: 60 })).toEqual({ ...added, freshness: 60 });
    expect(await known.change(name, { unsignedBigint: "long" })).toMatchObject({
      freshness: 60,
      unsignedBigint: "long",
      newTables: "ask",
    });
    expect(await known.change(name, { newTables: "ignore" })).toMatchObject({
      newTables: "ignore",
      unsignedBigint: "long",
    });
    expect((await known.change(name, { freshness: null })).freshness).toBeUndefined();
    const address = { url: "one://me@db2", password: undefined, identity: "x" };
    expect(await known.change(name, { address })).toMatchObject({ url: "one://me@db2", identity: "x" });
    expect(await known.hasPassword(name, "stored")).toBe(true);
    await known.change(name, { address: { ...address, password: "new" } });
    expect(await known.hasPassword(name, "new")).toBe(true);
  });

  test("declares a source anew or changes it, and keeps its password if none is given", async () => {
    const { sources: known } = registry();
    const declared = {
      name: named(),
      url: "one://db",
      password: "declared",
      identity: undefined,
      newTables: "ask",
      include: ["a*"],
      exclude: ["ab"],
      freshness: 5,
      unsignedBigint: "long",
      unclassified: "sensitive",
      origin: "lake.yaml",
    } as const;
    const first = await known.declare(declared);
    expect(first).toMatchObject({
      include: ["a*"],
      exclude: ["ab"],
      freshness: 5,
      origin: "lake.yaml",
      newTables: "ask",
    });
    const second = await known.declare({ ...declared, password: undefined, freshness: undefined, include: [] });
    expect(second).toMatchObject({ id: first.id, include: [], freshness: undefined });
    expect(await known.hasPassword(declared.name, "declared")).toBe(true);
  });

  test("says which source could not be opened and what to do, unless the connector knows better", async () => {
    const failing = (failure: Error) => registry(() => Promise.reject(failure));
    const { sources: known, events } = failing(new HeadgateError("SOURCE_UNREACHABLE", { place: "db" }));
    const source = await known.add({ name: named(), url: "one://db", password: undefined });
    await expect(known.open(source)).rejects.toMatchObject({
      code: "SOURCE_UNREACHABLE",
      place: "db",
      remedy: expect.stringContaining(`headgate source set ${source.name} --url`),
    });
    expect(events).toMatchObject([{ event: "source lost", fields: { source: source.name } }]);
    const better = failing(new HeadgateError("SOURCE_UNREACHABLE", { remedy: "start it" }));
    await expect(better.sources.open(source)).rejects.toMatchObject({ remedy: "start it" });
    const strange = new TypeError("broken");
    await expect(failing(strange).sources.open(source)).rejects.toBe(strange);
  });
});

describe("the settings of a table", () => {
  test("are the usual ones until some are changed, and others stay as they were", async () => {
    const { id: sourceId } = await (await connect()).registered();
    const at = { sourceId, table: place("a") };
    const { db } = lake.context;
    expect(await settingsOfTable(db, at)).toEqual(usualSettings);
    const mode = { mode: "cursor", column: "id", overlap: 0, unit: "number" } as const;
    await changeSettings(db, { ...at, change: { mode, softDelete: true, key: ["id"] }, origin: "lake.yaml" });
    const layout = {
      partitionBy: ["id"],
      sortBy: [],
      targetFileSize: 64,
      compression: "gzip",
      formatVersion: 3,
    } as const;
    const all = await changeSettings(db, {
      ...at,
      change: { history: true, active: false, freshness: 9, unsignedBigint: "long", layout },
    });
    const expected = {
      mode,
      softDelete: true,
      history: true,
      active: false,
      layout,
      key: ["id"],
      freshness: 9,
      unsignedBigint: "long",
    };
    expect(all).toMatchObject(expected);
    expect(await settingsOfSource(db, sourceId)).toMatchObject([
      { table: place("a"), origin: "lake.yaml", settings: expected },
    ]);
    expect(await settingsOfTable(db, { ...at, table: { schema: "crm", name: "a" } })).toEqual(usualSettings);
    expect(await settingsOfTable(db, { ...at, table: place("b") })).toEqual(usualSettings);
    await changeSettings(db, { ...at, change: { mode: undefined, layout: usualLayout, key: undefined } });
    expect(await settingsOfTable(db, at)).toMatchObject({ mode: undefined, layout: usualLayout, key: undefined });
    await forgetSettings(db, at);
    expect(await settingsOfSource(db, sourceId)).toEqual([]);
  });

  test("of a mode have no overlap until one is set", async () => {
    const { id: sourceId } = await (await connect()).registered();
    const at = { sourceId, table: place("a") };
    const mode = { mode: "diff", column: undefined, overlap: undefined } as const;
    await changeSettings(lake.context.db, { ...at, change: { mode } });
    expect((await settingsOfTable(lake.context.db, at)).mode).toEqual({ ...mode, unit: undefined });
  });
});

describe("names that somebody typed", () => {
  test("are looked up at the source only if they match no table that was loaded", async () => {
    const shop = await connect();
    await shop.sync({ patterns: ["a"] });
    const named = { source: await shop.registered(), patterns: ["a", "main.*"] };
    shop.source.asked.length = 0;
    await checkNamed(lake.context, named);
    await checkNamed(lake.context, { ...named, patterns: [] });
    expect(await patternNotes(lake.context, named)).toEqual([]);
    expect(shop.source.asked).toEqual([]);
    await checkNamed(lake.context, { ...named, patterns: ["b"] });
    expect(shop.source.asked).toEqual(["discover"]);
    const wrong = { ...named, patterns: ["a", "c"] };
    const refusal = {
      code: "SOURCE_TABLE_NOT_FOUND",
      place: "c",
      message: expect.stringContaining(`${shop.name} has no table c`),
    };
    await expect(checkNamed(lake.context, wrong)).rejects.toMatchObject(refusal);
    await expect(patternNotes(lake.context, wrong)).rejects.toMatchObject({ place: "c" });
    await expect(checkNamed(lake.context, { ...named, patterns: ["x*"] })).rejects.toMatchObject({ place: "x*" });
  });

  test("that match nothing yet get a note, and so does a source that does not answer", async () => {
    const shop = await connect();
    const source = await shop.registered();
    expect(await patternNotes(lake.context, { source, patterns: ["x*", "b*"] })).toEqual([
      `no table of ${shop.name} matches x* now`,
    ]);
    const silent = {
      ...lake.context,
      sources: { open: () => Promise.reject(new HeadgateError("SOURCE_UNREACHABLE")) },
    };
    const asked = silent as unknown as Parameters<typeof patternNotes>[0];
    await checkNamed(asked, { source, patterns: ["c"] });
    expect(await patternNotes(asked, { source, patterns: ["c", "d"] })).toEqual([
      `${shop.name} does not answer now, so it was not checked that it has c, d`,
    ]);
  });
});

test("the lake's tables of a source are found with their histories, and those of nobody without them", async () => {
  const shop = await connect();
  await shop.set("a", { history: true });
  await shop.sync();
  const { id: sourceId } = await shop.registered();
  const names = async (patterns?: readonly string[]) =>
    (await tablesOfSource(lake.context, sourceId, patterns)).map(({ name }) => name);
  expect(await names()).toEqual(["a", "a__history", "b"]);
  expect(await names(["a"])).toEqual(["a", "a__history"]);
  const unfed = async () =>
    (await unfedTables(lake.context)).filter(({ database }) => database === shop.name).map(({ name }) => name);
  expect(await unfed()).toEqual([]);
  expect((await lakeTable(lake.context, { sourceId, table: place("a") }))?.name).toBe("a");
  expect(await lakeTable(lake.context, { sourceId, table: place("c") })).toBeUndefined();
  expect(await lakeTable(lake.context, { sourceId, table: { schema: "crm", name: "a" } })).toBeUndefined();
  const { lakeLocation } = lake.context.config;
  const isOurs = (location: string): Promise<boolean> => isInLake(lake.context, { location, accountId: mainAccount });
  expect(await isOurs(`${lakeLocation}/x`)).toBe(true);
  expect(await isOurs(`${lakeLocation}else/x`)).toBe(false);
  await lake.context.sources.remove(shop.name);
  expect(await unfed()).toEqual(["a", "a__history", "b"]);
});

describe("a table that is dropped", () => {
  const { db, catalog } = { db: () => lake.context.db, catalog: () => lake.context.catalog };
  const entryOf = async (shop: ConnectedSource, name: string) => catalog().findEntry(`${shop.name}.${name}`);
  const filesOf = async (location: string): Promise<number> =>
    (await Array.fromAsync(lake.context.objects.list(`${location}/`, { drafts: true }))).length;

  async function kept(): Promise<ConnectedSource> {
    const shop = await connect();
    await shop.set("a", { history: true });
    await shop.sync();
    const { id: sourceId } = await shop.registered();
    const schedule = (name: string, tables: readonly string[]) => ({
      id: uuidv7(),
      name: `${shop.name}-${name}`,
      source_id: sourceId,
      tables: JSON.stringify(tables),
    });
    for (const row of [schedule("own", ["a"]), schedule("glob", ["a*"]), schedule("other", ["b"])])
      await db()
        .insertInto("schedules")
        .values({ ...hourly, ...row })
        .execute();
    return shop;
  }

  test("is planned with everything that depends on it", async () => {
    const shop = await kept();
    const entry = await entryOf(shop, "a");
    expect(await planDrop(lake.context, { entry, keepFiles: false })).toEqual({
      table: `${shop.name}.a`,
      rows: 3,
      source: shop.name,
      sourceTable: "main.a",
      history: `${shop.name}.a__history`,
      isSet: true,
      declaredIn: null,
      schedules: [`${shop.name}-own`],
      references: [],
      grants: 0,
      filters: 0,
      losesAccess: [],
      filesStay: false,
      location: entry.location,
      metadataLocation: entry.metadataLocation,
    });
    expect((await planDrop(lake.context, { entry, keepFiles: true })).filesStay).toBe(true);
    const b = await planDrop(lake.context, { entry: await entryOf(shop, "b"), keepFiles: false });
    expect(b).toMatchObject({ history: null, isSet: false, schedules: [`${shop.name}-other`] });
    const history = await planDrop(lake.context, { entry: await entryOf(shop, "a__history"), keepFiles: false });
    expect(history).toMatchObject({ source: null, sourceTable: null, isSet: false, declaredIn: null, schedules: [] });
    const outside = { ...entry, location: "file:///elsewhere", metadataLocation: "file:///elsewhere/nothing.json" };
    expect(await planDrop(lake.context, { entry: outside, keepFiles: false })).toMatchObject({
      filesStay: true,
      rows: null,
    });
  });

  test("goes with its history, files and settings, and is not loaded again until somebody names it", async () => {
    const shop = await kept();
    const [entry, history] = [await entryOf(shop, "a"), await entryOf(shop, "a__history")];
    const count = (await filesOf(entry.location)) + (await filesOf(history.location));
    expect(await sourceOfTable(lake.context, entry)).toBe((await shop.registered()).id);
    expect(await dropTable(lake.context, { entry, keepFiles: false, by: null })).toBe(count);
    expect(await filesOf(entry.location)).toBe(0);
    expect((await catalog().entries(shop.name)).map(({ name }) => name)).toEqual(["b"]);
    expect(await settingsOfSource(db(), (await shop.registered()).id)).toEqual([]);
    const { tables } = await shop.sync();
    expect(tables.map(({ sourceTable, outcome }) => `${sourceTable} ${outcome}`)).toEqual([
      "main.b unchanged",
      "main.a waiting",
    ]);
    expect(tables[1]?.reason).toMatch(/^dropped from the lake; load it with/);
    expect((await shop.sync({ patterns: ["a"], schedules: ["x"] })).tables).toMatchObject([{ outcome: "waiting" }]);
    expect((await shop.sync({ patterns: ["a*"] })).tables).toMatchObject([{ outcome: "waiting" }]);
    expect((await shop.sync({ patterns: ["a"] })).tables).toMatchObject([{ outcome: "created" }]);
    expect((await shop.sync()).tables.map(({ outcome }) => outcome)).toEqual(["unchanged", "unchanged"]);
  });

  test("leaves its files if that was asked for, or if they belong to somebody else", async () => {
    const shop = await kept();
    const entry = await entryOf(shop, "b");
    expect(await dropTable(lake.context, { entry, keepFiles: true, by: null })).toBe(0);
    expect(await filesOf(entry.location)).toBeGreaterThan(0);
    const a = await entryOf(shop, "a");
    const elsewhere = { ...lake.context, config: { ...lake.context.config, lakeLocation: "file:///elsewhere" } };
    expect(await dropTable(elsewhere, { entry: a, keepFiles: false, by: null })).toBe(0);
    expect(await filesOf(a.location)).toBeGreaterThan(0);
  });

  test("may be a history alone, which is then switched off", async () => {
    const shop = await kept();
    const history = await entryOf(shop, "a__history");
    const { id: sourceId } = await shop.registered();
    expect(await sourceOfTable(lake.context, history)).toBe(sourceId);
    await dropTable(lake.context, { entry: history, keepFiles: false, by: null });
    expect((await settingsOfTable(db(), { sourceId, table: place("a") })).history).toBe(false);
    expect((await catalog().entries(shop.name)).map(({ name }) => name)).toEqual(["a", "b"]);
  });
});

describe("another address", () => {
  test("makes every table be compared once", async () => {
    const shop = await connect();
    await shop.sync();
    await readdressTables(lake.context.db, { source: await shop.registered(), mainSchema: "main" });
    expect((await shop.syncTable("a")).reason).toBe("read again and equal to the lake");
    expect((await shop.syncTable("a")).reason).toBe("the source proves that nothing was written");
  });

  test("under which the main schema has another name renames it everywhere", async () => {
    const shop = await connect();
    await shop.set("a", { softDelete: true });
    await shop.set("crm.a", { active: false });
    await shop.sync();
    const { db } = lake.context;
    const source = await shop.registered();
    const tables = JSON.stringify(["main.a", "mainly.a", "a", "crm.*"]);
    await db
      .insertInto("schedules")
      .values({ ...hourly, id: uuidv7(), name: shop.name, source_id: source.id, tables })
      .execute();
    await readdressTables(db, { source, mainSchema: undefined });
    await readdressTables(db, { source, mainSchema: "shop2" });
    const schemas = async () =>
      (await db.selectFrom("positions").select("source_schema").where("source_id", "=", source.id).execute()).map(
        ({ source_schema: schema }) => schema,
      );
    expect(await schemas()).toEqual(["shop2", "shop2"]);
    expect((await settingsOfTable(db, { sourceId: source.id, table: { schema: "shop2", name: "a" } })).softDelete).toBe(
      true,
    );
    expect((await settingsOfTable(db, { sourceId: source.id, table: { schema: "crm", name: "a" } })).active).toBe(
      false,
    );
    const schedule = await db
      .selectFrom("schedules")
      .select("tables")
      .where("source_id", "=", source.id)
      .executeTakeFirst();
    expect(schedule?.tables).toEqual(["shop2.a", "mainly.a", "a", "crm.*"]);
  });

  test("without a table in the lake renames nothing", async () => {
    const shop = await connect();
    await shop.set("a", { softDelete: true });
    const source = await shop.registered();
    await readdressTables(lake.context.db, { source, mainSchema: "shop2" });
    expect((await settingsOfTable(lake.context.db, { sourceId: source.id, table: place("a") })).softDelete).toBe(true);
  });

  test("discards what an unfinished load read at the old one", async () => {
    const shop = await connect();
    Object.assign(shop.source.gifts, { splits: 3, readers: 1 });
    await shop.interrupt("main.a", { id: 3, splitsRead: 1 });
    const { id } = await shop.registered();
    const planned = lake.context.db.selectFrom("staged_splits").selectAll().where("source_id", "=", id);
    const files = (await planned.execute()).flatMap((row) => (row.files ?? []) as unknown as { location: string }[]);
    expect(files.length).toBeGreaterThan(0);
    await discardPlans(lake.context, id);
    expect(await planned.execute()).toEqual([]);
    for (const { location } of files) expect(await lake.context.objects.has(location)).toBe(false);
  });
});
