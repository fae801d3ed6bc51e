/** A declaration: the steps that it takes from the state of things, that they are taken together, and what it refuses. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, describe, onTestFinished, test } from "vitest";
import { listSchedules } from "../../jobs/schedules.ts";
import { settingsOfSource } from "../../sync/settings/table-settings.ts";
import { openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { numberedRows, type PlainSource, type PlainTable } from "../../../test/world/plain-source.ts";
import { declaredLake } from "../declared-lake.ts";
import { declarationApply, declarationShow } from "./apply.ts";

let lake: PlainLake;
beforeAll(async () => {
  lake = await openPlainLake();
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(async () => {
  const { db, sources } = lake.context;
  for (const table of ["schedules", "declarations", "declared_lake"] as const) await db.deleteFrom(table).execute();
  for (const { name } of await sources.list()) await sources.remove(name);
});

const tableOf = (count: number, more: Partial<PlainTable> = {}): PlainTable => ({
  columns: { id: "int!", label: "string", seen: "timestamp" },
  key: ["id"],
  rows: numberedRows(1, count, (id) => ({ label: `n${id}`, seen: null })),
  ...more,
});
const make = (tables: readonly string[] = ["a", "b"]): PlainSource =>
  lake.make(Object.fromEntries(tables.map((name) => [name, tableOf(1)])));

const apply = (text: string, more: object = {}) => lake.ask(declarationApply, { text, file: "lake.yaml", ...more });
/** The steps in words, such as `change source shop: url a → b`. */
const steps = async (text: string, more: object = {}): Promise<readonly string[]> =>
  (await apply(text, more)).steps.map(
    ({ change, what, name, details }) =>
      `${change} ${what} ${name}${details.length === 0 ? "" : `: ${details.join("; ")}`}`,
  );
const declared = ({ url }: PlainSource, more = "") => `sources:\n  shop:\n    url: ${url}\n${more}`;

describe("a source", () => {
  test("is added, and nothing is done when it is as declared", async () => {
    const source = make();
    expect(await steps(declared(source))).toEqual([`add source shop: ${source.url}`]);
    expect(await lake.context.sources.get("shop")).toMatchObject({
      origin: "lake.yaml",
      newTables: "auto",
      identity: source.url,
    });
    source.asked.length = 0;
    expect(await steps(declared(source))).toEqual([]);
    expect(source.asked).toEqual([]);
  });

  test("is changed where it differs, in words", async () => {
    const source = make();
    await apply(declared(source));
    const more =
      "    new_tables: ask\n    include: [a, c*]\n    exclude: [b]\n    freshness: 30m\n    unsigned_bigint: long\n";
    const change =
      "new tables auto → ask; include none → a c*; exclude none → b; freshness none → 1800; unsigned bigint decimal → long";
    expect(await steps(declared(source, more))).toEqual([`change source shop: ${change}`]);
    expect(await steps(declared(source, more))).toEqual([]);
    expect(await steps(declared(source))).toHaveLength(1);
    expect(await lake.context.sources.get("shop")).toMatchObject({ include: [], exclude: [], freshness: undefined });
  });

  test("that a command connected is declared from now on", async () => {
    const source = make();
    await lake.context.sources.add({ name: "shop", url: source.url, password: undefined });
    expect(await steps(declared(source))).toEqual(["change source shop: declared from now on"]);
    expect(await steps(declared(source))).toEqual([]);
  });

  test("gets a password that is new, and is opened with the stored one otherwise", async () => {
    const source = make();
    await apply(declared(source), { passwords: { shop: "one" } });
    expect(await steps(declared(source), { passwords: { shop: "one" } })).toEqual([]);
    expect(await steps(declared(source), { passwords: { shop: "two" } })).toEqual(["change source shop: password"]);
    expect(await lake.context.sources.hasPassword("shop", "two")).toBe(true);
    expect(await steps(declared(source))).toEqual([]);
    await apply(declared(source, "    new_tables: ask\n"));
    expect(source.passwords).toEqual(["one", "two", "two"]);
    const moved = source.url.replace("plain://", "plain://me@");
    await apply(`sources:\n  shop:\n    url: ${moved}\n`);
    expect(source.passwords.at(-1), "the stored password is not sent to another address").toBeUndefined();
  });

  test("at another address has its tables compared once", async () => {
    const shop = await lake.connect("shop", { a: tableOf(2) });
    await shop.sync();
    const moved = shop.source.url.replace("plain://", "plain://me@");
    expect(await steps(`sources:\n  shop:\n    url: ${moved}\n`)).toEqual([
      `change source shop: url ${shop.source.url} → ${moved}; declared from now on`,
    ]);
    expect((await shop.syncTable("a")).reason).toBe("read again and equal to the lake");
    await apply(`sources:\n  shop:\n    url: ${moved}\n    new_tables: ask\n`);
    expect((await shop.syncTable("a")).reason).toBe("the source proves that nothing was written");
  });

  test("that is not declared any more stays and is named", async () => {
    const source = make();
    await apply(declared(source));
    await lake.context.sources.add({ name: "other", url: make().url, password: undefined });
    expect(await apply("sources: {}")).toMatchObject({ steps: [], left: ["shop"], applied: true });
    expect((await lake.context.sources.list()).map(({ name }) => name)).toEqual(["other", "shop"]);
  });

  test("is refused if two tables would have one name in the lake", async () => {
    const [one, two] = [make(["b.c"]), make(["main.c"])];
    const text = `sources:\n  a:\n    url: ${one.url}\n  a_b:\n    url: ${two.url}\n`;
    await expect(apply(text)).rejects.toMatchObject({
      code: "DECLARATION_INVALID",
      place: "lake.yaml: sources.a_b",
      message: expect.stringContaining("b.c of a and main.c would both be a_b.c"),
    });
    expect(await lake.context.sources.list()).toEqual([]);
    await apply(text.replace(`${two.url}\n`, `${two.url}\n    exclude: [c]\n`));
  });

  test("may claim what it feeds already", async () => {
    const shop = await lake.connect("shop", { a: tableOf(1) });
    await shop.sync();
    await apply(declared(shop.source));
    const other = lake.make({ "shop.a": tableOf(1) });
    other.gifts.mainSchema = "shop";
    await apply(`${declared(shop.source)}  crm:\n    url: ${other.url}\n`);
  });
});

