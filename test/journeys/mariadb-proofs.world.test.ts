/**
 * Tests what a MariaDB source cannot show: writes that are kept out of its log, and rows and columns that a user may
 * not see.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseJson } from "../../src/base/json.ts";
import { must } from "../../src/base/must.ts";
import { currentSchema } from "../../src/sync/run/lake-schema.ts";
import type { ReconcileReport } from "../../src/sync/compare/reconcile-source.ts";
import type { SyncReport, TableReport } from "../../src/sync/run/sync-report.ts";
import { askCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { startMariadb, type MariadbServer } from "../world/mariadb-server.ts";

let home: string;
let server: MariadbServer;
let at: CommandOptions;
let held: HeldHeadgate;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-mariadb-"));
  server = await startMariadb();
  await server.query("create database shop");
  await server.query("use shop");
  await server.query("create table kept (id int primary key, v varchar(20))");
  await server.query("insert into kept values (1, 'one'), (2, 'two')");
  await server.query("create table people (id int primary key, pub varchar(20), priv varchar(20) invisible)");
  await server.query("insert into people (id, pub, priv) values (1, 'seen', 'hidden')");
  await server.query("create user reader@'%' identified by 'r'");
  for (const table of ["kept", "people"]) await server.query(`grant select on shop.${table} to reader@'%'`);
  await server.query("grant binlog monitor on *.* to reader@'%'");
  at = { data: join(home, "data"), environment: { SHOP_PASSWORD: "r" } };
  const url = `mariadb://reader@127.0.0.1:${server.port}/shop`;
  await askCommand(["source", "add", "shop", url, "--password-env", "SHOP_PASSWORD"], at);
  held = await holdHeadgate({ data: at.data });
  for (let turn = 0; turn < 2; turn++) await askCommand(["sync", "shop"], at);
});

afterAll(async () => {
  await held?.[Symbol.asyncDispose]();
  await server?.stop();
  await rm(home, { recursive: true, force: true });
});

async function sync(): Promise<{ readonly code: number | null; table(name: string): TableReport | undefined }> {
  const { code, stdout } = await runCommand(["sync", "shop", "--json"], at);
  const { tables } = parseJson(stdout) as unknown as SyncReport;
  return { code, table: (name) => tables.find(({ sourceTable }) => sourceTable === `shop.${name}`) };
}

test("a write that was kept out of the log is found a day after the last comparison at the latest", async () => {
  await server.query("set sql_log_bin = 0");
  await server.query("update kept set v = 'changed' where id = 1");
  await server.query("set sql_log_bin = 1");
  const blind = (await sync()).table("kept");
  expect(blind?.outcome).toBe("unchanged");
  expect(blind?.reason).toContain("sql_log_bin = 0");
  const { db } = held.session.context;
  const almostADay = new Date(Date.now() - 23 * 3_600_000);
  await db.updateTable("positions").set({ compared_at: almostADay }).execute();
  expect((await sync()).table("kept")?.outcome).toBe("unchanged");
  await db
    .updateTable("positions")
    .set({ compared_at: new Date(Date.now() - 25 * 3_600_000) })
    .execute();
  expect((await sync()).table("kept")).toMatchObject({ outcome: "reloaded", rowsAdded: 1, rowsRemoved: 1 });
});

test("what an interrupted load has read is not believed for longer than what was compared", async () => {
  const readHoursAgo = async (hours: number): Promise<TableReport | undefined> => {
    await server.query("create or replace table resumed (id int primary key, v varchar(20))");
    await server.query("insert into resumed values (1, 'one')");
    await server.query("grant select on shop.resumed to reader@'%'");
    await held[Symbol.asyncDispose]();
    const { code } = await runCommand(["sync", "shop", "--table", "resumed", "--crash-at", "split-noted"], at);
    expect(code).toBeNull();
    held = await holdHeadgate({ data: at.data });
    const { db } = held.session.context;
    const staged_at = new Date(Date.now() - hours * 3_600_000);
    expect((await db.updateTable("staged_splits").set({ staged_at }).executeTakeFirst()).numUpdatedRows).toBe(1n);
    await server.query("set sql_log_bin = 0");
    await server.query("update resumed set v = 'changed'");
    await server.query("set sql_log_bin = 1");
    return (await sync()).table("resumed");
  };
  await readHoursAgo(25);
  expect(await held.rows("select v from shop.resumed")).toEqual([["changed"]]);
  await server.query("drop table resumed");
  await askCommand(["table", "drop", "shop.resumed", "--yes"], at);
  await readHoursAgo(23);
  expect(await held.rows("select v from shop.resumed")).toEqual([["one"]]);
  const positions = held.session.context.db.selectFrom("positions");
  const position = await positions.select("compared_at").where("source_name", "=", "resumed").executeTakeFirst();
  expect(Date.now() - (position?.compared_at?.getTime() ?? 0)).toBeGreaterThan(22 * 3_600_000);
});

test("long values are compared by their hashes on both sides", async () => {
  await server.query("create table long_values (id int primary key, t longtext, b longblob)");
  await server.query("grant select on shop.long_values to reader@'%'");
  await server.query("insert into long_values values (1, repeat('é', 4000), repeat(x'ff00', 4000)), (2, null, null)");
  expect((await sync()).table("long_values")?.outcome).toBe("created");
  const { tables } = await askCommand<ReconcileReport>(["reconcile", "shop", "--table", "long_values"], at);
  expect(tables).toMatchObject([{ equal: true, how: "the digests of all rows are equal on both sides" }]);
});

test("a right on some columns makes the table unreadable, with the statement that mends it, and the others load", async () => {
  await server.query("revoke select on shop.people from reader@'%'");
  await server.query("grant select (id, pub) on shop.people to reader@'%'");
  await server.query("insert into kept values (3, 'three')");
  const { code, table } = await sync();
  expect(code).toBe(2);
  expect(table("kept")).toMatchObject({ outcome: "reloaded", rowsAdded: 1 });
  expect(table("people")).toMatchObject({ outcome: "failed", error: { code: "SOURCE_RIGHT_MISSING" } });
  expect(table("people")?.error?.remedy).toContain("grant select on `shop`.`people` to 'reader'@'%';");
});

test("a table that was dropped is said to be gone, also where the user may read single tables only", async () => {
  await server.query("create table short_lived (id int primary key)");
  await server.query("grant select on shop.short_lived to reader@'%'");
  expect((await sync()).table("short_lived")?.outcome).toBe("created");
  await server.query("drop table short_lived");
  expect((await sync()).table("short_lived")?.outcome).toBe("gone");
});

test("a table whose rights were taken away is not said to be gone", async () => {
  await server.query("revoke select (id, pub) on shop.people from reader@'%'");
  const { table } = await sync();
  expect(table("people")).toMatchObject({ outcome: "failed", error: { code: "SOURCE_RIGHT_MISSING" } });
  await server.query("grant select on shop.people to reader@'%'");
  const again = await sync();
  expect(again.code).toBe(0);
  expect(again.table("people")?.schemaChanges).toEqual([]);
});

describe("bigint unsigned", () => {
  const most = "9223372036854775807";
  const large = "9223372036854775000";
  const choose = (type: string) => askCommand(["table", "set", "shop.ids", "--unsigned-bigint", type], at);
  const rows = async (): Promise<unknown> => {
    const sql = "select id::varchar as id, v, typeof(id) as type from shop.ids order by 1";
    const found = await askCommand<{ rows: readonly { id: string; v: number; type: string }[] }>(["sql", sql], at);
    return found.rows.map(({ id, v, type }) => [id, v, type]);
  };
  const proof = async (): Promise<unknown> =>
    (await askCommand<ReconcileReport>(["reconcile", "shop", "--table", "ids"], at)).tables.map(({ equal }) => equal);
  const fieldId = async (): Promise<number | undefined> => {
    const { catalog } = held.session.context;
    const entry = (await catalog.entries()).find(({ name }) => name === "ids");
    const { metadata } = await catalog.load(must(entry, "the table"));
    return currentSchema(metadata).fields.find(({ name }) => name === "id")?.id;
  };

  test("is decimal(20,0) unless somebody chose long, which is another column of the same name", async () => {
    await server.query("create table ids (id bigint unsigned primary key, v int)");
    await server.query("grant select on shop.ids to reader@'%'");
    await server.query(`insert into ids values (0, 1), (${large}, 2)`);
    expect((await sync()).table("ids")?.outcome).toBe("created");
    expect(await fieldId()).toBe(1);
    await choose("long");
    const changed = (await sync()).table("ids");
    expect(changed?.schemaChanges[0]).toContain("id became long");
    expect(await fieldId()).toBe(3);
    expect(await rows()).toEqual([
      ["0", 1, "BIGINT"],
      [large, 2, "BIGINT"],
    ]);
    expect(await proof()).toEqual([true]);
    expect((await sync()).table("ids")?.outcome).toBe("unchanged");
  });

  test("a cursor on a long sees new rows", async () => {
    await askCommand(["table", "set", "shop.ids", "--mode", "cursor", "--column", "id"], at);
    await server.query(`insert into ids values (${most}, 3)`);
    expect((await sync()).table("ids")).toMatchObject({ mode: "cursor", rowsAdded: 1, rowsRemoved: 0 });
    await server.query(`update ids set v = 20 where id = ${large}`);
    expect((await sync()).table("ids")).toMatchObject({ rowsAdded: 1, rowsRemoved: 1 });
    expect(await proof()).toEqual([true]);
  });

  test("a value that is no long fails its table alone, by a cursor or not, and decimal takes it in", async () => {
    for (const beyond of ["9223372036854775808", "18446744073709551615"]) {
      await server.query(`insert into ids values (${beyond}, 4)`);
      await server.query("update kept set v = concat(v, '!') where id = 1");
      const { code, table } = await sync();
      expect(code).toBe(2);
      expect(table("kept")).toMatchObject({ outcome: "reloaded", rowsAdded: 1 });
      expect(table("ids")).toMatchObject({
        outcome: "failed",
        error: { code: "SOURCE_VALUE_BEYOND_LONG", place: "shop.ids.id" },
      });
      expect(table("ids")?.error?.remedy).toContain("--unsigned-bigint decimal");
      expect(await rows()).toHaveLength(3);
      await askCommand(["table", "set", "shop.ids", "--mode", "auto"], at);
    }
    await choose("decimal");
    expect((await sync()).table("ids")?.schemaChanges[0]).toContain("id became decimal(20,0)");
    expect(await fieldId()).toBe(4);
    expect(await rows()).toEqual([
      ["0", 1, "DECIMAL(20,0)"],
      ["18446744073709551615", 4, "DECIMAL(20,0)"],
      [large, 20, "DECIMAL(20,0)"],
      [most, 3, "DECIMAL(20,0)"],
      ["9223372036854775808", 4, "DECIMAL(20,0)"],
    ]);
    expect(await proof()).toEqual([true]);
  });

  test("what is chosen for a source holds for tables of which nothing is said", async () => {
    await server.query(`delete from ids where id > ${most}`);
    await askCommand(["source", "set", "shop", "--unsigned-bigint", "long"], at);
    expect((await sync()).table("ids")?.schemaChanges).toEqual([]);
    await choose("auto");
    expect((await sync()).table("ids")?.schemaChanges[0]).toContain("id became long");
    expect(await proof()).toEqual([true]);
  });
});
