/**
 * Views with the rights of their owners: a reader of a view sees what its owner may see at that moment, and nothing of
 * what the view is made of.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCleanup } from "../../src/base/cleanup.ts";
import { askCommand, type CommandOptions } from "../world/command.ts";
import { lakeOf } from "../world/lake.ts";
import type { Person } from "../world/person.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";
import { newUser, signedIn } from "../world/signed-in.ts";

/** In every value that nobody but the administrator may see. */
const canary = "CANARY";

const cleanup = openCleanup();
let source: PostgresServer;
let at: CommandOptions;
let served: ServedHeadgate;
let olga: Person;
let ann: Person;

const change = (statement: string) => source.query(statement, [], { database: "shop" });
const command = <Answer = object>(...words: readonly string[]) => askCommand<Answer>(words, at);
const make = (view: string, sql: string, more: object = {}) => olga.ask("view.create", { view, sql, ...more });

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), "headgate-views-"));
  cleanup.defer(() => rm(home, { recursive: true, force: true }));
  source = cleanup.use(await startPostgres());
  await source.createDatabase("shop");
  await change("create table customers (id int primary key, name text, email text, country text)");
  await change(`insert into customers values (1, 'Ada', 'a1@${canary}', 'DE'), (2, 'Bo', 'a2@${canary}', 'DE'),
    (3, '${canary}3', 'b3@${canary}', 'FR'), (4, '${canary}4', 'b4@${canary}', null)`);
  await change("create table orders (id int primary key, customer int, total numeric(8,2), note text)");
  await change(
    "insert into orders values (10, 1, 5.50, 'n'), (11, 1, 4.50, 'n'), (12, 2, 1.00, 'n'), (13, 3, 9.00, 'n')",
  );
  at = { data: join(home, "data"), environment: { HEADGATE_LAKE: lakeOf(home) } };
  served = await serveHeadgate(at);
  cleanup.defer(() => served.stop());
  await command("source", "add", "shop", source.url("shop"));
  await command("sync", "shop");
  [olga, ann] = await Promise.all([newUser(served, at, "olga"), newUser(served, at, "ann")]);
  await command("filter", "add", "germans", "on", "shop.customers", "--rows", "country = 'DE'", "--except", "email");
  await command("grant", "select", "on", "shop.customers", "to", "olga", "--filter", "germans");
  await command("grant", "select", "on", "shop.orders", "to", "olga");
  await command("grant", "create_table", "on", "database shop", "to", "olga");
}, 120_000);
afterAll(() => cleanup[Symbol.asyncDispose]());

test("a view shows what its owner sees to whoever may read it, and they know of nothing else", async () => {
  const { text } = await make(
    "shop.spent",
    "select c.name, sum(total) as spent from customers c join orders o on o.customer = c.id group by c.name order by 1",
  );
  expect(text).toContain('"version":1');
  expect(await olga.rows("from shop.spent")).toEqual([
    ["Ada", "10.00"],
    ["Bo", "1.00"],
  ]);
  expect(await ann.refusal("sql", { sql: "from shop.spent" })).toMatch(/^NOT_ALLOWED: no grant allows ann/);
  await command("grant", "select", "on", "shop.spent", "to", "ann");
  expect(await ann.rows("select spent from shop.spent where name = 'Ada'")).toEqual([["10.00"]]);
  expect(await ann.refusal("sql", { sql: "from shop.customers" })).toMatch(/^TABLE_NOT_FOUND/);
});

