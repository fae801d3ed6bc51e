/** Shares that nobody decided on: what is marked as sensitive or added later is closed at once, and asked about. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { memberOf, openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { must } from "../../base/must.ts";
import { decide, type Action } from "../../governance/decide.ts";
import { hasColumn } from "../../governance/table-access.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import type { Principal } from "../../identity/principal.ts";
import { grantAdd } from "../access/grants.ts";
import { sourceSet } from "../sources.ts";
import { tableDescribe, databaseDescribe } from "../stewardship/describe.ts";
import { stewardAdd } from "../stewardship/stewards.ts";
import { tagAdd } from "../tags/tag-keys.ts";
import { tagSet } from "../tags/tags.ts";
import { askAboutShares } from "./ask-about-shares.ts";
import { requestCreate, requestWithdraw } from "./request-create.ts";
import { requestApprove, requestDeny } from "./request-decide.ts";
import { requestInbox, requestShow } from "./requests.ts";
import { shareShow } from "./share-list.ts";

let lake: PlainLake;
const people = new Map<string, Principal>();
const as = (name: string): { principal: Principal } => ({ principal: must(people.get(name), "somebody") });

beforeAll(async () => {
  lake = await openPlainLake();
  for (const name of ["ann", "olga"]) people.set(name, await memberOf(lake, name));
});
afterAll(() => lake[Symbol.asyncDispose]());

/** A database of its own, which olga owns and ann may browse. */
async function database(name: string) {
  const source = await lake.connect(name, { orders: labelledTable(3), people: labelledTable(3) });
  await source.sync();
  await lake.ask(grantAdd, { permissions: ["DESCRIBE"], on: `${name}.*`, to: "ann" });
  await lake.ask(stewardAdd, { of: name, who: "olga", as: "owner" });
  return source;
}

async function share(on: string): Promise<string> {
  const { request } = await lake.ask(requestCreate, { items: [{ on }], purpose: "to count" }, as("ann"));
  expect(request).toMatchObject({ state: "approved", steps: [] });
  return must(request.share, "an automatic share");
}

/** The columns that ann can read. */
async function columns(name: string, action: Action = "read"): Promise<readonly string[]> {
  const table = await lake.context.catalog.find(name);
  const policy = await lake.context.policies.current();
  const decision = decide({ policy, ...as("ann"), action, resource: { kind: "table", ...table }, now: Date.now() });
  if (!decision.allowed) return [];
  const { parts } = decision.access;
  const { fields } = currentSchema(table.metadata);
  return fields.filter(({ id }) => parts.some((part) => hasColumn(part.columns, id))).map((field) => field.name);
}

const mark = (table: string, column: string, value = "true") =>
  lake.ask(tableDescribe, { table, column, set: { pii_flag: value } });
const unmark = (table: string, column: string) => lake.ask(tableDescribe, { table, column, unset: ["pii_flag"] });
const inbox = async () => (await lake.ask(requestInbox, {}, as("olga"))).requests;
const approve = (request: string, more: object = {}) =>
  lake.ask(requestApprove, { requests: [request], ...more }, as("olga"));
const deny = (request: string) => lake.ask(requestDeny, { requests: [request], reason: "not this" }, as("olga"));

async function asked(): Promise<string> {
  expect(await askAboutShares(lake.context)).toBe(1);
  expect(await askAboutShares(lake.context)).toBe(0);
  const [only] = await inbox();
  expect(only).toMatchObject({ kind: "judgement", state: "pending", yours: true });
  return must(only, "a request for judgement").request;
}

