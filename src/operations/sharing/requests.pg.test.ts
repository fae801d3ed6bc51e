/** Share requests as people make them and decide on them: who may, what follows, and how they end. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { memberOf, openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { sql } from "kysely";
import { sql as statement } from "../sql.ts";
import { decide } from "../../governance/decide.ts";
import type { Principal } from "../../identity/principal.ts";
import { grantAdd } from "../access/grants.ts";
import { accountAdd } from "../people/accounts.ts";
import { groupAdd, groupRemove } from "../people/groups.ts";
import { memberAdd, memberRemove } from "../people/members.ts";
import { catalogSearch } from "../finding/search.ts";
import { tableDescribe } from "../stewardship/describe.ts";
import { tagAdd, tagRename } from "../tags/tag-keys.ts";
import { stewardAdd, stewardRemove } from "../stewardship/stewards.ts";
import { absenceEnd, absenceSet } from "./absences.ts";
import { processRemove, processSet } from "./processes.ts";
import { productAdd } from "./products/product-add.ts";
import { productShow } from "./products/product-show.ts";
import { requestCreate, requestSubmit, requestWithdraw } from "./request-create.ts";
import { requestApprove, requestDeny } from "./request-decide.ts";
import { requestInbox, requestList, requestShow } from "./requests.ts";
import { shareRevoke } from "./share-changes.ts";
import { shareShow } from "./share-list.ts";
import { sharingSimulate } from "./simulate.ts";

let lake: PlainLake;
const people = new Map<string, Principal>();

beforeAll(async () => {
  lake = await openPlainLake();
  const shop = await lake.connect("shop", {
    products: labelledTable(3),
    customers: labelledTable(3),
    orders: labelledTable(3),
  });
  await shop.sync();
  for (const name of ["ann", "olga", "otto", "dora", "eve", "carl"]) people.set(name, await memberOf(lake, name));
  await lake.ask(groupAdd, { name: "owners" });
  await lake.ask(memberAdd, { kind: "group", name: "owners", member: "otto" });
  await flag("shop.customers", "label");
});
afterAll(() => lake[Symbol.asyncDispose]());

beforeEach(async () => {
  const { db } = lake.context;
  await db
    .updateTable("grants")
    .set({ ended_at: new Date() })
    .where("ended_at", "is", null)
    .where("origin", "is", null)
    .execute();
  await db
    .updateTable("grants")
    .set({ ended_at: new Date() })
    .where("ended_at", "is", null)
    .where("origin", "like", "request:%")
    .execute();
  await db.updateTable("stewards").set({ ended_at: new Date() }).where("ended_at", "is", null).execute();
  await db
    .updateTable("share_requests")
    .set({ state: "withdrawn", ended_at: new Date() })
    .where("state", "=", "pending")
    .execute();
  for (const to of ["ann", "eve", "dora", "carl"])
    await lake.ask(grantAdd, { permissions: ["DESCRIBE"], on: "shop.*", to });
  await lake.ask(stewardAdd, { of: "shop", who: "olga", as: "owner" });
});

const as = (name: string): { principal: Principal } => ({ principal: people.get(name) as Principal });

async function flag(table: string, column: string, value = "TRUE"): Promise<void> {
  await lake.ask(tableDescribe, { table, column, set: { pii_flag: value } });
}

const create = (on: string | object, by = "ann", more: object = {}) =>
  lake.ask(
    requestCreate,
    { items: [typeof on === "string" ? { on } : on], purpose: "to count things", ...more },
    as(by),
  );
const approve = (request: string, by: string, more: object = {}) =>
  lake.ask(requestApprove, { requests: [request], ...more }, by === "local" ? {} : as(by));
const deny = (request: string, by: string, more: object = {}) =>
  lake.ask(requestDeny, { requests: [request], reason: "not for this", ...more }, as(by));
const show = (request: string, by = "ann") => lake.ask(requestShow, { request }, as(by));

async function readable(name: string, table: string) {
  const { id, databaseId, accountId } = await lake.context.catalog.findEntry(table);
  const resource = { kind: "table", id, databaseId, accountId } as const;
  const policy = await lake.context.policies.current();
  return decide({ policy, ...as(name), action: "read", resource, now: Date.now() });
}

describe("a request for something that is not sensitive", () => {
  test("is approved at once, for the columns that were judged, and readable in the same moment", async () => {
    const { request, joined } = await create("shop.products");
    expect(request).toMatchObject({ state: "approved", steps: [], sensitivity: { class: "none" } });
    expect(joined).toBe(false);
    expect(await readable("ann", "shop.products")).toMatchObject({
      allowed: true,
      access: { parts: [{ columns: { mode: "include" } }] },
    });
    expect((await readable("ann", "shop.orders")).allowed).toBe(false);
  });

  test("ends at the moment that was asked for", async () => {
    await create("shop.orders", "ann", { days: 3 });
    const policy = await lake.context.policies.current();
    const grant = [...policy.grants.values()].find(({ origin }) => origin?.startsWith("request:"));
    expect((policy.shares.get(grant?.shareId ?? "")?.until ?? 0) - Date.now()).toBeGreaterThan(2.9 * 86_400_000);
  });

  test("can be made by somebody who may only browse the thing", async () => {
    people.set("finn", await memberOf(lake, "finn"));
    for (const [on, code] of [
      ["shop.products", "TABLE_NOT_FOUND"],
      ["nothing.*", "DATABASE_NOT_FOUND"],
    ] as const)
      await expect(create(on, "finn")).rejects.toMatchObject({
        code,
        remedy: expect.stringContaining("headgate search"),
      });
    await lake.ask(grantAdd, { permissions: ["BROWSE"], on: "shop.products", to: "unit:*" });
    const found = () => lake.ask(catalogSearch, { text: "products" }, as("finn"));
    expect((await found()).results).toMatchObject([{ name: "shop.products", state: "requestable" }]);
    await expect(create("shop.products", "finn")).resolves.toMatchObject({ request: { state: "approved" } });
    expect((await found()).results).toMatchObject([{ name: "shop.products", state: "readable" }]);
    await flag("shop.orders", "label");
    await lake.ask(grantAdd, { permissions: ["BROWSE"], on: "shop.orders", to: "finn" });
    await create("shop.orders", "finn");
    expect((await lake.ask(catalogSearch, { text: "orders" }, as("finn"))).results).toMatchObject([
      { name: "shop.orders", state: "requested" },
    ]);
    await lake.ask(tableDescribe, { table: "shop.orders", column: "label", unset: ["pii_flag"] });
  });

  test("is refused for somebody who may not know the thing, like one that does not exist", async () => {
    await expect(create("shop.products", "olga")).resolves.toMatchObject({ request: { state: "approved" } });
    for (const on of ["shop.products", "shop.*", "shop.nothing"])
      await expect(create(on, "otto")).rejects.toMatchObject({
        code: on === "shop.*" ? "DATABASE_NOT_FOUND" : "TABLE_NOT_FOUND",
      });
  });
});

describe("a request for something sensitive", () => {
  test.each([["shop.customers"], ["shop.*"], ["database shop"]])("waits for the owner: %s", async (on) => {
    const { request } = await create(on);
    expect(request).toMatchObject({
      state: "pending",
      sensitivity: { class: "pii" },
      steps: [{ name: "owner", state: "open" }],
    });
    expect((await readable("ann", "shop.customers")).allowed).toBe(false);
    const { decided } = await approve(request.request, "olga", { comment: "fine" });
    expect(decided).toMatchObject([
      { state: "approved", steps: [{ state: "done", decisions: [{ by: "olga", standing: "owner" }] }] },
    ]);
    expect((await readable("ann", "shop.customers")).allowed).toBe(true);
    expect((await readable("eve", "shop.customers")).allowed).toBe(false);
  });

  test.each(["true", "TRUE", "1", "yes"])("is found by every way to write it: %s", async (value) => {
    await flag("shop.orders", "id", value);
    expect((await create("shop.orders")).request.state).toBe("pending");
    await flag("shop.orders", "id", "false");
  });

  test("is decided by nobody else, and by nobody who asked", async () => {
    const { request } = (await create("shop.customers")).request;
    for (const name of ["eve", "otto"])
      await expect(approve(request, name)).rejects.toMatchObject({ code: "REQUEST_NOT_FOUND" });
    await expect(approve(request, "ann")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await lake.ask(stewardAdd, { of: "shop", who: "ann", as: "owner" });
    await expect(approve(request, "ann")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect((await show(request)).state).toBe("pending");
  });

  test("is not decided by its requester through a group that owns", async () => {
    await lake.ask(stewardRemove, { of: "shop", who: "olga", as: "owner" });
    await lake.ask(stewardAdd, { of: "shop", who: "group:owners", as: "owner" });
    const { request } = (await create("shop.customers", "ann")).request;
    await lake.ask(memberAdd, { kind: "group", name: "owners", member: "ann" });
    await expect(approve(request, "ann")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await lake.ask(memberRemove, { kind: "group", name: "owners", member: "ann" });
    expect((await approve(request, "otto")).decided).toMatchObject([{ state: "approved" }]);
  });

  test("follows the owner: a new one decides, and the earlier one no longer does", async () => {
    const { request } = (await create("shop.customers")).request;
    await lake.ask(stewardRemove, { of: "shop", who: "olga", as: "owner" });
    await lake.ask(stewardAdd, { of: "shop", who: "otto", as: "owner" });
    await expect(approve(request, "olga")).rejects.toMatchObject({ code: "REQUEST_NOT_FOUND" });
    expect((await approve(request, "otto")).decided).toMatchObject([{ state: "approved" }]);
  });

  test("is denied with a reason, which the requester reads", async () => {
    const { request } = (await create("shop.customers")).request;
    await expect(deny(request, "olga", { reason: " " })).rejects.toMatchObject({ code: "USAGE" });
    expect((await deny(request, "olga")).decided).toMatchObject([{ state: "denied", reason: "not for this" }]);
    expect(await show(request)).toMatchObject({
      state: "denied",
      reason: "not for this",
      steps: [{ decisions: [{ comment: "not for this" }] }],
    });
    await expect(approve(request, "olga")).rejects.toMatchObject({ code: "REQUEST_OVER" });
    expect((await readable("ann", "shop.customers")).allowed).toBe(false);
  });

  test("is narrowed to columns and rows that were asked for, and no others", async () => {
    const { request } = (await create({ on: "shop.customers", columns: ["id", "label"] })).request;
    const narrow = (more: object) => [{ on: "shop.customers", ...more }];
    await expect(approve(request, "olga", { narrow: narrow({ columns: ["nothing"] }) })).rejects.toMatchObject({
      code: "USAGE",
    });
    await approve(request, "olga", { narrow: narrow({ columns: ["id"], rows: "id > 1" }) });
    const left = [{ on: "shop.customers", columns: ["id"], rows: "id > 1", someRows: true, masked: [] }];
    expect((await show(request)).steps[0]?.decisions).toMatchObject([{ narrowed: true, left, until: null }]);
    const decision = await readable("ann", "shop.customers");
    expect(decision).toMatchObject({
      allowed: true,
      access: { parts: [{ columns: { mode: "include" }, rows: [{ op: ">" }] }] },
    });
    const [part] = decision.allowed ? decision.access.parts : [];
    expect(part?.columns.mode === "all" ? [] : [...(part?.columns.fieldIds ?? [])]).toHaveLength(1);
  });

  test("is approved with columns masked, by masks that fit them and columns that are left", async () => {
    const { request } = (await create("shop.customers")).request;
    const masked = (column: string, mask: string, more: object = {}) => [
      { on: "shop.customers", masks: [{ column, mask }], ...more },
    ];
    for (const [narrow, code] of [
      [masked("id", "show-last-4"), "FILTER_INVALID"],
      [masked("nothing", "show-last-4"), "USAGE"],
      [masked("label", "show-last-4", { columns: ["id"] }), "USAGE"],
    ] as const)
      await expect(approve(request, "olga", { narrow })).rejects.toMatchObject({ code });
    expect((await approve(request, "olga", { narrow: masked("label", "mask-alphanum") })).decided).toMatchObject([
      { state: "approved", steps: [{ decisions: [{ narrowed: true }] }] },
    ]);
    const decision = await readable("ann", "shop.customers");
    const [part] = decision.allowed ? decision.access.parts : [];
    expect([...(part?.masks.values() ?? [])]).toEqual([{ action: "mask-alphanum" }]);
    const read: unknown[] = [];
    const emit = async (item: unknown): Promise<void> => void read.push(item);
    await lake.ask(statement, { sql: "select * from shop.customers" }, { ...as("ann"), emit });
    expect(JSON.stringify(read)).toContain("xn");
  });

  test("shows to whoever decides, and to nobody else, what is read already", async () => {
    await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.customers", to: "ann", columns: ["id"] });
    const { request } = (await create("shop.customers")).request;
    expect((await show(request, "olga")).already).toEqual([{ table: "shop.customers", columns: ["id"], inPart: [] }]);
    expect((await show(request)).already).toEqual([]);
    const narrow = [{ on: "shop.customers", columns: ["label"], rows: "id > 1" }];
    await approve(request, "olga", { narrow });
    const { request: again } = (await create("shop.customers")).request;
    expect((await show(again, "olga")).already).toEqual([
      { table: "shop.customers", columns: ["id"], inPart: ["label"] },
    ]);
  });

  test("leads to a share that its owner still sees when they have revoked all of it", async () => {
    const { request } = (await create("shop.customers")).request;
    await approve(request, "olga");
    const { share } = await show(request, "olga");
    await lake.ask(shareRevoke, { id: share ?? "" }, as("olga"));
    expect(await lake.ask(shareShow, { id: share ?? "" }, as("olga"))).toMatchObject({ state: "revoked", given: true });
    await expect(lake.ask(shareShow, { id: share ?? "" }, as("eve"))).rejects.toMatchObject({
      code: "SHARE_NOT_FOUND",
    });
  });

  test("is approved in part: what is denied is left out", async () => {
    const items = [{ on: "shop.customers" }, { on: "shop.orders" }];
    const { request } = (await lake.ask(requestCreate, { items, purpose: "both" }, as("ann"))).request;
    expect((await approve(request, "olga", { items: ["shop.orders"] })).decided).toMatchObject([{ state: "pending" }]);
    expect((await readable("ann", "shop.orders")).allowed).toBe(false);
    expect((await deny(request, "olga")).decided).toMatchObject([{ state: "partly_approved" }]);
    expect((await readable("ann", "shop.orders")).allowed).toBe(true);
    expect((await readable("ann", "shop.customers")).allowed).toBe(false);
  });

  test("ends earlier than it was asked for, and never later", async () => {
    const { request } = (await create("shop.customers", "ann", { days: 10 })).request;
    const later = new Date(Date.now() + 20 * 86_400_000).toISOString();
    await expect(approve(request, "olga", { until: later })).rejects.toMatchObject({ code: "USAGE" });
    const sooner = new Date(Date.now() + 86_400_000).toISOString();
    await approve(request, "olga", { until: sooner });
    const policy = await lake.context.policies.current();
    const grant = [...policy.grants.values()].find(({ origin }) => origin === `request:${request}`);
    expect(policy.shares.get(grant?.shareId ?? "")?.until).toBe(Date.parse(sooner));
  });

  test("which is found more sensitive meanwhile begins anew, and the approval gives nothing", async () => {
    await flag("shop.orders", "id");
    const { request } = (await create("shop.orders")).request;
    await flag("shop.orders", "label");
    expect((await approve(request, "olga")).decided).toMatchObject([{ state: "pending", judgedAgain: true, round: 2 }]);
    expect((await readable("ann", "shop.orders")).allowed).toBe(false);
    expect((await approve(request, "olga")).decided).toMatchObject([{ state: "approved", judgedAgain: false }]);
    await flag("shop.orders", "id", "false");
    await flag("shop.orders", "label", "false");
  });

  test("covers only the tables that were judged", async () => {
    const { request } = (await create("shop.*")).request;
    const id = await lateTable();
    await approve(request, "olga");
    const policy = await lake.context.policies.current();
    const shared = [...policy.grants.values()].filter(({ origin }) => origin === `request:${request}`);
    expect(shared.map(({ on }) => ("id" in on ? on.id : ""))).not.toContain(id);
    expect(shared).toHaveLength(3);
  });

  test("expires at its time without any work, and is asked for again", async () => {
    const { request } = (await create("shop.customers")).request;
    const over = { decide_by: new Date(Date.now() - 1_000) };
    await lake.context.db.updateTable("share_requests").set(over).where("handle", "=", request).execute();
    expect((await show(request)).state).toBe("expired");
    await expect(approve(request, "olga")).rejects.toMatchObject({ code: "REQUEST_OVER" });
    const again = await create("shop.customers");
    expect(again).toMatchObject({ joined: false, request: { state: "pending" } });
  });

  test("is decided once, however many decide at the same time", async () => {
    const { request } = (await create("shop.customers")).request;
    await lake.ask(stewardAdd, { of: "shop", who: "otto", as: "owner" });
    const tries = ["olga", "otto", "olga", "otto"].map((name) => approve(request, name));
    const outcomes = await Promise.allSettled(tries);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await show(request)).steps[0]?.decisions).toHaveLength(1);
  });
});

async function lateTable(): Promise<string> {
  const { db } = lake.context;
  const orders = await lake.context.catalog.findEntry("shop.orders");
  const id = "0198aaaa-0000-7000-8000-000000000001";
  const { rows } = await sql<{ id: string }>`
    insert into tables (id, database_id, name, location, metadata_location)
    select ${id}::uuid, database_id, 'leads', location || '-leads', metadata_location from tables where id = ${orders.id}
    on conflict do nothing returning id`.execute(db);
  expect(rows.length).toBeLessThanOrEqual(1);
  return id;
}

describe("people who ask for the same", () => {
  test("join the open request, hear of it, and cannot decide on it", async () => {
    const { request } = (await create("shop.customers")).request;
    const second = await create("shop.customers", "eve");
    expect(second).toMatchObject({ joined: false });
    expect(second.request.request).not.toBe(request);
    expect(await create("shop.customers")).toMatchObject({ joined: true, request: { request } });
  });

  test("are told nothing of requests that are not theirs", async () => {
    const { request } = (await create("shop.customers")).request;
    await expect(show(request, "eve")).rejects.toMatchObject({ code: "REQUEST_NOT_FOUND" });
    expect((await lake.ask(requestList, {}, as("eve"))).requests.map((one) => one.request)).not.toContain(request);
    expect((await lake.ask(requestInbox, {}, as("eve"))).requests).toEqual([]);
    expect((await lake.ask(requestInbox, {}, as("olga"))).requests.map((one) => one.request)).toContain(request);
  });
});

describe("a draft", () => {
  test("is seen by nobody else until it is sent", async () => {
    const { request } = (await create("shop.customers", "ann", { draft: true })).request;
    await expect(show(request, "olga")).rejects.toMatchObject({ code: "REQUEST_NOT_FOUND" });
    expect((await lake.ask(requestSubmit, { request }, as("ann"))).state).toBe("pending");
    expect((await show(request, "olga")).yours).toBe(true);
    await expect(lake.ask(requestSubmit, { request }, as("ann"))).rejects.toMatchObject({ code: "USAGE" });
  });

  test("is taken back, as a request is, by whoever asked", async () => {
    const { request } = (await create("shop.customers")).request;
    await expect(lake.ask(requestWithdraw, { request }, as("olga"))).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect(await lake.ask(requestWithdraw, { request }, as("ann"))).toMatchObject({ state: "withdrawn", left: false });
    await expect(approve(request, "olga")).rejects.toMatchObject({ code: "REQUEST_OVER" });
  });
});

describe("a process", () => {
  const step = (name: string, approvers: readonly string[], more: object = {}) => ({ name, approvers, ...more });
  const rules = (steps: readonly object[], more: object = {}) => ({ process: { rules: [{ steps, ...more }] } });

  test("of the lake decides in steps, one after the other, with a quorum, and running requests keep theirs", async () => {
    await lake.ask(stewardAdd, { of: "shop", who: "otto", as: "owner" });
    await lake.ask(processSet, rules([step("owners", ["owner"], { quorum: 2 }), step("privacy", ["dora"])]));
    const { request } = (await create("shop.products")).request;
    await lake.ask(processRemove, {});
    await expect(approve(request, "dora")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect((await approve(request, "olga")).decided).toMatchObject([
      { state: "pending", steps: [{ state: "open" }, { state: "waiting" }] },
    ]);
    await expect(approve(request, "olga")).rejects.toMatchObject({ code: "USAGE" });
    expect((await approve(request, "otto")).decided).toMatchObject([{ steps: [{ state: "done" }, { state: "open" }] }]);
    expect((await readable("ann", "shop.products")).allowed).toBe(false);
    expect((await approve(request, "dora")).decided).toMatchObject([{ state: "approved" }]);
    expect((await readable("ann", "shop.products")).allowed).toBe(true);
  });

  test("of an account adds steps to that of the lake, and takes none away", async () => {
    await lake.ask(processSet, { of: "main", ...rules([step("second look", ["dora"])]) });
    const { request } = (await create("shop.customers")).request;
    expect((await show(request)).steps.map(({ name }) => name)).toEqual(["owner", "second look"]);
    await lake.ask(processSet, { of: "main", ...rules([]) });
    const simulated = await lake.ask(sharingSimulate, { items: [{ on: "shop.customers" }], for: "self" }, as("ann"));
    expect(simulated).toMatchObject({ outcome: "decided in steps", class: "pii", steps: [{ name: "owner" }] });
    await lake.ask(processRemove, { of: "main" });
  });

  test("may refuse, whoever would approve", async () => {
    await lake.ask(processSet, rules([], { when: { sensitivity: ["pii"] }, refuse: "personal data stays" }));
    await expect(create("shop.customers")).rejects.toMatchObject({
      code: "REQUEST_REFUSED",
      message: "personal data stays",
    });
    expect((await create("shop.products")).request.state).toBe("approved");
    await lake.ask(processRemove, {});
  });

  test("names tags that nobody renames meanwhile, so that a rule which refuses goes on refusing", async () => {
    await lake.ask(tagAdd, { key: "reach", values: ["internal", "free"] });
    await lake.ask(processSet, rules([], { when: { tags: ["reach=internal"] }, refuse: "it stays" }));
    for (const tag of ["reach", "reach=internal"])
      await expect(lake.ask(tagRename, { tag, name: "other" })).rejects.toMatchObject({ code: "TAG_IN_USE" });
    await lake.ask(tagRename, { tag: "reach=free", name: "public" });
    await lake.ask(processRemove, {});
    await lake.ask(tagRename, { tag: "reach", name: "range" });
  });

  test("is changed by nobody but those who administer, and names only people who are there", async () => {
    await expect(lake.ask(processSet, rules([]), as("olga"))).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await expect(lake.ask(processSet, rules([step("x", ["nobody"])]))).rejects.toMatchObject({
      code: "USER_NOT_FOUND",
    });
    await expect(lake.ask(processSet, rules([step("x", ["key:robot"])]))).rejects.toMatchObject({
      code: "PROCESS_INVALID",
    });
  });
});

describe("where the approver is away", () => {
  const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString();

  test("a deputy decides, as long as the absence lasts", async () => {
    const { request } = (await create("shop.customers")).request;
    await lake.ask(absenceSet, { deputy: "dora", until: tomorrow() }, as("olga"));
    await lake.ask(absenceEnd, {}, as("olga"));
    await expect(approve(request, "dora")).rejects.toMatchObject({ code: "REQUEST_NOT_FOUND" });
    await lake.ask(absenceSet, { deputy: "dora", until: tomorrow() }, as("olga"));
    expect((await approve(request, "dora")).decided).toMatchObject([
      { steps: [{ decisions: [{ standing: "deputy of olga" }] }] },
    ]);
    await lake.ask(absenceEnd, {}, as("olga"));
  });

  test("a deputy who is away has a deputy, too, and two who name each other are no circle without end", async () => {
    const { request } = (await create("shop.customers")).request;
    await lake.ask(absenceSet, { deputy: "dora", until: tomorrow() }, as("olga"));
    await lake.ask(absenceSet, { deputy: "eve", until: tomorrow() }, as("dora"));
    await lake.ask(absenceSet, { deputy: "olga", until: tomorrow() }, as("eve"));
    const [step] = (await lake.ask(requestShow, { request })).steps;
    expect(step?.waitsFor).toEqual(["dora", "eve", "olga"]);
    expect((await approve(request, "eve")).decided).toMatchObject([
      { steps: [{ decisions: [{ standing: "deputy of dora" }] }] },
    ]);
    for (const name of ["olga", "dora", "eve"]) await lake.ask(absenceEnd, {}, as(name));
  });

  test("nobody decides as the deputy of a deputy who asked", async () => {
    await lake.ask(absenceSet, { deputy: "ann", until: tomorrow() }, as("olga"));
    await lake.ask(absenceSet, { deputy: "dora", until: tomorrow() }, as("ann"));
    const { request } = (await create("shop.customers")).request;
    await expect(approve(request, "dora")).rejects.toMatchObject({ code: "REQUEST_NOT_FOUND" });
    for (const name of ["olga", "ann"]) await lake.ask(absenceEnd, {}, as(name));
  });

  test("a deputy of whoever asked decides nothing", async () => {
    await lake.ask(stewardAdd, { of: "shop", who: "ann", as: "owner" });
    await lake.ask(absenceSet, { deputy: "dora", until: tomorrow() }, as("ann"));
    const { request } = (await create("shop.customers")).request;
    await expect(approve(request, "dora")).rejects.toMatchObject({ code: "REQUEST_NOT_FOUND" });
    await lake.ask(absenceEnd, {}, as("ann"));
  });

  test("nobody is left, and whoever administers the lake decides", async () => {
    await lake.ask(stewardRemove, { of: "shop", who: "olga", as: "owner" });
    const { request } = (await create("shop.customers")).request;
    expect((await approve(request, "local")).decided).toMatchObject([{ state: "approved" }]);
  });
});

describe("leavers", () => {
  test("a request of somebody who was removed opens nothing", async () => {
    people.set("leaver", await memberOf(lake, "leaver"));
    await lake.ask(grantAdd, { permissions: ["DESCRIBE"], on: "shop.*", to: "leaver" });
    const { request } = (await create("shop.customers", "leaver")).request;
    await lake.context.db
      .updateTable("principals")
      .set({ deleted_at: new Date() })
      .where("name", "=", "leaver")
      .execute();
    expect((await approve(request, "olga")).decided).toMatchObject([{ state: "withdrawn", share: null }]);
  });

  test("an approver who was removed leaves the request to the others", async () => {
    people.set("gone", await memberOf(lake, "gone"));
    await lake.ask(stewardRemove, { of: "shop", who: "olga", as: "owner" });
    await lake.ask(stewardAdd, { of: "shop", who: "gone", as: "owner" });
    const { request } = (await create("shop.customers")).request;
    await lake.context.db
      .updateTable("principals")
      .set({ deleted_at: new Date() })
      .where("name", "=", "gone")
      .execute();
    await expect(approve(request, "gone")).rejects.toMatchObject({ code: expect.any(String) });
    expect((await approve(request, "local")).decided).toMatchObject([{ state: "approved" }]);
  });
});

test("a group that holds grants, decides on requests and answers for a product is removed as a whole (scenario 8)", async () => {
  const tables = ["shop.products", "shop.customers", "shop.orders"];
  const group = { name: "bi-team" };
  await lake.ask(groupAdd, group);
  await lake.ask(memberAdd, { kind: "group", name: group.name, member: "eve" });
  for (const on of tables)
    for (const permission of ["SELECT", "OPERATE", "ALTER", "DROP"])
      await lake.ask(grantAdd, {
        permissions: [permission],
        on,
        to: "group:bi-team",
        grantable: permission === "SELECT",
      });
  await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.orders", to: "carl" }, as("eve"));
  await lake.ask(stewardRemove, { of: "shop", who: "olga", as: "owner" });
  for (const of of tables) await lake.ask(stewardAdd, { of, who: "group:bi-team", as: "owner" });
  await lake.ask(productAdd, { name: "figures", on: ["shop.products"], owners: ["group:bi-team"] });
  for (const on of tables) await flag(on, "label");
  const pending = [];
  for (const on of tables) pending.push((await create(on)).request.request);
  const waiting = async (who: string) =>
    (await lake.ask(requestInbox, {}, as(who))).requests.map((one) => one.request).toSorted();
  expect(await waiting("eve")).toEqual(pending.toSorted());

  const { falls } = await lake.ask(groupRemove, { ...group, plan: true });
  expect(falls?.grants).toHaveLength(12);
  expect(falls).toMatchObject({
    grantsToOthers: ["SELECT on shop.orders to carl"],
    members: ["eve"],
    answersFor: ["product figures", "shop.customers", "shop.orders", "shop.products"].map((of) => `owner of ${of}`),
  });
  expect(await waiting("eve")).toEqual(pending.toSorted());
  await lake.ask(groupRemove, group);
  expect(await waiting("eve")).toEqual([]);
  await expect(approve(pending[0] ?? "", "eve")).rejects.toMatchObject({
    code: expect.stringMatching(/NOT_ALLOWED|REQUEST/),
  });
  for (const on of tables) expect((await readable("eve", on)).allowed).toBe(false);
  expect((await readable("carl", "shop.orders")).allowed, "what a member passed on ends with it").toBe(false);
  await lake.ask(groupAdd, group);
  await lake.ask(memberAdd, { kind: "group", name: group.name, member: "eve" });
  expect([await waiting("eve"), (await readable("eve", "shop.orders")).allowed]).toEqual([[], false]);
  expect(await lake.ask(productShow, { product: "figures" })).toMatchObject({ name: "figures", owners: [] });
  expect((await lake.ask(requestInbox)).requests.map((one) => one.request)).toEqual(expect.arrayContaining(pending));
  for (const request of pending) await approve(request, "local");
});

test("an account is asked for by those who administer it", async () => {
  await lake.ask(accountAdd, { name: "analytics" });
  await expect(create("shop.products", "ann", { for: "account" })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
});

test("several are decided at once, and one that cannot be decided holds back none", async () => {
  const first = (await create("shop.customers")).request.request;
  const second = (await create("shop.customers", "eve")).request.request;
  const { decided, failed } = await lake.ask(requestApprove, { requests: [first, "nothing", second] }, as("olga"));
  expect(decided.map(({ state }) => state)).toEqual(["approved", "approved"]);
  expect(failed).toMatchObject([{ request: "nothing", error: { code: "REQUEST_NOT_FOUND" } }]);
});
