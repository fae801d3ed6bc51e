/**
 * Tests every type with its extremes, very wide rows and very long values: equal after a load, a comparison and a
 * cursor, as read by Headgate's SQL and PyIceberg. Values that the lake cannot hold are null, as the documentation of
 * the types says.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { columnKinds } from "../soak/column-kinds.ts";
import { compareTables } from "./compare-tables.ts";
import { askCommand, type CommandOptions } from "../world/command.ts";
import { holdHeadgate } from "../world/held-headgate.ts";
import type { Dialect } from "../world/sample-shop.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

/** A value that the source and the lake write differently: type, literal, the lake's text. */
type Spelled = readonly [string, string, string | null];

const spelled: Readonly<Record<Dialect, readonly Spelled[]>> = {
  postgres: [
    ["date", "'infinity'", null],
    ["timestamp", "'-infinity'", null],
    ["timestamptz", "'infinity'", null],
    ["numeric(5,2)", "'NaN'", null],
    ["time", "'24:00'", null],
    ["money", "'-1234.5'", "-1234.50"],
    ["char(5)", "'ab'", "ab   "],
    ["bit(5)", "B'10101'", "10101"],
    ["positive", "7", "7"],
    ["mood", "'so so'", "so so"],
    ["pair", "row(1, 'a \"b\"')", '(1,"a ""b""")'],
    ["int generated always as (id * 2) stored", "default", "4"],
  ],
  mariadb: [
    ["date", "'0000-00-00'", null],
    ["date", "'2024-05-00'", null],
    ["datetime(6)", "'0000-00-00'", null],
    ["timestamp null", "'0000-00-00'", null],
    ["bit(1)", "b'1'", "true"],
    ["bit(13)", "b'1000000000001'", "4097"],
    ["bit(64)", "~0", "18446744073709551615"],
    ["enum('a','b')", "'none of them'", ""],
    ["int invisible", "7", "7"],
    ["int as (id * 2) virtual", "default", "4"],
    ["int as (id * 3) persistent", "default", "6"],
    ["varchar(20) character set latin1 collate latin1_swedish_ci", "'naïve €'", "naïve €"],
  ],
};

describe.each(["postgres", "mariadb"] as const)("from %s", (dialect) => {
  let home: string;
  let source: SampleSource;
  let at: CommandOptions;
  const kinds = columnKinds[dialect];
  const columns = kinds.map((_, index) => `c${index}`);

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "headgate-types-"));
    source = await openSampleSource(dialect, join(home, "source"));
    at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
    if (dialect === "postgres") {
      await source.execute("set intervalstyle = 'iso_8601'");
      await source.execute("create domain positive as int check (value > 0)");
      await source.execute("create type mood as enum ('sad', 'so so')");
      await source.execute("create type pair as (first int, second text)");
    }
    await source.execute(
      `create table every (id int primary key, touched int, ${kinds.map(({ type }, index) => `c${index} ${type}`).join(", ")})`,
    );
    const others = spelled[dialect].map(([type], index) => `c${index} ${type}`);
    await source.execute(`create table spelled (id int primary key, touched int, ${others.join(", ")})`);
    await source.execute("create table nothing (id int primary key, touched int)");
    await source.execute("create table one_column (c0 varchar(20))");
    await source.execute("insert into one_column values (null), (''), (''), ('null')");
    await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  /** For each type, row `id` has the value of number `id + turn`, or null in its turn. */
  const values = (id: number, turn: number): readonly string[] =>
    kinds.map((kind, index) =>
      (id + turn + index) % 7 === 0 ? "null" : (kind.values[(id + turn) % kind.values.length] ?? "null"),
    );
  const insert = (id: number, turn: number): Promise<void> =>
    source.execute(`insert into every values (${[id, turn, ...values(id, turn)].join(", ")})`);
  async function update(id: number, turn: number): Promise<void> {
    const set = values(id, turn).map((value, index) => `${columns[index]} = ${value}`);
    await source.execute(`update every set touched = ${turn}, ${set.join(", ")} where id = ${id}`);
  }
  async function insertSpelled(id: number, touched: number): Promise<void> {
    const literals = spelled[dialect].map(([, literal]) => (literal === "default" ? "default" : literal));
    const names = literals.map((_, index) => `c${index}`);
    await source.execute(
      `insert ${dialect === "mariadb" ? "ignore" : ""} into spelled (id, touched, ${names.join(", ")}) values (${id}, ${touched}, ${literals.join(", ")})`,
    );
  }
  async function expectExact(mode: string): Promise<void> {
    await using held = await holdHeadgate({ data: at.data, smallFile: "0" });
    const { tables } = await held.sync("shop");
    expect(tables.find(({ lakeTable }) => lakeTable === "shop.every")?.mode).toBe(mode);
    const names = ["every", "nothing", "one_column"];
    expect(await compareTables({ source, session: held.session, database: "shop", names })).toEqual([]);
    const list = spelled[dialect].map((_, index) => `c${index}::varchar`);
    const rows = await held.rows(`select ${list.join(", ")} from shop.spelled where id = 2`);
    expect(rows).toEqual([spelled[dialect].map(([, , text]) => text)]);
    const { tables: verdicts } = await held.reconcile("shop");
    expect(verdicts.filter(({ equal }) => !equal)).toEqual([]);
  }

  test("loaded", async () => {
    for (let id = 0; id < 40; id++) await insert(id, 0);
    await insertSpelled(2, 0);
    await expectExact("full");
  });

  test("compared", async () => {
    for (let id = 0; id < 40; id += 3) await update(id, 1);
    await source.execute("delete from every where id = 5");
    await insert(40, 1);
    await insertSpelled(3, 1);
    await source.execute("insert into one_column values ('null')");
    await expectExact("diff");
  });

  test("by a cursor", async () => {
    for (const table of ["every", "spelled", "nothing"])
      await askCommand(
        ["table", "set", `shop.${table}`, "--mode", "cursor", "--column", "touched", "--overlap", "0"],
        at,
      );
    for (let id = 1; id < 40; id += 3) await update(id, 2);
    await insert(41, 2);
    await insertSpelled(4, 2);
    await expectExact("cursor");
  });

  test("a thousand columns, and values of 64 MB", async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `c${index} int`);
    await source.execute(`create table wide (id int primary key, ${many.join(", ")})`);
    await source.execute(
      `create table lengthy (id int primary key, body ${dialect === "postgres" ? "text" : "longtext"})`,
    );
    for (let id = 0; id < 50; id++) await source.execute(`insert into wide (id, c0, c999) values (${id}, ${id}, null)`);
    for (let id = 0; id < 3; id++)
      await source.execute(`insert into lengthy values (${id}, repeat('abcdefg${id}', 8000000))`);
    await using held = await holdHeadgate({ data: at.data, smallFile: "0", engineMemory: "1024" });
    const names = ["wide", "lengthy"];
    await held.sync("shop");
    expect(await compareTables({ source, session: held.session, database: "shop", names })).toEqual([]);
    await source.execute("update wide set c500 = -1 where id = 7");
    await source.execute("update lengthy set body = concat(body, 'x') where id = 1");
    await held.sync("shop");
    expect(await compareTables({ source, session: held.session, database: "shop", names })).toEqual([]);
  });
});
