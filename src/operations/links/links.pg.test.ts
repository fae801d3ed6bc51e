/** Links: names that give no right, never hide anything of one's own, and say why they lead to nothing any more. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPlainLake, type ConnectedSource, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { lakeFiles } from "../../../test/world/lake.ts";
import { must } from "../../base/must.ts";
import { createKey, principalOfKey } from "../../identity/api-keys.ts";
import { ownerIn } from "../../identity/acting.ts";
import { addMember } from "../../identity/memberships.ts";
import type { Principal } from "../../identity/principal.ts";
import { insertPrincipal } from "../../identity/principals.ts";
import { accessExplain } from "../access/explain.ts";
import { grantAdd } from "../access/grants.ts";
import { databaseList, databaseShow } from "../databases.ts";
import { declarationApply } from "../declaration/apply.ts";
import { accessExport } from "../declaration/export-access.ts";
import { catalogSearch } from "../finding/search.ts";
import type { Operation } from "../operation.ts";
import { accountAdd } from "../people/accounts.ts";
import { shareResume, shareRevoke, shareSuspend } from "../sharing/share-changes.ts";
import { shareCreate } from "../sharing/share-create.ts";
import { sourceAdd } from "../sources.ts";
import { sql } from "../sql.ts";
import { sync } from "../sync.ts";
import { tableDrop } from "../table-drop.ts";
import { tableList, tableShow } from "../tables.ts";
import { viewCreate } from "../views/view-create.ts";
import { viewShow } from "../views/views.ts";
import { linkAdd, linkList, linkRemove } from "./links.ts";

let lake: PlainLake;
let source: ConnectedSource;
const people = new Map<string, Principal>();

beforeAll(async () => {
  lake = await openPlainLake();
  source = await lake.connect("crm", {
    customers: labelledTable(3),
    orders: labelledTable(2),
    secrets: labelledTable(1),
    leads: labelledTable(1),
  });
  await source.sync();
  await lake.ask(accountAdd, { name: "analytics" });
  const { db } = lake.context;
  const boss = { name: "boss", role: "administrator", account: "analytics", expiresAt: undefined, by: null } as const;
  people.set("boss", must(await principalOfKey(db, await createKey(db, boss)), "a key"));
  people.set("owner", await ownerIn(db, "analytics"));
  for (const name of ["ann", "bob"]) people.set(name, await memberOfAnalytics(name));
}, 60_000);
afterAll(() => lake[Symbol.asyncDispose]());

async function memberOfAnalytics(name: string): Promise<Principal> {
  const { db } = lake.context;
  const accountId = must(must(people.get("boss"), "boss").accountId, "the account");
  const id = must(await insertPrincipal(db, { kind: "user", account_id: null, name }), "a new name");
  const container = { kind: "account", id: accountId, name: "analytics" } as const;
  await addMember(db, { container, member: { id, kind: "user", name } });
  return { kind: "user", id, name, role: "none", accountId, mustChangePassword: false };
}

function ask<Input, Output>(operation: Operation<Input, Output>, input: object, who?: string): Promise<Output> {
  return lake.ask(operation, input, who === undefined ? {} : { principal: must(people.get(who), who) });
}

const unreadable = { code: expect.stringMatching(/^(TABLE_NOT_FOUND|NOT_ALLOWED)$/) };
const rows = async (text: string, who: string): Promise<number> => (await ask(sql, { sql: text }, who)).rows;
const links = async (who: string) => (await ask(linkList, {}, who)).links.map(({ name, state }) => `${name}: ${state}`);
const share = async (on: readonly string[]) => (await ask(shareCreate, { on, to: "account:analytics" })).id;

describe("a share of an account", () => {
  let id = "";

  test("gives what it is of a name there, which gives nobody a right", async () => {
    id = await share(["crm.customers", "crm.orders"]);
    expect(await links("boss")).toEqual(["crm.customers: ok", "crm.orders: ok"]);
    expect(await links("ann")).toEqual([]);
    await expect(rows("select * from crm.customers", "boss")).rejects.toMatchObject({
      code: "NOT_ALLOWED",
      remedy: expect.stringContaining("headgate grant select on"),
    });
    for (const name of ["crm.customers", "customers", "main.crm.customers"])
      await expect(rows(`select * from ${name}`, "ann")).rejects.toMatchObject(unreadable);
    await ask(grantAdd, { permissions: ["SELECT"], on: "crm.customers", to: "ann" }, "boss");
    for (const name of ["crm.customers", "customers", "CRM.Customers", "analytics.crm.customers", "main.crm.customers"])
      expect(await rows(`select * from ${name}`, "ann")).toBe(3);
    await expect(rows("select * from crm.orders", "ann")).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
    await expect(rows("select * from crm.customers", "bob")).rejects.toMatchObject(unreadable);
  });

  test("is listed, searched and described by that name, marked as a link", async () => {
    const link = { target: "main.crm.customers", share: id };
    expect((await ask(tableList, { database: "crm" }, "ann")).tables).toMatchObject([
      { account: "main", database: "crm", name: "customers" },
      { database: "crm", name: "customers", link },
    ]);
    expect((await ask(tableShow, { table: "crm.customers" }, "ann")).links).toEqual([
      { name: "crm.customers", share: id },
    ]);
    expect((await ask(databaseList, {}, "ann")).databases).toEqual([
      { name: "crm", tables: 1, links: 1, sources: [] },
      { name: "main.crm", tables: 1, sources: [] },
    ]);
    expect(await ask(databaseShow, { database: "crm" }, "ann")).toMatchObject({ name: "crm", tables: 1, links: 1 });
    await expect(ask(databaseShow, { database: "crm" }, "bob")).rejects.toMatchObject({ code: "DATABASE_NOT_FOUND" });
    await ask(linkAdd, { name: "sheets.buyers", target: "main.crm.customers" }, "boss");
    expect((await ask(catalogSearch, { text: "buyers" }, "ann")).results).toMatchObject([
      { name: "main.crm.customers", links: ["crm.customers", "sheets.buyers"] },
    ]);
    expect((await ask(catalogSearch, { text: "buyers" }, "bob")).results).toEqual([]);
    expect((await ask(catalogSearch, { text: "buyers" })).results).toEqual([]);
    expect((await ask(sql, { sql: "select * from sheets.buyers", explain: true }, "ann")).plan).toBeDefined();
  });

  test("is read through views over the name, whose columns come from the table", async () => {
    await ask(grantAdd, { permissions: ["SELECT"], on: "crm.customers", to: "key:boss" }, "boss");
    await ask(viewCreate, { view: "mine.labels", sql: "select label from sheets.buyers" }, "boss");
    expect(await rows("select * from mine.labels", "boss")).toBe(3);
    expect(await ask(viewShow, { view: "mine.labels" }, "boss")).toMatchObject({
      lineage: { columns: [{ column: "label", from: [{ table: "main.crm.customers", column: "label" }] }] },
    });
  });

  test("is never behind a chain: a link to a link stands for the table", async () => {
    await ask(linkAdd, { name: "sheets.sold", target: "crm.orders" }, "boss");
    await ask(linkAdd, { name: "sheets.again", target: "sheets.sold" }, "boss");
    const targets = (await ask(linkList, {}, "boss")).links.filter(({ name }) => name.startsWith("sheets."));
    expect(new Set(targets.map(({ target }) => target))).toEqual(new Set(["main.crm.customers", "main.crm.orders"]));
    for (const name of ["sheets.sold", "sheets.again"]) await ask(linkRemove, { name }, "boss");
  });

  test("follows a rename of the table and of its database", async () => {
    const { db } = lake.context;
    const { id: tableId, databaseId } = await lake.context.catalog.findEntry("crm.customers");
    await db.updateTable("tables").set({ name: "clients" }).where("id", "=", tableId).execute();
    await db.updateTable("databases").set({ name: "crm2" }).where("id", "=", databaseId).execute();
    expect(await rows("select * from crm.customers", "ann")).toBe(3);
    expect((await ask(linkList, {}, "ann")).links[0]?.target).toBe("main.crm2.clients");
    await db.updateTable("tables").set({ name: "customers" }).where("id", "=", tableId).execute();
    await db.updateTable("databases").set({ name: "crm" }).where("id", "=", databaseId).execute();
  });

  test("leaves a link that says why it leads to nothing, to those who may know it", async () => {
    await ask(shareSuspend, { id });
    const dangling = {
      code: "LINK_DANGLING",
      message: expect.stringContaining("share suspended"),
      remedy: expect.stringContaining("wait until"),
    };
    for (const who of ["ann", "boss"]) {
      await expect(ask(tableShow, { table: "crm.customers" }, who)).rejects.toMatchObject(dangling);
    }
    await expect(rows("select * from crm.customers", "bob")).rejects.toMatchObject(unreadable);
    await ask(shareResume, { id });
    expect(await rows("select * from crm.customers", "ann")).toBe(3);
    await ask(shareRevoke, { id });
    await ask(grantAdd, { permissions: ["SELECT"], on: "account analytics", to: "key:boss" });
    await expect(rows("select * from crm.customers", "boss")).rejects.toMatchObject({ code: "LINK_DANGLING" });
    await expect(rows("select * from crm.customers", "ann")).rejects.toMatchObject(unreadable);
    await expect(rows("select * from analytics.crm.customers", "boss")).rejects.toMatchObject({
      code: "LINK_DANGLING",
    });
    await expect(rows("select * from main.crm.customers", "boss")).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
    expect(await links("boss")).toContain("crm.customers: share revoked");
    const again = await share(["crm.customers"]);
    expect((await ask(linkList, {}, "boss")).links[0]).toMatchObject({
      name: "crm.customers",
      share: again,
      state: "ok",
    });
  });

  test("stands by another share of the same if its own is over", async () => {
    const earlier = (await ask(linkList, {}, "boss")).links[0]?.share;
    const later = await share(["crm.customers"]);
    await ask(shareRevoke, { id: later });
    expect((await ask(linkList, {}, "boss")).links[0]).toMatchObject({
      name: "crm.customers",
      share: earlier,
      state: "ok",
    });
  });
});

test("whoever leads another account with which a thing is shared could not pass it on to people here", async () => {
  const { db } = lake.context;
  await lake.ask(accountAdd, { name: "lab" });
  const chief = { name: "chief", role: "administrator", account: "lab", expiresAt: undefined, by: null } as const;
  await createKey(db, chief);
  await ask(shareCreate, { on: ["crm.leads"], to: "account:lab" });
  const given = await share(["crm.leads"]);
  const { actions } = await ask(accessExplain, { principal: "ann", resource: "crm.leads" });
  const reading = actions.find(({ action }) => action === "read");
  expect(reading?.couldGrant).toContain("key:boss");
  expect(reading?.couldGrant).not.toContain("key:chief");
  await ask(shareRevoke, { id: given });
});

test("a name is not given to what one may not know, to one's own, or by somebody who does not administer the account", async () => {
  for (const target of ["main.crm.secrets", "main.crm.nothing"])
    await expect(ask(linkAdd, { name: "x.y", target }, "boss")).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
  await expect(ask(linkAdd, { name: "x.y", target: "main.crm.customers" }, "ann")).rejects.toMatchObject({
    code: "NOT_ALLOWED",
  });
  await expect(ask(linkAdd, { name: "x.y", target: "crm.secrets" })).rejects.toMatchObject({ code: "USAGE" });
  await expect(ask(linkAdd, { name: "x", target: "main.crm.customers" }, "boss")).rejects.toMatchObject({
    code: "USAGE",
  });
});

test("nobody drops the table behind a link by the name of the link", async () => {
  await expect(ask(tableDrop, { table: "crm.customers", plan: true }, "owner")).rejects.toMatchObject({
    code: "TABLE_NOT_FOUND",
  });
});

test("what the account has itself always wins, and a taken name gets a number", async () => {
  const made = await ask(linkAdd, { name: "crm.customers", target: "main.crm.customers" }, "boss");
  expect(made).toMatchObject({ name: "crm.customers_2", wanted: "crm.customers" });
  const { url } = lake.make({ customers: labelledTable(7) });
  await ask(sourceAdd, { name: "crm", url }, "boss");
  await ask(sync, { source: "crm" }, "boss");
  const text = "select * from crm.customers";
  expect(await rows(text, "boss").catch(() => -1)).not.toBe(3);
  expect(await links("boss")).toContain("crm.customers: name taken");
  await share(["crm.leads"]);
  expect(await links("boss")).toContain("crm.leads: ok");
});

test("all tables of a database have names by one link, also those that are shared later", async () => {
  await expect(ask(linkAdd, { name: "everything", target: "database main.hr" }, "boss")).rejects.toMatchObject({
    code: "DATABASE_NOT_FOUND",
  });
  await ask(linkAdd, { name: "everything", target: "database main.crm" }, "boss");
  await ask(grantAdd, { permissions: ["SELECT"], on: "everything.leads", to: "ann" }, "boss");
  expect(await rows("select * from everything.leads", "ann")).toBe(1);
  await expect(rows("select * from everything.secrets", "ann")).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
  await expect(rows("select * from everything.secrets", "boss")).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
});

test("a declaration makes links once, and leaves those of others", async () => {
  const text = "links:\n  lists.leads: main.crm.leads\n  all_crm: database main.crm\n";
  const steps = async (of: string) =>
    (await ask(declarationApply, { text: of }, "owner")).steps.map(({ name }) => name);
  expect(await steps(text)).toEqual(["lists.leads", "all_crm"]);
  expect(await steps(text)).toEqual([]);
  expect((await ask(accessExport, { declared: true }, "owner")).links).toEqual({
    "lists.leads": "main.crm.leads",
    all_crm: "database main.crm",
  });
  await expect(steps("links: { crm.leads: main.crm.customers }")).rejects.toMatchObject({
    code: "DECLARATION_INVALID",
  });
  expect(await steps("")).toHaveLength(2);
  expect(await links("boss")).toContain("everything: ok");
});

test("what the producer writes is there at once by the link, and no file is there twice", async () => {
  const files = () => lakeFiles(lake.context);
  const before = await files();
  const id = await share(["crm.secrets"]);
  await ask(grantAdd, { permissions: ["SELECT"], on: "main.crm.secrets", to: "bob" }, "boss");
  expect(await rows("select * from crm.secrets", "bob")).toBe(1);
  expect(await files()).toEqual(before);
  source.source.set("secrets", labelledTable(7));
  await source.sync();
  expect(await rows("select * from crm.secrets", "bob")).toBe(7);
  await ask(shareRevoke, { id });
  await ask(linkRemove, { name: "crm.secrets" }, "boss");
});

test("a link whose target was dropped says so", async () => {
  await ask(tableDrop, { table: "crm.leads" });
  await expect(rows("select * from crm.leads", "boss")).rejects.toMatchObject({
    code: "LINK_DANGLING",
    message: expect.stringContaining("main.crm.leads: target dropped"),
  });
  await ask(linkRemove, { name: "CRM.leads" }, "boss");
  await expect(ask(linkRemove, { name: "crm.leads" }, "boss")).rejects.toMatchObject({ code: "LINK_NOT_FOUND" });
});

test("a link of two shares leads to its target until both are over, and says by which the account has it", async () => {
  const stateOf = async () => {
    const found = (await ask(linkList, {}, "boss")).links.filter(({ target }) => target === "main.crm.secrets");
    return found.map(({ state, share: id }) => [state, id]);
  };
  const [first, second] = [await share(["crm.secrets"]), await share(["crm.*"])];
  expect(await stateOf()).toEqual([["ok", first]]);
  const third = await share(["crm.secrets"]);
  for (const id of [third, first]) {
    await ask(shareRevoke, { id });
    expect(await stateOf()).toEqual([["ok", second]]);
  }
  await ask(shareSuspend, { id: second });
  expect(await stateOf()).toEqual([["share revoked", third]]);
  await ask(shareRevoke, { id: second });
});
