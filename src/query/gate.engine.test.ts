import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isReviewedFunction } from "./allowed-functions.ts";
import { gate, serializeStatement } from "./gate.ts";
import { placeTables } from "./place-tables.ts";

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
});
afterAll(() => connection.closeSync());

async function serialize(sql: string): Promise<string> {
  const result = await connection.runAndReadAll(serializeStatement, [sql]);
  return String(result.getRows()[0]?.[0]);
}

async function tablesOf(sql: string): Promise<string[]> {
  return (await gate(sql, serialize)).tables.map(({ parts }) => parts.join("."));
}

describe("lets through what only reads", () => {
  const statements: readonly (readonly [string, readonly string[]])[] = [
    ["select 1", []],
    ["(select 1) union all (values (2)) limit 1", []],
    ["from orders", ["orders"]],
    ["select o.* from shop.orders o join crm.customer c using (id)", ["shop.orders", "crm.customer"]],
    ["table shop.orders", ["shop.orders"]],
    ["describe shop.orders", ["shop.orders"]],
    ["summarize orders", ["orders"]],
    ["pivot orders on state in ('open', 'paid') using sum(amount)", ["orders"]],
    ["unpivot orders on a, b into name n value v", ["orders"]],
    ["select (select max(x) from u) from t where exists (select 1 from v where v.a = t.a)", ["u", "t", "v"]],
    ["select * from t, lateral (select * from u where u.a = t.a) limit (select max(x) from s)", ["t", "u", "s"]],
    ["select * from t qualify row_number() over (partition by a order by (select min(b) from u)) = 1", ["t", "u"]],
    ["select list_transform(xs, lambda x: x + 1), [y for y in xs if y > 1], s.f, m['k'], xs[1:2] from t", ["t"]],
    ["select columns('a.*'), * exclude (b) replace (c + 1 as c) rename (d as e) from t", ["t"]],
    ["select name.upper(), trim(name), name collate nocase, try_cast(x as int), x::decimal(10, 2) from t", ["t"]],
    ["select * from range(3) r(i), unnest([1, 2]), generate_series(1, 2)", []],
    ["select sum(x) filter (where y), string_agg(a, ',' order by b) from t group by grouping sets ((a), ())", ["t"]],
    ["select * from a asof join b on a.t >= b.t semi join c using (i) positional join d", ["a", "b", "c", "d"]],
    ["select * from t tablesample 10% order by all limit 10%", ["t"]],
    [`select * from "Ünïcode 🛒"."a.b ""c"""`, [`Ünïcode 🛒.a.b "c"`]],
    ["select 1; -- and no more", []],
  ];
  test.for(statements)("%s", async ([sql, tables]) => {
    expect(await tablesOf(sql)).toEqual(tables);
  });
});

describe("tells names of WITH from tables", () => {
  const statements: readonly (readonly [string, readonly string[]])[] = [
    ["with r as (select 1) from r", []],
    ["with R as (select 1) from r", []],
    ["with orders as (select * from orders) from orders", ["orders"]],
    ["with a as (from b), b as (select 1) from a, b", ["b"]],
    ["with a as (select 1), b as (from a) from b", []],
    ["with a as (select 1) from shop.a", ["shop.a"]],
    ["select * from (with a as (select 1) from a) x, a", ["a"]],
    ["with recursive r as (select 1 as x union all select x + 1 from r where x < 3) from r", []],
    ["with recursive r as (select x from r union all select x + 1 from r) from r", ["r"]],
    ["with recursive r(a, b) using key (a) as (select 1, 2 union select a, b from recurring.r) from r", []],
    ["with r as (select 1) from recurring.r", ["recurring.r"]],
    ["with a as (with b as (select 1) from b) from a, b", ["b"]],
    ["(with a as (select 1) from a) union (from a)", ["a"]],
    ["with a as materialized (from t), b as not materialized (from a) select (select 1 from a) from b", ["t"]],
  ];
  test.for(statements)("%s", async ([sql, tables]) => {
    expect(await tablesOf(sql)).toEqual(tables);
  });
});

