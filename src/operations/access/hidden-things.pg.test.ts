/** Somebody who may read a part of a table learns from no answer which columns, filters and people are hidden from them. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPlainLake, programOf, type ConnectedSource, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import type { Principal } from "../../identity/principal.ts";
import { auditList } from "../audit/audit-list.ts";
import { sql } from "../sql.ts";
import { tableShow } from "../tables.ts";
import { userAdd } from "../people/users.ts";
import { accessExplain } from "./explain.ts";
import { filterAdd } from "./filters.ts";
import { grantAdd, grantList, grantRevoke } from "./grants.ts";
import { accessMine, accessTo } from "./reach.ts";

let lake: PlainLake;
let shop: ConnectedSource;
let reader: Principal;
let filtered: Principal;
const on = "shop.orders";

beforeAll(async () => {
  lake = await openPlainLake();
  shop = await lake.connect("shop", { orders: labelledTable(3) });
  await shop.sync();
  [reader, filtered] = [await programOf(lake, "none"), await programOf(lake, "none")];
  await lake.ask(filterAdd, { name: "few", on, rows: "label = 'a'", except: ["label"] });
  await lake.ask(grantAdd, { permissions: ["SELECT"], on, to: `key:${reader.name}`, except: ["label"] });
  await lake.ask(grantAdd, { permissions: ["SELECT"], on, to: `key:${filtered.name}`, filter: "few", grantable: true });
});
afterAll(() => lake[Symbol.asyncDispose]());

/** The answer, or the code and message of the refusal, as text. */
const said = (answer: Promise<unknown>): Promise<string> =>
  answer.then(
    (found) => JSON.stringify(found),
    ({ code, message, place }: { code: string; message: string; place: string }) =>
      JSON.stringify([code, message, place]),
  );

test("columns that a grant or its filter leaves out are not named", async () => {
  for (const principal of [reader, filtered]) {
    const as = { principal };
    const to = `key:${principal.name}`;
    const answers = [
      await said(lake.ask(accessMine, {}, as)),
      await said(lake.ask(accessExplain, { principal: to, resource: on }, as)),
      await said(lake.ask(grantList, {}, as)),
      await said(lake.ask(tableShow, { table: on }, as)),
      await said(lake.ask(grantAdd, { permissions: ["SELECT"], on, to, columns: ["labe"] }, as)),
    ];
    for (const answer of answers) expect(answer).not.toMatch(/label|dropped column/);
  }
  const { grants } = await lake.ask(grantList, {}, { principal: reader });
  expect(grants).toMatchObject([{ columns: { mode: "include", names: ["id"] } }]);
  const all = await lake.ask(grantList, { to: `key:${reader.name}` });
  expect(all.grants).toMatchObject([{ columns: { mode: "exclude", names: ["label"] } }]);
});

test("people who exist are not told from people who do not", async () => {
  const as = { principal: reader };
  const answers = async (to: string): Promise<readonly string[]> =>
    [
      await said(lake.ask(grantList, { to }, as)),
      await said(lake.ask(grantRevoke, { permissions: ["SELECT"], on, from: to }, as)),
      await said(lake.ask(grantAdd, { permissions: ["SELECT"], on, to }, as)),
      await said(lake.ask(accessExplain, { principal: to, resource: on }, as)),
    ].map((text) => text.replaceAll(to, "…"));
  expect(await answers(`key:${filtered.name}`)).toEqual(await answers("key:nobody"));
});

test("filters that somebody may not pass on are not told from filters that do not exist", async () => {
  await lake.ask(filterAdd, { name: "other", on, rows: "label <> 'a'", columns: ["id"] });
  for (const principal of [reader, filtered]) {
    const wish = { permissions: ["SELECT"], on, to: `key:${reader.name}` };
    const answer = async (filter: string) =>
      (await said(lake.ask(grantAdd, { ...wish, filter }, { principal }))).replaceAll(filter, "…");
    expect(await answer("other")).toBe(await answer("nothing"));
  }
  await expect(
    lake.ask(grantAdd, { permissions: ["SELECT"], on, to: "nobody", filter: "nothing" }),
  ).rejects.toMatchObject({ code: "FILTER_NOT_FOUND" });
});

test("ids of columns, whose gaps would tell of hidden ones, are shown to those who may know all columns", async () => {
  const idsOf = async (principal?: Principal) =>
    (await lake.ask(tableShow, { table: on }, principal && { principal })).columns.map(({ id }) => id);
  expect([await idsOf(), await idsOf(reader), await idsOf(filtered)]).toEqual([[1, 2], [undefined], [undefined]]);
});