describe("a reader of a view", () => {
  beforeAll(async () => {
    await make("shop.people", "select id, name, country from customers");
    await command("grant", "select", "on", "shop.people", "to", "ann");
  });

  test.each([
    "select * from shop.people order by id",
    "select count(*), min(id), max(id), min(name), max(name) from people",
    "select email from people",
    'select "EMAIL" from people',
    "select * from people where id = 3",
    "select id from people where id > 2 and cast(name as int) > 0",
    "select case when country = 'DE' then 0 else cast(name as int) end from people",
    "select 1 // (id - 3) from people order by 1",
    "summarize people",
    "describe people",
    "select * from people where country is null or country <> 'DE'",
    "select p from people p order by p.id",
    "select * from people tablesample 100 percent",
    "select rowid from people",
    "select filename from people",
    "from shop.people.snapshots",
    "from shop.people.files",
    "from customers",
    "with customers as (from people) select count(*) from customers",
    "select * from people where id in (select id from customers)",
    "select * from people p, lateral (select * from customers c where c.id = p.id)",
    "select error(name) from people where id = 3",
    "pivot people on country in ('DE', 'AT') using count(*)",
  ])("finds nothing behind it: %s", async (statement) => {
    expect((await ann.ask("sql", { sql: statement })).text).not.toMatch(/CANARY|"FR"|email@|@/);
  });

  test("gets no plan, and nothing about its text, its tables or their columns", async () => {
    for (const [operation, input] of [
      ["sql", { sql: "from shop.people", explain: true }],
      ["view.show", { view: "shop.people" }],
      ["view.list", {}],
      ["view.history", { view: "shop.people" }],
      ["table.show", { table: "shop.people" }],
      ["table.list", {}],
      ["table.history", { table: "shop.people" }],
      ["table.diff", { table: "shop.people", from: "first" }],
      ["access.mine", {}],
      ["grant.list", {}],
      ["name.list", { kind: "table" }],
    ] as const) {
      const { text } = await ann.ask(operation, input);
      expect(text, operation).not.toMatch(/customers|email|orders|germans|CANARY/);
    }
    expect((await ann.ask("view.show", { view: "shop.people" })).text).toContain('"state":"ok"');
    expect((await ann.ask("table.list")).text).toContain('"kind":"view"');
  });

  test("has columns, rows and masks of the view's own", async () => {
    await command(
      "filter",
      "add",
      "first",
      "on",
      "shop.people",
      "--rows",
      "id < 2",
      "--mask",
      "name=replace-with-null",
    );
    await command("revoke", "select", "on", "shop.people", "from", "ann");
    await command("grant", "select", "on", "shop.people", "to", "ann", "--filter", "first");
    expect(await ann.rows("from shop.people")).toEqual([[1, null, "DE"]]);
    expect((await ann.ask("access.explain", { principal: "ann", resource: "shop.people" })).text).toContain(
      '"resource":"shop.people"',
    );
    await command("revoke", "select", "on", "shop.people", "from", "ann");
    await command("grant", "select", "on", "shop.people", "to", "ann", "--columns", "id");
    expect(await ann.rows("select * from shop.people order by id")).toEqual([[1], [2]]);
    expect(await ann.refusal("sql", { sql: "select name from shop.people" })).toMatch(/^SQL_INVALID/);
    await make("shop.people", "select country, id + 0 as id, name from customers", { replace: true });
    expect(await ann.rows("select * from shop.people order by id")).toEqual([[1], [2]]);
    await make("shop.people", "select country, cast(id as bigint) as id, name from customers", { replace: true });
    expect(await ann.refusal("sql", { sql: "select * from shop.people" })).toMatch(/^NOT_ALLOWED/);
    await olga.ask("view.restore", { view: "shop.people", version: 1 });
    expect(await ann.rows("select * from shop.people order by id")).toEqual([[1], [2]]);
    expect((await olga.ask("view.history", { view: "shop.people" })).text).toMatch(/"version":4.*"restored":1/);
  });
});

test("a view is described, tagged and marked as a table is", async () => {
  await command("table", "describe", "shop.people", "--set", "data_owner_name=Olga");
  await command("table", "mark", "shop.people", "certified", "--reason", "counted by hand");
  const shown = await command("table", "show", "shop.people");
  expect(shown).toMatchObject({ kind: "view", format: "a view", mark: { mark: "certified" } });
  expect(JSON.stringify(shown)).toContain("Olga");
  expect(shown).not.toHaveProperty("rows");
  expect(await command("table", "show", "shop.customers")).toMatchObject({ usedBy: ["shop.people", "shop.spent"] });
});

