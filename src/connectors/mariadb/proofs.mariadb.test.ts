/**
 * Tests what the server's log proves and what it does not: restarts, restored copies, other engines, values that are
 * not stored in rows.
 */
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collectingSink } from "../../../test/conformance/collecting-sink.ts";
import { describeTable } from "../../../test/conformance/describe-table.ts";
import { startMariadb, type MariadbServer } from "../../../test/world/mariadb-server.ts";
import { using } from "../../base/cleanup.ts";
import type { Cut, Source, SourceTable } from "../../sync/source.ts";
import { mariadb } from "./mariadb.ts";

function open(address: string): Promise<Source> {
  const url = new URL(address);
  const password = decodeURIComponent(url.password);
  url.password = "";
  return mariadb.open({ url, password });
}

const never = new AbortController().signal;
const openCut = <T>(source: Source, work: (cut: Cut) => Promise<T>): Promise<T> =>
  using(source.openCut({ readers: 1 }), work);
const positionOf = (source: Source): Promise<string> => openCut(source, async ({ position }) => position);
const isProven = (source: Source, table: SourceTable, since: string): Promise<boolean> =>
  openCut(source, (cut) => cut.unchanged(table, undefined, since, 0));

let server: MariadbServer;
let source: Source;

beforeAll(async () => {
  server = await startMariadb();
  await server.query("create database d");
  await server.query("use d");
  source = await open(server.url("d"));
});

afterAll(async () => {
  await source?.[Symbol.asyncDispose]();
  await server?.stop();
});

const named = (name: string): Promise<SourceTable> => describeTable(source, { schema: "d", name });

describe("values that change although no row is written", () => {
  const columns: [expression: string, isProven: boolean][] = [
    ["c int as (unix_timestamp()) virtual", false],
    ["c datetime as (now()) virtual", false],
    ["c date as (curdate()) virtual", false],
    ["c varchar(100) as (user()) virtual", false],
    ["c int as (connection_id()) virtual", false],
    ["c double as (rand()) virtual", false],
    ["c varchar(30) as (@@lc_messages) virtual", false],
    ["c varchar(64) as (database()) virtual", false],
    ["c date as (cast(t as date)) virtual", false],
    ["c varchar(40) as (concat(ucase(s), 'user()', `now()`)) virtual", true],
    ["c int as (case when a > 3 then a % 2 else 1 end) virtual", true],
    ["c int as (a + 1) stored", true],
    ["c datetime as (at + interval 1 day) virtual", true],
    ["c varchar(40) as (date_format(at, '%Y')) virtual", true],
  ];

  test.each(columns)("%s: proven by the log: %s", async (column, isSteady) => {
    await server.query(
      `create or replace table generated (a int, s varchar(10), \`now()\` int, t time, at timestamp, ${column})`,
    );
    await server.query("insert into generated (a, s) values (1, 'x')");
    const table = await named("generated");
    const since = await positionOf(source);
    expect(await isProven(source, table, since)).toBe(isSteady);
    const print = await openCut(source, (cut) => cut.fingerprint(table));
    expect(print === undefined).toBe(!isSteady);
  });

  test("another expression of a generated column is another incarnation, and another digest", async () => {
    await server.query("create or replace table moved (a int, c int as (a + 1) virtual)");
    await server.query("insert into moved (a) values (1)");
    const [table, since] = [await named("moved"), await positionOf(source)];
    await server.query("alter table moved modify c int as (a + 2) virtual");
    const altered = await named("moved");
    expect(altered.incarnation).not.toBe(table.incarnation);
    expect(await isProven(source, altered, since)).toBe(false);
  });

  test("a setting that values depend on ends the proof", async () => {
    await server.query("create or replace table divided (a int, c double as (a / 3) virtual)");
    const [table, since] = [await named("divided"), await positionOf(source)];
    expect(await isProven(source, table, since)).toBe(true);
    await server.query("set global div_precision_increment = 9");
    expect(await isProven(source, table, since)).toBe(false);
    await server.query("set global div_precision_increment = default");
  });

  test("what a system-versioned table shows is what it holds now, whatever the server is set to", async () => {
    await server.query("create or replace table versioned (a int) with system versioning");
    await server.query("insert into versioned values (1)");
    await server.query("set global system_versioning_asof = '2020-01-01 00:00:00'");
    const table = await named("versioned");
    const sink = collectingSink(table);
    await openCut(source, (cut) => cut.read(table, undefined, sink, never));
    await server.query("set global system_versioning_asof = default");
    expect(sink.rows()).toEqual([["1"]]);
  });
});

