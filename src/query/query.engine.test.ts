import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EnginePool } from "../engine/engine-pool.ts";
import { lockDown } from "../engine/engine.ts";
import { openEngine } from "../engine/open-engine.ts";
import type { AsOf } from "./as-of.ts";
import { explainQuery, exportQuery, runQuery, type QueryStats } from "./query.ts";
import { securing } from "./secured-view.ts";
import { statementPool } from "./statement-pool.ts";
import { openSampleLake, type SampleLake } from "./sample-lake.fixture.ts";

const orders = [
  { fieldId: 1, name: "id", type: "int" },
  { fieldId: 2, name: "state", type: "string" },
  { fieldId: 3, name: "amount", type: "decimal(12, 2)" },
];
const people = [
  { fieldId: 1, name: "id", type: "int" },
  { fieldId: 2, name: "First Name", type: "string" },
];
const cased = [
  { fieldId: 1, name: "Id", type: "int" },
  { fieldId: 2, name: "id", type: "int" },
  { fieldId: 3, name: "ID", type: "int" },
  { fieldId: 4, name: "note", type: "string" },
];
const before: AsOf = { snapshot: 7n };

let lake: SampleLake;
let engineOptions: Parameters<typeof statementPool>[0];
let engines: EnginePool;
const asker = { principal: "someone", rules: "" };
beforeAll(async () => {
  lake = await openSampleLake();
  engineOptions = {
    memoryMb: 200,
    threads: 2,
    scratchDirectory: join(lake.directory, "scratch"),
    processes: 2,
    processesEach: 2,
    timeoutMs: 60_000,
  };
  engines = statementPool(engineOptions);
  await mkdir(engineOptions.scratchDirectory);
  const files = [
    [
      ["1", "'open'", "10.50"],
      ["2", "'paid'", "20"],
    ],
    [
      ["3", "'open'", "0.01"],
      ["4", "null", "null"],
    ],
  ];
  await lake.add({ database: "shop", name: "orders", columns: orders, files });
  await lake.add({ database: "shop", name: "orders", columns: orders, files: files.slice(0, 1), asOf: before });
  await lake.add({
    database: "shop",
    name: "customer",
    columns: people,
    files: [[["1", "'Ada'"]], [["2", "'Grace'"]]],
  });
  await lake.add({ database: "crm", name: "customer", columns: people, files: [[["9", "'Linus'"]]] });
  await lake.add({ database: "shop", name: "empty", columns: orders, files: [] });
  for (const [index, database] of ["system", "temp", "main", "memory", "pg_catalog", "information_schema"].entries()) {
    await lake.add({ database, name: "odd", columns: people.slice(0, 1), files: [[[`${index}`]]] });
  }
  await lake.add({ database: "a.b 🛒", name: `say "hi".parquet`, columns: people, files: [[["5", "'x'"]]] });
  await lake.add({ database: "shop", name: "pg_class", columns: people.slice(0, 1), files: [[["77"]]] });
  await lake.add({
    database: "case",
    name: "cased",
    columns: cased,
    files: [[["1", "2", "3", "'n'"]], [["4", "5", "6", "'m'"]]],
  });
  await lake.add({ database: "case", name: "other", columns: cased.slice(2), files: [[["3", "'o'"]]] });
  await lake.add({
    database: "case",
    name: "lower_a",
    columns: cased.filter(({ fieldId }) => fieldId % 2 === 0),
    files: [[["1", "'one'"]], [["2", "'two'"]]],
  });
  await lake.add({
    database: "case",
    name: "upper_b",
    columns: [...cased.slice(2, 3), { fieldId: 4, name: "Rank", type: "int" }],
    files: [[["1", "9"]], [["2", "8"]]],
  });
  await lake.add({ database: "case", name: "Twin", columns: people.slice(0, 1), files: [[["1"]]] });
  await lake.add({ database: "case", name: "twin", columns: people.slice(0, 1), files: [[["2"]]] });
});
afterAll(async () => {
  await engines[Symbol.asyncDispose]();
  await lake[Symbol.asyncDispose]();
});