describe("the owner's right decides at every moment", () => {
  test("without it, the view is closed for everybody, and its owner is told why", async () => {
    await make("shop.totals", "select sum(total) as total from orders");
    await command("grant", "select", "on", "shop.totals", "to", "ann");
    expect(await ann.rows("from shop.totals")).toEqual([["20.00"]]);
    await command("revoke", "select", "on", "shop.orders", "from", "olga");
    const refused = await ann.refusal("sql", { sql: "from shop.totals" });
    expect(refused).toMatch(/^VIEW_CLOSED: the owner of shop.totals/);
    expect(refused).not.toContain("orders");
    expect((await olga.ask("view.show", { view: "shop.totals" })).text).toMatch(
      /"state":"closed","why":"its owner may not read shop.orders"/,
    );
    expect((await ann.ask("view.show", { view: "shop.totals" })).text).toContain('"state":"closed","changedAt"');
    await command("grant", "select", "on", "shop.orders", "to", "olga");
    expect(await ann.rows("from shop.totals")).toEqual([["20.00"]]);
  });

  test("an owner who is not active shows nothing", async () => {
    await command("user", "set", "olga", "--active", "no");
    expect(await ann.refusal("sql", { sql: "from shop.totals" })).toMatch(/^VIEW_CLOSED/);
    await command("user", "set", "olga", "--active", "yes");
    olga = await signedIn(served, "olga");
    expect(await ann.rows("from shop.totals")).toEqual([["20.00"]]);
  });

  test("nobody makes a view of what they may not read, or in the name of somebody else", async () => {
    expect(await olga.refusal("view.create", { view: "shop.no", sql: "select email from customers" })).toMatch(
      /^SQL_INVALID/,
    );
    const asAnn = { view: "shop.no", sql: "select 1 as a", owner: "ann" };
    expect(await olga.refusal("view.create", asAnn)).toMatch(/^VIEW_NOT_ALLOWED|^USER_NOT_FOUND/);
    expect(await ann.refusal("view.create", { view: "shop.no", sql: "select 1 as a" })).toMatch(/^NOT_ALLOWED/);
    expect(await ann.refusal("view.create", { view: "shop.totals", sql: "select 1 as a", replace: true })).toMatch(
      /^NOT_ALLOWED/,
    );
    expect(await olga.refusal("view.set", { view: "shop.totals", owner: "ann" })).toMatch(
      /^VIEW_NOT_ALLOWED|^USER_NOT_FOUND/,
    );
    expect(await olga.refusal("view.create", { view: "shop.orders", sql: "select 1 as a", replace: true })).toMatch(
      /^LAKE_NAME_TAKEN/,
    );
  });

  test("another owner needs the same rights, and then their rights decide", async () => {
    await expect(command("view", "set", "shop.totals", "--owner", "ann")).rejects.toThrow(/VIEW_CLOSED/);
    await command("filter", "add", "large", "on", "shop.orders", "--rows", "total > 5");
    await command("grant", "select", "on", "shop.orders", "to", "ann", "--filter", "large");
    await command("view", "set", "shop.totals", "--owner", "ann");
    expect(await olga.rows("from shop.totals")).toEqual([["14.50"]]);
    await command("view", "set", "shop.totals", "--owner", "olga");
    expect(await olga.rows("from shop.totals")).toEqual([["20.00"]]);
  });
});