describe("tables that are read as they are at the time", () => {
  test.each([
    ["MyISAM", "create table odd (a int) engine = MyISAM"],
    ["Aria", "create table odd (a int) engine = Aria"],
    ["CSV", "create table odd (a int not null) engine = CSV"],
    ["MEMORY", "create table odd (a int) engine = MEMORY"],
    ["ARCHIVE", "create table odd (a int) engine = ARCHIVE"],
    ["MERGE", "create table odd (a int) engine = MERGE union = (part_of_odd) insert_method = last"],
    ["a partitioned MyISAM", "create table odd (a int) engine = MyISAM partition by hash(a) partitions 2"],
    ["a view", "create view odd as select now(6) as a"],
    ["a view of an Aria table", "create view odd as select * from part_of_odd"],
  ])("%s: neither log nor digest is remembered", async (_engine, statement) => {
    await server.query("create or replace table part_of_odd (a int) engine = MyISAM");
    await server.query("drop table if exists odd");
    await server.query("drop view if exists odd");
    if ((await server.query(statement).catch(() => undefined)) === undefined) return;
    const table = await named("odd");
    const since = await positionOf(source);
    expect(await isProven(source, table, since)).toBe(false);
    expect(await openCut(source, (cut) => cut.fingerprint(table))).toBeUndefined();
    expect(await openCut(source, (cut) => cut.digests(table, undefined))).toBeDefined();
  });
});

describe("statements that bring other rows", () => {
  const statements: [title: string, make: readonly string[], change: readonly string[]][] = [
    [
      "two tables that change names",
      [
        "create table one_side (id int primary key)",
        "insert into one_side values (1)",
        "create table other_side like one_side",
      ],
      ["rename table one_side to between_both, other_side to one_side, between_both to other_side"],
    ],
    [
      "a partition that is exchanged",
      [
        "create table one_side (id int primary key) partition by range (id) (partition p values less than (9))",
        "insert into one_side values (1)",
        "create table other_side (id int primary key)",
      ],
      ["alter table one_side exchange partition p with table other_side"],
    ],
    [
      "a tablespace that is discarded",
      ["create table one_side (id int primary key)", "insert into one_side values (1)"],
      ["alter table one_side discard tablespace"],
    ],
    ["a table that is emptied", ["create table one_side (id int primary key)"], ["truncate one_side"]],
    [
      "an enum that gets other labels",
      ["create table one_side (id int primary key, e enum('a', 'b'))", "insert into one_side values (1, 'a')"],
      ["alter table one_side modify e enum('b', 'a')"],
    ],
    [
      "a distributed transaction",
      ["create table one_side (id int primary key)"],
      ["xa start 'x'", "insert into one_side values (5)", "xa end 'x'", "xa prepare 'x'", "xa commit 'x'"],
    ],
  ];

  test.each(statements)("%s: the log proves nothing", async (_title, make, change) => {
    await server.query("drop table if exists one_side, other_side");
    for (const statement of make) await server.query(statement);
    const [table, since] = [await named("one_side"), await positionOf(source)];
    for (const statement of change) await server.query(statement);
    expect(await isProven(source, table, since)).toBe(false);
  });

  test("after a distributed transaction nothing is proven: its end is in the log before its rows can be seen", async () => {
    const [table, since] = [await named("one_side"), await positionOf(source)];
    expect(await isProven(source, table, since)).toBe(false);
  });
});

