/** Views in headgate.yaml: made once in the order in which they read each other, changed, given away, dropped, and refused. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { inPolicyChange } from "../../db/policy-change.ts";
import { grantAdd } from "../access/grants.ts";
import { sql } from "../sql.ts";
import { viewDrop } from "../views/view-change.ts";
import { viewCreate } from "../views/view-create.ts";
import { viewList, viewShow } from "../views/views.ts";
import { openAccessLake, type AccessLake } from "./access-lake.fixture.ts";
import { accessExport } from "./export-access.ts";

let world: AccessLake;
beforeAll(async () => void (world = await openAccessLake()));
afterEach(async () => {
  await world.lake.context.db.deleteFrom("views").execute();
  await world.reset();
});
afterAll(() => world[Symbol.asyncDispose]());

const group = "groups:\n  analysts: { members: [ann] }\n";
const views = `
views:
  shop.total: select sum(id) as total from shop.few
  shop.few: { sql: "select id from shop.orders", owner: "group:analysts" }
`;
const grants = `
grants:
  - { to: "group:analysts", select: shop.orders }
  - { to: bob, select: shop.few, filter: small }
`;
const filters = "filters:\n  shop.few: { small: { rows: id < 3 } }\n";
const whole = group + views + filters + grants;

async function rowsOf(text: string, by: string): Promise<unknown> {
  const rows: unknown[] = [];
  const emit = async (item: unknown): Promise<void> => void rows.push(...((item as { rows?: unknown[] }).rows ?? []));
  await world.lake.ask(sql, { sql: text }, { ...world.as(by), emit });
  return rows;
}

test("are made in the order in which they read each other, after the rights of their owners and before rights on them", async () => {
  const plan = await world.steps(whole, { dryRun: true });
  expect(plan).toEqual([
    "add group analysts",
    "add member ann in analysts",
    "add grant SELECT on shop.orders to group:analysts",
    "add view shop.few: owner group:analysts; reads shop.orders",
    "add filter small on shop.few: rows none → id < 3; columns none → all",
    "add grant SELECT on shop.few to bob: filter small",
    "add view shop.total: owner the owner of the data directory; reads shop.few",
  ]);
  expect((await world.lake.ask(viewList)).views).toEqual([]);
  expect(await world.steps(whole)).toEqual(plan);
  const before = await world.state();
  expect(await world.steps(whole)).toEqual([]);
  expect(await world.state()).toEqual(before);
  expect(await rowsOf("from shop.few order by id", "bob")).toEqual([[1], [2]]);
  const { views: exported } = await world.lake.ask(accessExport, { declared: true });
  expect(await world.steps(group + stringify({ views: exported }) + filters + grants)).toEqual([]);
});

test("are there before the products that have them, and before grants on these", async () => {
  const products = "products: { figures: { has: [shop.few] }, orders: { has: [shop.orders] } }\n";
  const granted = `${grants}  - { to: bob, browse: product figures }\n  - { to: bob, browse: product orders }\n`;
  const text = group + views + filters + products + granted;
  const steps = await world.steps(text);
  const inOrder = [
    "add view shop.few: ",
    "add product figures: shop.few put in",
    "add grant BROWSE on product figures to bob",
  ];
  const places = inOrder.map((begin) => steps.findIndex((step) => step.startsWith(begin)));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  expect(await world.steps(text)).toEqual([]);
});

test("are read before the policy is locked, so that nobody waits for an engine to start, or for a text that is none", async () => {
  const { db } = world.lake.context;
  await inPolicyChange(db, async () => {
    await expect(world.steps("views: { shop.bad: drop table orders }")).rejects.toMatchObject({
      place: expect.stringMatching(/^headgate.yaml:1/),
    });
  });
});

test("get a new version, another owner, and an end with their line; whatever is on them follows", async () => {
  await world.apply(whole);
  const other = whole.replace("select id from", "select id, label from");
  expect(await world.steps(other)).toEqual(["change view shop.few: version 2; reads shop.orders"]);
  expect(await rowsOf("select id from shop.few order by id", "bob"), "the filter and the grant stay").toHaveLength(2);
  const given = other.replace('owner: "group:analysts"', "owner: ann");
  expect(await world.steps(given)).toEqual(["change view shop.few: owner group:analysts → ann"]);
  const without = group + 'grants:\n  - { to: "group:analysts", select: shop.orders }\n';
  expect(await world.steps(without + "views: { shop.total: select sum(id) as total from shop.orders }\n")).toEqual([
    "remove view shop.few (falls: what ann may do with it; what bob may do with it; what group:analysts may do with it; shop.total breaks)",
    "change view shop.total: version 2; reads shop.orders",
  ]);
  expect(await world.steps(without)).toEqual(["remove view shop.total"]);
  expect((await world.lake.ask(viewList)).views).toEqual([]);
});

test("a command's change is taken back", async () => {
  await world.apply(whole);
  await world.lake.ask(viewCreate, { view: "shop.few", sql: "select 7 as id", replace: true });
  expect(await world.steps(whole)).toEqual(["change view shop.few: version 3; reads shop.orders"]);
  expect(await world.steps(whole)).toEqual([]);
});

test("one that lost what it reads is made anew, once there is something of that name", async () => {
  const text = "views: { shop.outer: from shop.inner }\n";
  await world.lake.ask(viewCreate, { view: "shop.inner", sql: "select 1 as a" });
  await world.apply(text);
  await world.lake.ask(viewDrop, { view: "shop.inner" });
  expect(await world.refused(text)).toMatchObject({ code: "TABLE_NOT_FOUND", place: "headgate.yaml:1:22: shop.inner" });
  await world.lake.ask(viewCreate, { view: "shop.inner", sql: "select 2 as a" });
  expect(await world.steps(text)).toEqual(["change view shop.outer: version 2; reads shop.inner"]);
  expect(await world.steps(text)).toEqual([]);
});

test.each([
  ["a view of a command", "views: { shop.mine: select 2 as a }", "DECLARATION_INVALID", "made by a command"],
  ["the name of a table", "views: { shop.orders: select 2 as a }", "LAKE_NAME_TAKEN", "shop.orders"],
  ["a table that is not there", "views: { shop.v: from shop.nothing }", "TABLE_NOT_FOUND", "nothing"],
  [
    "views that read each other",
    "views: { shop.a: from shop.b, shop.b: from shop.a }",
    "DECLARATION_INVALID",
    "itself",
  ],
  ["itself", "views: { shop.a: from shop.a }", "TABLE_NOT_FOUND", "shop.a"],
  ["one view twice", "views: { shop.a: select 2 as a, '\"shop\".a': select 2 as a }", "DECLARATION_INVALID", "twice"],
  ["a name of one part", "views: { a: select 2 as a }", "USAGE", "two parts"],
  ["no SELECT", "views: { shop.a: drop table shop.orders }", "SQL_NOT_ALLOWED", ""],
  [
    "an owner without a right",
    "views: { shop.a: { sql: from shop.orders, owner: carl } }",
    "TABLE_NOT_FOUND",
    "orders",
  ],
])("%s is refused, with its place, and nothing is done", async (_, text, code, message) => {
  await world.lake.ask(viewCreate, { view: "shop.mine", sql: "select 1 as a" });
  expect(await world.refused(text)).toMatchObject({
    code,
    place: expect.stringMatching(/^headgate\.yaml:1:/),
    message: expect.stringContaining(message),
  });
});

test("of somebody who administers and may not read are refused, and read by the rights of those who may", async () => {
  await world.addUser("dora");
  await world.lake.ask(grantAdd, { on: "lake", permissions: ["ADMINISTER"], to: "dora" });
  const by = "dora";
  const mine = "views: { shop.v: from shop.orders }\n";
  expect(await world.refused(mine, by)).toMatchObject({ code: "NOT_ALLOWED" });
  const theirs = 'views: { shop.v: { sql: from shop.orders, owner: "group:analysts" } }\n';
  const text = `${group}${theirs}grants:\n  - { to: "group:analysts", select: shop.orders }\n`;
  expect(await world.steps(text, {}, by)).toContain("add view shop.v: owner group:analysts; reads shop.orders");
  expect(await world.lake.ask(viewShow, { view: "shop.v" })).toMatchObject({ owner: "group:analysts", state: "ok" });
});
