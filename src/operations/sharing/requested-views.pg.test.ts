/** Views as things that people ask for, share and put into products: judged by what they read, and read by their owner's rights. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { must } from "../../base/must.ts";
import { memberOf, openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import type { Principal } from "../../identity/principal.ts";
import { accountIdOf } from "../../identity/accounts.ts";
import { grantAdd } from "../access/grants.ts";
import { catalogSearch } from "../finding/search.ts";
import { accountAdd } from "../people/accounts.ts";
import { memberAdd, memberRemove } from "../people/members.ts";
import { userAdd } from "../people/users.ts";
import { sql as sqlOperation } from "../sql.ts";
import { tableDescribe } from "../stewardship/describe.ts";
import { stewardAdd } from "../stewardship/stewards.ts";
import { tagAdd } from "../tags/tag-keys.ts";
import { tagSet } from "../tags/tags.ts";
import { viewCreate } from "../views/view-create.ts";
import { productAdd } from "./products/product-add.ts";
import { productShow } from "./products/product-show.ts";
import { processRemove, processSet } from "./processes.ts";
import { requestCreate } from "./request-create.ts";
import { requestApprove } from "./request-decide.ts";
import { requestShow } from "./requests.ts";
import { sharingSimulate } from "./simulate.ts";

let lake: PlainLake;
const people = new Map<string, Principal>();
const as = (name: string): { principal: Principal } => ({ principal: must(people.get(name), name) });

beforeAll(async () => {
  lake = await openPlainLake();
  await lake.ask(userAdd, { name: "root", role: "administrator" });
  await (await lake.connect("shop", { customers: labelledTable(3), orders: labelledTable(3) })).sync();
  await lake.ask(accountAdd, { name: "analytics" });
  for (const name of ["olga", "vera", "ann", "boss", "ada"]) people.set(name, await memberOf(lake, name));
  for (const name of ["boss", "ada"]) {
    await lake.ask(memberRemove, { kind: "account", name: "main", member: name });
    await lake.ask(memberAdd, { kind: "account", name: "analytics", member: name });
    people.set(name, { ...must(people.get(name), name), accountId: await accountIdOf(lake.context.db, "analytics") });
  }
  await lake.ask(grantAdd, { permissions: ["ADMINISTER"], on: "account analytics", to: "boss" });
  await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.*", to: "vera" });
  await lake.ask(grantAdd, { permissions: ["CREATE_TABLE"], on: "database shop", to: "vera" });
  await lake.ask(tableDescribe, { table: "shop.customers", column: "label", set: { pii_flag: "true" } });
  const view = (name: string, text: string) => lake.ask(viewCreate, { view: name, sql: text }, as("vera"));
  await view("shop.named", "select id, label as name from shop.customers");
  await view("shop.numbers", "select id from shop.orders");
  await lake.ask(stewardAdd, { of: "shop", who: "olga", as: "owner" });
  for (const on of ["shop.named", "shop.numbers"])
    for (const to of ["ann", "boss"]) await lake.ask(grantAdd, { permissions: ["BROWSE"], on, to });
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(async () => {
  const ended = { state: "withdrawn", ended_at: new Date() } as const;
  await lake.context.db.updateTable("share_requests").set(ended).where("state", "=", "pending").execute();
});

const create = (input: object, by = "ann") =>
  lake.ask(requestCreate, { purpose: "to count", ...input }, as(by)).then(({ request }) => request);
const approve = (request: string, more: object = {}) =>
  lake.ask(requestApprove, { requests: [request], ...more }, as("olga")).then(({ decided }) => must(decided[0], "one"));

async function rows(text: string, by: string): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  const emit = async (item: unknown): Promise<void> => void found.push(...((item as { rows?: unknown[] }).rows ?? []));
  await lake.ask(sqlOperation, { sql: text }, { ...as(by), emit });
  return found;
}

test("a view is judged by what it reads, and what is behind it stays closed to whoever gets it", async () => {
  await expect(rows("select id from shop.named", "ann")).rejects.toThrow();
  const asked = await create({ items: [{ on: "shop.named" }] });
  expect(asked).toMatchObject({
    state: "pending",
    items: [{ on: "shop.named", tables: 1 }],
    sensitivity: { class: "pii" },
  });
  expect(await lake.ask(requestShow, { request: asked.request }, as("olga"))).toMatchObject({
    sensitivity: { findings: [{ table: "shop.customers", column: "label" }] },
  });
  expect(await approve(asked.request)).toMatchObject({ state: "approved" });
  expect(await rows("select id, name from shop.named order by id", "ann")).toHaveLength(3);
  for (const text of ["from shop.customers", "from shop.orders"]) await expect(rows(text, "ann")).rejects.toThrow();
});

test("a view in which nothing is sensitive has somebody who decides all the same, and is narrowed", async () => {
  const items = [{ on: "shop.numbers" }];
  expect(await lake.ask(sharingSimulate, { items, for: "self" }, as("ann"))).toMatchObject({
    outcome: "decided in steps",
    class: "none",
    because: [expect.any(String), "somebody always decides on a view: owner"],
  });
  const { request, state } = await create({ items });
  expect(state).toBe("pending");
  await approve(request, { narrow: [{ on: "shop.numbers", rows: "id > 1" }] });
  expect(await rows("select id from shop.numbers order by id", "ann")).toHaveLength(2);
});

test("a rule about tags holds for what is behind a view", async () => {
  await lake.ask(tagAdd, { key: "level", values: ["secret"], sensitive: ["secret"] });
  await lake.ask(tagSet, { on: "shop.orders", tags: ["level=secret"] });
  const refuse = "not outside of the team";
  await lake.ask(processSet, { process: { rules: [{ when: { tags: ["level=secret"] }, refuse }, { steps: [] }] } });
  const asking = create({ items: [{ on: "shop.numbers" }] });
  await expect(asking).rejects.toMatchObject({ code: "REQUEST_REFUSED", message: refuse });
  await lake.ask(processRemove, {});
});

test("all tables of a database has no views, which are asked for by name", async () => {
  await lake.ask(grantAdd, { permissions: ["BROWSE"], on: "shop.*", to: "ann" });
  const { items } = await create({ items: [{ on: "shop.*" }] });
  expect(items).toMatchObject([{ on: "shop.*", tables: 2 }]);
});

test("an account asks for a product with a view, passes it on, and reads it by its own name for it", async () => {
  const product = { name: "people", on: ["shop.named"], owners: ["olga"] };
  await lake.ask(productAdd, product, as("olga"));
  await lake.ask(grantAdd, { permissions: ["BROWSE"], on: "product people", to: "boss" });
  expect(await lake.ask(productShow, { product: "people" }, as("olga"))).toMatchObject({
    has: ["shop.named"],
    tables: 1,
  });
  const found = await lake.ask(catalogSearch, { text: "named" }, as("boss"));
  expect(found.results).toMatchObject([{ name: "main.shop.named", state: "requestable" }]);
  const asked = await create({ product: "main.people", for: "account" }, "boss");
  expect(asked).toMatchObject({ state: "pending", product: "main.people" });
  expect(await approve(asked.request)).toMatchObject({ state: "approved" });
  const on = "main.shop.named";
  await expect(rows(`from ${on}`, "ada")).rejects.toThrow();
  await lake.ask(grantAdd, { permissions: ["SELECT"], on, to: "ada", columns: ["id"] }, as("boss"));
  expect(await rows(`select * from ${on} order by id`, "ada")).toHaveLength(3);
  expect(await rows("select * from shop.named order by id", "ada")).toHaveLength(3);
  await expect(rows(`select name from ${on}`, "ada")).rejects.toThrow();
  await expect(rows("from main.shop.customers", "ada")).rejects.toThrow();
  expect(await lake.ask(productShow, { product: "people" }, as("olga"))).toMatchObject({
    shares: [{ to: "account:analytics", tables: 1, outside: 0 }],
  });
});