describe("settings of tables", () => {
  const tables = (text: string) => `    tables:\n${text}`;

  test("are set, changed and removed, in words", async () => {
    const source = make();
    const all = [
      "mode: cursor, column: id, overlap: 5, soft_delete: true, history: true, active: false, key: [id]",
      "partition_by: ['bucket(2, id)'], sort_by: [], target_file_size: 64, compression: gzip, format_version: 3",
      "freshness: 1h, unsigned_bigint: long",
    ].join(", ");
    const details = [
      "mode auto → cursor id 5 number",
      "soft delete no → yes",
      "history no → yes",
      "active yes → no",
      "key none → id",
      "partitions none → bucket(2, id)",
      "sorted by none → by nothing",
      "file size none → 64",
      "compression none → gzip",
      "format version none → 3",
      "freshness none → 3600",
      "unsigned bigint none → long",
    ].join("; ");
    const text = declared(source, tables(`      a: { ${all} }\n`));
    expect(await steps(text)).toEqual([`add source shop: ${source.url}`, `add table shop: main.a: ${details}`]);
    expect(await steps(text)).toEqual([]);
    const { id } = await lake.context.sources.get("shop");
    expect(await settingsOfSource(lake.context.db, id)).toMatchObject([
      { origin: "lake.yaml", settings: { freshness: 3_600 } },
    ]);
    expect(await steps(declared(source, tables("      a: { mode: diff, history: true }\n")))).toMatchObject([
      expect.stringMatching(
        /^change table shop: main.a: mode cursor id 5 number → diff; soft delete yes → no; active no → yes; key id → none;/,
      ),
    ]);
    expect(await steps(declared(source))).toEqual(["remove table shop: main.a"]);
    expect(await settingsOfSource(lake.context.db, id)).toEqual([]);
  });

  test("that a command made stay unless they are declared", async () => {
    const shop = await lake.connect("shop", { a: tableOf(1), b: tableOf(1) });
    await shop.set("a", { softDelete: true });
    await apply(declared(shop.source, tables("      b: { history: true }\n")));
    await apply(declared(shop.source));
    const { id } = await shop.registered();
    expect((await settingsOfSource(lake.context.db, id)).map(({ table }) => table.name)).toEqual(["a"]);
  });

  test("of a cursor get the usual overlap of its column, and a table without a key may have one named", async () => {
    const source = make();
    source.set("a", tableOf(1, { key: undefined }));
    const text = (more: string) => declared(source, tables(`      a: { mode: cursor, column: seen${more} }\n`));
    await expect(apply(text(""))).rejects.toMatchObject({
      code: "DECLARATION_INVALID",
      place: "sources.shop.tables.a",
      message: "the table has no key to find the rows by",
    });
    expect(await steps(text(", key: [id]"))).toContainEqual(
      expect.stringContaining("mode auto → cursor seen 3600 seconds; key none → id"),
    );
    expect(await steps(declared(source, tables("      a: { mode: diff, column: seen, key: [id] }\n")))).toContainEqual(
      expect.stringMatching(/mode cursor seen 3600 seconds → diff(;|$)/),
    );
  });

  test.each([
    ["a: { partition_by: [nothing] }", "sources.shop.tables.a", "the table has no column nothing"],
    ["a: { key: [nothing] }", "sources.shop.tables.a", "the table has no column nothing"],
    ["a: { mode: cursor, column: label }", "sources.shop.tables.a", "label is neither a number nor a time"],
    ["c: { history: true }", "c", "has no table c"],
  ])("%s is refused, and nothing is done", async (text, place, message) => {
    const failing = apply(declared(make(), tables(`      ${text}\n`)));
    await expect(failing).rejects.toMatchObject({ place, message: expect.stringContaining(message) });
    expect(await lake.context.sources.list()).toEqual([]);
  });

  test("cannot take a table back from format version 3", async () => {
    const shop = await lake.connect("shop", { a: tableOf(7) });
    const text = (version: number) => declared(shop.source, tables(`      a: { format_version: ${version} }\n`));
    await apply(text(3));
    await shop.sync();
    await expect(apply(text(2))).rejects.toMatchObject({ code: "DECLARATION_INVALID", place: "sources.shop.tables.a" });
  });
});

