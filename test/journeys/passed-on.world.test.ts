/**
 * A part of a table is granted across accounts and passed on narrower. Its reader has what both rules show, and no side
 * door tells anything of the rest: every statement answers as it does for a table that holds nothing else.
 */
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCleanup } from "../../src/base/cleanup.ts";
import { askCommand, type CommandOptions } from "../world/command.ts";
import { isLakeLocal, lakeOf } from "../world/lake.ts";
import type { Person } from "../world/person.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";
import { newUser } from "../world/signed-in.ts";

/** In every hidden row, and in every value of the hidden column. */
const canary = "CANARY";
const on = "sales.shop.customers";
/** A table with exactly what Ann may see of the other; places in messages are alike because the names are as long. */
const twin = "sales.shop.only_seen";

const cleanup = openCleanup();
let source: PostgresServer;
let at: CommandOptions;
let served: ServedHeadgate;
let lead: Person;
let ann: Person;

const change = (statement: string) => source.query(statement, [], { database: "shop" });
/** A command that acts in the account sales. */
const inSales = (...words: readonly string[]) => askCommand([...words, "--account", "sales"], at);

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), "headgate-passed-on-"));
  cleanup.defer(() => rm(home, { recursive: true, force: true }));
  source = cleanup.use(await startPostgres());
  await source.createDatabase("shop");
  await change("create table customers (id int primary key, name text, email text, country text)");
  await change(`insert into customers values (1, 'Ada', 'a1@${canary}', 'DE'), (2, '${canary} of long ago', 'a2@${canary}', 'DE'),
    (3, '${canary}3', 'b3@${canary}', 'FR'), (4, '${canary}4', 'b4@${canary}', null), (5, 'Eve', 'b5@${canary}', 'DE')`);
  at = { data: join(home, "data"), environment: { HEADGATE_LAKE: lakeOf(home) } };
  served = await serveHeadgate(at);
  cleanup.defer(() => served.stop());
  await askCommand(["account", "add", "sales"], at);
  await inSales("source", "add", "shop", source.url("shop"));
  await inSales("table", "set", "shop.customers", "--partition-by", "country");
  await inSales("sync", "shop");
  await change("alter table customers add column signup_date date");
  await change(
    `update customers set signup_date = case id when 2 then date '2023-12-31' when 5 then '2024-01-01' else '2025-02-03' end`,
  );
  await change("create table only_seen as select id, name, country, signup_date from customers where id in (1, 5)");
  await inSales("sync", "shop");
  [lead, ann] = await Promise.all([newUser(served, at, "lead"), newUser(served, at, "ann")]);
  const filter = (name: string, ...words: string[]) => inSales("filter", "add", name, "on", "shop.customers", ...words);
  await Promise.all([
    filter("germans", "--rows", "country = 'DE'", "--except", "email"),
    filter("recent", "--rows", "signup_date >= '2024-01-01'"),
    filter("mailed", "--rows", "email like 'a%'"),
  ]);
  await inSales("grant", "select", "on", "shop.customers", "to", "lead", "--filter", "germans", "--grantable");
  await inSales("grant", "select", "on", "shop.only_seen", "to", "ann");
}, 120_000);
afterAll(() => cleanup[Symbol.asyncDispose]());

/** Everything that is answered to a statement: columns, rows, figures, or the refusal. */
async function outcome(person: Person, sql: string, more: object = {}): Promise<string> {
  const { status, text } = await person.ask("sql", { sql, ...more });
  const lines = text
    .replaceAll(/"seconds":[\d.]+|"tables":\[.*?\]|"files\w+":\d+/g, "")
    .replaceAll("only_seen", "customers")
    .replaceAll("],[", "],\n[")
    .split("\n");
  return `${status} ${(/order by/i.test(sql) ? lines : inOneOrder(lines)).join("\n")}`;
}

/** Rows of a statement without an order may come in any: two answers are the same when their rows are. */
function inOneOrder(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace('{"item":{"rows":[', "").replace(/(?:,|\]\}\})$/, "")).toSorted();
}

