/** Products: who may make, find and ask for them, on which conditions, and what happens when something changes meanwhile. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { memberOf, openPlainLake, type PlainLake } from "../../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../../test/world/plain-source.ts";
import { must } from "../../../base/must.ts";
import { ownerIn } from "../../../identity/acting.ts";
import type { Principal } from "../../../identity/principal.ts";
import { grantAdd, grantList } from "../../access/grants.ts";
import { auditList } from "../../audit/audit-list.ts";
import { accessExport } from "../../declaration/export-access.ts";
import { declarationApply } from "../../declaration/apply.ts";
import { catalogSearch } from "../../finding/search.ts";
import type { Operation } from "../../operation.ts";
import { accountAdd } from "../../people/accounts.ts";
import { tableDescribe } from "../../stewardship/describe.ts";
import { stewardAdd, stewardList } from "../../stewardship/stewards.ts";
import { processRemove, processSet } from "../processes.ts";
import { requestAcceptTerms, requestCreate, requestSubmit } from "../request-create.ts";
import { requestApprove } from "../request-decide.ts";
import { requestShow } from "../requests.ts";
import { shareList } from "../share-list.ts";
import { sharingSimulate } from "../simulate.ts";
import { sharingWatch } from "../events/sharing-watch.ts";
import { productAdd } from "./product-add.ts";
import { productPut, productRemove, productSet, productTake } from "./product-change.ts";
import { productList, productShow } from "./product-show.ts";

let lake: PlainLake;
const people = new Map<string, Principal>();

beforeAll(async () => {
  lake = await openPlainLake();
  const tables = {
    customers: labelledTable(3),
    orders: labelledTable(3),
    secrets: labelledTable(1),
    leads: labelledTable(1),
  };
  await (await lake.connect("crm", tables)).sync();
  for (const name of ["ann", "olga", "otto", "pete", "sam"]) people.set(name, await memberOf(lake, name));
  await lake.ask(stewardAdd, { of: "crm", who: "olga", as: "owner" });
  await lake.ask(tableDescribe, { table: "crm.customers", column: "label", set: { pii_flag: "true" } });
  await lake.ask(accountAdd, { name: "analytics" });
}, 60_000);
afterAll(() => lake[Symbol.asyncDispose]());

/** As the owner of the data directory, or as somebody. */
function ask<Input, Output>(operation: Operation<Input, Output>, input: object, who?: string): Promise<Output> {
  return lake.ask(operation, input, who === undefined ? {} : { principal: must(people.get(who), who) });
}

const purpose = "monthly report";
const create = (product: string, who = "ann", more: object = {}) =>
  ask(requestCreate, { product, purpose, ...more }, who);
const show = (product: string, who?: string) => ask(productShow, { product }, who);
const approve = async (request: string, who: string) => {
  const { decided } = await ask(requestApprove, { requests: [request] }, who);
  return must(decided[0], "a decision");
};

