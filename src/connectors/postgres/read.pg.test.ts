/**
 * Tests reading that is specific to PostgreSQL: every type, unusual tables, proofs of "nothing changed", aborts and
 * refusals.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cellText, sameValue } from "../../../test/conformance/cell-text.ts";
import { collectingSink } from "../../../test/conformance/collecting-sink.ts";
import { describeTable as describeIn } from "../../../test/conformance/describe-table.ts";
import { keepingSink } from "../../../test/conformance/keeping-sink.ts";
import { startPostgres, type PostgresServer } from "../../../test/world/postgres-server.ts";
import { using } from "../../base/cleanup.ts";
import type { ColumnBuffer } from "../../engine/column-buffer.ts";
import type { Source, SourceTable } from "../../sync/source.ts";
import { postgres } from "./postgres.ts";

let server: PostgresServer;
let source: Source;

beforeAll(async () => {
  server = await startPostgres();
  await server.createDatabase("d");
  source = await open(server.url("d"));
});

afterAll(async () => {
  await source?.[Symbol.asyncDispose]();
  await server?.stop();
});

function open(address: string, change: (url: URL) => void = () => {}): Promise<Source> {
  const url = new URL(address);
  change(url);
  const password = decodeURIComponent(url.password);
  url.password = "";
  return postgres.open({ url, password });
}

const execute = (statement: string) => server.query(statement, [], { database: "d" });

function describeTable(name: string, schema = "public"): Promise<SourceTable> {
  return describeIn(source, { schema, name });
}

const never = new AbortController().signal;

/** Each type with values, its lake type, and SQL that gives the same text independently of the connector. */
const types: [declared: string, lakeType: string, values: readonly string[], text?: string][] = [
  ["boolean", "boolean", ["true", "false"], "c::int"],
  ["smallint", "int", ["-32768", "32767", "-1"]],
  ["integer", "int", ["-2147483648", "2147483647"]],
  ["bigint", "long", ["-9223372036854775808", "9223372036854775807", "-1"]],
  ["oid", "long", ["4294967295", "0"]],
  ["real", "float", ["'nan'", "'-infinity'", "0.1", "'-0'", "3.4e38"], "c::float8"],
  ["double precision", "double", ["'nan'", "'infinity'", "0.1", "5e-324", "1.7976931348623157e308"]],
  ["numeric(9,4)", "decimal(9,4)", ["-99999.9999", "0.0001", "0", "10000", "12345"]],
  ["numeric(12,2)", "decimal(12,2)", ["9999999999.99", "-9999999999.99", "0.01", "100000000"]],
  ["numeric(18,6)", "decimal(18,6)", ["-999999999999.999999", "123456789012.000001", "0.9"]],
  ["numeric(18,0)", "decimal(18,0)", ["999999999999999999", "-100000000000000000", "9007199254740993"]],
  ["numeric(38,10)", "decimal(38,10)", ["-9999999999999999999999999999.9999999999", "0.0000000001", "1"]],
  ["numeric", "string", ["1.10", "'nan'", "123456789012345678901234567890.5", "1e-20"]],
  ["numeric(60,30)", "string", ["123456789012345678901234567890.123456789012345678901234567891"]],
  ["date", "date", ["'0001-01-01'", "'9999-12-31'", "'1999-12-31'", "'2000-01-01'"]],
  [
    "timestamp",
    "timestamp",
    ["'1969-12-31 23:59:59.999999'", "'9999-12-31 23:59:59.999999'", "'0001-01-01'"],
    "to_char(c, 'YYYY-MM-DD HH24:MI:SS.US')",
  ],
  [
    "timestamptz",
    "timestamptz",
    ["'2024-03-31 02:30:00+02'", "'1900-01-01 00:00:00+00'"],
    "to_char(c at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
  ],
  ["time", "time", ["'00:00'", "'23:59:59.999999'"], "(extract(epoch from c) * 1000000)::bigint"],
  ["timetz", "string", ["'23:59:59.999999+05:30'"]],
  ["interval", "string", ["'1 year 2 mons 3 days 04:05:06.7'", "'-1 day'"]],
  ["uuid", "uuid", ["'123e4567-e89b-12d3-a456-426655440000'"]],
  ["bytea", "binary", ["'\\x00ff00'", "''"], "encode(c, 'hex')"],
  ["text", "string", ["'naïve 🦊'", "''", "'\\N'", "repeat('é', 100000)"]],
  ["varchar(20)", "string", ["'trailing  '"]],
  ["char(5)", "string", ["'ab'"], "rpad(c, 5)"],
  ["json", "string", [`'{"b" : 1, "a": [1.0]}'`]],
  ["jsonb", "string", [`'{"b" : 1, "a": [1.0]}'`, `'"🦊"'`]],
  ["xml", "string", ["'<a>1</a>'"]],
  ["inet", "string", ["'10.0.0.1/8'", "'2001:db8::1'"]],
  ["macaddr", "string", ["'08:00:2b:01:02:03'"]],
  ["bit(9)", "string", ["b'100000001'"]],
  ["int4range", "string", ["'[1,5)'", "'empty'"]],
  ["int[]", "string", ["'{1,null,3}'", "'{}'"]],
  ["text[]", "string", [`'{"a,b",null,"null"}'`]],
  ["point", "string", ["'(1,2.5)'"]],
  ["tsvector", "string", ["'a fat cat'"]],
  ["mood", "string", ["'so, so'"]],
  ["pair", "string", [`'(1,"a b")'`]],
  ["positive", "int", ["7"]],
];