describe("refuses, naming what is not allowed", () => {
  const statements: readonly (readonly [string, RegExp])[] = [
    ["attach 'other.db'", /ATTACH/],
    ["/* hello */ copy (select 1) to 'out.csv'", /COPY/],
    ["copy t from 'in.csv'", /COPY/],
    ["install httpfs", /INSTALL/],
    ["load httpfs", /LOAD/],
    ["set enable_external_access = true", /SET/],
    ["reset all", /RESET/],
    ["pragma version", /PRAGMA/],
    ["call pragma_version()", /CALL/],
    ["create table x as select 1", /CREATE/],
    ["create or replace macro upper(x) as 1", /CREATE/],
    ["insert into t values (1)", /INSERT/],
    ["update t set a = 1", /UPDATE/],
    ["delete from t", /DELETE/],
    ["merge into t using u on a = b when matched then delete", /MERGE/],
    ["drop view t", /DROP/],
    ["alter table t add column x int", /ALTER/],
    ["export database 'x'", /EXPORT/],
    ["import database 'x'", /IMPORT/],
    ["begin", /BEGIN/],
    ["use shop", /USE/],
    ["vacuum", /VACUUM/],
    ["checkpoint", /CHECKPOINT/],
    ["detach memory", /DETACH/],
    ["prepare p as select 1", /PREPARE/],
    ["execute p", /EXECUTE/],
    ["explain select 1", /^EXPLAIN inside the statement is/],
    ["explain analyze copy (select 1) to 'x'", /EXPLAIN/],
    ["pivot t on a using sum(b)", /^PIVOT without a list of values is/],
    ["((pivot t on a using sum(b)))", /^PIVOT without a list of values is/],
    ["; drop table t", /DROP/],
    ["select 1; select 2", /more than one statement/],
    ["select 1; drop table t", /anything but SELECT/],
    ["with x as (insert into t values (1) returning *) from x", /WITH clause that changes data/],
    ["show tables", /SHOW/],
    ["show all tables", /SHOW/],
    ["select * from (show databases)", /SHOW/],
    ["select ?", /parameter/],
    ["select 1 limit $n", /parameter/],
    ["select * from read_parquet('x.parquet')", /read_parquet/],
    ["select * from READ_CSV('x.csv')", /READ_CSV/i],
    [`select * from "read_text"('/etc/passwd')`, /read_text/],
    ["select * from main.read_blob('x')", /read_blob/],
    ["select * from system.main.read_json('x')", /read_json/],
    ["select * from t, lateral read_csv(t.path)", /read_csv/],
    ["select (select content from read_text('x'))", /read_text/],
    ["select 1 order by (select count(*) from glob('*'))", /glob/],
    ["select 1 limit (select count(*) from glob('*'))", /glob/],
    ["with a as (from parquet_metadata('x')) select 1", /parquet_metadata/],
    ["select * from parquet_scan('x')", /parquet_scan/],
    ["select * from sniff_csv('x')", /sniff_csv/],
    ["select * from query('select 1')", /query/],
    ["select * from query_table('t')", /query_table/],
    ["select * from json_execute_serialized_sql('{}')", /json_execute_serialized_sql/],
    ["select * from duckdb_settings()", /duckdb_settings/],
    ["select * from duckdb_views()", /duckdb_views/],
    ["select * from duckdb_secrets()", /duckdb_secrets/],
    ["select * from pragma_table_info('t')", /pragma_table_info/],
    ["select * from histogram('t', a)", /histogram/],
    ["select * from summary('t')", /summary/],
    ["select * from which_secret('s3://x', 's3')", /which_secret/],
    ["select * from arrow_scan(1, 2, 3)", /arrow_scan/],
    ["select * from test_all_types()", /test_all_types/],
    ["select getenv('HOME')", /getenv/],
    ["select current_setting('memory_limit')", /current_setting/],
    ["select getvariable('x')", /getvariable/],
    ["select stats(a) from t", /stats/],
    ["select pg_get_viewdef(1)", /pg_get_viewdef/],
    ["select json_serialize_plan('select 1')", /json_serialize_plan/],
    ["select nextval('s')", /nextval/],
    ["select write_log('x')", /write_log/],
    ["select sleep_ms(1000)", /sleep_ms/],
    ["select error('x')", /error/],
    ["select [getenv(x) for x in ['HOME']]", /getenv/],
    ["select list_transform(['HOME'], lambda x: getenv(x))", /getenv/],
    ["select a.getenv() from t", /getenv/],
    ["select sum(x) over (order by current_setting(a)) from t", /current_setting/],
    ["select count(*) filter (where getenv(a) is null) from t", /getenv/],
    ["select case when true then getenv('x') end", /getenv/],
    ["select 1 where 1 in (select getenv('x'))", /getenv/],
    ["select * from t join u on t.a = getenv(u.b)", /getenv/],
    ["values (getenv('x'))", /getenv/],
    ["select distinct on (getenv('x')) a from t", /getenv/],
    ["select * replace (getenv(a) as a) from t", /getenv/],
    ["pivot t on a in (1) using max(getenv(b))", /getenv/],
    ["describe select getenv('x')", /getenv/],
    ["select a from t group by rollup (getenv(a))", /getenv/],
    ["select * from unnest([getenv('x')])", /getenv/],
    ["select first(a order by getenv(b)) from t", /getenv/],
    ["select lag(a, 1, getenv('x')) over (order by b) from t", /getenv/],
    ["select no_such_function(1)", /no_such_function/],
    [`with "x.parquet" as (select 1) from "x.parquet"`, /x\.parquet/],
    [`select * from (with "/etc/passwd" as (select 1) select 1) a`, /passwd/],
    ["with r as (select 1) from r at (version => 1)", /AT on a name of a WITH/],
  ];
  test.for(statements)("%s", async ([sql, named]) => {
    await expect(gate(sql, serialize)).rejects.toMatchObject({
      code: "SQL_NOT_ALLOWED",
      message: expect.stringMatching(named) as string,
    });
  });

  test("however deeply it is nested", async () => {
    const deep = `select ${"(select ".repeat(300)}getenv('x')${")".repeat(300)}`;
    await expect(gate(deep, serialize)).rejects.toMatchObject({ code: /SQL_(NOT_ALLOWED|INVALID)/ });
  });

  test("a text that is too long", async () => {
    await expect(gate(`select ${"x".repeat(200_001)}`, serialize)).rejects.toMatchObject({ code: "SQL_NOT_ALLOWED" });
  });

  test("a long chain of operators without falling over", async () => {
    const long = `select ${"1 + ".repeat(30_000)} 1`;
    await expect(gate(long, serialize)).rejects.toMatchObject({ code: /SQL_(NOT_ALLOWED|INVALID)/ });
  });

  test.for([
    ["from a.other.shop.orders", "a.other.shop.orders has 4 parts", "line 1, column 6"],
    ['select a.b.c.d.e\nfrom shop.orders, /* a */ x . "y.z" . v.w', 'x."y.z".v.w has 4 parts', "line 2, column 27"],
    [`from a.b.c.${"x".repeat(300)}`, "a name has 4 parts", "line 1, column 6"],
  ] as const)("a name of more than three parts, with its place: %s", async ([sql, message, place]) => {
    await expect(gate(sql, serialize)).rejects.toMatchObject({
      code: "SQL_INVALID",
      message: `${message}, and the name of a table has three at most`,
      place,
      remedy: expect.stringContaining("account.database.table"),
    });
  });

  test.for([
    ["select lenght('a')", "SQL_NOT_ALLOWED", "the function lenght is not allowed here", "did you mean length?"],
    ["select `a` from t", "SQL_INVALID", "a name stands in backticks", 'put it in double quotes: "name"'],
    ["from `t`", "SQL_INVALID", "a name stands in backticks", 'put it in double quotes: "name"'],
    ["from t limit 1, 2", "SQL_INVALID", "LIMIT has two numbers", "write LIMIT 20 OFFSET 10 instead of LIMIT 10, 20"],
    [
      "select a.b.c.d(1)",
      "SQL_INVALID",
      "the name of a function has too many parts",
      "write the function's name alone",
    ],
    [
      "explain select 1",
      "SQL_NOT_ALLOWED",
      "EXPLAIN inside the statement is not allowed here",
      "ask for the plan with --explain",
    ],
    [
      "pivot t on a using sum(b)",
      "SQL_NOT_ALLOWED",
      "PIVOT without a list of values is not allowed here",
      "write ON column IN (…)",
    ],
    ["select $1", "SQL_NOT_ALLOWED", "a parameter (? or $name) is not allowed here", "write its value"],
  ] as const)("an ordinary mistake with what to do: %s", async ([sql, code, message, remedy]) => {
    await expect(gate(sql, serialize)).rejects.toMatchObject({ code, message, remedy });
  });

  test("a function that is refused on purpose suggests no other", async () => {
    const error = await gate("select stats(1)", serialize).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: "SQL_NOT_ALLOWED", remedy: expect.not.stringContaining("did you mean") });
  });

  test("files, which no table can be", async () => {
    expect(await tablesOf("from 'x.parquet'")).toEqual(["x.parquet"]);
  });
});

