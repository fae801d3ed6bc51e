/**
 * The search: what it finds, in which order, for whom. After random changes, its documents are those that are made of
 * everything anew, and nobody finds a thing or a column that they may not know.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sql } from "kysely";
import { openRandom } from "../../../test/soak/random.ts";
import { memberOf, openPlainLake, type ConnectedSource, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable, numberedRows, type PlainTable } from "../../../test/world/plain-source.ts";
import { HeadgateError } from "../../errors.ts";
import type { Principal } from "../../identity/principal.ts";
import { demandingSources } from "../../stewardship/demands-classes.ts";
import { buildDocuments } from "../../stewardship/search/build-documents.ts";
import { refreshDocuments } from "../../stewardship/search/refresh-documents.ts";
import { scoreOf, scoreSql } from "../../stewardship/search/score.ts";
import { textsOfDocuments } from "../../stewardship/search/find-documents.ts";
import { sensitivityOfTable } from "../../stewardship/sensitivity.ts";
import { grantAdd, grantRevoke } from "../access/grants.ts";
import { createKey, principalOfKey } from "../../identity/api-keys.ts";
import { accountAdd } from "../people/accounts.ts";
import { groupAdd } from "../people/groups.ts";
import { sourceSet } from "../sources.ts";
import { databaseDescribe, tableDescribe } from "../stewardship/describe.ts";
import { tableMark } from "../stewardship/mark-table.ts";
import { stewardAdd, stewardRemove } from "../stewardship/stewards.ts";
import { termAdd, termAttach, termDetach } from "../stewardship/terms.ts";
import { sql as runSql } from "../sql.ts";
import { tableList, tableShow } from "../tables.ts";
import { tableDrop } from "../table-drop.ts";
import { tagSet, tagUnset } from "../tags/tags.ts";
import { tagAdd, tagChange } from "../tags/tag-keys.ts";
import { viewCreate } from "../views/view-create.ts";
import { catalogSearch } from "./search.ts";

let lake: PlainLake;
let source: ConnectedSource;
const people = new Map<string, Principal>();
const as = (name: string) => ({ principal: people.get(name) as Principal });

const customers: PlainTable = {
  ...labelledTable(2),
  columns: { id: "int!", label: "string", email: "string" },
  rows: numberedRows(1, 2, (id) => ({ id: String(id), label: `l${id}`, email: `n${id}@example.org` })),
};

beforeAll(async () => {
  lake = await openPlainLake();
  source = await lake.connect("crm", { customers, orders: labelledTable(3), email_log: labelledTable(1) });
  await source.sync();
  await (await lake.connect("hr", { staff: labelledTable(1), customer_calls: labelledTable(1) })).sync();
  for (const name of ["ann", "bob", "carl", "dora"]) people.set(name, await memberOf(lake, name));
  await lake.ask(groupAdd, { name: "sales" });
  await lake.ask(tagAdd, { key: "domain", values: ["sales", "people"] });
  await lake.ask(termAdd, { term: "Buyer", definition: "Somebody who has bought something" });
  await lake.ask(viewCreate, { view: "crm.mail_addresses", sql: "select id, email from crm.customers" });
  await lake.ask(grantAdd, { permissions: ["SELECT"], on: "crm.customers", to: "ann", columns: ["id", "label"] });
  await lake.ask(grantAdd, { permissions: ["DESCRIBE"], on: "crm.*", to: "bob" });
});
afterAll(() => lake[Symbol.asyncDispose]());

const find = (text: string, more: object = {}, who?: string) =>
  lake.ask(catalogSearch, { text, ...more }, who === undefined ? {} : as(who));
const names = async (text: string, more: object = {}, who?: string) =>
  (await find(text, more, who)).results.map(({ name }) => name);

describe("finds", () => {
  test("by name before column before description", async () => {
    await lake.ask(tableDescribe, { table: "hr.staff", set: { description: "Each has an email address" } });
    expect(await names("email")).toEqual(["crm.email_log", "crm.customers", "crm.mail_addresses", "hr.staff"]);
  });

  test("words in any case, with a letter wrong, or only a part of them", async () => {
    expect((await names("CUSTOMERS"))[0]).toBe("crm.customers");
    expect((await find("custmer")).results.map(({ name }) => name)).toContain("crm.customers");
    expect(await find("custmer")).toMatchObject({ similar: true, complete: true });
    expect((await names("addresses"))[0]).toBe("crm.mail_addresses");
    expect(await names("omers")).toContain("crm.customers");
  });

  test("only what has all words", async () => {
    expect(await names("crm email")).toEqual(["crm.email_log", "crm.customers", "crm.mail_addresses"]);
    expect(await names("orders email")).toEqual([]);
  });

  test("by owner, tag, term and parameter, and counts what there is of each", async () => {
    await lake.ask(stewardAdd, { of: "crm", who: "group:sales", as: "owner" });
    await lake.ask(tagSet, { tags: ["domain=sales"], on: "database crm" });
    await lake.ask(termAttach, { term: "Buyer", on: "crm.customers" });
    expect(await names("buyer")).toEqual(["crm.customers"]);
    expect(await names("customers", { owner: "group:sales" })).toEqual(["crm.customers"]);
    const { facets, total } = await find("", { tag: "domain=sales" });
    expect(total).toBe(5);
    expect(facets).toMatchObject({
      kind: [
        { value: "table", count: 3 },
        { value: "database", count: 1 },
        { value: "view", count: 1 },
      ],
      owner: [{ value: "group:sales", count: 5 }],
      database: [{ value: "crm", count: 5 }],
    });
  });
});

describe("shows", () => {
  test("nothing to somebody who may know nothing", async () => {
    const found = await find("", {}, "carl");
    expect(found.results).toEqual([]);
    expect(Object.values(found.facets).flat()).toEqual([]);
  });

  test("no table by a hidden column, and no hidden column", async () => {
    expect(await names("email", {}, "ann")).toEqual([]);
    expect((await find("label", {}, "ann")).results).toMatchObject([{ name: "crm.customers", columns: ["label"] }]);
    expect(await names("", {}, "ann")).toEqual(["crm", "crm.customers"]);
  });

  test("nothing for signs alone, which are in no name", async () => {
    for (const signs of ["???", "*", "%", "'--", "🙂"]) expect(await names(signs)).toEqual([]);
    expect((await names(" ")).length).toBeGreaterThan(5);
  });

  test("nobody that there is a word that they may not know, however much alike", async () => {
    await lake.ask(tableDescribe, { table: "hr.staff", column: "label", set: { description: "acquisition" } });
    expect(await find("aquisition")).toMatchObject({ similar: true, total: 1 });
    const [alike, other] = [await find("aquisition", {}, "ann"), await find("qqqqzzzz", {}, "ann")];
    expect(alike).toEqual(other);
    await lake.ask(tableDescribe, { table: "hr.staff", column: "label", unset: ["description"] });
  });

  test("how sensitive a database is by the tables that one may know", async () => {
    await lake.ask(tableDescribe, { table: "crm.orders", set: { pii_flag: "true" } });
    const ofCrm = async (who?: string) =>
      (await find("", { kind: "database", database: "crm" }, who)).results[0]?.sensitivity;
    expect([await ofCrm(), await ofCrm("bob"), await ofCrm("ann")]).toEqual(["pii", "pii", "none"]);
    await lake.ask(tableDescribe, { table: "crm.orders", unset: ["pii_flag"] });
  });

  test("whether it can be read or asked for", async () => {
    expect((await find("customers", {}, "ann")).results).toMatchObject([{ state: "readable" }]);
    expect((await find("customers", {}, "bob")).results).toMatchObject([{ state: "requestable" }]);
    expect(await names("customers", { state: "readable" }, "bob")).toEqual([]);
  });

  test("another answer as soon as a right changes", async () => {
    await lake.ask(grantAdd, { permissions: ["SELECT"], on: "hr.staff", to: "carl" });
    expect(await names("staff", {}, "carl")).toEqual(["hr.staff"]);
    await lake.ask(grantRevoke, { permissions: ["SELECT"], on: "hr.staff", from: "carl" });
    expect(await names("staff", {}, "carl")).toEqual([]);
  });

  test("what everybody may browse, and nothing but the search shows it", async () => {
    await lake.ask(accountAdd, { name: "partner", outside: true });
    await lake.ask(grantAdd, { permissions: ["BROWSE"], on: "crm.customers", to: "unit:*" });
    const found = await find("customers", { details: true }, "carl");
    expect(found.results).toMatchObject([
      {
        name: "crm.customers",
        state: "requestable",
        details: [{ column: "id" }, { column: "label" }, { column: "email" }],
      },
    ]);
    expect(await names("", {}, "carl")).toEqual(["crm", "crm.customers"]);
    const missing = { code: "TABLE_NOT_FOUND" };
    await expect(lake.ask(tableShow, { table: "crm.customers" }, as("carl"))).rejects.toMatchObject(missing);
    expect((await lake.ask(tableList, {}, as("carl"))).tables).toEqual([]);
    const select = { sql: "select * from crm.customers" };
    await expect(lake.ask(runSql, select, as("carl"))).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    const key = await createKey(lake.context.db, {
      name: "theirs",
      role: "none",
      account: "partner",
      expiresAt: undefined,
      by: null,
    });
    const principal = (await principalOfKey(lake.context.db, key)) as Principal;
    expect((await lake.ask(catalogSearch, { text: "" }, { principal })).results).toEqual([]);
    await lake.ask(grantRevoke, { permissions: ["BROWSE"], on: "crm.customers", from: "unit:*" });
    expect(await names("", {}, "carl")).toEqual([]);
  });

  test("what somebody answers for", async () => {
    await lake.ask(stewardAdd, { of: "hr.staff", who: "dora", as: "owner" });
    expect(await names("staff", {}, "dora")).toEqual(["hr.staff"]);
    await lake.ask(stewardRemove, { of: "hr.staff", who: "dora", as: "owner" });
    expect(await names("staff", {}, "dora")).toEqual([]);
  });
});

/** Everything that the documents say, except in what order. */
async function stored() {
  const { db } = lake.context;
  const rows = await db
    .selectFrom("search_documents")
    .innerJoin("search_texts", "search_texts.id", "search_documents.id")
    .select([
      "search_documents.id",
      "kind",
      "name",
      "mark",
      "sensitivity",
      "owners",
      "tags",
      "columns",
      "parts",
      "database_id",
    ])
    .orderBy("search_documents.id")
    .execute();
  return rows.map(({ database_id: databaseId, ...row }) => ({ ...row, databaseId }));
}