describe("what is passed on", () => {
  const pass = (to: string, more: object) => ({ permissions: ["SELECT"], on, to, ...more });

  test("is never more than the lead has, and no filter over what they cannot read", async () => {
    for (const more of [{}, { filter: "mailed" }, { filter: "nothing" }, { except: ["id"] }])
      expect(await lead.refusal("grant.add", pass("ann", more))).toMatch(/^GRANT_TOO_WIDE: you may pass on only what/);
    expect(await lead.refusal("grant.add", pass("ann", { columns: ["email"] }))).toBe(
      "USAGE: the table has no column email",
    );
    expect(await lead.refusal("grant.add", pass("ann", { permissions: ["ADMINISTER"] }))).toMatch(/^NOT_ALLOWED/);
    expect(await outcome(ann, `from ${on}`)).toContain("TABLE_NOT_FOUND");
  });

  test("shows the rows of both rules, and the columns of both", async () => {
    expect((await lead.ask("grant.add", pass("ann", { filter: "recent" }))).text).toContain('"passedOnFrom"');
    expect(await lead.rows(`select id from ${on} order by id`)).toEqual([[1], [2], [5]]);
    expect(await ann.rows(`from ${on} order by id`)).toEqual([
      [1, "Ada", "DE", "2025-02-03"],
      [5, "Eve", "DE", "2024-01-01"],
    ]);
    const { text } = await ann.ask("table.show", { table: on });
    for (const shown of ['"id"', '"name"', '"country"', '"signup_date"']) expect(text).toContain(shown);
    expect(text).not.toMatch(/email|FR\b|"rows":|"bytes":/);
    expect(text).not.toContain(canary);
  });

  test("is explained to its reader, and to the producer, as what it is", async () => {
    const { text } = await ann.ask("access.explain", { principal: "ann", resource: on });
    expect(text).toContain('"shown":["id","name","country","signup_date"]');
    expect(text).not.toContain("email");
    expect(JSON.stringify(await inSales("access", "to", "shop.customers"))).toMatch(
      /country = 'DE'.*signup_date >= |signup_date >= .*country = 'DE'/,
    );
  });
});