describe("says where a statement is not valid", () => {
  const statements: readonly (readonly [string, string | undefined])[] = [
    ["selec 1", "line 1, column 1"],
    ["select 1\nfrom t\nwhere", "line 3, column 6"],
    ["select '🛒🛒' x y", "line 1, column 15"],
    ["select 'open", "line 1, column 8"],
    ["", undefined],
    ["-- nothing", undefined],
    ["select 1\0; drop table t", "line 1, column 9"],
    ["select '\ud800'", undefined],
    ["select 1e400", undefined],
    ["from t at (timestamp => now())", "line 1, column 6"],
    ["from t at (timestamp => 'yesterday')", "line 1, column 6"],
    ["from t at (version => timestamp '2026-01-01')", "line 1, column 6"],
  ];
  test.for(statements)("%j", async ([sql, place]) => {
    await expect(gate(sql, serialize)).rejects.toMatchObject({ code: "SQL_INVALID", place });
  });
});

describe("reads AT after a table", () => {
  test.for([
    ["from t at (version => 8744736658442914487)", { snapshot: 8744736658442914487n }],
    ["from t at (version => 3)", { snapshot: 3n }],
    ["from t at (version => 'before-last')", { named: "before-last" }],
    [
      "from t at (timestamp => timestamp '2026-05-01 12:30:00.5')",
      { time: new Date(Date.UTC(2026, 4, 1, 12, 30, 0, 500)) },
    ],
    ["from t at (timestamp => date '2026-05-01')", { time: new Date(Date.UTC(2026, 4, 1)) }],
    [
      "from t as a at (timestamp => timestamptz '2026-05-01 12:00:00+02')",
      { time: new Date(Date.UTC(2026, 4, 1, 10)) },
    ],
    ["from t", undefined],
  ] as const)("%s", async ([sql, at]) => {
    expect((await gate(sql, serialize)).tables[0]?.at).toEqual(at);
  });
});

