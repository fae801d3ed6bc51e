/**
 * Views that are made to get at what their maker or their readers may not have, and views whose tables and owners change
 * under them. Each case ends in an answer that the rules allow, or in an error that tells nothing.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { memberOf, openPlainLake, type ConnectedSource, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable, type PlainTable } from "../../../test/world/plain-source.ts";
import { must } from "../../base/must.ts";
import type { Principal } from "../../identity/principal.ts";
import { filterAdd } from "../access/filters.ts";
import { grantAdd, grantRevoke } from "../access/grants.ts";
import { auditList } from "../audit/audit-list.ts";
import { accountAdd } from "../people/accounts.ts";
import { sql } from "../sql.ts";
import { viewDrop } from "./view-change.ts";
import { viewCreate } from "./view-create.ts";
import { viewList, viewShow } from "./views.ts";

let lake: PlainLake;
let shop: ConnectedSource;
const people = new Map<string, Principal>();
const asOf = (name: string) => ({ principal: must(people.get(name), name) });
const secret: PlainTable = {
  columns: { id: "int!", name: "string", pay: "int" },
  key: ["id"],
  rows: [1, 2, 3, 4].map((id) => ({ id, name: `CANARY${id}`, pay: 771_000 + id })),
};

beforeAll(async () => {
  lake = await openPlainLake();
  shop = await lake.connect("shop", { t: labelledTable(6), people: secret, moody: labelledTable(3) });
  await shop.sync();
  for (const name of ["ann", "ben", "cy"]) people.set(name, await memberOf(lake, name));
  await lake.ask(grantAdd, { on: "database shop", permissions: ["CREATE_TABLE", "DESCRIBE"], to: "ann" });
  await lake.ask(grantAdd, { on: "shop.t", permissions: ["SELECT"], to: "ann", grantable: true });
  await lake.ask(filterAdd, { on: "shop.people", name: "low", rows: "id <= 2", except: ["pay"] });
  await lake.ask(grantAdd, { on: "shop.people", permissions: ["SELECT"], filter: "low", to: "ann" });
});
afterAll(() => lake[Symbol.asyncDispose]());

type Rows = readonly (readonly unknown[])[];

async function read(text: string, by?: string): Promise<Rows> {
  const rows: unknown[][] = [];
  const emit = async (item: unknown): Promise<void> => void rows.push(...((item as { rows?: unknown[][] }).rows ?? []));
  await lake.ask(sql, { sql: text }, by === undefined ? { emit } : { ...asOf(by), emit });
  return rows;
}
const make = (view: string, text: string, by?: string, more: object = {}) =>
  lake.ask(viewCreate, { view, sql: text, ...more }, by === undefined ? {} : asOf(by));
const give = (on: string, to: string) => lake.ask(grantAdd, { on, permissions: ["SELECT"], to });
const take = (on: string, from: string) => lake.ask(grantRevoke, { on, permissions: ["SELECT"], from });
const stateOf = async (view: string) => (await lake.ask(viewShow, { view })).state;

describe("statements about views, sent where statements are sent", () => {
  test("make and drop a view by the decision, with the answer and the entry in the audit log of the operations", async () => {
    const emitted: unknown[] = [];
    const emit = async (item: unknown): Promise<void> => void emitted.push(item);
    const asked = (text: string, more: object = {}) => lake.ask(sql, { sql: text, ...more }, { ...asOf("ann"), emit });
    const made = await asked("create view shop.said as select id from shop.t where id < 3;");
    expect(made).toMatchObject({
      rows: 0,
      created: { view: "shop.said", version: 1, owner: "ann", reads: ["shop.t"] },
    });
    expect(emitted).toEqual([{ columns: [] }]);
    expect(await read("from shop.said order by id", "ann")).toEqual([[1], [2]]);
    await expect(asked("create view shop.said as select 1 as a")).rejects.toMatchObject({ code: "LAKE_NAME_TAKEN" });
    expect(await asked("create or replace view shop.said as select 1 as a")).toMatchObject({ created: { version: 2 } });
    for (const more of [{ explain: true }, { asOf: "first" }])
      await expect(asked("drop view shop.said", more)).rejects.toMatchObject({ code: "USAGE" });
    expect(await asked("drop view shop.said")).toMatchObject({ dropped: { view: "shop.said", dropped: true } });
    await expect(asked("drop view shop.t")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    const { events } = await lake.ask(auditList, { by: "ann", kind: "change" });
    const done = events.filter(({ operation }) => operation?.startsWith("view."));
    expect(done.map(({ operation, outcome }) => `${operation} ${outcome}`).toReversed()).toEqual([
      "view.create done",
      "view.create LAKE_NAME_TAKEN",
      "view.create done",
      "view.drop done",
    ]);
  });

  test("are refused to whoever may not make or drop views there", async () => {
    await give("shop.t", "ben");
    const asked = (text: string) => lake.ask(sql, { sql: text }, asOf("ben"));
    await expect(asked("create view shop.mine as from shop.t")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await make("shop.theirs", "from shop.t", "ann");
    await expect(asked("drop view shop.theirs")).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
    await expect(asked("create or replace view shop.theirs as select 1 as a")).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
    await lake.ask(viewDrop, { view: "shop.theirs" });
    await take("shop.t", "ben");
  });
});

describe("columns with the database of their table", () => {
  test.each([
    ["select shop.t.id from shop.t where shop.t.id < 3 order by shop.t.id", [[1], [2]]],
    ["select shop.t.id from shop.t join shop.moody on shop.t.id = shop.moody.id order by 1 limit 1", [[1]]],
    ['select "shop"."t"."id" from SHOP.T order by Shop.T.Id limit 1', [[1]]],
    ["select main.shop.t.id from main.shop.t order by main.shop.t.id limit 1", [[1]]],
    ["select (select max(shop.t.id) from shop.t) as m", [[6]]],
    ["select x.id from shop.t x where x.id = 3", [[3]]],
    ["select 'shop.t.id' as words from shop.t limit 1", [["shop.t.id"]]],
    ["select count(*) as n from shop.t a, shop.t b where a.id = b.id", [[6]]],
  ])("%s: in a query, and in a view", async (text, rows) => {
    expect(await read(text)).toEqual(rows);
    await make("shop.qualified", text, undefined, { replace: true });
    expect(await read("from shop.qualified order by 1")).toEqual(rows);
  });

  test("of a table with another name in the statement are refused", async () => {
    const text = "select shop.t.id from shop.t as other";
    await expect(read(text)).rejects.toMatchObject({ code: "SQL_INVALID" });
    await expect(make("shop.wrong", text)).rejects.toMatchObject({ code: "SQL_INVALID" });
  });
});

describe("views over views", () => {
  test("close as a whole when the owner of the inner one loses a right, and open when it is back", async () => {
    await make("shop.inner", "from shop.t", "ann");
    await give("shop.inner", "ben");
    await lake.ask(grantAdd, { on: "database shop", permissions: ["CREATE_TABLE"], to: "ben" });
    await make("shop.outer", "select id from shop.inner", "ben");
    await give("shop.outer", "cy");
    expect(await read("from shop.outer", "cy")).toHaveLength(6);
    await take("shop.t", "ann");
    const closed = await read("from shop.outer", "cy").catch((error: unknown) => error);
    expect(closed).toMatchObject({ code: "VIEW_CLOSED" });
    expect(String(closed), "what stands behind is not told").not.toMatch(/inner|shop\.t\b|ann|ben/);
    expect([await stateOf("shop.inner"), await stateOf("shop.outer")]).toEqual(["closed", "closed"]);
    await lake.ask(grantAdd, { on: "shop.t", permissions: ["SELECT"], to: "ann", grantable: true });
    expect(await read("from shop.outer", "cy")).toHaveLength(6);
    await take("shop.inner", "ben");
    await expect(read("from shop.outer", "cy")).rejects.toMatchObject({ code: "VIEW_CLOSED" });
  });

  test("that would read themselves are refused, whatever is replaced", async () => {
    await make("shop.a", "select id from shop.t");
    await make("shop.b", "select id from shop.a");
    await make("shop.c", "select id from shop.b");
    for (const text of ["from shop.b", "from shop.c", "from shop.a", "with x as (from shop.c) from x"])
      await expect(make("shop.a", text, undefined, { replace: true })).rejects.toMatchObject({ code: "VIEW_INVALID" });
    expect(await read("from shop.c")).toHaveLength(6);
  });
});

test("a removed owner shows nothing to anybody, and neither does a new person of that name", async () => {
  people.set("eve", await memberOf(lake, "eve"));
  await lake.ask(grantAdd, { on: "database shop", permissions: ["CREATE_TABLE", "DESCRIBE"], to: "eve" });
  await give("shop.t", "eve");
  await make("shop.of_eve", "from shop.t", "eve");
  await give("shop.of_eve", "ben");
  const { id } = must(people.get("eve"), "eve");
  await lake.context.db.updateTable("principals").set({ deleted_at: new Date() }).where("id", "=", id).execute();
  await expect(read("from shop.of_eve", "ben")).rejects.toMatchObject({ code: "VIEW_CLOSED" });
  people.set("eve", await memberOf(lake, "eve"));
  await give("shop.t", "eve");
  await expect(read("from shop.of_eve", "ben")).rejects.toMatchObject({ code: "VIEW_CLOSED" });
  expect((await lake.ask(viewList)).views.find(({ name }) => name === "of_eve")).toMatchObject({ state: "closed" });
});

describe("a column that a view reads", () => {
  test("is dropped, and comes again with another type: the view stays broken until it is made anew", async () => {
    await make("shop.of_label", "select id, upper(label) as label from shop.moody");
    await make("shop.of_id", "select id from shop.moody");
    const without: PlainTable = { columns: { id: "int!" }, key: ["id"], rows: [1, 2, 3].map((id) => ({ id })) };
    shop.source.set("moody", without);
    await shop.sync();
    await expect(read("from shop.of_label")).rejects.toMatchObject({ code: "VIEW_BROKEN" });
    expect(await read("from shop.of_id")).toHaveLength(3);
    const rows = [1, 2, 3].map((id) => ({ id, label: id }));
    shop.source.set("moody", { columns: { id: "int!", label: "int" }, key: ["id"], rows });
    await shop.sync();
    await expect(read("from shop.of_label")).rejects.toMatchObject({ code: "VIEW_BROKEN" });
    await make("shop.of_label", "select id, label from shop.moody", undefined, { replace: true });
    expect(await read("from shop.of_label order by id")).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });
});

test("a view gets no name that differs from that of a table or a view by the case of its letters alone", async () => {
  await make("shop.Taken", "select 1 as a");
  for (const name of ["shop.t", "shop.T", "shop.taken"])
    await expect(make(name, "select 1 as a")).rejects.toMatchObject({ code: "LAKE_NAME_TAKEN" });
});

test.each([
  "from read_csv('/etc/passwd')",
  "from '/etc/passwd'",
  "from read_parquet('s3://bucket/x.parquet')",
  "from glob('/*')",
  "from read_text('/proc/self/environ')",
  "select getenv('HOME') as a",
  "select * from duckdb_secrets()",
  "from information_schema.tables",
  "from pg_catalog.pg_class",
  "from sqlite_master",
  "select nextval('s') as a",
  "select setseed(0.5) as a",
  "select current_setting('home_directory') as a",
  "from query('select 1')",
  "from query_table('shop.people')",
  "from shop.people.files",
  "from shop.t at (version => 1)",
  "insert into shop.t values (9, 'x') returning id",
  "copy (select 1) to '/tmp/x'",
  "pragma version",
  "select 1 as a; drop view shop.a",
  "from hr.pay",
  "from other.hr.pay",
])("%s is no statement of a view", async (text) => {
  const failure = await make("shop.hostile", text, "ann").catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: expect.stringMatching(/^(SQL_NOT_ALLOWED|SQL_INVALID|TABLE_NOT_FOUND|VIEW_INVALID|NOT_ALLOWED)$/),
  });
  expect(String(failure)).not.toMatch(/CANARY|771|root:/);
});

test("tables of another account are not to be had through a view", async () => {
  await lake.ask(accountAdd, { name: "other" });
  await expect(make("shop.far", "from other.shop.t", "ann")).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
});

describe("rows and columns that the owner of a view may not see", () => {
  const attempts = [
    "select id, 1 / (id - 3) as a from shop.people",
    "select cast(name as int) as a from shop.people where id > 2",
    "select id from shop.people where case when id = 3 then cast(name as int) = 1 else true end",
    "select error(name) as a from shop.people where id > 2",
    "select p.id, x.name from shop.t p, lateral (select name from shop.people q where q.id = p.id) x",
    "select id, (select max(name) from shop.people q where q.id >= t.id) as a from shop.t",
    "select id, exists (select 1 from shop.people q where q.id = t.id) as a from shop.t",
    "select count(*) as n, min(name) as a, max(name) as b from shop.people",
    "select t.id, p.name from shop.t full join shop.people p on p.id = t.id",
    "select list(name) as a from shop.people",
    "select to_json(people) as a from shop.people",
    "select unnest([name, name]) as a from shop.people",
    "select * from shop.people tablesample 100 percent",
    "select name, rank() over (order by name desc) as a from shop.people",
  ];
  test.each(attempts)("%s", async (text) => {
    const said = async (work: Promise<unknown>): Promise<string> =>
      JSON.stringify(await work.catch((error: unknown) => [String(error), (error as { quoted?: string }).quoted]));
    const made = await said(make("shop.evading", text, "ann", { replace: true }));
    const found = await said(read("from shop.evading", "ann"));
    const direct = await said(read(text, "ann"));
    expect(made + found + direct).not.toMatch(/CANARY[34]|771/);
  });

  test("a hidden column has no name in a view", async () => {
    await expect(make("shop.paid", "select pay from shop.people", "ann")).rejects.toMatchObject({
      code: "SQL_INVALID",
    });
    await expect(make("shop.paid", "select people.pay from shop.people", "ann")).rejects.toMatchObject({
      code: "SQL_INVALID",
    });
    await make("shop.all_of_it", "from shop.people", "ann");
    expect(await read("from shop.all_of_it order by id", "ann")).toEqual([
      [1, "CANARY1"],
      [2, "CANARY2"],
    ]);
  });
});

describe("many columns and odd names", () => {
  test("a thousand columns", async () => {
    const columns = Array.from({ length: 1_000 }, (_none, index) => `id + ${index} as c${index}`);
    await make("shop.wide", `select ${columns.join(", ")} from shop.t`, "ann");
    expect(await read("select c0, c999 from shop.wide order by c0 limit 1", "ann")).toEqual([[1, 1000]]);
    expect((await lake.ask(viewShow, { view: "shop.wide" }, asOf("ann"))).columns).toHaveLength(1_000);
  });

  test.each(['shop."a""b"', 'shop."🦆 ente"', 'shop."sel.ect"', 'shop."; drop view x --"', 'shop."ÀÉ"'])(
    "%s",
    async (name) => {
      await make(name, 'select id as "i""d", label as "🦆" from shop.t where id = 1', "ann");
      const quoted = 'select "i""d", "🦆" from ';
      expect(await read(`${quoted}${name}`, "ann")).toEqual([[1, expect.any(String)]]);
      await make("shop.over", `${quoted}${name} where "i""d" < 9`, "ann", { replace: true });
      expect(await read("from shop.over", "ann")).toHaveLength(1);
      await lake.ask(sql, { sql: `drop view ${name}` }, asOf("ann"));
      await expect(read("from shop.over", "ann")).rejects.toMatchObject({ code: "VIEW_BROKEN" });
    },
  );
});