describe("what a view reads is meant by ids", () => {
  test("a view over a view, and no circle", async () => {
    await make("shop.big", "select id, total from orders where total > 2");
    await make("shop.bigger", "select id from shop.big where total > 5");
    expect(await olga.rows("from shop.bigger order by id")).toEqual([[10], [13]]);
    expect(await olga.refusal("view.create", { view: "shop.big", sql: "from shop.bigger", replace: true })).toMatch(
      /^VIEW_INVALID: shop.big would read itself/,
    );
    const { lineage } = await command<{ lineage: { columns: object[]; influences: object[] } }>(
      "view",
      "show",
      "shop.big",
    );
    expect(lineage.columns).toMatchObject([
      { column: "id", from: [{ table: "shop.orders", column: "id" }] },
      { column: "total", from: [{ table: "shop.orders", column: "total" }] },
    ]);
    expect(lineage.influences).toMatchObject([{ column: "total" }]);
    expect(await command("view", "drop", "shop.big", "--plan")).toMatchObject({ breaks: ["shop.bigger"] });
  });

  test("a rename changes nothing, and a dropped column breaks exactly the views that need it", async () => {
    await make("shop.notes", "select id, note from orders");
    await make("shop.buyers", "select max(customer) as latest, sum(customer) as n from orders");
    await make("shop.all_but", "select * exclude (note) from orders order by id");
    const before = await olga.rows("from shop.all_but");
    await change("alter table orders rename column total to amount");
    await change("alter table orders drop column note");
    await change("alter table orders alter column customer type bigint");
    await change("update orders set customer = 3000000000 where id = 13");
    const { warnings } = await command<{ warnings: readonly string[] }>("sync", "shop");
    expect(warnings.join("\n")).toMatch(/the view shop.notes is broken: it needs note of shop.orders/);
    expect(warnings.join("\n")).not.toContain("all_but");
    expect((await olga.rows("from shop.all_but")).length).toEqual(before.length);
    expect(await olga.rows("from shop.buyers")).toEqual([[3_000_000_000, "3000000004"]]);
    expect(await olga.rows("from shop.bigger order by id")).toEqual([[10], [13]]);
    expect(await olga.refusal("sql", { sql: "from shop.notes" })).toMatch(
      /^VIEW_BROKEN: something that shop.notes reads/,
    );
    const views = await command<{ views: { name: string; state: string; why?: string }[] }>("view", "list");
    expect(views.views.filter(({ state }) => state !== "ok")).toMatchObject([{ name: "notes", state: "broken" }]);
    await change("alter table orders add column note text");
    await command("sync", "shop");
    expect(await olga.refusal("sql", { sql: "from shop.notes" })).toMatch(/^VIEW_BROKEN/);
  });

  test("a moment in the past is passed on to the tables", async () => {
    expect(await olga.rows("select count(*) from shop.big", "first")).toEqual([[3]]);
    await change("delete from orders where id = 13");
    await command("sync", "shop");
    expect(await olga.rows("select count(*) from shop.big")).toEqual([[2]]);
    expect(await olga.rows("select count(*) from shop.big", "first")).toEqual([[3]]);
    expect(await olga.refusal("sql", { sql: "from shop.big at (version => 'main')" })).toMatch(/^SNAPSHOT_NOT_FOUND/);
  });

  test("a dropped table says which views go with it, and a new one of its name gives them nothing", async () => {
    const plan = await command<{ views: readonly string[] }>("table", "drop", "shop.orders", "--plan");
    expect(plan.views).toEqual([
      "shop.all_but",
      "shop.big",
      "shop.bigger",
      "shop.buyers",
      "shop.notes",
      "shop.spent",
      "shop.totals",
    ]);
    await command("table", "drop", "shop.orders", "--yes");
    expect(await olga.refusal("sql", { sql: "from shop.big" })).toMatch(/^VIEW_BROKEN/);
    await command("sync", "shop", "--table", "orders");
    await command("grant", "select", "on", "shop.orders", "to", "olga");
    expect(await olga.refusal("sql", { sql: "from shop.big" })).toMatch(/^VIEW_BROKEN/);
    await make("shop.big", "select id, amount as total from orders", { replace: true });
    expect(await olga.rows("select id from shop.bigger")).toEqual([[10]]);
  });
});

test("a view is made and dropped in SQL on the command line", async () => {
  expect(await command("sql", "create view shop.in_sql as select id from shop.customers")).toMatchObject({
    version: 1,
  });
  expect(await command("sql", "create or replace view shop.in_sql as from shop.people")).toMatchObject({ version: 2 });
  expect(await command("sql", "drop view shop.in_sql")).toMatchObject({ view: "shop.in_sql", dropped: true });
});

test("a read through a view is recorded with its owner, its tables and both rules", async () => {
  await ann.rows("select id from shop.people");
  const { events } = await command<{ events: { kind: string; details: { tables?: object[] } }[] }>(
    "audit",
    "list",
    "--table",
    "shop.customers",
    "--by",
    "ann",
  );
  expect(events.find(({ kind }) => kind === "query begin")?.details.tables).toMatchObject([
    {
      table: "shop.people",
      columns: ["id"],
      view: { version: 4, tables: [{ table: "shop.customers", filters: ["germans"] }] },
    },
  ]);
});
