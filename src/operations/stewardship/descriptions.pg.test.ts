/**
 * Descriptions: what people and sources say of databases, tables and columns, who may see it and who may change it, and
 * what becomes of it when things are renamed, dropped and made again.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { memberOf, openPlainLake, type ConnectedSource, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelled, labelledTable, numberedRows, type PlainTable } from "../../../test/world/plain-source.ts";
import { mainAccount } from "../../db/tables.ts";
import type { Principal } from "../../identity/principal.ts";
import { grantAdd } from "../access/grants.ts";
import { auditList } from "../audit/audit-list.ts";
import { databaseList, databaseShow } from "../databases.ts";
import { userAdd, userRemove } from "../people/users.ts";
import { sql } from "../sql.ts";
import { tableDrop } from "../table-drop.ts";
import { tableList, tableShow } from "../tables.ts";
import { databaseDescribe, tableDescribe } from "./describe.ts";
import { descriptionExport, descriptionImport } from "./documents.ts";
import { tableMark } from "./mark-table.ts";
import { stewardAdd, stewardList, stewardRemove } from "./stewards.ts";
import { termAdd, termAttach, termDetach, termList, termRemove, termShow } from "./terms.ts";

let lake: PlainLake;
let source: ConnectedSource;
const people = new Map<string, Principal>();
const as = (name: string) => ({ principal: people.get(name) as Principal });

const customers = (more: Partial<PlainTable> = {}): PlainTable => ({
  ...labelledTable(2),
  columns: { id: "int!", label: "string", email: "string" },
  more: { email: { identity: "3" } },
  rows: numberedRows(1, 2, (id) => ({ ...labelled(id), email: `n${id}@example.org` })),
  ...more,
});

beforeAll(async () => {
  lake = await openPlainLake();
  const tables = { customers: customers(), orders: labelledTable(3), old: labelledTable(1), again: labelledTable(1) };
  source = await lake.connect("shop", tables);
  await source.sync();
  await (await lake.connect("hr", { staff: labelledTable(1) })).sync();
  for (const name of ["ann", "bob", "carl", "dora"]) people.set(name, await memberOf(lake, name));
  await lake.ask(userAdd, { name: "root", role: "administrator" });
  await addEmil();
  await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.customers", to: "ann", columns: ["id", "label"] });
  await lake.ask(grantAdd, { permissions: ["DESCRIBE"], on: "shop.*", to: "bob" });
  await lake.ask(grantAdd, { permissions: ["ALTER"], on: "shop.customers", to: "carl" });
});
afterAll(() => lake[Symbol.asyncDispose]());

/** Somebody who can be removed, and comes again under the same name. */
async function addEmil(): Promise<void> {
  await lake.ask(userAdd, { name: "emil", role: "none" });
  const named = lake.context.db.selectFrom("principals").select("id").where("name", "=", "emil");
  const { id } = await named.where("deleted_at", "is", null).executeTakeFirstOrThrow();
  const facts = { kind: "user", name: "emil", role: "none", accountId: mainAccount } as const;
  people.set("emil", { ...facts, id, mustChangePassword: false });
}

const show = (table: string, who?: string) => lake.ask(tableShow, { table }, who === undefined ? {} : as(who));
const columnOf = async (table: string, name: string) =>
  (await show(table)).columns.find((column) => column.name === name);
const set = (table: string, values: object, more: object = {}, who?: string) =>
  lake.ask(tableDescribe, { table, set: values, ...more }, who === undefined ? {} : as(who));

