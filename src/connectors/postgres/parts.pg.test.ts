/**
 * Tests tables that consist of others, and tables whose rows are stored elsewhere: all parts together are always what
 * `select` shows.
 */
import { chmod, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isDeepStrictEqual } from "node:util";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "pg";
import { collectingSink } from "../../../test/conformance/collecting-sink.ts";
import { startPostgres, type PostgresServer } from "../../../test/world/postgres-server.ts";
import { using } from "../../base/cleanup.ts";
import type { Cut, Source, SourceTable } from "../../sync/source.ts";
import { quoteTable } from "./identifiers.ts";
import { postgres } from "./postgres.ts";

let server: PostgresServer;
let source: Source;
let limited: Source;

beforeAll(async () => {
  server = await startPostgres();
  await server.createDatabase("d");
  await server.createDatabase("elsewhere");
  await server.query("create table remote (id int, v text)", [], { database: "elsewhere" });
  await server.query("insert into remote values (101, 'far'), (102, 'away')", [], { database: "elsewhere" });
  await execute("create extension postgres_fdw");
  await execute("create extension file_fdw");
  await execute(
    `create server far foreign data wrapper postgres_fdw options (host '${server.socketDirectory}', dbname 'elsewhere')`,
  );
  await execute(
    `create user mapping for current_user server far options (user '${server.user}', password '${server.password}')`,
  );
  await execute("create server files foreign data wrapper file_fdw");
  await execute("create role limited login password 'limited'");
  source = await open(server.user, server.password);
  limited = await open("limited", "limited");
});

afterAll(async () => {
  await source?.[Symbol.asyncDispose]();
  await limited?.[Symbol.asyncDispose]();
  await server?.stop();
});

const execute = (statement: string) => server.query(statement, [], { database: "d" });
const never = new AbortController().signal;

function open(user: string, password: string): Promise<Source> {
  const url = new URL(server.url("d"));
  url.username = user;
  url.password = "";
  return postgres.open({ url, password });
}