async function query(
  sql: string,
  more: { asOf?: AsOf; signal?: AbortSignal } = {},
): Promise<{ columns: string[]; rows: unknown[]; stats: QueryStats }> {
  const result = await runQuery({ sql, tables: lake, engines, asker, ...more });
  try {
    const rows: unknown[] = [];
    for await (const batch of result.batches) rows.push(...batch);
    return { columns: result.columns.map(({ name, type }) => `${name} ${type}`), rows, stats: result.stats };
  } finally {
    await result[Symbol.asyncDispose]();
  }
}

describe("columns whose names differ by case only", () => {
  test.each([
    [
      `select "Id", "id", "ID" from cased order by 1`,
      ["Id INTEGER", "id INTEGER", "ID INTEGER"],
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
    ["select * from cased where ID = 3", ["Id INTEGER", "id INTEGER", "ID INTEGER", "note VARCHAR"], [[1, 2, 3, "n"]]],
    [`select t."ID" as id, NOTE from "case".cased t where t.id > 2`, ["id INTEGER", "note VARCHAR"], [[6, "m"]]],
    ["select id from cased where Id in (4) or ID between 2 and 3 order by ID desc", ["id INTEGER"], [[5], [2]]],
    [
      "select ID, count(*) n from cased group by ID order by ID",
      ["ID INTEGER", "n BIGINT"],
      [
        [3, 1],
        [6, 1],
      ],
    ],
    ["select max(ID), min(Id) from cased", ['max("ID") INTEGER', 'min("Id") INTEGER'], [[6, 1]]],
    ["select c.Id, o.note from cased c join other o using (ID)", ["Id INTEGER", "note VARCHAR"], [[1, "o"]]],
    ["select c.id, o.ID from cased c, other o where c.ID = o.ID", ["id INTEGER", "ID INTEGER"], [[2, 3]]],
    [
      "select * exclude (id) from cased order by all",
      ["Id INTEGER", "ID INTEGER", "note VARCHAR"],
      [
        [1, 3, "n"],
        [4, 6, "m"],
      ],
    ],
    [
      "select * replace (ID * 2 as id) from cased where Id = 1",
      ["Id INTEGER", "id INTEGER", "ID INTEGER", "note VARCHAR"],
      [[1, 6, 3, "n"]],
    ],
    [
      "with q as (select ID, id from cased) select q.ID + q.id as both from q order by q.ID",
      ["both INTEGER"],
      [[5], [11]],
    ],
    ["with q(id, ID) as (select Id, id from cased) select ID from q order by id", ["ID INTEGER"], [[2], [5]]],
    [
      "select (select max(x.ID) from cased x where x.Id = c.Id) as m from cased c order by c.id",
      ["m INTEGER"],
      [[3], [6]],
    ],
    ["select list(ID order by id desc) as l from cased", ["l INTEGER[]"], [[[6, 3]]]],
    ["select iD from cased", undefined, "COLUMN_AMBIGUOUS"],
    ["select columns('I.*') from cased", undefined, "COLUMN_AMBIGUOUS"],
    ["select to_json(cased) from cased", undefined, "COLUMN_AMBIGUOUS"],
    ["unpivot cased on Id, ID", undefined, "COLUMN_AMBIGUOUS"],
    ["select o.id from cased c, other o", undefined, "SQL_INVALID"],
  ])("%s", async (sql, columns, rows) => {
    if (typeof rows === "string") await expect(query(sql)).rejects.toMatchObject({ code: rows });
    else expect(await query(sql)).toMatchObject({ columns, rows });
  });

  const both = [
    [1, "one", 1, 9],
    [2, "two", 2, 8],
  ];
  test.each([
    [
      'select a.id, b."ID" from lower_a a join upper_b b on a.id = b."ID" order by a.id',
      ["id", "ID"],
      [
        [1, 1],
        [2, 2],
      ],
    ],
    ["select a.ID, b.id from lower_a a join upper_b b on a.id = b.id where b.id = 2", ["id", "ID"], [[2, 2]]],
    ["select * from lower_a a join upper_b b on a.id = b.id order by 1", ["id", "ID", "note", "Rank"], both],
    ['select * from lower_a a, upper_b b where id = 1 and "ID" = 2', ["id", "note", "ID", "Rank"], [[1, "one", 2, 8]]],
    [
      "select * from lower_a a, upper_b b where note = 'one' order by \"ID\" desc",
      undefined,
      [
        [1, "one", 2, 8],
        [1, "one", 1, 9],
      ],
    ],
    ['select q."ID" from (select * from lower_a, upper_b) q where q.id = 1 order by 1', ["ID"], [[1], [2]]],
    ['with q as (select * from lower_a, upper_b) select id, "ID" from q where "ID" > id', ["id", "ID"], [[1, 2]]],
    ["select id from lower_a union all select ID from upper_b order by id", ["id"], [[1], [1], [2], [2]]],
    ["select count(*) from lower_a join upper_b using (id)", undefined, "SQL_INVALID"],
    ["select count(*) from lower_a natural join upper_b", undefined, "SQL_INVALID"],
    ["select Id from lower_a, upper_b", undefined, "COLUMN_AMBIGUOUS"],
  ])("in two tables: %s", async (sql, columns, rows) => {
    if (typeof rows === "string") return expect(query(sql)).rejects.toMatchObject({ code: rows });
    const found = await query(sql);
    if (columns !== undefined)
      expect(found.columns.map((column) => column.split(" ")[0]).toSorted()).toEqual([...columns].toSorted());
    expect(found.rows.map((row) => [...(row as unknown[])])).toEqual(rows);
  });

  test("described, explained, and named as they are where a statement fails", async () => {
    expect((await query("select column_name from (describe cased)")).rows).toEqual([["Id"], ["id"], ["ID"], ["note"]]);
    const request = { sql: "select max(ID) from cased group by Id", tables: lake, engines, asker };
    expect((await explainQuery(request)).plan).not.toMatch(/[\ufdd0-\ufdef]/);
    await expect(query('select  "ID", nothing from cased')).rejects.toMatchObject({
      place: "line 1, column 15",
      message: expect.stringMatching(/^there is no column "nothing"[^\ufdd0-\ufdef]*$/),
    });
  });

  test("in files: by their exact names, or refused where the file cannot have both", async () => {
    const path = join(lake.directory, "cased.csv");
    const request = { tables: lake, engines, asker, format: "csv", path } as const;
    await exportQuery({ ...request, sql: "select ID, note from cased order by ID desc;" });
    expect(await readFile(path, "utf8")).toBe("ID,note\n6,m\n3,n\n");
    const refused = exportQuery({ ...request, sql: "select * from cased" });
    await expect(refused).rejects.toMatchObject({ code: "COLUMN_AMBIGUOUS" });
  });
});

describe("answers", () => {
  test("with exact values and what it read", async () => {
    const { columns, rows, stats } = await query("select id, amount, state from shop.orders where id < 3 order by id");
    expect(columns).toEqual(["id INTEGER", "amount DECIMAL(12,2)", "state VARCHAR"]);
    expect(rows).toEqual([
      [1, "10.50", "open"],
      [2, "20.00", "paid"],
    ]);
    expect(stats).toMatchObject({
      filesRead: 1,
      filesSkipped: 1,
      tables: [{ table: "shop.orders", filesRead: 1, filesSkipped: 1, rows: 2 }],
    });
  });

  test.for([
    ["select count(*) from orders", [[4]]],
    ["select count(*) from SHOP.Orders", [[4]]],
    ["select orders.id from shop.orders where shop.orders.id = 4", [[4]]],
    [`select c."First Name" from orders o join shop.customer c using (id) where o.id = 2`, [["Grace"]]],
    ["select a.id, b.id from shop.customer a, crm.customer b where a.id = 1", [[1, 9]]],
    ["select count(*) from shop.empty", [[0]]],
    ["with orders as (select 1 as one) select * from orders", [[1]]],
    ["with orders as (select * from orders where id = 1) select id from orders", [[1]]],
    ["select o.id from orders o where o.id = 1 union all select id from orders where id = 3 order by 1", [[1], [3]]],
    ["select column_name from (describe shop.customer)", [["id"], ["First Name"]]],
    ["select id from pg_class", [[77]]],
    [`select id from "a.b 🛒"."say ""hi"".parquet"`, [[5]]],
    ["select a.id, b.id, c.id from system.odd a, temp.odd b, main.odd c", [[0, 1, 2]]],
    ["select a.id, b.id, c.id from memory.odd a, pg_catalog.odd b, information_schema.odd c", [[3, 4, 5]]],
    [`select a.id, b.id from "case"."Twin" a, "case".twin b`, [[1, 2]]],
    ["select count(*) from orders; -- the end", [[4]]],
    ["select timestamptz '2026-05-01 12:00:00+02'", [["2026-05-01T10:00:00Z"]]],
  ] as const)("%s", async ([sql, rows]) => {
    expect((await query(sql)).rows).toEqual(rows);
  });
});

test("finds columns by field id: renamed, added, widened and reordered ones", async () => {
  const customer = await lake.resolve(["shop", "customer"], undefined);
  const columns = [
    { fieldId: 9, name: "First Name", type: "decimal(9, 2)" },
    { fieldId: 2, name: "renamed", type: "string" },
    { fieldId: 1, name: "id", type: "long" },
  ];
  const result = await runQuery({
    sql: "from t order by id",
    tables: { resolve: async () => ({ ...customer, columns }) },
    engines,
    asker,
  });
  expect(result.columns.map(({ type }) => type)).toEqual(["DECIMAL(9,2)", "VARCHAR", "BIGINT"]);
  expect((await Array.fromAsync(result.batches)).flat()).toEqual([
    [null, "Ada", 1],
    [null, "Grace", 2],
  ]);
  await result[Symbol.asyncDispose]();
});

describe("travels in time", () => {
  test.for([
    ["select count(*) from orders at (version => 7)", [[2]]],
    ["select count(*) from shop.orders as o at (version => 7) where o.id > 0", [[2]]],
    ["select (select count(*) from orders at (version => 7)), (select count(*) from orders)", [[2, 4]]],
    [
      "select orders.id from shop.orders at (version => /* ) */ 7) except select id from shop.orders where id = 1",
      [[2]],
    ],
    [
      "select count(*) from orders now left join orders before at (version => 7) on now.id = before.id where before.id is null",
      [[2]],
    ],
  ] as const)("%s", async ([sql, rows]) => {
    expect((await query(sql)).rows).toEqual(rows);
  });

  test("of the whole query", async () => {
    expect((await query("select count(*) from orders", { asOf: before })).rows).toEqual([[2]]);
    await expect(query("select * from shop.customer", { asOf: before })).rejects.toMatchObject({
      code: "TABLE_NOT_FOUND",
    });
  });
});

describe("refuses and fails", () => {
  test.for([
    ["select * from customer", { code: "TABLE_AMBIGUOUS" }],
    ["select * from nowhere", { code: "TABLE_NOT_FOUND" }],
    ["select * from sqlite_master", { code: "TABLE_NOT_FOUND" }],
    ["select * from information_schema.tables", { code: "TABLE_NOT_FOUND" }],
    ["select * from duckdb_views", { code: "TABLE_NOT_FOUND" }],
    ["select\n  nope from orders", { code: "SQL_INVALID", place: "line 2, column 3" }],
    ["select filename from orders", { code: "SQL_INVALID" }],
    ["select 'x'::int from orders", { code: "SQL_FAILED" }],
    ["select * from read_csv('/etc/passwd')", { code: "SQL_NOT_ALLOWED" }],
  ] as const)("%s", async ([sql, failure]) => {
    await expect(query(sql)).rejects.toMatchObject(failure);
  });

  test("a file the lake knows is no table", async () => {
    const file = (await readdir(lake.directory)).find((name) => name.endsWith(".parquet"));
    await expect(query(`select * from '${join(lake.directory, file ?? "")}'`)).rejects.toMatchObject({
      code: "TABLE_NOT_FOUND",
    });
  });

  test("a file that is gone, naming table and path", async () => {
    const { planFiles } = await lake.add({ database: "shop", name: "torn", columns: people, files: [[["1", "'x'"]]] });
    const path = (await planFiles(undefined)).files[0]?.path ?? "";
    await rm(path);
    await lake.add({ database: "shop", name: "spare", columns: people, files: [] });
    const tables = {
      resolve: async () => ({
        id: "torn",
        securable: { kind: "table" as const, id: "torn", databaseId: "", accountId: "" },
        snapshotId: undefined,
        database: "shop",
        name: "torn",
        columns: people,
        planFiles: async () => ({
          files: [{ path, location: path, deletes: [], recordCount: 1, sizeBytes: 1 }],
          skipped: [],
          skippedFiles: 0,
          skippedManifests: 0,
        }),
      }),
    };
    await expect(runQuery({ sql: "from torn", tables, engines, asker })).rejects.toMatchObject({
      code: "DATA_FILE_MISSING",
      place: `shop.torn: ${path}`,
    });
  });

  test("for want of memory", async () => {
    await using small = statementPool({ ...engineOptions, memoryMb: 64 });
    const run = runQuery({
      sql: "select list(a.i || 'x' || b.i) from range(3000) a(i), range(3000) b(i)",
      tables: lake,
      engines: small,
      asker,
    });
    await expect(
      run.then(async (result) => Array.fromAsync(result.batches).finally(() => result[Symbol.asyncDispose]())),
    ).rejects.toMatchObject({ code: "SQL_OUT_OF_MEMORY" });
  });

  test("when it is cancelled, at once", async () => {
    const stop = new AbortController();
    const running = query("select sum(md5_number(a.i::varchar)::double) from range(100000000) a(i), range(1000) b(j)", {
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(new Error("enough")), 600);
    await expect(running).rejects.toThrow("enough");
  });
});

describe("exports", () => {
  test("Parquet and CSV, whole or not at all", async () => {
    const path = join(lake.directory, "out", "orders.csv");
    await mkdir(join(lake.directory, "out"));
    const sql = "select id, state, amount from orders order by id; -- all";
    expect(await exportQuery({ sql, tables: lake, engines, asker, format: "csv", path })).toMatchObject({
      rows: 4,
      stats: { filesRead: 2 },
    });
    expect(await readFile(path, "utf8")).toBe("id,state,amount\n1,open,10.50\n2,paid,20.00\n3,open,0.01\n4,,\n");
    const parquet = join(lake.directory, "out", "orders.parquet");
    await exportQuery({ sql, tables: lake, engines, asker, format: "parquet", path: parquet });
    const read = await lake.connection.runAndReadAll(`select sum(amount)::varchar from read_parquet('${parquet}')`);
    expect(read.getRows()).toEqual([["30.51"]]);
    await writeFile(path, "as it was");
    await expect(
      exportQuery({ sql: "select 'x'::int from orders", tables: lake, engines, asker, format: "csv", path }),
    ).rejects.toMatchObject({ code: "SQL_FAILED" });
    expect(await readFile(path, "utf8")).toBe("as it was");
    expect((await readdir(join(lake.directory, "out"))).sort()).toEqual(["orders.csv", "orders.parquet"]);
  });

  test("and explains without reading", async () => {
    const { stats, plan } = await explainQuery({
      sql: "select * from orders where id = 1",
      tables: lake,
      engines,
      asker,
    });
    expect(stats).toMatchObject({ filesRead: 1, filesSkipped: 1 });
    expect(plan).toContain("READ_PARQUET");
  });
});

describe("holds nothing else, should the gate ever be wrong", () => {
  test.for([
    "select * from read_text('/etc/hostname')",
    "select * from glob('/etc/*')",
    "copy (select 1) to '/tmp/headgate-must-not-exist.csv'",
    "attach '/tmp/headgate-must-not-exist.db'",
    "set enable_external_access = true",
    "set global allowed_directories = ['/']",
    "set timezone = 'Asia/Tokyo'",
    "install httpfs",
    "load '/tmp/x.duckdb_extension'",
  ])("%s", async (sql) => {
    const instance = await openEngine(engineOptions);
    try {
      const table = await lake.resolve(["shop", "orders"], undefined);
      const plan = await table.planFiles({ op: "eq", fieldId: 1, value: 1 });
      const { views, files } = securing({ tables: [{ schema: "shop", name: "orders", table, plan }] });
      await instance.run("select 1", { first: [...views, ...lockDown(files)] });
      await expect(instance.run(sql)).rejects.toMatchObject({ name: "HeadgateError" });
      expect((await instance.run("select count(*), current_setting('timezone') from shop.orders")).rows).toEqual([
        [2, "UTC"],
      ]);
      const other = (await table.planFiles({ op: "eq", fieldId: 1, value: 3 })).files[0]?.path ?? "";
      await expect(instance.run(`select * from read_parquet('${other}')`)).rejects.toMatchObject({
        name: "HeadgateError",
      });
    } finally {
      await instance[Symbol.asyncDispose]();
    }
  });
});