describe("a table that is altered while a cut is open", () => {
  test.each([
    ["emptied", "truncate swap_live"],
    ["rebuilt", "alter table swap_live add column later int, algorithm = copy"],
    ["given another column at once", "alter table swap_live add column later int, algorithm = instant"],
    ["replaced", "rename table swap_live to swap_old, swap_next to swap_live"],
    ["dropped and made anew", "create or replace table swap_live (id int primary key)"],
  ])("%s: it is not read as something else", async (_title, statement) => {
    await server.query("drop table if exists swap_live, swap_next, swap_old");
    for (const name of ["swap_live", "swap_next"]) await server.query(`create table ${name} (id int primary key)`);
    await server.query("insert into swap_live values (1), (2)");
    await server.query("insert into swap_next values (3), (4)");
    const table = await named("swap_live");
    // The dictionary stores times in whole seconds.
    await server.query("do sleep(1.1)");
    const failure = await openCut(source, async (cut) => {
      await server.query(statement);
      return cut.read(table, undefined, collectingSink(table), never);
    }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "SOURCE_TABLE_ALTERED", place: "d.swap_live" });
  });
});

describe("a server that was started again", () => {
  let own: MariadbServer;
  let directory: string;
  const restart = async (change: () => Promise<void> = async () => undefined): Promise<void> => {
    await own.stop();
    await change();
    own = await startMariadb({ directory });
  };
  const on = async <T>(work: (source: Source, table: SourceTable) => Promise<T>): Promise<T> =>
    using(open(own.url("d")), async (opened) => work(opened, await describeTable(opened, { schema: "d", name: "t" })));
  const position = (): Promise<string> => on((opened) => positionOf(opened));
  const proven = (since: string): Promise<boolean> => on((opened, table) => isProven(opened, table, since));
  const write = (statement: string): Promise<unknown> => own.query(statement, { database: "d" });

  beforeAll(async () => {
    own = await startMariadb({ directory: join(server.directory, "own") });
    directory = own.directory;
    await own.query("create database d");
    await write("create table t (id int primary key, v varchar(20))");
    await write("insert into t values (1, 'one'), (2, 'two')");
  });

  afterAll(() => own?.stop());

  test("proves nothing at first, and everything from the next cut on", async () => {
    const before = await position();
    expect(await proven(before)).toBe(true);
    await restart();
    expect(await proven(before)).toBe(false);
    const after = await position();
    expect(await proven(after)).toBe(true);
  });

  test("a cold copy that is put back proves nothing, however far it goes", async () => {
    const copy = join(server.directory, "copy");
    await restart(() => cp(join(directory, "data"), copy, { recursive: true }));
    await write("update t set v = 'one!' where id = 1");
    const since = await position();
    await restart(async () => {
      await rm(join(directory, "data"), { recursive: true });
      await cp(copy, join(directory, "data"), { recursive: true });
    });
    await write("update t set v = 'two!' where id = 2");
    const offset = (text: string): unknown => (JSON.parse(text) as { offset: unknown }).offset;
    const now = await position();
    expect(offset(now)).toBe(offset(since));
    expect(await proven(since)).toBe(false);
    for (let id = 10; id < 20; id++) await write(`insert into t values (${id}, 'later')`);
    expect(await proven(since)).toBe(false);
    const later = await position();
    expect(await proven(later)).toBe(true);
  });

  test("the second in which it was started is known exactly, also when its clock and its counters are set", async () => {
    const identity = (text: string): unknown => (JSON.parse(text) as { identity: unknown }).identity;
    const found = new Set<unknown>();
    for (let turn = 0; turn < 5; turn++) {
      found.add(identity(await position()));
      await own.query("flush status");
      await own.query("do sleep(0.3)");
    }
    expect(found.size).toBe(1);
  });

  test("a log that starts anew proves nothing, also with counters that start anew", async () => {
    const since = await position();
    await own.query("reset master");
    await own.query("flush status");
    expect(await proven(since)).toBe(false);
  });
});
