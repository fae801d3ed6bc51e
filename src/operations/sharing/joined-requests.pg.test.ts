/** Requests that several people have made, that too few people may decide on, and that ask for more than the asker knows. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sql } from "kysely";
import { must } from "../../base/must.ts";
import { memberOf, openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { decide } from "../../governance/decide.ts";
import { hasColumn } from "../../governance/table-access.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import type { Principal } from "../../identity/principal.ts";
import { accessExplain } from "../access/explain.ts";
import { grantAdd } from "../access/grants.ts";
import { accessOf } from "../access/reach.ts";
import { accountAdd } from "../people/accounts.ts";
import { memberAdd, memberRemove } from "../people/members.ts";
import { userAdd } from "../people/users.ts";
import { unitAdd } from "../people/units.ts";
import { tableDescribe } from "../stewardship/describe.ts";
import { stewardAdd, stewardRemove } from "../stewardship/stewards.ts";
import { processRemove, processSet } from "./processes.ts";
import { requestCreate, requestWithdraw } from "./request-create.ts";
import { requestApprove } from "./request-decide.ts";
import { requestList, requestShow } from "./requests.ts";
import { shareCreate } from "./share-create.ts";

let lake: PlainLake;
const people = new Map<string, Principal>();
const days = (count: number): string => new Date(Date.now() + count * 86_400_000).toISOString();

beforeAll(async () => {
  lake = await openPlainLake();
  const tables = { products: labelledTable(3), customers: labelledTable(3), orders: labelledTable(3) };
  await (await lake.connect("shop", tables)).sync();
  await lake.ask(userAdd, { name: "root", role: "administrator" });
  await lake.ask(accountAdd, { name: "analytics" });
  for (const name of ["olga", "cora", "carl", "cleo", "dana", "ann", "bob"])
    people.set(name, await memberOf(lake, name));
  const { id: analytics } = must(
    await lake.context.db.selectFrom("accounts").select("id").where("name", "=", "analytics").executeTakeFirst(),
    "the account",
  );
  for (const name of ["cora", "carl", "cleo", "dana", "bob"]) {
    await lake.ask(memberRemove, { kind: "account", name: "main", member: name });
    await lake.ask(memberAdd, { kind: "account", name: "analytics", member: name });
    people.set(name, { ...must(people.get(name), name), accountId: analytics });
  }
  for (const to of ["cora", "carl", "cleo", "dana"]) {
    await lake.ask(grantAdd, { permissions: ["ADMINISTER"], on: "account analytics", to });
    await lake.ask(grantAdd, { permissions: ["BROWSE"], on: "shop.*", to });
  }
  await lake.ask(tableDescribe, { table: "shop.customers", column: "label", set: { pii_flag: "true" } });
});
afterAll(() => lake[Symbol.asyncDispose]());

beforeEach(async () => {
  await lake.context.db
    .updateTable("share_requests")
    .set({ state: "withdrawn", ended_at: new Date() })
    .where("state", "=", "pending")
    .execute();
  for (const who of ["olga", "cora"]) await lake.ask(stewardRemove, { of: "shop", who, as: "owner" }).catch(() => {});
  await lake.ask(stewardAdd, { of: "shop", who: "olga", as: "owner" });
});

const as = (name: string): { principal: Principal } => ({ principal: must(people.get(name), name) });
const create = (by: string, more: object = {}) =>
  lake.ask(
    requestCreate,
    { items: [{ on: "main.shop.customers" }], for: "account", purpose: `for ${by}`, ...more },
    as(by),
  );
const show = (request: string, by = "olga") => lake.ask(requestShow, { request }, as(by));
const withdraw = (request: string, by: string) => lake.ask(requestWithdraw, { request }, as(by));
const approve = (request: string, by: string) => lake.ask(requestApprove, { requests: [request] }, as(by));

describe("a request that several people have made", () => {
  test("goes on for the others when its requester withdraws, as that of the first of them", async () => {
    const { request } = (await create("cora")).request;
    expect(await create("carl")).toMatchObject({ joined: true, request: { request, others: 1 } });
    expect(await withdraw(request, "cora")).toMatchObject({ left: true, state: "pending" });
    expect(await show(request)).toMatchObject({ requester: "carl", others: 0, purpose: "for carl" });
    expect((await lake.ask(requestList, { of: "mine" }, as("cora"))).requests).toEqual([]);
    expect((await lake.ask(requestList, { of: "mine" }, as("carl"))).requests).toMatchObject([{ request }]);
    expect(await withdraw(request, "carl")).toMatchObject({ left: false, state: "withdrawn" });
  });

  test("ends with its requester if nobody who joined may ask any more", async () => {
    const { request } = (await create("cora")).request;
    await create("dana");
    await sql`update principals set deleted_at = clock_timestamp() where name = 'dana'`.execute(lake.context.db);
    expect(await withdraw(request, "cora")).toMatchObject({ left: false, state: "withdrawn" });
  });

  test("is decided by nobody who has left it, until somebody else asks", async () => {
    const { request } = (await create("cora")).request;
    await create("carl");
    await withdraw(request, "cora");
    await lake.ask(stewardAdd, { of: "shop", who: "cora", as: "owner" });
    await expect(approve(request, "cora")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect(await create("cora")).toMatchObject({ joined: true, request: { others: 1, requester: "carl" } });
    expect((await approve(request, "olga")).decided).toMatchObject([{ state: "approved" }]);
  });

  test("asks for the latest end of all of them, about which its approvers are asked anew", async () => {
    const [soon, late] = [days(10), days(40)];
    const { request } = (await create("cora", { until: soon })).request;
    expect(await create("carl", { until: days(5) })).toMatchObject({ request: { until: soon, round: 1 } });
    expect(await create("carl", { until: late })).toMatchObject({ joined: true, request: { until: late, round: 2 } });
    expect(await create("cleo")).toMatchObject({ request: { until: null, round: 3, state: "pending" } });
    expect(await create("cora", { until: soon })).toMatchObject({ request: { until: null, round: 3 } });
    expect(await create("cora", { reshare: true })).toMatchObject({ request: { request, round: 4 } });
  });
});

test("a step that needs more people than there are says so, and approves nothing", async () => {
  const step = { name: "two", approvers: ["owner"], quorum: 3 };
  await lake.ask(processSet, { process: { rules: [{ steps: [step] }] } });
  const { request } = (await create("cora")).request;
  expect(await show(request)).toMatchObject({ steps: [{ state: "open", waitsFor: ["olga", "root"], missing: 1 }] });
  await approve(request, "olga");
  expect(await show(request)).toMatchObject({ state: "pending", steps: [{ state: "open", missing: 1 }] });
  for (const who of ["ann", "bob"]) await lake.ask(stewardAdd, { of: "shop", who, as: "owner" });
  expect(await show(request)).toMatchObject({ steps: [{ missing: 0 }] });
  await approve(request, "ann");
  expect((await approve(request, "bob")).decided).toMatchObject([{ state: "approved", steps: [{ missing: 0 }] }]);
  for (const who of ["ann", "bob"]) await lake.ask(stewardRemove, { of: "shop", who, as: "owner" });
  await lake.ask(processRemove, {});
});

describe("whoever knows a part of a table", () => {
  async function readColumns(table: string): Promise<readonly string[]> {
    const found = await lake.context.catalog.find(table);
    const policy = await lake.context.policies.current();
    const resource = { kind: "table", id: found.id, databaseId: found.databaseId, accountId: found.accountId } as const;
    const decision = decide({ policy, ...as("ann"), action: "read", resource, now: Date.now() });
    const parts = decision.allowed ? decision.access.parts : [];
    const { fields } = currentSchema(found.metadata);
    return fields.filter(({ id }) => parts.some((part) => hasColumn(part.columns, id))).map(({ name }) => name);
  }

  test.each([
    ["a table", "shop.orders", "shop.orders"],
    ["all tables", "shop.*", "shop.products"],
  ])("gets no column that is hidden from them by asking for %s", async (_kind, on, table) => {
    await lake.ask(grantAdd, { permissions: ["SELECT"], on: table, to: "ann", columns: ["id"] });
    const input = { items: [{ on }], purpose: "all of it" };
    const { request } = await lake.ask(requestCreate, input, as("ann"));
    expect(request.state).toBe("approved");
    expect(await readColumns(table)).toEqual(["id"]);
  });

  test("nor when an owner approves all that was asked for", async () => {
    await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.customers", to: "ann", columns: ["id"] });
    await lake.ask(tableDescribe, { table: "shop.customers", column: "id", set: { pii_flag: "true" } });
    const input = { items: [{ on: "shop.customers" }], purpose: "all of it" };
    const { request } = await lake.ask(requestCreate, input, as("ann"));
    await approve(request.request, "olga");
    expect(await show(request.request)).toMatchObject({ state: "approved" });
    expect(await readColumns("shop.customers")).toEqual(["id"]);
    await lake.ask(tableDescribe, { table: "shop.customers", column: "id", unset: ["pii_flag"] });
  });
});

describe("whoever passes on what is shared with their account", () => {
  const on = "main.shop.orders";
  const explain = (principal: string, by = "cora", resource = on) =>
    lake.ask(accessExplain, { principal, resource }, as(by));

  test("sees what people of their account have of it, and of nobody else", async () => {
    await expect(explain("bob")).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
    await lake.ask(shareCreate, { on: ["shop.orders"], to: "account:analytics" });
    const reads = async () => (await explain("bob")).actions.find(({ action }) => action === "read");
    expect(await reads()).toMatchObject({ allowed: false });
    await lake.ask(grantAdd, { permissions: ["SELECT"], on, to: "bob", columns: ["id"] }, as("cora"));
    expect(await reads()).toMatchObject({ allowed: true, ways: [{ to: "bob", on }] });
    expect(await explain("bob")).toMatchObject({ account: "analytics", columns: { shown: ["id"] } });
    const { reached } = await lake.ask(accessOf, { principal: "bob" }, as("cora"));
    expect(reached.filter(({ resource }) => resource === on)).toMatchObject([
      { columns: ["id"], actions: ["watch", "read"] },
    ]);
    await expect(explain("olga")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await expect(explain("cora", "bob")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect((await lake.ask(accessOf, { principal: "olga" }, as("cora"))).reached).toEqual([]);
  });

  test("is told of no column and no grant that the account does not have", async () => {
    await lake.ask(shareCreate, { on: ["shop.products"], to: "account:analytics", columns: ["id"] });
    await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.products", to: "bob" });
    const resource = "main.shop.products";
    const { actions, columns } = await explain("bob", "cora", resource);
    expect(columns).toEqual({ shown: ["id"], hidden: [] });
    expect(actions.flatMap(({ ways, missing }) => [...ways, ...missing])).toEqual([]);
    const { reached } = await lake.ask(accessOf, { principal: "bob" }, as("cora"));
    expect(reached.filter((one) => one.resource === resource)).toMatchObject([
      { reads: "part", columns: ["id"], ways: [] },
    ]);
  });

  test("is told by whom it could be granted only within what they know", async () => {
    const { actions } = await explain("bob");
    expect(actions.every(({ couldGrant }) => couldGrant.length === 0)).toBe(true);
  });
});

test("words in the wrong order are named as such", async () => {
  await expect(lake.ask(accessExplain, { principal: "shop.orders", resource: "ann" })).rejects.toMatchObject({
    code: "USAGE",
    remedy: expect.stringContaining("headgate access explain ann shop.orders"),
  });
  await expect(lake.ask(accessExplain, { principal: "ann", resource: "shop.nothing" })).rejects.toMatchObject({
    code: "TABLE_NOT_FOUND",
  });
});

test("a unit in one that is not there says which to add first", async () => {
  await expect(lake.ask(unitAdd, { path: "europe/romania" })).rejects.toMatchObject({
    code: "UNIT_NOT_FOUND",
    place: "europe",
    remedy: "add that first: headgate unit add europe",
  });
});

test("an input that does not fit is a mistake of whoever may do this, and refused to everybody else", async () => {
  const wrong = { itmes: [] };
  await expect(lake.ask(requestCreate, wrong, as("bob"))).rejects.toMatchObject({ code: "USAGE" });
  await expect(lake.ask(accountAdd, wrong, as("bob"))).rejects.toMatchObject({ code: "NOT_ALLOWED" });
  await expect(lake.ask(tableDescribe, wrong, as("bob"))).rejects.toMatchObject({ code: "NOT_ALLOWED" });
});