describe("types", () => {
  beforeAll(async () => {
    await execute("create type mood as enum ('good', 'so, so')");
    await execute("create type pair as (a int, b text)");
    await execute("create domain positive as int check (value > 0)");
    await execute("set intervalstyle = iso_8601");
    await execute("set extra_float_digits = 3");
  });

  test.each(types)("%s becomes %s, value by value", async (declared, lakeType, values, text = "c::text") => {
    await execute("drop table if exists torture");
    await execute(`create table torture (c ${declared})`);
    const table = await describeTable("torture");
    const [column] = table.columns;
    if (column === undefined) throw new Error("no column");
    expect(column.lakeType).toBe(lakeType);
    for (const value of [...values, "null"]) {
      await execute("delete from torture");
      await execute(`insert into torture values (${value})`);
      const [row] = await execute(`select ${text} as c from torture`);
      const sink = keepingSink(table);
      await using(source.openCut({ readers: 1 }), (cut) => cut.read(table, undefined, sink, never));
      const buffer = sink.columns[0] as ColumnBuffer;
      expect(buffer.rows).toBe(1);
      const [ours, theirs] = [buffer.nulls === 1 ? null : cellText(column, buffer.values), row?.["c"] ?? null];
      const same = ours === null || theirs === null ? ours === theirs : sameValue(column, ours, theirs);
      expect(same, `${value}: ${ours} for ${theirs}`).toBe(true);
      expect(sink.inexactColumns).toEqual([]);
    }
  });

  test.each([
    ["date", "'infinity'"],
    ["timestamp", "'-infinity'"],
    ["timestamptz", "'294276-12-31'"],
    ["time", "'24:00'"],
    ["numeric(9,2)", "'nan'"],
    ["numeric(38,2)", "'nan'"],
  ])("a %s of %s is null and counted", async (declared, value) => {
    await execute("drop table if exists torture");
    await execute(`create table torture (c ${declared} not null)`);
    await execute(`insert into torture values (${value})`);
    const table = await describeTable("torture");
    expect(table.columns[0]).toMatchObject({ nullable: true });
    const sink = keepingSink(table);
    await using(source.openCut({ readers: 1 }), (cut) => cut.read(table, undefined, sink, never));
    expect(sink.inexactColumns).toEqual(["c"]);
    expect(sink.columns[0]?.nulls).toBe(1);
  });
});