test("what passed passes again without being read, as the same statement; what was refused is read again", async () => {
  let read = 0;
  const counting = (sql: string): Promise<string> => (read++, serialize(sql));
  const sql = "select a from shop.asked_twice where a > 1";
  expect(await gate(sql, counting)).toBe(await gate(sql, counting));
  expect(read).toBe(1);
  for (const turn of [2, 3]) {
    await expect(gate("select asked_twice(1)", counting)).rejects.toThrow();
    expect(read).toBe(turn);
  }
  const long = (turn: number): string => `select '${"x".repeat(100_000)}', ${turn}`;
  for (let turn = 0; turn < 3; turn++) await gate(long(turn), counting);
  await gate(sql, counting);
  expect(read).toBe(7);
});

describe("the engine's own relations", () => {
  /** Each view and each table function or macro, by its name alone and with its schema. */
  async function ownRelations(): Promise<readonly string[]> {
    const result = await connection.runAndReadAll(
      `select schema_name, view_name from duckdb_views() where internal
       union select schema_name, function_name from duckdb_functions() where function_type in ('table', 'table_macro')`,
    );
    return result.getRows().flatMap(([schema, name]) => [String(name), `${schema}.${name}`]);
  }

  const spelled = (name: string): readonly string[] => {
    const quoted = name
      .split(".")
      .map((part) => `"${part}"`)
      .join(".");
    return [name, quoted.toUpperCase()];
  };

  test("are names of tables in every position and spelling, never found by themselves", async () => {
    const positions = (name: string): readonly string[] => [
      `from ${name}`,
      `select (select count(*) from ${name})`,
      `with a as (from ${name}) from a`,
      `with "recurring.${name}" as (select 1) from ${name}`,
      `with recursive r as (select 1 union all select 1 from r, ${name}) from r`,
      `describe ${name}`,
      `pivot ${name} on x in (1) using count(*)`,
    ];
    for (const name of (await ownRelations()).flatMap(spelled))
      for (const sql of positions(name)) {
        const tables = await tablesOf(sql).catch(({ code }: { readonly code?: string }) => [code]);
        expect([[name.replaceAll('"', "")], ["SQL_NOT_ALLOWED"], ["SQL_INVALID"]], sql).toContainEqual(tables);
      }
  });

  test("lend their names to no WITH clause", async () => {
    for (const name of (await ownRelations())
      .filter((own) => /^(duckdb|pragma|sqlite|pg)_[^.]*$/.test(own))
      .flatMap(spelled))
      await expect(gate(`with ${name} as (select 1) from ${name}`, serialize), name).rejects.toMatchObject({
        code: "SQL_NOT_ALLOWED",
      });
  });

  test.for([
    ['with "duc\u212adb_views" as (select 1) from duckdb_views', ["duckdb_views"]],
    ["with s as (select 1) from \u017f", ["\u017f"]],
    ['with recursive csv as (select 1 union all select 1 from "recurring.csv") from csv', ["recurring.csv"]],
    ['with "a" as (select 1) select * from b.a', ["b.a"]],
  ] as const)("%s", async ([sql, tables]) => {
    expect(await tablesOf(sql)).toEqual(tables);
  });
});