describe("schedules", () => {
  const daily = (source: PlainSource, more = "", calendars = "") =>
    `${declared(source)}${calendars}schedules:\n  daily: { source: shop, cron: "0 3 * * *"${more} }\n`;

  test("are added, changed and removed, in words", async () => {
    const source = make();
    expect(await steps(daily(source))).toEqual([
      `add source shop: ${source.url}`,
      "add schedule daily: sync of shop, 0 3 * * * UTC",
    ]);
    expect(await steps(daily(source))).toEqual([]);
    const more = ", tables: [a], time_zone: Europe/Bucharest, action: repair, timeout: 60, calendar: office";
    const calendars = "calendars:\n  office: [2026-12-25]\n";
    expect(await steps(daily(source, more, calendars))).toEqual([
      "change schedule daily: tables none → a; time zone UTC → Europe/Bucharest; holidays none → 2026-12-25; action sync → repair; timeout 21600 → 60",
    ]);
    expect(await listSchedules(lake.context.db)).toMatchObject([
      {
        name: "daily",
        tables: ["a"],
        holidays: ["2026-12-25"],
        action: "repair",
        timeoutSeconds: 60,
        origin: "lake.yaml",
      },
    ]);
    expect(await steps(daily(source).replace("0 3 *", "0 4 *"))).toMatchObject([
      expect.stringContaining("cron 0 3 * * * → 0 4 * * *"),
    ]);
    expect(await steps(declared(source))).toEqual(["remove schedule daily"]);
  });

  test("that a command made stay, and are declared from now on when they are", async () => {
    const source = make();
    const undeclared = (name: string) =>
      lake.context.db.updateTable("schedules").set({ origin: null }).where("name", "=", name).execute();
    await apply(daily(source));
    await undeclared("daily");
    expect(await steps(declared(source))).toEqual([]);
    expect(await steps(daily(source))).toEqual(["change schedule daily: declared from now on"]);
  });

  test("may be of the whole lake, and of one source afterwards", async () => {
    const source = make();
    await apply(declared(source));
    const text = (more: string) =>
      `${declared(source)}schedules:\n  nightly: { cron: "0 3 * * *", action: maintain${more} }\n`;
    expect(await steps(text(""))).toEqual(["add schedule nightly: maintain of the whole lake, 0 3 * * * UTC"]);
    expect(await steps(text(""))).toEqual([]);
    expect(await steps(text(", source: shop"))).toEqual(["change schedule nightly: source the whole lake → shop"]);
    expect(await steps(text(", source: shop"))).toEqual([]);
    expect(await steps(text(""))).toEqual(["change schedule nightly: source shop → the whole lake"]);
  });

  test("of tables that the source lacks are refused, unless they named them before", async () => {
    const source = make();
    await apply(declared(source));
    await expect(apply(daily(source, ", tables: [nothing]"))).rejects.toMatchObject({ code: "SOURCE_TABLE_NOT_FOUND" });
    await apply(daily(source, ", tables: [a]"));
    source.set("a", undefined);
    expect(await steps(daily(source, ", tables: [a, b]"))).toHaveLength(1);
  });

  test.each([
    ['{ cron: "0 3 * * *" }', "SCHEDULE_INVALID", "schedules.x"],
    ['{ source: shop, cron: "never" }', "SCHEDULE_INVALID", undefined],
    ['{ source: nowhere, cron: "0 3 * * *" }', "SOURCE_NOT_FOUND", "schedules.x: nowhere"],
  ])("%s is refused", async (schedule, code, place) => {
    const failing = apply(`${declared(make())}schedules:\n  x: ${schedule}\n`);
    await expect(failing).rejects.toMatchObject(place === undefined ? { code } : { code, place });
  });

  test("may name a source that was connected by a command", async () => {
    await lake.connect("crm", { a: tableOf(1) });
    const text = 'schedules:\n  x: { source: crm, cron: "0 3 * * *" }\n';
    expect(await steps(text)).toEqual(["add schedule x: sync of crm, 0 3 * * * UTC"]);
  });
});