async function openClient(name = "somebody"): Promise<Client> {
  const { socketDirectory: host, user, password } = server;
  const client = new Client({ host, user, password, database: "d", application_name: name });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

async function describeTable(name: string, { schema = "public", from = source } = {}): Promise<SourceTable> {
  const [table] = await from.describe([{ schema, name }]);
  if (table === undefined || "obstacle" in table) throw new Error(`${name} cannot be loaded`);
  return table;
}

async function readRanges(cut: Cut, table: SourceTable) {
  const ranges = await cut.split(table, 32 * 1024);
  const sink = collectingSink(table);
  for (const range of ranges) await cut.read(table, range, sink, never);
  return { ranges, rows: sink.rows().map((row) => JSON.stringify(row)) };
}

/** Checks that the rows of its ranges are those that `select` shows. */
async function expectWhole(name: string, { schema = "public", from = source } = {}) {
  const table = await describeTable(name, { schema, from });
  const { ranges, rows } = await using(from.openCut({ readers: 2 }), (cut) => readRanges(cut, table));
  const columns = table.columns.map((column) => `"${column.name}"::text`).join(", ");
  const shown = await execute(`select json_build_array(${columns})::text as row from ${quoteTable(table.name)}`);
  const expected = shown.map(({ row }) => JSON.stringify(JSON.parse(row ?? "[]")));
  expect(rows.length).toBe(expected.length);
  expect(rows.filter((row) => !expected.includes(row))).toEqual([]);
  expect(isDeepStrictEqual(rows.toSorted(), expected.toSorted())).toBe(true);
  return { table, ranges, rows };
}

describe("partitions", () => {
  beforeAll(async () => {
    await execute("create schema aside");
    await execute("create table part (id int, v text) partition by range (id)");
    await execute("create table part_1 partition of part for values from (0) to (50)");
    await execute("create table aside.part_2 partition of part for values from (50) to (101)");
    await execute(
      "create foreign table part_far partition of part for values from (101) to (200) server far options (table_name 'remote')",
    );
    await execute("create table part_deep partition of part for values from (200) to (400) partition by list (v)");
    await execute("create table part_deep_x partition of part_deep for values in ('x')");
    await execute("create table part_deep_rest partition of part_deep default");
    await execute("create table part_rest partition of part default");
    await execute("insert into part select n, 'local' from generate_series(1, 100) n");
    await execute(
      "insert into part select 200 + n % 200, case when n % 2 = 0 then 'x' else 'y' || n end from generate_series(1, 4000) n",
    );
    await execute("insert into part values (null, 'nowhere'), (100000, null)");
  });

  test("a foreign one, one in another schema, one that is partitioned itself and the default one are there", async () => {
    const { rows, ranges } = await expectWhole("part");
    expect(rows).toHaveLength(4_104);
    expect(ranges.length).toBeGreaterThan(5);
  });

  test("each alone is what select shows of it", async () => {
    for (const name of ["part_1", "part_far", "part_deep", "part_rest"]) await expectWhole(name);
    await expectWhole("part_2", { schema: "aside" });
  });

  test("row versions prove nothing of a table with a foreign partition: its rows are not those of the snapshot", async () => {
    for (const name of ["part", "part_far"]) {
      const table = await describeTable(name);
      await using(source.openCut({ readers: 1 }), async (cut) => {
        expect(await cut.unchanged(table, undefined, cut.position, 4_104)).toBe(false);
      });
    }
  });

  test("without partitions there are no rows, and no failure", async () => {
    await execute("create table unparted (id int) partition by hash (id)");
    expect((await expectWhole("unparted")).rows).toEqual([]);
  });

  test("a partition that is being detached is a table of its own, because its parent does not show it any more", async () => {
    await execute("create table leaving (id int) partition by list (id)");
    await execute("create table leaving_1 partition of leaving for values in (1)");
    await execute("create table leaving_2 partition of leaving for values in (2)");
    await execute("insert into leaving values (1), (2)");
    // Another transaction that sees the partition makes the detaching wait; ending the wait leaves it half done.
    const [reader, owner] = [await openClient(), await openClient()];
    await reader.query("begin; select * from leaving");
    await owner.query("set statement_timeout = '300ms'");
    await expect(owner.query("alter table leaving detach partition leaving_2 concurrently")).rejects.toThrow("timeout");
    await reader.end();
    await owner.end();
    expect((await expectWhole("leaving")).rows).toEqual(['["1"]']);
    const objects = await source.discover();
    const kinds = ["leaving_1", "leaving_2"].map((name) => objects.find((object) => object.name.name === name)?.kind);
    expect(kinds).toEqual(["partition", "table"]);
    await execute("alter table leaving detach partition leaving_2 finalize");
  });

  test("a user who may read the parent only gets all rows through it", async () => {
    await execute("create table mine (id int, v text) partition by range (id)");
    await execute("create table mine_1 partition of mine for values from (0) to (5000)");
    await execute("create table aside.mine_2 partition of mine for values from (5000) to (10001)");
    await execute("insert into mine select n, 'v' from generate_series(1, 10000) n");
    await execute("grant select on mine to limited");
    const { rows, ranges } = await expectWhole("mine", { from: limited });
    expect(rows).toHaveLength(10_000);
    expect(ranges).toEqual([undefined]);
    // The proof by row versions also reads through the parent.
    const table = await describeTable("mine", { from: limited });
    await using(limited.openCut({ readers: 1 }), async (cut) =>
      expect(await cut.digests(table, undefined)).toMatchObject([{ rows: 10_000 }]),
    );
  });

  test("row security on a partition is not that of its parent", async () => {
    await execute("create table ruled (id int) partition by list (id)");
    await execute("create table ruled_1 partition of ruled for values in (1)");
    await execute("create table ruled_2 partition of ruled default");
    await execute("insert into ruled values (1), (2), (3)");
    await execute("alter table ruled_1 enable row level security");
    await execute("grant select on ruled, ruled_1, ruled_2 to limited");
    expect((await expectWhole("ruled", { from: limited })).rows).toHaveLength(3);
  });
});

describe("inheritance", () => {
  test("a parent shows the rows of its children, each once, and the children are tables too", async () => {
    await execute("create table cities (name text, people int)");
    await execute("create table capitals (country text) inherits (cities)");
    await execute("create table ports (sea text) inherits (cities)");
    await execute("create table both_of_them () inherits (capitals, ports)");
    await execute("insert into cities values ('Arad', 1)");
    await execute("insert into capitals values ('Roma', 2, 'IT')");
    await execute("insert into ports values ('Constanta', 3, 'Black')");
    await execute("insert into both_of_them values ('Lisboa', 4, 'PT', 'Atlantic')");
    expect((await expectWhole("cities")).rows).toHaveLength(4);
    expect((await expectWhole("capitals")).rows).toHaveLength(2);
    const kinds = (await source.discover()).filter(({ name }) => ["cities", "ports"].includes(name.name));
    expect(kinds.map(({ kind }) => kind)).toEqual(["table", "table"]);
  });

  test("children may be foreign tables and files", async () => {
    const file = join(tmpdir(), `headgate-parts-${process.pid}.csv`);
    await writeFile(file, "Oslo,5\n");
    await chmod(file, 0o644);
    await execute("create table places (name text, people int)");
    await execute("insert into places values ('Bonn', 6)");
    await execute(
      `create foreign table places_file () inherits (places) server files options (filename '${file}', format 'csv')`,
    );
    expect((await expectWhole("places")).rows).toHaveLength(2);
    await expectWhole("places_file");
  });

  /** As in TimescaleDB: chunks inherit from the table and are in a schema that belongs to the extension. */
  test("the storage of an extension is read through its table, and is not loaded beside it", async () => {
    await execute("create schema chunks");
    await execute("create extension ltree with schema public");
    await execute("create table readings (at date, value text)");
    await execute("alter extension ltree add schema chunks");
    await execute("create table chunks.readings_1 () inherits (readings)");
    await execute("insert into chunks.readings_1 select null, n from generate_series(1, 5000) n");
    const { ranges, rows, table } = await expectWhole("readings");
    expect([ranges, rows.length]).toEqual([[undefined], 5_000]);
    const chunk = (await source.discover()).find(({ name }) => name.schema === "chunks");
    expect(chunk).toMatchObject({ kind: "partition", partOf: { schema: "public", name: "readings" } });
    await using(source.openCut({ readers: 1 }), async (cut) => {
      expect(await cut.unchanged(table, undefined, cut.position, 5_000)).toBe(false);
      expect(await cut.fingerprint(table)).toMatch(/ 5000 /);
    });
  });
});

describe("views", () => {
  test("a materialized view holds rows of its own, wherever they came from", async () => {
    await execute("create foreign table far_base (id int) server far options (table_name 'remote')");
    await execute("create materialized view kept as select id from far_base");
    const { table } = await expectWhole("kept");
    await using(source.openCut({ readers: 1 }), async (cut) =>
      expect(await cut.unchanged(table, undefined, cut.position, 2)).toBe(true),
    );
  });
});

describe("constraints", () => {
  test("a key does not hold for the rows of children, nor is anything certain of foreign rows", async () => {
    await execute("create table keyed_parent (id int primary key, v text not null)");
    expect(await describeTable("keyed_parent")).toMatchObject({ key: ["id"] });
    await execute("create table keyed_child () inherits (keyed_parent)");
    await execute("insert into keyed_parent values (1, 'a')");
    await execute("insert into keyed_child values (1, 'b')");
    const { table } = await expectWhole("keyed_parent");
    expect(table.key).toBeUndefined();
    expect(table.columns.map(({ nullable }) => nullable)).toEqual([true, true]);
    await execute("create foreign table far_strict (id int not null) server far options (table_name 'remote')");
    expect((await describeTable("far_strict")).columns[0]?.nullable).toBe(true);
  });

  test("a not-null constraint that was not validated says nothing of older rows", async () => {
    await execute("create table not_yet (v text)");
    await execute("insert into not_yet values (null)");
    await execute("alter table not_yet add constraint filled not null v not valid");
    const { table } = await expectWhole("not_yet");
    expect(table.columns[0]?.nullable).toBe(true);
  });
});

describe("obstacles", () => {
  beforeAll(async () => {
    await execute("create table no_columns ()");
    await execute("create table closed (id int)");
    await execute('create table some_columns (id int, pub text, priv text, "Odd Priv" text)');
    await execute("grant select (id, pub) on some_columns to limited");
    await execute("create table all_columns (id int, pub text)");
    await execute("grant select (id, pub) on all_columns to limited");
    await execute("insert into all_columns values (1, 'p')");
    await execute("create schema vault");
    await execute("create table vault.gold (id int)");
    await execute("grant select on vault.gold to limited");
    await execute("create table veiled (id int, owner text)");
    await execute("alter table veiled enable row level security");
    await execute("grant select on veiled to limited");
    await execute("create materialized view unfilled as select 1 as id with no data");
    await execute("grant select on unfilled to limited");
    await execute("create function gone() returns int language sql as 'select 1'");
    await execute("create function calls_gone() returns int language plpgsql as 'begin return public.gone(); end'");
    await execute("create view broken as select calls_gone() as id");
    await execute("drop function gone()");
    await execute("create server nowhere foreign data wrapper postgres_fdw options (host '127.0.0.1', port '1')");
    await execute("create user mapping for current_user server nowhere");
    await execute("create foreign table unreached (id int) server nowhere");
  });

  test.each([
    ["no_columns", "SOURCE_TABLE_UNFIT", "no columns", "--exclude"],
    [
      "closed",
      "SOURCE_RIGHT_MISSING",
      '"limited" may not read the table',
      'grant select on "public"."closed" to "limited"',
    ],
    [
      "some_columns",
      "SOURCE_RIGHT_MISSING",
      'may not read these columns: priv, "Odd Priv"',
      'grant select (priv, "Odd Priv") on "public"."some_columns" to "limited"',
    ],
    ["veiled", "SOURCE_ROWS_HIDDEN", "row-level security", 'alter role "limited" bypassrls'],
    ["unfilled", "SOURCE_TABLE_UNFIT", "not been filled", 'refresh materialized view "public"."unfilled"'],
    ["vault.gold", "SOURCE_RIGHT_MISSING", "may not use the schema", 'grant usage on schema "vault" to "limited"'],
    ["never_was", "SOURCE_TABLE_NOT_FOUND", "no table", "discover"],
  ])("%s is told with what to do, and holds up no other", async (place, code, message, remedy) => {
    const [name = "", schema = "public"] = place.split(".").toReversed();
    const described = await limited.describe([
      { schema, name },
      { schema: "public", name: "all_columns" },
    ]);
    expect(described[0]).toMatchObject({
      name: { schema, name },
      obstacle: { code, message: expect.stringContaining(message), remedy: expect.stringContaining(remedy) },
    });
    expect(described[1]).toMatchObject({ columns: [{ name: "id" }, { name: "pub" }] });
  });

  test("rights on every column are as good as one on the table", async () => {
    const { ranges, rows, table } = await expectWhole("all_columns", { from: limited });
    expect([ranges, rows]).toEqual([[undefined], ['["1","p"]']]);
    await using(limited.openCut({ readers: 1 }), async (cut) => {
      expect(await cut.unchanged(table, undefined, cut.position, 1)).toBe(false);
      expect(await cut.fingerprint(table)).toBeDefined();
    });
  });

  test("a table whose schema may not be used is known by its name", async () => {
    const gold = (await limited.discover()).find(({ name }) => name.name === "gold");
    expect(gold).toMatchObject({ kind: "table", isOutOfReach: true });
  });

  test.each(["broken", "unreached"])("%s fails by itself while others are read", async (name) => {
    const [bad, good] = [await describeTable(name), await describeTable("all_columns")];
    await using(source.openCut({ readers: 1 }), async (cut) => {
      await expect(cut.read(bad, undefined, collectingSink(bad), never)).rejects.toMatchObject({
        code: "SOURCE_FAILED",
        place: `public.${name}`,
      });
      expect((await readRanges(cut, good)).rows).toHaveLength(1);
    });
  });

  test("the check of the source foretells all of it", async () => {
    const checks = await limited.test();
    const found = (name: string): string => checks.find((check) => check.name === name)?.found ?? "";
    expect(found("select")).toContain("may not read");
    expect(found("row security")).toContain("public.veiled");
    expect(checks.find(({ name }) => name === "row security")?.mend).toBe('alter role "limited" bypassrls;');
    expect(found("tables")).toContain("public.no_columns: the table has no columns");
    const others = await source.test();
    expect(others.find(({ name }) => name === "views")?.found).toContain("public.unreached");
    const holder = await openClient();
    await holder.query("begin; lock table closed in access exclusive mode");
    const locks = (await source.test()).find(({ name }) => name === "locks");
    await holder.end();
    expect(locks).toMatchObject({ outcome: "warning", found: expect.stringContaining("public.closed (by process") });
  });

  test("the check of the source says nothing of tables that are not meant", async () => {
    const holder = await openClient();
    await holder.query("begin; lock table closed in access exclusive mode");
    const checks = await limited.test(({ name }) => name === "all_columns");
    await holder.end();
    expect(checks.filter(({ name }) => ["row security", "tables", "locks", "views"].includes(name))).toEqual([]);
    expect(checks.find(({ name }) => name === "select")).toMatchObject({
      outcome: "ok",
      found: "may read all 1 tables",
    });
    const identity = checks.find(({ name }) => name === "replica identity");
    expect(identity?.mend).toBe('alter table "public"."all_columns" replica identity full;');
  });
});

describe("locks", () => {
  test("a locked table fails by itself, and the failure says who holds the lock", async () => {
    await execute("create table held (id int)");
    await execute("create table at_ease as select 1 as id");
    const [held, free] = [await describeTable("held"), await describeTable("at_ease")];
    const other = await openClient("the migration");
    await other.query("begin; lock table held in access exclusive mode");
    try {
      expect((await source.discover()).some(({ name }) => name.name === "held")).toBe(true);
      await describeTable("held");
      await using(source.openCut({ readers: 1 }), async (cut) => {
        const reading = cut.read(held, undefined, collectingSink(held), never);
        await expect(reading).rejects.toMatchObject({
          code: "SOURCE_TABLE_LOCKED",
          place: "public.held",
          message: expect.stringMatching(/locked by process \d+ of headgate \(the migration\)/),
        });
        expect((await readRanges(cut, free)).rows).toEqual(['["1"]']);
      });
    } finally {
      await other.end();
    }
  });
});
