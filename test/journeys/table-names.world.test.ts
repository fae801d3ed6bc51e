/**
 * Tests names of tables in commands, SQL and messages: names with dots, other schemas, and tables before their first
 * load.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PresentedDatabase } from "../../src/operations/databases.ts";
import type { SourceTableState } from "../../src/operations/source-tables.ts";
import type { SetOfTable } from "../../src/operations/table-set.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { askCommand, refusedCommand, runCommand } from "../world/command.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

let home: string;
let source: SampleSource;
let at: { data: string; environment: NodeJS.ProcessEnv };

const lines = 'shop."order.lines"';

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-names-"));
  source = await openSampleSource("postgres", join(home, "source"));
  await source.execute('create schema "old.stock"');
  for (const table of ["orders", '"order.lines"', '"Orders"', '"old.stock".parts'])
    await source.execute(`create table ${table} (id int primary key, day date)`);
  for (const table of ["orders", '"order.lines"', '"old.stock".parts'])
    await source.execute(`insert into ${table} values (1, '2026-11-29')`);
  at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
}, 120_000);

afterAll(async () => {
  await source?.[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

const set = (...words: string[]): Promise<SetOfTable> => askCommand<SetOfTable>(["table", "set", ...words], at);

test("a table is set by the name that it will have, before anything is loaded", async () => {
  expect(await set(lines, "--partition-by", "day", "--soft-delete", "yes")).toMatchObject({
    table: lines,
    source: "shop",
    partitionBy: ["day"],
    softDelete: true,
  });
  expect(await set('"shop_old.stock".parts', "--history", "yes")).toMatchObject({ history: true });
  expect(await refusedCommand(["table", "set", "shop.order.lines"], at)).toMatchObject({ code: "TABLE_NOT_FOUND" });
  expect(await refusedCommand(["table", "set", 'shop."order.line"', "--history", "yes"], at)).toMatchObject({
    code: "TABLE_NOT_FOUND",
    message: `there is no table shop."order.line"; did you mean ${lines}?`,
  });
}, 120_000);

test("what is set is shown, and stays where something else is set", async () => {
  expect(await set(lines, "--freshness", "1d")).toMatchObject({ partitionBy: ["day"], softDelete: true });
  expect(await set(lines, "--partition-by", "auto", "--soft-delete", "no")).toMatchObject({ softDelete: false });
  expect(await set(lines)).toMatchObject({ softDelete: false, freshness: 86_400, mode: { mode: "diff" } });
  expect(await refusedCommand(["table", "set", lines, "--column", "day"], at)).toMatchObject({
    code: "USAGE",
    message: "a column and an overlap can only be set with the mode cursor",
  });
}, 120_000);

test("a source's own names stand after the source, the lake's in what is reported", async () => {
  const some = await askCommand<SyncReport>(["sync", "shop", "--table", '"order.lines"', '"old.stock".*'], at);
  expect(some.tables.map(({ sourceTable, lakeTable }) => [sourceTable, lakeTable]).toSorted()).toEqual([
    ['"old.stock".parts', '"shop_old.stock".parts'],
    ['public."order.lines"', lines],
  ]);
  expect(await refusedCommand(["sync", "shop", "--table", "order.lines"], at)).toMatchObject({
    code: "SOURCE_TABLE_NOT_FOUND",
  });
  await askCommand(["sync", "shop"], at);
  expect(await askCommand(["reconcile", "shop", "--table", 'public."order.lines"'], at)).toMatchObject({
    tables: [{ lakeTable: lines, equal: true }],
  });
}, 120_000);

test("every command about a table takes its name as SQL does", async () => {
  expect(await askCommand(["sql", `select id from ${lines}`], at)).toMatchObject({ rows: [{ id: 1 }] });
  expect(await askCommand(["table", "show", lines], at)).toMatchObject({ name: "order.lines" });
  expect(await askCommand(["table", "history", 'SHOP."ORDER.LINES"'], at)).toMatchObject({ snapshots: [{}] });
  expect(await askCommand(["table", "show", '"order.lines"'], at)).toMatchObject({ database: "shop" });
  expect(await askCommand(["table", "show", "shop.Orders"], at)).toMatchObject({ name: "Orders" });
  expect(await refusedCommand(["table", "show", "SHOP.ORDERS"], at)).toMatchObject({
    code: "TABLE_AMBIGUOUS",
    place: "shop.Orders, shop.orders",
  });
  expect(await refusedCommand(["table", "show", 'shop."orders'], at)).toMatchObject({ code: "USAGE" });
  await askCommand(["maintain", lines], at);
  const { databases } = await askCommand<{ databases: PresentedDatabase[] }>(["database", "list"], at);
  expect(databases).toEqual([
    { name: "shop", tables: 3, sources: ["shop"] },
    { name: "shop_old.stock", tables: 2, sources: ["shop"] },
  ]);
}, 120_000);

test("a table that no source feeds is not set", async () => {
  const history = '"shop_old.stock".parts__history';
  expect(await refusedCommand(["table", "set", history, "--history", "yes"], at)).toMatchObject({
    code: "USAGE",
    message: expect.stringContaining(`no source feeds ${history}`),
  });
}, 60_000);

test("a table that stayed when its source was removed is set again once the source is back", async () => {
  await askCommand(["source", "remove", "shop", "--yes"], at);
  expect(await refusedCommand(["table", "set", lines, "--freshness", "2d"], at)).toMatchObject({ code: "USAGE" });
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  expect(await set(lines, "--freshness", "2d")).toMatchObject({ table: lines, source: "shop", freshness: 172_800 });
  const { tables } = await askCommand<SyncReport>(["sync", "shop"], at);
  expect(tables).toContainEqual(expect.objectContaining({ lakeTable: lines, outcome: "unchanged" }));
  expect(await set(lines)).toMatchObject({ freshness: 172_800 });
}, 120_000);

test("a table is paused while its source is away, and the next sync says how it goes on", async () => {
  await source.kill();
  expect(await askCommand(["table", "pause", lines], at)).toEqual({ table: lines, paused: true });
  expect(await askCommand(["table", "reset", lines], at)).toEqual({ table: lines });
  source = await openSampleSource("postgres", join(home, "source"));
  const { tables } = await askCommand<SyncReport>(["sync", "shop"], at);
  expect(tables).toContainEqual(
    expect.objectContaining({
      lakeTable: lines,
      outcome: "paused",
      reason: `paused; resume it with: headgate table resume '${lines}'`,
    }),
  );
  const shown = await askCommand<{ tables: SourceTableState[] }>(["source", "show", "shop"], at);
  expect(shown.tables.filter(({ active }) => !active).map(({ lakeTable }) => lakeTable)).toEqual([lines]);
  const { stdout } = await runCommand(["table", "drop", lines, "--yes"], at);
  expect(stdout).toContain(`to load it again: headgate sync shop --table 'public."order.lines"'`);
}, 120_000);