describe("no side door tells more", () => {
  test.each([
    "select * from (table)",
    "select count(*), min(id), max(id), min(name), max(name), min(country), max(signup_date) from (table)",
    "select count(email) from (table)",
    "select count(*) from (table) where email like 'a%'",
    'select count(*) from (table) where "EMAIL" is not null',
    "select id from (table) order by email",
    "select (table).email from (table)",
    "select c.email from (table) as c",
    "select c from (table) as c order by id",
    "select to_json(c) from (table) as c order by id",
    "select columns('e.*') from (table)",
    "select * exclude (email) from (table)",
    "select * replace (1 as email) from (table)",
    'select "*" from (table)',
    "summarize (table)",
    "describe (table)",
    "select count(*) from (table) where country <> 'DE' or signup_date < '2024-01-01' or country is null",
    "select count(*) from (table) where id = 3",
    "select case when country = 'DE' then 0 else cast(name as int) end from (table)",
    "select case when country = 'DE' then 1 else 1 // 0 end, sqrt(3 - id) from (table) where id < 4 order by id",
    "select error(name) from (table) where id in (2, 3, 4)",
    "select sum(cast(right(name, 1) as int)) from (table) where id = 3",
    "select strptime(name, '%Y') from (table) where country is null",
    "select * from (table) a full join range(6) r(id) on a.id = r.id order by r.id",
    "select distinct country from (table)",
    "select approx_count_distinct(id), count(distinct name) from (table)",
    "select rowid, * from (table)",
    "select filename from (table)",
    "pivot (table) on country in ('DE', 'FR') using count(*)",
    "select * from (table) tablesample 100 percent",
  ])("%s", async (statement) => {
    const as = (table: string) => outcome(ann, statement.replaceAll("(table)", table));
    const answer = await as(on);
    expect(answer).toBe(await as(twin));
    expect(answer).not.toContain(canary);
  });

  test.each([
    'from "sales"."shop"."customers"',
    "from SALES.Shop.CUSTOMERS",
    'from "Sales" . /* a */ "SHOP" . "Customers"',
    "table sales.shop.customers",
    "with c as (from sales.shop.customers) from c",
    "select * from (from sales.shop.customers)",
  ])("another spelling is the same table: %s", async (statement) => {
    const rows = await ann.rows(statement);
    expect(rows.map(([id]) => id).toSorted()).toEqual([1, 5]);
    expect(JSON.stringify(rows)).not.toContain(canary);
  });

  test.each([
    'from "sales.shop.customers"',
    "from 'sales.shop.customers'",
    'from sales.shop."*"',
    'from sales.shop."customers*"',
    'from sales."*".customers',
    "from shop.customers",
    "from customers",
    "from main.shop.customers",
    'from sales.shop."customers$files"',
    ...["snapshots", "files", "partitions", "history", "manifests", "refs", "entries", "all_files"].flatMap((name) => [
      `from sales.shop.customers.${name}`,
      `from shop.customers.${name}`,
      `from "shop.customers".${name}`,
    ]),
  ])("nothing else is a table: %s", async (statement) => {
    const answer = await outcome(ann, statement);
    expect(answer).toMatch(/"code":"(?:TABLE_NOT_FOUND|SQL_INVALID|SQL_NOT_ALLOWED)"/);
    expect(answer).not.toContain(canary);
  });

  test("states, differences, plans, references, runs and lists tell nothing of the rest", async () => {
    for (const [operation, input, refused] of [
      ["table.history", { table: on }, "NOT_ALLOWED"],
      ["reference.list", { table: on }, "NOT_ALLOWED"],
      ["sql", { sql: `from ${on}`, explain: true }, "NOT_ALLOWED"],
      [
        "sql",
        { sql: `from ${on}`, output: { format: "csv", path: "/tmp/headgate-must-not-exist.csv" } },
        "NOT_ALLOWED",
      ],
      ["sql", { sql: `from ${on}`, output: { format: "parquet", path: "out.parquet" } }, "NOT_ALLOWED"],
      ["access.to", { table: on }, "NOT_ALLOWED"],
      ["filter.list", { on }, undefined],
      ["filter.show", { on, name: "mailed" }, "NOT_ALLOWED"],
      ["run.list", {}, "NOT_ALLOWED"],
      ["grant.list", {}, undefined],
      ["access.mine", {}, undefined],
      ["table.list", {}, undefined],
      ["name.list", { kind: "table" }, undefined],
      ["audit.list", { table: on }, undefined],
    ] as const) {
      const { text } = await ann.ask(operation, input);
      if (refused !== undefined) expect(text, operation).toContain(`"code":"${refused}"`);
      expect(text, operation).not.toMatch(operation === "audit.list" ? /CANARY|mailed/ : /CANARY|email|mailed|FR\b/);
    }
  });

  test("a state before a column of the rules existed shows nothing, and a difference only what is shown", async () => {
    expect(await ann.refusal("sql", { sql: `from ${on}`, asOf: "first" })).toMatch(
      /^NOT_ALLOWED: .* compares a column that the table does not have in this state$/,
    );
    expect(await lead.rows(`select id from ${on} order by id`, "first")).toEqual([[1], [2], [5]]);
    const { text, status } = await ann.ask("table.diff", { table: on, from: "first" });
    expect([status, text]).toEqual([200, expect.stringContaining("Ada")]);
    expect(text).not.toMatch(/CANARY|email|FR\b/);
    for (const asOf of ["before-last", "2001-01-01"])
      expect(await outcome(ann, `from ${on}`, { asOf })).not.toContain(canary);
  });

  test.runIf(isLakeLocal)("no file is read by its path, however it is written", async () => {
    const directory = lakeOf(join(at.data, ".."));
    const files = await readdir(directory, { recursive: true });
    const path = join(directory, files.find((name) => name.endsWith(".parquet")) ?? "");
    expect((await stat(path)).size).toBeGreaterThan(0);
    for (const from of [
      `'${path}'`,
      `"${path}"`,
      `'file:${path}'`,
      `'file://${path}'`,
      `'${directory}/**/*.parquet'`,
      `read_parquet('${path}')`,
      `read_parquet(['${path}'])`,
      `parquet_metadata('${path}')`,
      `parquet_schema('${path}')`,
      `read_text('${path}')`,
      `read_blob('file:${path}')`,
      `glob('${directory}/**')`,
      `${on}, lateral read_text('${path}')`,
      `query('from ''${path}''')`,
      `iceberg_scan('${directory}')`,
    ]) {
      const answer = await outcome(ann, `select * from ${from}`);
      expect(answer, from).toMatch(/"code":"(?:TABLE_NOT_FOUND|SQL_INVALID|SQL_NOT_ALLOWED)"/);
      expect(answer, from).not.toContain(canary);
    }
  });

  test("everything that was read is recorded with both rules, and no value", async () => {
    const { events } = await askCommand<{ events: { details: object }[] }>(
      ["audit", "list", "--by", "ann", "--kind", "query begin", "--limit", "1000"],
      at,
    );
    const reads = events.map(({ details }) => JSON.stringify(details)).filter((text) => text.includes('customers"'));
    expect(reads.length).toBeGreaterThan(20);
    for (const text of reads) expect(text).toContain('"filters":["recent","germans"]');
    expect(JSON.stringify(events)).not.toContain(canary);
  });
});

test("what was passed on ends with the grant that it came from", async () => {
  await inSales("revoke", "select", "on", "shop.customers", "from", "lead", "--yes");
  for (const person of [lead, ann]) expect(await outcome(person, `from ${on}`)).toMatch(/TABLE_NOT_FOUND|NOT_ALLOWED/);
});