describe("parameters", () => {
  test("are shown in every description to those who may know of the thing, and hidden columns' never", async () => {
    await set("shop.customers", { description: "People who buy", data_owner: "sales", pii_flag: "true" });
    await set("shop.customers", { description: "Where to write to", pii_flag: "TRUE" }, { column: "email" });
    await set("shop.customers", { description: "What people see" }, { column: "label" });
    const shown = await show("shop.customers", "ann");
    expect(shown).toMatchObject({
      description: { text: "People who buy", origin: "people" },
      parameters: { data_owner: "sales", pii_flag: "true" },
    });
    expect(shown.columns.map(({ name, description }) => [name, description?.text])).toEqual([
      ["id", undefined],
      ["label", "What people see"],
    ]);
    expect(JSON.stringify(shown)).not.toContain("Where to write");
    expect(JSON.stringify(await lake.ask(descriptionExport, { on: "shop" }, as("ann")))).not.toMatch(/Where|orders/);
    expect((await lake.ask(tableList, {}, as("ann"))).tables).toMatchObject([{ description: "People who buy" }]);
    expect((await columnOf("shop.customers", "email"))?.parameters).toEqual({ pii_flag: "TRUE" });
  });

  test("of a database are shown to those who know a table in it", async () => {
    await lake.ask(databaseDescribe, { database: "shop", set: { description: "The shop", data_owner: "sales" } });
    expect(await lake.ask(databaseShow, { database: "shop" }, as("ann"))).toMatchObject({
      tables: 1,
      parameters: { data_owner: "sales" },
    });
    expect((await lake.ask(databaseList, {}, as("ann"))).databases).toMatchObject([{ description: "The shop" }]);
    for (const database of ["hr", "nothing"])
      await expect(lake.ask(databaseShow, { database }, as("ann"))).rejects.toMatchObject({
        code: "DATABASE_NOT_FOUND",
      });
  });

  test("are changed only by those who may alter the thing", async () => {
    const change = (who: string, table = "shop.customers") => set(table, { unit: "EUR" }, {}, who);
    expect(await change("carl")).toMatchObject({ changed: ["unit"] });
    for (const who of ["ann", "bob"]) await expect(change(who)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await expect(change("dora")).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
    await expect(change("carl", "shop.orders")).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
    const database = { database: "shop", set: { unit: "EUR" } };
    await expect(lake.ask(databaseDescribe, database, as("carl"))).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await expect(set("shop.customers", { a: "b" }, { column: "none" })).rejects.toMatchObject({
      code: "COLUMN_NOT_FOUND",
    });
  });

  test("are in the audit log, and of a description only that it changed", async () => {
    await set("shop.orders", { description: "a long text", unit: "EUR" });
    await set("shop.orders", { unit: "USD" });
    await set("shop.orders", { unit: "USD" });
    const { events } = await lake.ask(auditList, { operation: "table.describe" });
    const text = JSON.stringify(events);
    expect(events[0]?.details).toMatchObject({ what: { changed: [{ key: "unit", from: "EUR", to: "USD" }] } });
    expect(text).not.toContain("a long text");
    expect(text.split('"to":"USD"')).toHaveLength(2);
  });

  test("follow a renamed column, and not another one of its name", async () => {
    const columns = { id: "int!", label: "string", mail: "string" };
    const more = { mail: { identity: "3" } };
    const rows = numberedRows(1, 2, (id) => ({ ...labelled(id), mail: `n${id}@example.org` }));
    source.source.set("customers", customers({ columns, more, rows }));
    await source.sync();
    expect((await columnOf("shop.customers", "mail"))?.parameters).toEqual({ pii_flag: "TRUE" });
    source.source.set("customers", customers({ columns: { ...columns, email: "string" }, more, rows }));
    await source.sync();
    expect((await columnOf("shop.customers", "email"))?.parameters).toEqual({});
    expect((await columnOf("shop.customers", "mail"))?.description?.text).toBe("Where to write to");
  });

  test("of a dropped table are not those of a new one of its name", async () => {
    await set("shop.again", { description: "the first", pii_flag: "yes" });
    await set("shop.again", { pii_flag: "yes" }, { column: "label" });
    await lake.ask(stewardAdd, { of: "shop.again", who: "emil", as: "owner" });
    await lake.ask(tableMark, { table: "shop.again", mark: "certified", reason: "looked at" });
    await lake.ask(termAdd, { term: "again", definition: "Once more" });
    await lake.ask(termAttach, { term: "again", on: "shop.again", column: "id" });
    await lake.ask(tableDrop, { table: "shop.again" });
    await source.sync({ patterns: ["again"] });
    const now = await show("shop.again");
    expect(now).toMatchObject({ parameters: {}, terms: [], owners: [] });
    expect([now.description, now.mark]).toEqual([undefined, undefined]);
    expect(now.columns.flatMap(({ terms, parameters }) => [...terms, ...Object.keys(parameters)])).toEqual([]);
    expect(await lake.ask(termShow, { term: "again" })).toMatchObject({ attached: [] });
    await expect(show("shop.again", "emil")).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
  });
});

describe("comments of the source", () => {
  const commented = (comment: string | undefined, label: string | undefined): PlainTable => ({
    ...labelledTable(3),
    comment,
    more: { label: { comment: label } },
  });

  test("come along on first load and when they change, without a commit", async () => {
    source.source.set("noted", commented("from the source", "a label"));
    await source.sync();
    expect((await show("shop.noted")).description).toEqual({ text: "from the source", origin: "source" });
    expect((await columnOf("shop.noted", "label"))?.description).toEqual({ text: "a label", origin: "source" });
    const { metadataLocation } = await source.table("noted");
    source.source.set("noted", commented("another\0 text ", undefined));
    expect(await source.sync()).toMatchObject({ commit: null });
    expect((await show("shop.noted")).description).toEqual({ text: "another\uFFFD text", origin: "source" });
    expect((await columnOf("shop.noted", "label"))?.description).toBeUndefined();
    expect((await source.table("noted")).metadataLocation).toBe(metadataLocation);
  });

  test("never overwrite what people wrote, and stay visible beside it", async () => {
    await set("shop.noted", { description: "people know better" });
    source.source.set("noted", commented("third text", undefined));
    await source.sync();
    expect((await show("shop.noted")).description).toEqual({
      text: "people know better",
      origin: "people",
      comment: "third text",
    });
    await lake.ask(tableDescribe, { table: "shop.noted", unset: ["description"] });
    expect((await show("shop.noted")).description).toEqual({ text: "third text", origin: "source" });
  });

  test("are written only when they change", async () => {
    const written = () =>
      lake.context.db
        .selectFrom("source_comments")
        .selectAll()
        .select(({ ref }) => ref("xmin" as never).as("xmin"))
        .execute();
    const before = await written();
    expect(await source.sync()).toMatchObject({ commit: null });
    expect(await written()).toEqual(before);
    expect(before).toHaveLength(1);
  });
});

describe("documents", () => {
  const exported = async (on: string) => (await lake.ask(descriptionExport, { on })).document;

  test("are exported, edited and imported, with a plan before", async () => {
    await lake.ask(termAdd, { term: "Customer", definition: "Somebody who has bought" });
    const document = await exported("shop.customers");
    const one = document["shop.customers"];
    if (one === undefined) throw new TypeError("no document");
    const columns = { ...one.columns, label: { parameters: { pii_flag: "no" }, terms: ["customer"] } };
    const { data_owner: _gone, ...parameters } = one.parameters;
    const edited = {
      ...document,
      "shop.customers": { ...one, columns, parameters: { ...parameters, steward: "ann" } },
    };
    const expected = [
      "data_owner sales → none",
      "label: description What people see → none",
      "steward none → ann",
      "label: pii_flag none → no",
      "label: term Customer attached",
    ];
    const before = await show("shop.customers");
    const plan = await lake.ask(descriptionImport, { document: edited, plan: true });
    expect(plan).toEqual({ changes: [{ on: "shop.customers", details: expected }], imported: false });
    expect(await show("shop.customers")).toEqual(before);
    expect(await lake.ask(descriptionImport, { document: edited })).toEqual({ ...plan, imported: true });
    expect(await columnOf("shop.customers", "label")).toMatchObject({
      parameters: { pii_flag: "no" },
      terms: [{ term: "Customer", definition: "Somebody who has bought" }],
    });
    const again = await exported("shop");
    expect(await lake.ask(descriptionImport, { document: again })).toEqual({ changes: [], imported: true });
  });

  test("of two editors do not overwrite each other, and nothing of a refused one is imported", async () => {
    const document = await exported("shop");
    await set("shop.orders", { unit: "CHF" });
    const edited = Object.fromEntries(
      Object.entries(document).map(([on, one]) => [on, { ...one, parameters: { ...one.parameters, seen: "yes" } }]),
    );
    await expect(lake.ask(descriptionImport, { document: edited })).rejects.toMatchObject({
      code: "DESCRIPTION_CHANGED",
      place: "shop.orders",
    });
    expect(JSON.stringify(await exported("shop"))).not.toContain('"seen"');
  });

  test("are imported only by those who may alter all of it", async () => {
    const document = await exported("shop.customers");
    expect(await lake.ask(descriptionImport, { document }, as("carl"))).toMatchObject({ changes: [] });
    await expect(lake.ask(descriptionImport, { document }, as("bob"))).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    const both = { ...document, ...(await exported("shop.orders")) };
    await expect(lake.ask(descriptionImport, { document: both }, as("carl"))).rejects.toMatchObject({
      code: "TABLE_NOT_FOUND",
    });
  });
});

describe("the glossary", () => {
  test("has terms, which are attached and detached, and whose removal shows where they were", async () => {
    await lake.ask(termAdd, { term: "Order", definition: "A purchase" });
    expect(await lake.ask(termAdd, { term: "Order", definition: "A purchase" })).toMatchObject({ change: "unchanged" });
    const other = { term: "order", definition: "A sale" };
    await expect(lake.ask(termAdd, other)).rejects.toMatchObject({ code: "NAME_TAKEN" });
    await lake.ask(termAttach, { term: "order", on: "shop.orders" });
    await lake.ask(termAttach, { term: "order", on: "shop.orders", column: "id" });
    await lake.ask(termAttach, { term: "order", on: "shop" });
    await lake.ask(termAttach, { term: "order", on: "shop.customers", column: "id" });
    await lake.ask(termDetach, { term: "order", on: "shop.customers", column: "id" });
    expect((await lake.ask(termList)).terms.map(({ term }) => term)).toEqual(["again", "Customer", "Order"]);
    expect((await show("shop.orders")).terms).toEqual([{ term: "Order", definition: "A purchase" }]);
    const attached = ["shop", "shop.orders", "shop.orders.id"];
    expect(await lake.ask(termRemove, { term: "order", plan: true })).toMatchObject({ attached, removed: false });
    expect((await lake.ask(termShow, { term: "Order" }, as("ann"))).attached).toEqual(["shop"]);
    expect(await lake.ask(termRemove, { term: "order" })).toEqual({ term: "Order", attached, removed: true });
    expect((await show("shop.orders")).terms).toEqual([]);
  });

  test("is changed only by those who may alter the account, and read by whoever acts in it", async () => {
    const term = { term: "Net", definition: "Without taxes" };
    await expect(lake.ask(termAdd, term, as("carl"))).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await lake.ask(grantAdd, { permissions: ["ALTER"], on: "account main", to: "bob" });
    await lake.ask(termAdd, term, as("bob"));
    expect((await lake.ask(termList, {}, as("dora"))).terms).toContainEqual(term);
    expect(await lake.ask(termAttach, { term: "net", on: "shop.customers" }, as("carl"))).toMatchObject({
      changed: true,
    });
    await expect(lake.ask(termAttach, { term: "net", on: "shop.customers" }, as("ann"))).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
  });
});

describe("marks", () => {
  test("are shown wherever the table is listed, and warn whoever reads a deprecated one", async () => {
    await lake.ask(tableMark, { table: "shop.orders", mark: "certified", reason: "reconciled daily" });
    await lake.ask(tableMark, {
      table: "shop.old",
      mark: "deprecated",
      reason: "no longer fed",
      successor: "shop.orders",
    });
    const listed = (await lake.ask(tableList, {})).tables.map(({ name, mark }) => [name, mark?.mark, mark?.successor]);
    expect(listed).toContainEqual(["orders", "certified", undefined]);
    expect(listed).toContainEqual(["old", "deprecated", "shop.orders"]);
    expect((await lake.ask(sql, { sql: "select * from shop.old" })).warnings).toEqual([
      "shop.old is deprecated: no longer fed; use shop.orders instead",
    ]);
    expect((await lake.ask(sql, { sql: "select * from shop.orders" })).warnings).toBeUndefined();
  });

  test("name a successor only to those who may know of it", async () => {
    await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.old", to: "dora" });
    expect((await show("shop.old", "dora")).mark).toEqual({ mark: "deprecated", reason: "no longer fed" });
    expect((await lake.ask(sql, { sql: "select * from shop.old" }, as("dora"))).warnings).toEqual([
      "shop.old is deprecated: no longer fed",
    ]);
    expect(await lake.ask(tableMark, { table: "shop.old", mark: "none" })).toEqual({ table: "shop.old" });
  });

  test.each([
    [{ mark: "certified" }],
    [{ mark: "certified", reason: "x", successor: "shop.orders" }],
    [{ mark: "deprecated", reason: "x", successor: "shop.old" }],
  ])("%j is refused", async (words) => {
    await expect(lake.ask(tableMark, { table: "shop.old", ...words })).rejects.toMatchObject({ code: "USAGE" });
  });
});

describe("owners and stewards", () => {
  test("of a database answer for its tables that have none, and may change what is said of them", async () => {
    expect(await lake.ask(stewardAdd, { of: "shop", who: "dora", as: "owner" })).toMatchObject({ changed: true });
    expect((await show("shop.orders", "dora")).owners).toEqual([{ who: "dora", gone: false, inherited: true }]);
    await set("shop.orders", { unit: "GBP" }, {}, "dora");
    await lake.ask(databaseDescribe, { database: "shop", set: { unit: "GBP" } }, as("dora"));
    await expect(lake.ask(sql, { sql: "select * from shop.orders" }, as("dora"))).rejects.toMatchObject({});
    await lake.ask(stewardAdd, { of: "shop.orders", who: "emil", as: "owner" });
    await expect(set("shop.orders", { unit: "X" }, {}, "dora")).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
    await set("shop.orders", { unit: "X" }, {}, "emil");
    await expect(
      lake.ask(stewardAdd, { of: "shop.orders", who: "ann", as: "steward" }, as("emil")),
    ).rejects.toMatchObject({ code: "NOT_ALLOWED" });
  });

  test("who are removed leave a gap that lists name, and the database's owners answer again", async () => {
    const { falls } = await lake.ask(userRemove, { name: "emil", plan: true });
    expect(falls?.answersFor).toEqual(["owner of shop.orders"]);
    await lake.ask(userRemove, { name: "emil" });
    expect((await show("shop.orders")).owners).toEqual([
      { who: "emil", gone: true, inherited: false },
      { who: "dora", gone: false, inherited: true },
    ]);
    expect((await lake.ask(stewardList, { gaps: true })).stewards).toEqual([
      { of: "shop.orders", who: "emil", as: "owner", gone: true },
    ]);
    await set("shop.orders", { unit: "Y" }, {}, "dora");
    await addEmil();
    await expect(show("shop.orders", "emil")).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
    await lake.ask(stewardRemove, { of: "shop.orders", who: "emil", as: "owner" });
    expect((await lake.ask(stewardList, { gaps: true })).stewards).toEqual([]);
  });
});