describe("a column that is marked after an automatic share was made", () => {
  test("is closed in the same moment, and opened when its owner approves", async () => {
    await database("one");
    await share("one.orders");
    expect(await columns("one.orders")).toEqual(["id", "label"]);
    await mark("one.orders", "label");
    expect(await columns("one.orders")).toEqual(["id"]);
    const request = await asked();
    await expect(lake.ask(requestWithdraw, { request }, as("ann"))).rejects.toMatchObject({ code: "USAGE" });
    expect((await approve(request)).decided).toMatchObject([{ state: "approved" }]);
    expect(await columns("one.orders")).toEqual(["id", "label"]);
    await unmark("one.orders", "label");
    await mark("one.orders", "label");
    expect(await columns("one.orders")).toEqual(["id", "label"]);
    expect(await askAboutShares(lake.context)).toBe(0);
  });

  test("stays out when its owner denies, also if the mark goes", async () => {
    await database("two");
    const id = await share("two.orders");
    await mark("two.orders", "label");
    const request = await asked();
    expect((await deny(request)).decided).toMatchObject([{ state: "denied", reason: "not this" }]);
    await unmark("two.orders", "label");
    expect(await columns("two.orders")).toEqual(["id"]);
    expect(await askAboutShares(lake.context)).toBe(0);
    expect(await lake.ask(shareShow, { id }, as("ann"))).toMatchObject({
      decidedBy: "nobody",
      closed: [{ on: "main.two.orders", columns: 1, names: null }],
    });
  });

  test("is open again when the mark goes before anybody decided", async () => {
    await database("three");
    await share("three.orders");
    await mark("three.orders", "label");
    expect(await columns("three.orders")).toEqual(["id"]);
    await unmark("three.orders", "label");
    expect(await columns("three.orders")).toEqual(["id", "label"]);
    expect(await askAboutShares(lake.context)).toBe(0);
  });

  test("is asked about anew if more is marked while the owner thinks", async () => {
    await database("four");
    await share("four.orders");
    await mark("four.orders", "label");
    const request = await asked();
    await mark("four.orders", "id");
    expect(await columns("four.orders")).toEqual([]);
    expect((await approve(request)).decided).toMatchObject([{ state: "withdrawn", judgedAgain: true }]);
    expect(await columns("four.orders")).toEqual([]);
    const next = await asked();
    await approve(next, { narrow: [{ on: "four.orders", columns: ["id"] }] });
    expect(await columns("four.orders")).toEqual(["id"]);
    expect(await askAboutShares(lake.context)).toBe(0);
  });
});

describe("an automatic share is closed", () => {
  test("by a mark on the table, on its database, and by a sensitive tag", async () => {
    await database("five");
    await share("five.*");
    await lake.ask(tableDescribe, { table: "five.orders", set: { pii_flag: "YES" } });
    expect([await columns("five.orders"), await columns("five.people")]).toEqual([[], ["id", "label"]]);
    await lake.ask(databaseDescribe, { database: "five", set: { pii_flag: "1" } });
    expect(await columns("five.people")).toEqual([]);
    await lake.ask(databaseDescribe, { database: "five", unset: ["pii_flag"] });
    expect(await columns("five.people")).toEqual(["id", "label"]);
    await lake.ask(tagAdd, { key: "level", values: ["open", "secret"], sensitive: ["secret"] });
    await lake.ask(tagSet, { on: "five.people", column: "label", tags: ["level=secret"] });
    expect(await columns("five.people")).toEqual(["id"]);
    const request = await asked();
    expect((await lake.ask(requestShow, { request }, as("olga"))).items).toHaveLength(2);
    expect((await approve(request)).decided).toMatchObject([{ state: "approved" }]);
    expect([await columns("five.orders"), await columns("five.people")]).toEqual([
      ["id", "label"],
      ["id", "label"],
    ]);
  });

  test("where its source begins to demand that columns are judged", async () => {
    await database("six");
    await share("six.orders");
    await lake.ask(sourceSet, { name: "six", unclassified: "sensitive" });
    expect(await columns("six.orders")).toEqual([]);
    await mark("six.orders", "id", "no");
    expect(await columns("six.orders")).toEqual(["id"]);
    await lake.ask(sourceSet, { name: "six", unclassified: "ordinary" });
    expect(await columns("six.orders")).toEqual(["id", "label"]);
  });
});

describe("what is added to a database that was shared at once", () => {
  test("is in the share if it is not sensitive, and asked about if it is", async () => {
    const source = await database("seven");
    await share("seven.*");
    source.source.set("main.leads", labelledTable(2));
    await source.sync();
    expect(await columns("seven.leads")).toEqual([]);
    expect(await askAboutShares(lake.context)).toBe(1);
    expect(await columns("seven.leads")).toEqual(["id", "label"]);
  });
});

test("a share that a person approved keeps what is marked later, and says so", async () => {
  await database("eight");
  await mark("eight.orders", "label");
  const { request } = await lake.ask(requestCreate, { items: [{ on: "eight.orders" }], purpose: "x" }, as("ann"));
  const { decided } = await approve(request.request);
  await mark("eight.orders", "id");
  expect(await columns("eight.orders")).toEqual(["id", "label"]);
  expect(await askAboutShares(lake.context)).toBe(0);
  const id = must(decided[0]?.share, "the share");
  expect(await lake.ask(shareShow, { id }, as("ann"))).toMatchObject({ decidedBy: "people", closed: [] });
});