describe("a product", () => {
  test("is made by whoever owns what is in it, who then owns it, and by nobody else", async () => {
    await expect(ask(productAdd, { name: "stolen", on: ["crm.orders"] }, "ann")).rejects.toMatchObject({
      code: "TABLE_NOT_FOUND",
    });
    await ask(grantAdd, { permissions: ["DESCRIBE"], on: "crm.orders", to: "pete" });
    for (const on of [["crm.orders"], []])
      await expect(ask(productAdd, { name: "stolen", on }, "pete")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    const made = await ask(productAdd, { name: "orders", on: ["crm.orders"], description: "All orders" }, "olga");
    expect(made).toMatchObject({ name: "orders", owners: ["olga"], has: ["crm.orders"], description: "All orders" });
    await expect(ask(productAdd, { name: "Orders", on: ["crm.orders"] }, "olga")).rejects.toMatchObject({
      code: "NAME_TAKEN",
    });
  });

  test("is found only by those who may browse it, and what is in it only by those who may know that", async () => {
    await ask(productAdd, { name: "c360", on: ["crm.customers", "crm.secrets"], owners: ["otto"], stewards: ["sam"] });
    for (const name of ["c360", "nothing"])
      await expect(show(name, "ann")).rejects.toMatchObject({ code: "PRODUCT_NOT_FOUND" });
    await expect(create("c360")).rejects.toMatchObject({ code: "PRODUCT_NOT_FOUND" });
    expect((await ask(productList, {}, "ann")).products).toEqual([]);
    expect((await ask(catalogSearch, { text: "c360" }, "ann")).results).toEqual([]);
    await ask(grantAdd, { permissions: ["BROWSE"], on: "product c360", to: "unit:*" });
    const shown = await show("c360", "ann");
    expect(shown).toMatchObject({ has: [], hidden: 2, tables: 2, sensitivity: "pii", yours: false, owners: ["otto"] });
    expect((await ask(productList, {}, "ann")).products.map(({ name }) => name)).toEqual(["c360"]);
    const found = await ask(catalogSearch, { text: "c360" }, "ann");
    expect(found.results).toMatchObject([{ kind: "product", state: "requestable", sensitivity: "pii", columns: [] }]);
    for (const word of ["customers", "secrets", "label"])
      expect((await ask(catalogSearch, { text: word }, "ann")).results).toEqual([]);
    expect(JSON.stringify([shown, found])).not.toMatch(/customers|secrets|label/);
  });

  test("is described by its stewards, and its terms are its owners'", async () => {
    await ask(productSet, { product: "c360", description: "Everything about a customer" }, "sam");
    await expect(ask(productSet, { product: "c360", terms: "None." }, "sam")).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
    await expect(ask(productSet, { product: "c360", description: "mine" }, "ann")).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
    const { changed } = await ask(
      productSet,
      {
        product: "c360",
        terms: "Only for reports.",
        questions: ["For which report?"],
        longestDays: 30,
        defaultDays: 10,
      },
      "otto",
    );
    expect(changed).toEqual(["settings", "terms"]);
    expect((await ask(productSet, { product: "c360", terms: "Only for reports." }, "otto")).changed).toEqual([]);
    await expect(ask(productSet, { product: "c360", defaultDays: 31 }, "otto")).rejects.toMatchObject({
      code: "USAGE",
    });
    await expect(ask(productPut, { product: "c360", on: ["crm.orders"] }, "otto")).rejects.toMatchObject({
      code: "TABLE_NOT_FOUND",
    });
    expect((await ask(catalogSearch, { text: "everything customer" }, "ann")).results).toMatchObject([
      { name: "c360" },
    ]);
  });
});

describe("a request for a product", () => {
  const answers = { "For which report?": "the one of May" };
  const accepted = { answers, acceptTerms: 1 };
  let handle = "";

  test("answers its questions and accepts its terms as they are now", async () => {
    await expect(create("c360")).rejects.toMatchObject({ code: "ANSWERS_MISSING" });
    await expect(
      create("c360", "ann", { answers: { "For which report?": " " }, acceptTerms: 1 }),
    ).rejects.toMatchObject({
      code: "ANSWERS_MISSING",
    });
    for (const acceptTerms of [undefined, 2])
      await expect(create("c360", "ann", { answers, acceptTerms })).rejects.toMatchObject({
        code: "TERMS_NOT_ACCEPTED",
      });
    await expect(ask(requestCreate, { purpose, items: [] }, "ann")).rejects.toMatchObject({ code: "USAGE" });
  });

  test("is judged over all its tables, goes to its owner, and lasts no longer than it allows", async () => {
    const { request } = await create("c360", "ann", { ...accepted, days: 300 });
    handle = request.request;
    expect(request).toMatchObject({
      state: "pending",
      product: "c360",
      terms: { accepted: 1, current: 1 },
      sensitivity: { class: "pii", findings: [] },
      items: [{ on: null }, { on: null }],
    });
    const days = (Date.parse(request.until ?? "") - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    expect((await ask(catalogSearch, { text: "c360" }, "ann")).results).toMatchObject([{ state: "requested" }]);
    expect((await show("c360", "otto")).requests).toEqual([handle]);
    await expect(approve(handle, "olga")).rejects.toMatchObject({ code: "REQUEST_NOT_FOUND" });
    const draft = await create("c360", "pete", { draft: true });
    await expect(ask(requestSubmit, { request: draft.request.request }, "pete")).rejects.toMatchObject({
      code: "ANSWERS_MISSING",
    });
  });

  test("is approved only if the terms that hold then were accepted", async () => {
    await ask(productSet, { product: "c360", terms: "Only for reports of this year." }, "otto");
    await expect(approve(handle, "otto")).rejects.toMatchObject({ code: "TERMS_NOT_ACCEPTED" });
    await expect(ask(requestAcceptTerms, { request: handle, version: 1 }, "ann")).rejects.toMatchObject({
      code: "TERMS_NOT_ACCEPTED",
    });
    await expect(ask(requestAcceptTerms, { request: handle, version: 2 }, "otto")).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
    await ask(requestAcceptTerms, { request: handle, version: 2 }, "ann");
    expect((await ask(requestShow, { request: handle }, "otto")).terms).toEqual({ accepted: 2, current: 2 });
    expect((await ask(productShow, { product: "c360", history: true }, "otto")).earlierTerms).toMatchObject([
      { version: 1, text: "Only for reports." },
    ]);
    const steps = (await ask(productShow, { product: "c360", history: true }, "otto")).events.map(({ type }) => type);
    expect([steps[0], steps.at(-1)]).toEqual(["product.terms-changed", "product.added"]);
    expect((await ask(productShow, { product: "c360", history: true }, "ann")).events).toEqual([]);
  });

  test("is judged again if a table has become sensitive since, and then covers what is still in the product", async () => {
    await ask(tableDescribe, { table: "crm.secrets", column: "label", set: { pii_flag: "true" } });
    expect(await approve(handle, "otto")).toMatchObject({ judgedAgain: true, state: "pending" });
    await expect(ask(productTake, { product: "c360", on: ["crm.orders"] }, "otto")).rejects.toMatchObject({
      code: "USAGE",
    });
    expect((await show("c360", "otto")).has).toEqual(["crm.customers", "crm.secrets"]);
    await ask(productTake, { product: "c360", on: ["crm.secrets"] }, "otto");
    await ask(productPut, { product: "c360", on: ["crm.leads"] });
    const decided = await approve(handle, "otto");
    expect(decided.state).toBe("partly_approved");
    expect(new Set(decided.items.map(({ leftOut }) => leftOut))).toEqual(
      new Set([null, expect.stringContaining("out of the product")]),
    );
    const [share] = (await ask(shareList, {})).shares;
    expect(share).toMatchObject({ product: "main.c360", items: [{ on: "main.crm.customers" }] });
    expect((await show("c360")).shares).toMatchObject([{ tables: 1, outside: 1, outsideNames: ["crm.leads"] }]);
    expect((await show("c360", "ann")).shares).toMatchObject([{ tables: 1, outside: 1, outsideNames: [] }]);
    expect((await show("c360", "ann")).has).toEqual(["crm.customers"]);
  });

  test("is decided by others when its owner has left, and the gap is named", async () => {
    const { db } = lake.context;
    await db.updateTable("principals").set({ deleted_at: new Date() }).where("name", "=", "otto").execute();
    const { request } = await create("c360", "pete", { answers, acceptTerms: 2 });
    expect(await approve(request.request, "olga")).toMatchObject({ state: "approved" });
    expect((await ask(stewardList, { gaps: true })).stewards).toMatchObject([{ of: "product c360", as: "owner" }]);
    expect((await show("c360")).owners).toEqual([]);
  });
});

test("a process has rules for a product, and the simulation says so", async () => {
  const refuse = { rules: [{ when: { products: ["orders"] }, refuse: "orders stay here" }, { steps: [] }] };
  await ask(processSet, { process: refuse });
  await ask(productSet, { product: "orders", name: "orders2" }, "olga");
  expect(await ask(sharingSimulate, { product: "orders2", for: "self" })).toMatchObject({ outcome: "refused" });
  expect(await ask(sharingSimulate, { items: [{ on: "crm.orders" }], for: "self" })).toMatchObject({
    outcome: "approved at once",
  });
  await expect(create("orders2", "olga")).rejects.toMatchObject({ code: "REQUEST_REFUSED" });
  await ask(processRemove, {});
});

test("an account asks for the product of another account, and passes on what it gets", async () => {
  people.set("boss", await ownerIn(lake.context.db, "analytics"));
  const simulated = await ask(sharingSimulate, { product: "main.orders2", for: "self" }, "boss");
  expect(simulated).toMatchObject({ outcome: "refused", why: expect.stringContaining("--for account") });
  const { request } = await create("main.orders2", "boss", { for: "account" });
  expect(request).toMatchObject({ product: "main.orders2", state: "approved", from: "main" });
  expect((await show("main.orders2", "boss")).shares).toMatchObject([{ to: "account:analytics", state: "active" }]);
});

test("a removed product says what hangs on it, withdraws requests, ends grants and leaves shares", async () => {
  const { request } = await create("c360", "sam", { answers: { "For which report?": "x" }, acceptTerms: 2 });
  const planned = await ask(productRemove, { product: "c360", plan: true });
  expect(planned).toMatchObject({ removed: false, requests: [request.request, expect.any(String)] });
  expect(planned.shares).toHaveLength(2);
  await ask(productRemove, { product: "c360" });
  expect(await ask(requestShow, { request: request.request }, "sam")).toMatchObject({
    state: "withdrawn",
    product: "(removed)",
  });
  expect((await ask(shareList, {})).shares.filter(({ state }) => state === "active")).toHaveLength(3);
  expect((await ask(grantList, {})).grants.filter(({ on }) => on.includes("product"))).toEqual([]);
  await expect(show("c360")).rejects.toMatchObject({ code: "PRODUCT_NOT_FOUND" });
  expect((await ask(catalogSearch, { kind: "product" })).results.map(({ name }) => name)).toEqual(["orders2"]);
  const again = await ask(productAdd, { name: "c360", on: ["crm.leads"] });
  expect(again).toMatchObject({ owners: [], terms: null });
  await expect(show("c360", "ann")).rejects.toMatchObject({ code: "PRODUCT_NOT_FOUND" });
});

test("a declaration makes, changes and removes products, and leaves those of commands", async () => {
  const text = `products:
  leads:
    has: [crm.leads, "crm.*"]
    owners: [olga]
    description: Everybody who may buy something
    data_owner: olga@example.org
    questions: ["Why?"]
    terms: Be kind.
    longest_days: 90
    freshness: 26h
grants:
  - { to: "unit:*", browse: product leads }
`;
  const steps = async (of: string) => (await ask(declarationApply, { text: of })).steps.map(({ what }) => what);
  expect(await steps(text)).toEqual(["product", "grant"]);
  expect(await steps(text)).toEqual([]);
  const exported = await ask(accessExport, { declared: true });
  expect(exported.products).toEqual({
    leads: {
      has: ["crm.*", "crm.leads"],
      owners: ["olga"],
      stewards: [],
      description: "Everybody who may buy something",
      data_owner: "olga@example.org",
      questions: ["Why?"],
      terms: "Be kind.",
      longest_days: 90,
      freshness: "26h",
    },
  });
  expect(await show("leads", "ann")).toMatchObject({
    freshness: { promised: "26h", late: false },
    has: ["crm.*"],
    hidden: 1,
  });
  expect(await steps(text.replace(', "crm.*"', ""))).toEqual(["product"]);
  await expect(steps("products: { c360: { has: [crm.leads] } }")).rejects.toMatchObject({
    code: "DECLARATION_INVALID",
  });
  expect(await steps("")).toEqual(["grant", "product"]);
  expect((await ask(productList, {})).products.map(({ name }) => name)).toEqual(["c360", "orders2"]);
});

test("every step of a product is an event and in the audit log", async () => {
  const events: string[] = [];
  await lake.ask(
    sharingWatch,
    { after: "0", once: true },
    { emit: async (event) => void events.push((event as { type: string }).type) },
  );
  for (const type of ["added", "changed", "terms-changed", "items-changed", "removed"])
    expect(events).toContain(`headgate.product.${type}`);
  const { events: audited } = await ask(auditList, { limit: 1000 });
  const operations = new Set(audited.map(({ operation }) => operation));
  for (const name of ["add", "set", "put", "take", "remove"]) expect(operations).toContain(`product.${name}`);
});

test("a table that is in a product with all of its database, too, is asked for once; a later end is within the product's longest", async () => {
  await ask(productAdd, { name: "twice", on: ["crm.leads", "crm.*"], owners: ["olga"], longestDays: 10 });
  await ask(grantAdd, { permissions: ["BROWSE"], on: "product twice", to: "sam" });
  const { request: handle, items } = (await create("twice", "sam")).request;
  expect(items).toHaveLength(1);
  await approve(handle, "olga");
  const { share } = await ask(requestShow, { request: handle }, "sam");
  const extend = must(share, "a share");
  const { request: extension } = await ask(requestCreate, { extend, purpose, days: 300 }, "sam");
  expect(Math.round((Date.parse(extension.until ?? "") - Date.now()) / 86_400_000)).toBe(10);
});