async function builtAnew() {
  const { db, catalog } = lake.context;
  const databases = await db.selectFrom("databases").select("id").execute();
  const tables = await catalog.withViews().entries();
  const ids = [...databases, ...tables].map(({ id }) => id);
  const { documents, unread } = await buildDocuments({ db, catalog }, ids);
  expect(unread).toEqual([]);
  return documents
    .map(({ id, kind, name, mark, sensitivity, owners, tags, columns, parts, databaseId }) =>
      JSON.parse(JSON.stringify({ id, kind, name, mark, sensitivity, owners, tags, columns, parts, databaseId })),
    )
    .toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

test.each([1, 2, 3])("the documents are those of everything built anew, on the walk %i", async (seed) => {
  const random = openRandom(seed);
  const { db, catalog } = lake.context;
  const things = ["crm", "hr", "crm.customers", "crm.orders", "hr.staff", "hr.customer_calls"];
  const tables = things.filter((thing) => thing.includes("."));
  const tagged = ["database crm", "database hr", ...tables];
  const flags = ["true", "false", "1", "no"];
  const steps: readonly (() => Promise<unknown>)[] = [
    () => lake.ask(tableDescribe, { table: random.pick(tables), set: { pii_flag: random.pick(flags) } }),
    () =>
      lake.ask(tableDescribe, { table: random.pick(tables), column: "label", set: { pii_flag: random.pick(flags) } }),
    () => lake.ask(tableDescribe, { table: random.pick(tables), column: "id", unset: ["pii_flag"] }),
    () => lake.ask(databaseDescribe, { database: random.pick(["crm", "hr"]), set: { pii_flag: random.pick(flags) } }),
    () => lake.ask(databaseDescribe, { database: "hr", set: { description: `Words ${seed}`, data_owner: "x@y.org" } }),
    () => lake.ask(stewardAdd, { of: random.pick(things), who: random.pick(["ann", "bob"]), as: "owner" }),
    () => lake.ask(stewardRemove, { of: random.pick(things), who: random.pick(["ann", "bob"]), as: "owner" }),
    () => lake.ask(tagSet, { tags: [random.pick(["domain=sales", "domain=people"])], on: random.pick(tagged) }),
    () => lake.ask(tagSet, { tags: ["domain=people"], on: "crm.customers", column: "email" }),
    () => lake.ask(tagChange, { key: "domain", sensitive: ["people"] }),
    () => lake.ask(tagUnset, { tags: ["domain=sales"], on: random.pick(tagged) }),
    () => lake.ask(termAttach, { term: "Buyer", on: random.pick(things) }),
    () => lake.ask(termDetach, { term: "Buyer", on: random.pick(things) }),
    () => lake.ask(tableMark, { table: random.pick(tables), mark: "certified", reason: "checked" }),
    () => lake.ask(sourceSet, { name: "crm", unclassified: random.pick(["sensitive", "ordinary"]) }),
    () => lake.ask(tableDrop, { table: "crm.orders" }).then(() => source.sync()),
    () => sql`update databases set name = ${`crm`} where name = 'crm'`.execute(db),
    () => sql`update tag_values set name = name || 'x' where name like 'people%' and length(name) < 9`.execute(db),
    () => sql`update principals set name = ${`sales${random.pick(["", "x"])}`} where kind = 'group'`.execute(db),
  ];
  let changed = 0;
  for (let step = 0; step < 40; step++) {
    await random
      .pick(steps)()
      .then(() => changed++)
      .catch((failure: unknown) => expect(failure).toBeInstanceOf(HeadgateError));
    if (step % 8 === 0) await refreshDocuments({ db, catalog }, new AbortController().signal);
  }
  expect(changed).toBeGreaterThan(15);
  await refreshDocuments({ db, catalog }, new AbortController().signal);
  expect(await stored()).toEqual(await builtAnew());
  const demandsClasses = demandingSources({ db, catalog });
  for (const entry of await catalog.withViews().entries()) {
    const { class: sensitivity } = await sensitivityOfTable({ db, catalog, demandsClasses }, entry);
    expect((await stored()).find(({ id }) => id === entry.id)?.sensitivity).toBe(sensitivity);
  }
});

test("the database and the program count the same score", async () => {
  const { db } = lake.context;
  for (const asked of [["customer"], ["mail", "crm"], ["label"], ["sales"]]) {
    const words = asked.map((word) => ({ word, alike: [] }));
    const { rows } = await sql<{ id: string; score: number }>`
      select id, ${scoreSql(words)} as score from search_documents`.execute(db);
    const texts = await textsOfDocuments(
      db,
      rows.map(({ id }) => id),
    );
    for (const { id, score } of rows) {
      const own = scoreOf(texts.get(id) ?? [], words);
      if (own !== undefined) expect(score).toBe(own);
    }
  }
});