describe("tables", () => {
  const allRows = async (name: string, schema?: string) => {
    const table = await describeTable(name, schema);
    const sink = collectingSink(table);
    await using(source.openCut({ readers: 2 }), async (cut) => {
      for (const range of await cut.split(table, 64 * 1024)) await cut.read(table, range, sink, never);
    });
    return sink.rows();
  };

  test("dropped, generated and 1,000 columns", async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `c${index} int default ${index}`);
    await execute(`create table many (gone int, ${many.join(", ")}, twice int generated always as (c1 * 2) stored)`);
    await execute("alter table many drop column gone");
    await execute("insert into many default values");
    const [row] = await allRows("many");
    expect(row).toHaveLength(1_001);
    expect([row?.[0], row?.[999], row?.[1_000]]).toEqual(["0", "999", "2"]);
  });

  test("partitions and children: the whole once, from its parent", async () => {
    await execute("create table parted (id int, day date) partition by range (day)");
    await execute("create table parted_1 partition of parted for values from ('2024-01-01') to ('2024-02-01')");
    await execute("create table parted_2 partition of parted default");
    await execute("insert into parted select n, date '2024-01-20' + n from generate_series(1, 5000) n");
    const names = (await source.discover()).filter(({ name }) => name.name.startsWith("parted"));
    expect(names.map(({ name, kind }) => [name.name, kind]).toSorted()).toEqual([
      ["parted", "partitioned table"],
      ["parted_1", "partition"],
      ["parted_2", "partition"],
    ]);
    const rows = await allRows("parted");
    expect(new Set(rows.map(([id]) => id)).size).toBe(5_000);
    expect(rows).toHaveLength(5_000);
  });

  test("rows that moved between pages during the reading are there once", async () => {
    await execute("create table moving (id int primary key, pad text)");
    await execute("insert into moving select n, repeat('x', 200) from generate_series(1, 3000) n");
    const table = await describeTable("moving");
    const sink = collectingSink(table);
    await using(source.openCut({ readers: 2 }), async (cut) => {
      for (const range of await cut.split(table, 64 * 1024)) {
        await execute("update moving set pad = pad || 'y' where id % 3 = 0");
        await cut.read(table, range, sink, never);
      }
    });
    const rows = sink.rows();
    expect(rows).toHaveLength(3_000);
    expect(rows.every(([, pad]) => pad?.length === 200)).toBe(true);
  });

  test("a value of 64 MB arrives whole", async () => {
    await execute("create table huge as select repeat('0123456789abcdef', 4194304) as c");
    const table = await describeTable("huge");
    const sink = keepingSink(table);
    await using(source.openCut({ readers: 1 }), (cut) => cut.read(table, undefined, sink, never));
    expect(sink.columns[0]?.size).toBe(64 * 1024 * 1024 + 4);
  });
});

describe("a key", () => {
  test("is none while a constraint against nulls is not valid for the rows that are there", async () => {
    await execute("create table unvalid (id int unique)");
    await execute("insert into unvalid values (null), (null)");
    await execute("alter table unvalid add constraint never not null id not valid");
    expect(await describeTable("unvalid")).toMatchObject({ key: undefined, columns: [{ nullable: true }] });
    await execute("delete from unvalid");
    await execute("alter table unvalid validate constraint never");
    expect(await describeTable("unvalid")).toMatchObject({ key: ["id"], columns: [{ nullable: false }] });
  });
});

describe("nothing changed", () => {
  const proven = async (change: () => Promise<unknown>): Promise<boolean> => {
    await execute("drop table if exists proof");
    await execute("create table proof (id int primary key, c text)");
    await execute("insert into proof select n, 'c' from generate_series(1, 100) n");
    const table = await describeTable("proof");
    const since = await using(source.openCut({ readers: 1 }), async ({ position }) => position);
    await change();
    const now = await describeTable("proof");
    if (now.incarnation !== table.incarnation) return false;
    return using(source.openCut({ readers: 1 }), (cut) => cut.unchanged(now, undefined, since, 100));
  };

  test.each<[string, () => Promise<unknown>, boolean]>([
    ["nothing at all", async () => {}, true],
    ["writes to another table", () => execute("create table if not exists elsewhere as select 1 as a"), true],
    ["a vacuum that freezes", () => execute("vacuum (freeze) proof"), true],
    ["an insert that was rolled back", () => execute("begin; insert into proof values (0, 'x'); rollback"), true],
    ["an insert", () => execute("insert into proof values (0, 'x')"), false],
    ["an update that keeps the value", () => execute("update proof set c = 'c' where id = 1"), false],
    [
      "one row for another",
      () => execute("with gone as (delete from proof where id = 1) insert into proof values (0, 'x')"),
      false,
    ],
    ["a delete", () => execute("delete from proof where id = 1"), false],
    [
      "a truncate and the same rows again",
      () =>
        execute("create table again as table proof; truncate proof; insert into proof table again; drop table again"),
      false,
    ],
  ])("after %s", async (_what, change, expected) => {
    expect(await proven(change)).toBe(expected);
  });

  test("a transaction that was open at the earlier cut and committed since is seen", async () => {
    await execute("drop table if exists late");
    await execute("create table late (id int)");
    const other = await startOther();
    await other("begin");
    await other("insert into late values (1)");
    const table = await describeTable("late");
    const since = await using(source.openCut({ readers: 1 }), async ({ position }) => position);
    await other("commit");
    expect(await using(source.openCut({ readers: 1 }), (cut) => cut.unchanged(table, undefined, since, 0))).toBe(false);
  });

  /** A separate session, through a database of another name so that the pool does not share it. */
  async function startOther(): Promise<(statement: string) => Promise<unknown>> {
    const { Client } = await import("pg");
    const client = new Client({
      host: server.socketDirectory,
      user: server.user,
      password: server.password,
      database: "d",
    });
    await client.connect();
    client.on("error", () => undefined);
    return (statement) => client.query(statement);
  }
});

