/** The declarations of people and rights that an apply refuses as a whole, whoever asks, and many applies at once. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { PlainLake } from "../../../test/world/plain-lake.ts";
import { grantAdd, grantList } from "../access/grants.ts";
import { accountAdd } from "../people/accounts.ts";
import {
  declaredPeople as people,
  declaredFilters as filters,
  declaredRights as rights,
  openAccessLake,
  type AccessLake,
} from "./access-lake.fixture.ts";

let at: AccessLake;
let lake: PlainLake;
beforeAll(async () => {
  at = await openAccessLake();
  ({ lake } = at);
});
afterAll(() => at[Symbol.asyncDispose]());
beforeEach(() => at.reset());

const apply: AccessLake["apply"] = (...asked) => at.apply(...asked);
const steps: AccessLake["steps"] = (...asked) => at.steps(...asked);
const refused: AccessLake["refused"] = (...asked) => at.refused(...asked);
const events = (): Promise<number> => at.events();
const grants = async () => (await lake.ask(grantList, {})).grants;

describe("apply", () => {
  test("gives nobody more than they may grant one by one", async () => {
    await lake.ask(accountAdd, { name: "sales" });
    const text = "grants: [{ to: ann, describe: account sales }]";
    expect(await refused(text, "ann")).toMatchObject({ code: "NOT_ALLOWED" });
    await lake.ask(grantAdd, { permissions: ["ADMINISTER"], on: "account main", to: "ann" });
    const theirs = async (declaration: string) => {
      const failure = await apply(declaration, {}, "ann").catch((error: unknown) => error);
      return failure as { code: string; place: string };
    };
    // With two accounts, whoever administers one of them does not administer the lake, whose the declaration is.
    expect(await theirs(text)).toMatchObject({ code: "NOT_ALLOWED" });
    expect(await theirs("groups: { a: { account: sales } }")).toMatchObject({ code: "NOT_ALLOWED" });
    await apply(text);
    expect(await theirs("")).toMatchObject({ code: "NOT_ALLOWED" });
    expect(await grants()).toHaveLength(2);
    await lake.ask(grantAdd, { permissions: ["ADMINISTER"], on: "lake", to: "ann" });
    expect(await steps("", {}, "ann")).toEqual(["remove grant DESCRIBE on account sales to ann"]);
  });

  test.each([
    ["an unknown user", "grants:\n  - { to: dora, select: shop.orders }", "USER_NOT_FOUND", "headgate.yaml:2:5: dora"],
    ["an unknown group", 'grants: [{ to: "group:x", select: lake }]', "GROUP_NOT_FOUND", "headgate.yaml:1:10: x"],
    ["an unknown member", "groups: { a: { members: [dora] } }", "USER_NOT_FOUND", "headgate.yaml:1:26: dora"],
    ["an unknown table", "grants: [{ to: ann, select: shop.order }]", "TABLE_NOT_FOUND", /^headgate.yaml:1:10/],
    ["an unknown column", "grants: [{ to: ann, select: shop.orders, columns: [x] }]", "USAGE", /shop.orders/],
    ["an unknown filter", "grants: [{ to: ann, select: shop.orders, filter: x }]", "FILTER_NOT_FOUND", /^headgate/],
    ["an unknown source", "grants: [{ to: ann, operate: source x }]", "SOURCE_NOT_FOUND", /^headgate/],
    [
      "a predicate that does not compile",
      'filters: { shop.orders: { a: { rows: "id <" } } }',
      "FILTER_INVALID",
      /:1:30/,
    ],
    [
      "a mask of another type",
      "filters: { shop.orders: { a: { masks: { id: show-last-4 } } } }",
      "FILTER_INVALID",
      /id/,
    ],
    ["an account that is not there", "groups: { a: { account: x } }", "ACCOUNT_NOT_FOUND", /:1:14: x/],
    ["a unit without the one above", "organisation: { units: [a/b] }", "UNIT_NOT_FOUND", "headgate.yaml:1:25: a"],
    ["a circle", 'groups: { a: { members: ["group:b"] }, b: { members: ["group:a"] } }', "MEMBERSHIP_CYCLE", /:1:55/],
    ["a user twice", "groups: { a: { members: [ann, user:ann] } }", "DECLARATION_INVALID", "headgate.yaml:1:31"],
    [
      "a grant twice in two spellings",
      "grants:\n  - { to: ann, select: [shop.orders, Shop.ORDERS] }",
      "DECLARATION_INVALID",
      "headgate.yaml:2:5",
    ],
    [
      "a grant with two ends",
      "grants:\n  - { to: ann, select: shop.orders, until: 2099-01-01 }\n  - { to: ann, select: shop.orders }",
      "DECLARATION_INVALID",
      "headgate.yaml:3:5",
    ],
    [
      "a filter under two spellings of its table",
      'filters: { shop.orders: { a: { rows: "id = 1" } }, SHOP.ORDERS: { a: { rows: "id = 2" } } }',
      "DECLARATION_INVALID",
      /:1:70/,
    ],
    ["a part of more than a table", "grants: [{ to: ann, select: shop.*, columns: [id] }]", "GRANT_INVALID", /shop/],
    ["a permission that does not fit", "grants: [{ to: ann, select: source shop }]", "GRANT_INVALID", /source shop/],
    ["names in capitals", "groups: { Analysts: {} }", "DECLARATION_INVALID", "headgate.yaml:1:11"],
    ["a grant of nothing", "grants: [{ to: ann }]", "DECLARATION_INVALID", "headgate.yaml:1:10"],
    ["an unknown permission", "grants: [{ to: ann, selct: shop.orders }]", "DECLARATION_INVALID", "headgate.yaml:1:21"],
    [
      "a time without a zone",
      'grants: [{ to: ann, select: lake, until: "2099-01-01T10:00" }]',
      "DECLARATION_INVALID",
      /1:42/,
    ],
    ["a membership that is over", "groups: { a: { members: [{ member: ann, until: 2001-01-01 }] } }", "USAGE", /:1:26/],
  ])("refuses %s before anything is written", async (_, text, code, place) => {
    const told = await refused(text);
    expect(told).toMatchObject({ code, place: place instanceof RegExp ? expect.stringMatching(place) : place });
    const unit = "organisation: { units: [good] }";
    if (!text.startsWith("organisation")) expect(await refused(`${text}\n${unit}`)).toMatchObject({ code });
  });

  test("refuses a grant to somebody who was removed, even if there is another of the name", async () => {
    await at.addUser("dora");
    const text = "grants: [{ to: dora, select: shop.orders }]";
    await apply(text);
    const { db } = lake.context;
    const end = { deleted_at: new Date(), active: false };
    await db.updateTable("principals").set(end).where("name", "=", "dora").execute();
    expect(await refused(text)).toMatchObject({ code: "USER_NOT_FOUND", place: "headgate.yaml:1:10: dora" });
    await at.addUser("dora");
    expect((await steps(text)).toSorted()).toEqual([
      "add grant SELECT on shop.orders to dora",
      "remove grant SELECT on shop.orders to somebody who was removed",
    ]);
    await db.updateTable("principals").set(end).where("name", "=", "dora").execute();
  });

  test("that many ask for at once is done once", async () => {
    const before = await events();
    const text = `${people}${filters}${rights}`;
    const answers = await Promise.all(Array.from({ length: 12 }, () => apply(text)));
    expect(answers.map((answer) => answer.steps.length).toSorted()).toEqual([...Array(11).fill(0), 18]);
    expect((await events()) - before).toBe(19);
  });
});