test("the source of a table is named to those who may know the source", async () => {
  const whole = await programOf(lake, "none");
  const sourceOf = async () =>
    (await lake.ask(tableShow, { table: on }, { principal: whole })) as Record<string, unknown>;
  await lake.ask(grantAdd, { permissions: ["SELECT"], on, to: `key:${whole.name}` });
  const unknown = await sourceOf();
  expect(unknown).toMatchObject({ properties: expect.any(Object) });
  expect(JSON.stringify({ ...unknown, database: "" })).not.toMatch(/shop|main\.orders/);
  await lake.ask(grantAdd, { permissions: ["DESCRIBE"], on: "source shop", to: `key:${whole.name}` });
  expect(await sourceOf()).toMatchObject({
    source: "shop: main.orders",
    properties: { "headgate.source-table": "main.orders" },
  });
});

test("attributes of readers are shown to those who may list people, and to others the condition as it was written", async () => {
  const [keeper, administrator] = [await programOf(lake, "none"), await programOf(lake, "administrator")];
  await lake.ask(grantAdd, { permissions: ["ADMINISTER"], on, to: `key:${keeper.name}` });
  await lake.ask(filterAdd, { name: "own", on, rows: "label = principal.city" });
  await lake.ask(userAdd, { name: "dora", role: "none", attributes: { city: "Utrecht" } });
  await lake.ask(grantAdd, { permissions: ["SELECT"], on, to: "dora", filter: "own" });
  const conditions = async (principal: Principal) => {
    const { readers } = await lake.ask(accessTo, { table: on }, { principal });
    const explained = await lake.ask(accessExplain, { principal: "dora", resource: on }, { principal });
    expect(JSON.stringify(readers).includes("Utrecht")).toBe(JSON.stringify(explained).includes("Utrecht"));
    return readers.filter((one) => one.principal === "dora").flatMap(({ ways }) => ways.map(({ rows }) => rows));
  };
  expect(await conditions(administrator)).toEqual(["label = 'Utrecht'"]);
  expect(await conditions(keeper)).toEqual(["label = principal.city"]);
});

test("that a state was removed does not tell a restricted reader when the table changed", async () => {
  const { db, catalog } = lake.context;
  const { id } = await catalog.findEntry(on);
  const commits = db
    .selectFrom("table_commits")
    .innerJoin("commits", "commits.id", "commit_id")
    .where("table_id", "=", id);
  const first = await commits.select("committed_at").executeTakeFirstOrThrow();
  await db.updateTable("table_commits").set({ expired: true }).where("table_id", "=", id).execute();
  shop.source.set("orders", labelledTable(4));
  await shop.sync();
  const then = new Date(first.committed_at.getTime() + 1).toISOString();
  const statement = `select id from shop.orders at (timestamp => timestamp '${then.slice(0, -1)}')`;
  const refusal = async (principal?: Principal): Promise<string> =>
    said(lake.ask(sql, { sql: statement }, principal && { principal }));
  expect(await refusal(reader)).toMatch(/SNAPSHOT_NOT_FOUND.*this state has been removed"/);
  expect(await refusal()).toMatch(/SNAPSHOT_NOT_FOUND.*the first later state that still exists is of 20/);
});

test("one's own events in the audit log do not tell a reader of some rows that others have changed", async () => {
  const whole = await programOf(lake, "none");
  await lake.ask(grantAdd, { permissions: ["SELECT"], on, to: `key:${whole.name}` });
  const states = async (principal: Principal): Promise<readonly unknown[]> => {
    await lake.ask(sql, { sql: "select id from shop.orders" }, { principal });
    const { events } = await lake.ask(auditList, { kind: "query begin", limit: 1 }, { principal });
    return events.flatMap(({ details }) => (details as { tables: { snapshot: unknown }[] }).tables);
  };
  expect(await states(filtered)).toMatchObject([{ table: on, snapshot: null, filters: ["few"] }]);
  expect(await states(reader)).toMatchObject([{ table: on, snapshot: null, columns: ["id"] }]);
  expect(await states(whole)).toMatchObject([{ table: on, snapshot: expect.stringMatching(/^\d+$/) }]);
  const { events } = await lake.ask(auditList, { by: `key:${filtered.name}`, kind: "query begin", limit: 1 });
  expect(events).toMatchObject([{ details: { tables: [{ snapshot: expect.stringMatching(/^\d+$/) }] } }]);
});