test("every function of this DuckDB has been reviewed", async () => {
  const result = await connection.runAndReadAll(
    "select distinct function_name from duckdb_functions() where function_type in ('scalar', 'aggregate', 'macro')",
  );
  const unknown = result.getRows().map(([name]) => String(name));
  expect(unknown.filter((name) => !isReviewedFunction(name))).toEqual([]);
});

test("the time that a statement takes grows with its length alone", async () => {
  const many = (count: number, text: (index: number) => string): string =>
    Array.from({ length: count }, (_none, index) => text(index)).join(", ");
  const shapes = [
    `select 1 as "${"_".repeat(150_000)}state_"`,
    `select [${many(12_000, () => "(from a)")}]`,
    `select 'é', [${many(12_000, () => "(from a)")}]`,
    `with ${many(6_000, (index) => `a${index} as (select 1)`)} from a1`,
    `with ${many(4_000, (index) => `a${index} as (from a${index})`)} from a1`,
    `select ${many(3_000, () => "(from a at (version => 1))")}`,
  ];
  for (const sql of shapes) {
    const json = await serialize(sql);
    const statement = await gate(sql, async () => json);
    const securable = { kind: "table", id: "1", databaseId: "", accountId: "" } as const;
    const table = {
      id: "1",
      securable,
      snapshotId: undefined,
      database: "shop",
      name: "a",
      columns: [],
      planFiles: () => Promise.reject(new Error()),
    };
    const placed = placeTables(statement, new Map(statement.tables.map((reference) => [reference, table])));
    expect(placed.sql.length).toBe(sql.length);
  }
});