describe("the lake", () => {
  async function directory(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), "headgate-declared-"));
    onTestFinished(() => rm(path, { recursive: true, force: true }));
    return path;
  }

  test("is tried, then remembered for the next start", async () => {
    const path = await directory();
    const text = `lake: { location: ${path} }\n`;
    expect(await steps(text)).toEqual([`add lake ${path}: location none → ${path}; from the next start on`]);
    expect(await declaredLake(lake.context.db)).toEqual({ lake: path });
    expect(await steps(text)).toEqual([]);
    const files = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files, "nothing is left of the attempt").toEqual([]);
    const other = await directory();
    expect(await steps(`lake: { location: ${other}, path_style: false }\n`)).toEqual([
      `change lake ${other}: location ${path} → ${other}; path style none → no; from the next start on`,
    ]);
    const more = `lake: { location: ${other}, path_style: true, region: eu-1, endpoint: "http://s:1", encryption: sse-s3 }\n`;
    expect(await steps(more)).toEqual([
      `change lake ${other}: endpoint none → http://s:1; region none → eu-1; path style no → yes; encryption none → sse-s3; from the next start on`,
    ]);
    expect(await steps("sources: {}")).toEqual([]);
    expect(await declaredLake(lake.context.db)).toMatchObject({ lake: other, s3PathStyle: "yes", s3Region: "eu-1" });
  });

  test("is refused if it cannot be one", async () => {
    await expect(apply("lake: { location: 'ftp://nowhere' }\n")).rejects.toMatchObject({
      code: "DECLARATION_INVALID",
      place: "lake.yaml: lake",
    });
  });
});

describe("an apply", () => {
  test("that only shows what would change changes nothing", async () => {
    const source = make();
    const shown = await apply(declared(source), { dryRun: true });
    expect(shown).toMatchObject({ applied: false, steps: [{ what: "source", change: "add" }] });
    expect(await lake.context.sources.list()).toEqual([]);
    await expect(lake.ask(declarationShow)).rejects.toMatchObject({ code: "DECLARATION_NOT_FOUND" });
  });

  test("can be shown as it was written last", async () => {
    await apply("# first\n");
    await apply("# second\n");
    expect(await lake.ask(declarationShow)).toMatchObject({ text: "# second\n" });
  });

  test("does all or nothing", async () => {
    const source = make();
    await apply(declared(source));
    const failing = apply(`${declared(source, "    new_tables: ask\n")}schedules:\n  x: { cron: "0 3 * * *" }\n`);
    await expect(failing).rejects.toMatchObject({ code: "SCHEDULE_INVALID" });
    expect(await lake.context.sources.get("shop")).toMatchObject({ newTables: "auto" });
  });
});