describe("refusals", () => {
  test("a right that is missing names the table", async () => {
    await execute("create table closed (id int)");
    await execute("create role poor login password 'poor'");
    const poor = await open(server.url("d"), (url) => {
      url.username = "poor";
      url.password = "poor";
    });
    const table = await describeTable("closed");
    const reading = using(poor.openCut({ readers: 1 }), (cut) => cut.read(table, undefined, keepingSink(table), never));
    await expect(reading).rejects.toMatchObject({
      code: "SOURCE_RIGHT_MISSING",
      place: expect.stringContaining("closed"),
    });
    await poor[Symbol.asyncDispose]();
  });

  test("a server that ends the session during a read says why", async () => {
    await execute("create view ended as select 1 as id from pg_advisory_lock_shared(815)");
    const table = await describeTable("ended");
    await execute("select pg_advisory_lock(815)");
    const reading = using(source.openCut({ readers: 1 }), (cut) =>
      cut.read(table, undefined, keepingSink(table), never),
    );
    const ending = expect(reading).rejects.toMatchObject({
      code: "SOURCE_LOST",
      message: expect.stringContaining("terminating connection due to administrator command"),
    });
    const waiting = "from pg_locks where locktype = 'advisory' and not granted";
    await expect.poll(() => execute(`select pg_terminate_backend(pid) ${waiting}`)).toHaveLength(1);
    await ending;
    await execute("select pg_advisory_unlock(815)");
  });

  test("a server that dies during a read, and one that died before it, are a lost connection", async () => {
    const dying = await startPostgres();
    await dying.query("create table t as select n as id, repeat('x', 500) as pad from generate_series(1, 200000) n");
    const lost = await open(dying.url("postgres"));
    const table = await describeIn(lost, { schema: "public", name: "t" });
    const cut = await lost.openCut({ readers: 1 });
    const sink = { ...keepingSink(table), full: true, drain: () => dying.kill() };
    await expect(cut.read(table, undefined, sink, never)).rejects.toMatchObject({ code: "SOURCE_LOST" });
    await expect(cut.read(table, undefined, keepingSink(table), never)).rejects.toMatchObject({
      code: expect.stringMatching(/^SOURCE_(LOST|UNREACHABLE)$/),
    });
    await cut[Symbol.asyncDispose]();
    await lost[Symbol.asyncDispose]();
  });
});

test("comments of tables and columns are described, also of partitioned tables", async () => {
  await execute("create table said (id int, plain int, dropped int, odd int) partition by list (id)");
  await execute("alter table said drop column dropped");
  await execute("comment on table said is 'of the table'");
  await execute("comment on column said.id is 'a number'");
  await execute(`comment on column said.odd is 'it''s "☕"'`);
  const { comment, columns } = await describeTable("said");
  expect([comment, ...columns.map((column) => column.comment)]).toEqual([
    "of the table",
    "a number",
    undefined,
    `it's "☕"`,
  ]);
});
