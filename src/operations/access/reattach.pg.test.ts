/** A dropped table takes its rules with it; a new table of its name gets them back only by `grant.reattach`. */
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { sql as statement } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { memberOf, openPlainLake, type ConnectedSource, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable, type PlainTable } from "../../../test/world/plain-source.ts";
import { must } from "../../base/must.ts";
import { ownerIn } from "../../identity/acting.ts";
import { principalOfKey } from "../../identity/api-keys.ts";
import type { Principal } from "../../identity/principal.ts";
import { removeUser } from "../../identity/users.ts";
import { dropTable } from "../../sync/settings/drop-tables.ts";
import { auditList } from "../audit/audit-list.ts";
import { declarationApply } from "../declaration/apply.ts";
import { accountAdd, accountRemove } from "../people/accounts.ts";
import { keyCreate } from "../people/keys.ts";
import { userAdd } from "../people/users.ts";
import { sourceAdd } from "../sources.ts";
import { sql } from "../sql.ts";
import { sync } from "../sync.ts";
import { tableReset } from "../table-control.ts";
import { tableDrop } from "../table-drop.ts";
import { tableSet } from "../table-set.ts";
import { filterAdd, filterList } from "./filters.ts";
import { grantAdd, grantList, grantRevoke } from "./grants.ts";
import { orders } from "./orders-table.fixture.ts";
import { accessTo } from "./reach.ts";
import { grantReattach } from "./reattach.ts";

let lake: PlainLake;
const people = new Map<string, Principal>();
let shop: ConnectedSource;
let on: string;
let shops = 0;

beforeAll(async () => {
  lake = await openPlainLake();
  await lake.ask(userAdd, { name: "root", role: "administrator" });
  for (const name of ["ann", "bob", "carl", "keeper", "operator"]) people.set(name, await memberOf(lake, name));
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(async () => {
  shop = await lake.connect(`shop${++shops}`, { orders, staff: labelledTable(1) });
  await shop.sync();
  on = `${shop.name}.orders`;
});

const as = (name: string) => ({ principal: must(people.get(name), name) });
const grant = (to: string, more: object = {}, by?: string) =>
  lake.ask(grantAdd, { permissions: ["SELECT"], on, to, ...more }, by === undefined ? {} : as(by));
const filter = (name: string, more: object) => lake.ask(filterAdd, { name, on, ...more });
const reattach = (more: object = {}, by?: string) =>
  lake.ask(grantReattach, { table: on, ...more }, by === undefined ? {} : as(by));
const drop = (more: object = {}) => lake.ask(tableDrop, { table: on, ...more });

async function createAgain(table: PlainTable = orders, by?: string) {
  shop.source.set("orders", table);
  const report = await lake.ask(sync, { source: shop.name, tables: ["orders"] }, by === undefined ? {} : as(by));
  return must(
    report.tables.find(({ lakeTable }) => lakeTable === on),
    on,
  );
}

async function recreate(table: PlainTable = orders) {
  await drop();
  return createAgain(table);
}

/** Grants on the table in words. */
async function grants(): Promise<readonly string[]> {
  const { grants: found } = await lake.ask(grantList, { on });
  return found.map(({ to, permissions, columns, filter: named }) => {
    const part = columns === null ? (named ?? "all") : `${columns.mode} ${columns.names.join()}`;
    return `${to} ${permissions.join()} ${part}`;
  });
}

async function filters(): Promise<readonly string[]> {
  const { filters: found } = await lake.ask(filterList, { on });
  return found.map(({ name, rows, columns, masks, state }) => {
    const parts = [rows, columns && `${columns.mode} ${columns.names.join()}`, ...masks.map((one) => one.column)];
    return `${name}: ${parts.filter((part) => part !== null).join("; ")} (${state})`;
  });
}

/** The rows that somebody reads, or the code of the refusal. */
async function rowsFor(name: string, columns = "*"): Promise<unknown> {
  const rows: unknown[] = [];
  const emit = async (item: unknown) => void rows.push(...((item as { rows?: unknown[] }).rows ?? []));
  const text = `select ${columns} from ${on} order by id`;
  return lake.ask(sql, { sql: text }, { ...as(name), emit }).then(
    () => rows,
    ({ code }: { code: string }) => code,
  );
}

const columnsBut = (...left: readonly string[]): PlainTable => ({
  ...orders,
  columns: Object.fromEntries(Object.entries(orders.columns).filter(([name]) => !left.includes(name))),
});
const columnsWith = (columns: PlainTable["columns"], rows = orders.rows): PlainTable => ({
  ...orders,
  columns: { ...orders.columns, ...columns },
  rows,
});

describe("a drop", () => {
  test("says who loses access, and ends all grants and data filters of the table and its history", async () => {
    await lake.ask(tableSet, { table: on, history: true });
    await shop.sync();
    await filter("german", { rows: "country = 'DE'" });
    await grant("ann", { grantable: true });
    await grant("bob", {}, "ann");
    await grant("carl", { filter: "german" });
    await grant("carl", { on: `${on}__history` });
    const plan = await drop({ plan: true });
    expect(plan).toMatchObject({ grants: 4, filters: 1, losesAccess: ["ann", "bob", "carl"], dropped: false });
    expect(await grants()).toHaveLength(3);
    expect(await drop()).toMatchObject({ grants: 4, filters: 1, losesAccess: ["ann", "bob", "carl"], dropped: true });
    const { grants: left } = await lake.ask(grantList, {});
    expect(left.filter((one) => one.on.includes("removed"))).toEqual([]);
    const ended = await lake.context.db.selectFrom("grants").select(["ended_at", "end_reason"]).execute();
    expect(ended.slice(-4).every((row) => row.ended_at !== null)).toBe(true);
    expect(ended.slice(-4).map((row) => row.end_reason)).toEqual(Array(4).fill("the table was dropped"));
    const open = lake.context.db.selectFrom("data_filters").select("id").where("ended_at", "is", null);
    expect(await open.where("name", "=", "german").execute()).toEqual([]);
  });

  test("from before rules ended with their table has left rules, which the migration ends", async () => {
    await filter("german", { rows: "country = 'DE'" });
    await grant("ann", { filter: "german" });
    await grant("bob", { on: `${shop.name}.staff` });
    const { db } = lake.context;
    const { id } = await lake.context.catalog.findEntry(on);
    await db.deleteFrom("positions").where("table_id", "=", id).execute();
    await db.deleteFrom("table_commits").where("table_id", "=", id).execute();
    await db.deleteFrom("tables").where("id", "=", id).execute();
    const migration = await readFile("migrations/0054_rules_of_dropped_tables.sql", "utf8");
    await statement.raw(migration.slice(migration.indexOf("update grants"))).execute(db);
    const ends = await db.selectFrom("grants").select("end_reason").where("resource_id", "=", id).execute();
    expect(ends).toEqual([{ end_reason: "the table was dropped" }]);
    const { filters: known, grants: held } = await lake.context.policies.current();
    expect([...known.values()].filter(({ tableId }) => tableId === id)).toEqual([]);
    const left = [...held.values()].filter((one) => one.principalId === people.get("bob")?.id);
    expect(left.length).toBeGreaterThan(0);
  });

  test("leaves the rights on its database and on other tables alone", async () => {
    await grant("ann", { on: `${shop.name}.*` });
    await grant("ann", { on: `${shop.name}.staff` });
    expect(await drop()).toMatchObject({ grants: 0, filters: 0, losesAccess: [] });
    await createAgain();
    expect(await rowsFor("ann", "id")).toEqual([[1], [2]]);
  });

  test("wins over a grant that is made at the same time", async () => {
    const entry = await lake.context.catalog.findEntry(on);
    let late: Promise<unknown> = Promise.resolve();
    await lake.context.db.transaction().execute(async (transaction) => {
      await dropTable({ ...lake.context, db: transaction }, { entry, keepFiles: true, by: null });
      late = grant("ann").catch(({ code }: { code: string }) => code);
      await delay(300);
    });
    expect(await late).toBe("TABLE_NOT_FOUND");
    const open = lake.context.db.selectFrom("grants").select("id").where("resource_id", "=", entry.id);
    expect(await open.where("ended_at", "is", null).execute()).toEqual([]);
  });
});

test("a full load keeps grants and filters", async () => {
  await filter("german", { rows: "country = 'DE'" });
  await grant("ann", { columns: ["id"] });
  await grant("bob", { filter: "german" });
  const before = [await grants(), await filters()];
  await lake.ask(tableReset, { table: on });
  shop.source.write("orders", [{ id: 9, country: "DE", email: "n@example.org", amount: 1 }]);
  await shop.sync();
  const { id } = await lake.context.catalog.findEntry(on);
  await shop.sync({ full: true });
  expect((await lake.context.catalog.findEntry(on)).id).toBe(id);
  expect([await grants(), await filters()]).toEqual(before);
  expect(await rowsFor("bob", "id, country")).toEqual([[9, "DE"]]);
});

describe("a new table of the name", () => {
  test("has no grants, and those who administer it are offered the earlier ones until they take them", async () => {
    await grant("ann");
    await grant("keeper", { permissions: ["ADMINISTER"], on: `database ${shop.name}` });
    await grant("keeper", { permissions: ["ADMINISTER"], on: `${shop.name}.*` });
    expect(await recreate()).toMatchObject({ outcome: "created", earlierGrants: 1 });
    expect(await rowsFor("ann", "id")).toBe("TABLE_NOT_FOUND");
    const offered = async (by?: string) =>
      (await lake.ask(accessTo, { table: on }, by === undefined ? {} : as(by))).earlierGrants;
    expect([await offered(), await offered("keeper")]).toEqual([1, 1]);
    await reattach({ plan: true });
    expect(await offered()).toBe(1);
    await reattach();
    expect(await offered()).toBe(0);
    await lake.ask(grantRevoke, { permissions: ["SELECT"], on, from: "ann" });
    expect(await offered(), "a revoked grant is not offered again").toBe(0);
  });

  test("tells nobody else of the earlier grants, not even whoever syncs it or reads it", async () => {
    await grant("ann");
    await grant("operator", { permissions: ["OPERATE", "DESCRIBE"], on: `source ${shop.name}` });
    await grant("operator", { permissions: ["DESCRIBE"], on: `${shop.name}.*` });
    await drop();
    expect(await createAgain(orders, "operator")).not.toHaveProperty("earlierGrants");
    const stored = await lake.context.db.selectFrom("runs").select("report").execute();
    expect(JSON.stringify(stored)).not.toContain("earlierGrants");
    for (const by of ["operator", "carl"])
      await expect(lake.ask(accessTo, { table: on }, as(by))).rejects.toMatchObject({
        code: by === "carl" ? "TABLE_NOT_FOUND" : "NOT_ALLOWED",
      });
  });

  test("is refused to a caller who may not grant, in the words of a table that does not exist if they may not know it", async () => {
    await grant("ann");
    await grant("operator", { permissions: ["SELECT"], grantable: true, on: `${shop.name}.*` });
    await recreate();
    await expect(reattach({}, "operator")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    const refusal = (table: string) =>
      lake
        .ask(grantReattach, { table }, as("carl"))
        .catch(({ code, message }: Error & { code: string }) => `${code} ${message.replaceAll(table, "…")}`);
    expect(await refusal(on)).toBe(await refusal(`${shop.name}.nothings`));
    expect(await grants()).toEqual([]);
  });

  test("is told if there was no table of its name", async () => {
    await expect(lake.ask(grantReattach, { table: `${shop.name}.staff` })).rejects.toMatchObject({
      code: "GRANT_NOT_FOUND",
      message: expect.stringContaining("no table of this name was dropped"),
    });
  });
});

describe("reattach", () => {
  test("makes grants and filters again with the new ids of columns, once", async () => {
    await filter("german", { rows: "country = 'DE' and amount >= 10", except: ["amount"], masks: [mask("email")] });
    await filter("unused", { columns: ["id"] });
    await grant("ann", { columns: ["id", "email"], grantable: true, until: "2999-01-01T00:00:00Z" });
    await grant("bob", { filter: "german" });
    await grant("carl", { except: ["email"] });
    await grant("carl", { permissions: ["DESCRIBE"] });
    await recreate({ ...orders, columns: { amount: "int", email: "string", country: "string", id: "int!" } });
    const plan = await reattach({ plan: true });
    expect(plan).toMatchObject({ added: 4, notes: [], skipped: [], reattached: false });
    expect([await grants(), await filters()]).toEqual([[], []]);
    const made = await reattach();
    expect(made).toMatchObject({ added: 4, notes: [], skipped: [], passedOn: 0, toSelf: false, reattached: true });
    expect(made.grants.find(({ to }) => to === "ann")).toMatchObject({
      columns: { names: expect.arrayContaining(["id", "email"]) },
      grantable: true,
      until: "2999-01-01T00:00:00.000Z",
      grantedBy: "local",
    });
    expect(await filters()).toEqual([
      "german: country = 'DE' AND amount >= 10; exclude amount; email (ok)",
      "unused: include id (ok)",
    ]);
    expect(await rowsFor("bob", "id, country, email")).toEqual([[1, "DE", null]]);
    expect(await rowsFor("ann", "id, email")).toEqual([
      [1, "d@example.org"],
      [2, "f@example.org"],
    ]);
    expect(await rowsFor("carl", "email")).toMatch(/SQL/);
    const state = [await grants(), await filters(), (await lake.context.policies.current()).epoch];
    expect(await reattach()).toMatchObject({ added: 0, filters: [{ isNew: false }, { isNew: false }] });
    expect([await grants(), await filters(), (await lake.context.policies.current()).epoch]).toEqual(state);
  });

  test("makes again what holders outside the account had, and nothing for those that are gone", async () => {
    const [near, gone] = [`near-${shop.name}`, `gone-${shop.name}`];
    for (const name of [near, gone]) await lake.ask(accountAdd, { name });
    const { key } = await lake.ask(keyCreate, { name: `guest-${shop.name}`, account: near });
    const holders = [`account:${near}`, `account:${gone}`, `key:guest-${shop.name}`];
    for (const to of holders) await grant(to, { columns: ["id"] });
    const principal = must(await principalOfKey(lake.context.db, key), "a key");
    const read = () => lake.ask(sql, { sql: `select * from main.${on}` }, { principal });
    const before = await read();
    await recreate();
    await expect(read()).rejects.toMatchObject({ code: expect.stringMatching(/NOT_ALLOWED|TABLE_NOT_FOUND/) });
    await lake.ask(accountRemove, { name: gone });
    const done = await reattach();
    expect(done.grants.map(({ to }) => to).toSorted()).toEqual([`account:${near}`, `key:guest-${shop.name}`]);
    expect(done.skipped).toEqual([{ what: "SELECT to somebody who was removed", why: "its holder was removed" }]);
    expect(await read()).toMatchObject({ columns: before.columns, rows: before.rows });
  });

  test("does not make again what holders had passed on, what has expired, and what a removed holder had", async () => {
    await lake.ask(userAdd, { name: `dora${shops}`, role: "none" });
    await grant("ann", { grantable: true });
    await grant("bob", {}, "ann");
    await grant("carl", { until: new Date(Date.now() + 1_000).toISOString() });
    await grant(`dora${shops}`);
    await recreate();
    await removeUser(lake.context.db, { name: `dora${shops}`, by: null });
    await lake.ask(userAdd, { name: `dora${shops}`, role: "none" });
    await delay(1_000);
    expect(await reattach()).toMatchObject({
      added: 1,
      passedOn: 1,
      skipped: [
        { what: "SELECT to carl", why: expect.stringContaining("it would have ended at") },
        { what: "SELECT to somebody who was removed", why: "its holder was removed" },
      ],
    });
    expect(await grants()).toEqual(["ann SELECT all"]);
  });

  test("leaves out columns that no longer exist, and grants that would have none", async () => {
    await grant("ann", { columns: ["id", "email"] });
    await grant("bob", { columns: ["email"] });
    await grant("carl", { except: ["email", "amount"] });
    expect(await recreate(columnsBut("email"))).toMatchObject({ earlierGrants: 2 });
    expect(await reattach()).toMatchObject({
      added: 2,
      notes: [
        "SELECT to ann: the column email, which it shows, no longer exists",
        expect.stringMatching(/^SELECT to carl: the column email, which it leaves out, no longer exists/),
      ],
      skipped: [{ what: "SELECT to bob", why: "none of its columns exists any more" }],
    });
    expect(await grants()).toEqual(["ann SELECT include id", "carl SELECT exclude amount"]);
  });

  test("never gives the whole table for a part that leaves out nothing any more", async () => {
    await grant("carl", { except: ["email"] });
    await recreate(columnsBut("email"));
    await reattach();
    const { readers } = await lake.ask(accessTo, { table: on });
    expect(readers).toMatchObject([{ principal: "carl", reads: "part" }]);
  });

  test("a column that the table had lost before has its name for nobody who was shown it", async () => {
    await grant("ann", { columns: ["id", "email"] });
    await grant("carl", { except: ["email"] });
    shop.source.set("orders", columnsBut("email"));
    await shop.sync();
    await recreate();
    await reattach();
    expect(await grants()).toEqual(["ann SELECT include id", "carl SELECT exclude email"]);
  });

  test.each([
    ["vanished", columnsBut("country"), /compares the column country, which no longer exists/],
    ["has another type", columnsWith({ country: "int" }, []), /whose type was string and is now int/],
    ["has another type that holds the constant", columnsWith({ amount: "string" }, []), /was int and is now string/],
  ])("leaves out a filter if a column that it compares %s, and never shows all rows", async (_how, table, why) => {
    await filter("rich", { rows: "country = 'DE' or amount = 20" });
    await grant("bob", { filter: "rich" });
    expect(await recreate(table)).not.toHaveProperty("earlierGrants");
    expect(await reattach()).toMatchObject({
      added: 0,
      skipped: [
        { what: "the data filter rich", why: expect.stringMatching(why) },
        { what: "SELECT to bob", why: "its data filter rich is not made again" },
      ],
    });
    expect([await grants(), await filters()]).toEqual([[], []]);
    expect(await rowsFor("bob", "id")).toBe("TABLE_NOT_FOUND");
  });

  test("keeps a row filter whose column has become wider", async () => {
    await filter("rich", { rows: "amount >= 20" });
    await grant("bob", { filter: "rich" });
    await recreate(columnsWith({ amount: "long" }));
    expect(await reattach()).toMatchObject({ added: 1, skipped: [] });
    expect(await rowsFor("bob", "id")).toEqual([[2]]);
  });

  test("says that a masked column vanished, and leaves out a filter that was nothing else", async () => {
    await filter("masked", { masks: [mask("email")] });
    await filter("german", { rows: "country = 'DE'", masks: [mask("email")] });
    await grant("ann", { filter: "masked" });
    await grant("bob", { filter: "german" });
    await recreate(columnsBut("email"));
    expect(await reattach()).toMatchObject({
      added: 1,
      notes: [expect.stringMatching(/^the data filter german: the column email, which it masks, no longer exists/)],
      skipped: [
        { what: "the data filter masked", why: expect.stringContaining("it would show the whole table") },
        { what: "SELECT to ann", why: "its data filter masked is not made again" },
      ],
    });
    expect(await rowsFor("bob", "id")).toEqual([[1]]);
    expect(await rowsFor("ann", "id")).toBe("TABLE_NOT_FOUND");
  });

  test("leaves out a filter whose mask does not fit the type any more", async () => {
    await filter("masked", { masks: [{ column: "email", mask: "show-last-4" }] });
    await grant("ann", { filter: "masked" });
    await recreate(columnsWith({ email: "int" }, []));
    expect(await reattach()).toMatchObject({
      added: 0,
      skipped: [
        { why: "its mask does not fit the column email, whose type is now int" },
        { what: "SELECT to ann", why: "its data filter masked is not made again" },
      ],
    });
  });

  test("hides and masks a column whose name is written differently now", async () => {
    await grant("carl", { except: ["email"] });
    const { email: _email, ...others } = orders.columns;
    await recreate({ ...orders, columns: { ...others, EMAIL: "string" } });
    await reattach();
    expect(await grants()).toEqual(["carl SELECT exclude EMAIL"]);
  });

  test("does not use another filter of the same name", async () => {
    await filter("few", { columns: ["id"] });
    await grant("bob", { filter: "few" });
    await recreate();
    await filter("few", { rows: "amount > 0" });
    expect(await reattach()).toMatchObject({
      added: 0,
      skipped: [
        { what: "the data filter few", why: "the table has another data filter of this name" },
        { what: "SELECT to bob", why: "its data filter few is not made again" },
      ],
    });
  });

  test("makes nothing again that names columns if the dropped table could not be read", async () => {
    await filter("german", { rows: "country = 'DE'" });
    await grant("ann", { columns: ["id"] });
    await grant("bob", { filter: "german" });
    await grant("carl", { except: ["email"] });
    await grant("keeper");
    const { id } = await lake.context.catalog.findEntry(on);
    const lost = { metadata_location: "file:///nowhere/metadata/0.metadata.json" };
    await lake.context.db.updateTable("tables").set(lost).where("id", "=", id).execute();
    await recreate();
    const { skipped } = await reattach();
    expect(skipped.map(({ what }) => what)).toEqual([
      "the data filter german",
      "SELECT to ann",
      "SELECT to bob",
      "SELECT to carl",
    ]);
    expect(await grants()).toEqual(["keeper SELECT all"]);
  });

  test("counts only the most recent table of the name", async () => {
    await grant("ann");
    await recreate();
    await grant("bob");
    await recreate();
    expect(await reattach()).toMatchObject({ added: 1 });
    expect(await grants()).toEqual(["bob SELECT all"]);
    await recreate();
    await recreate();
    expect(await reattach()).toMatchObject({ added: 0, grants: [] });
  });

  test("does nothing for a table of the same name in another account, or of another name", async () => {
    await grant("ann");
    await drop();
    await lake.ask(accountAdd, { name: "acme" });
    const owner = { principal: await ownerIn(lake.context.db, "acme") };
    await lake.ask(sourceAdd, { name: shop.name, url: lake.make({ orders }).url }, owner);
    const { tables } = await lake.ask(sync, { source: shop.name }, owner);
    expect(tables).toMatchObject([{ outcome: "created" }]);
    expect(JSON.stringify(tables)).not.toContain("earlierGrants");
    await expect(lake.ask(grantReattach, { table: on }, owner)).rejects.toMatchObject({ code: "GRANT_NOT_FOUND" });
    const theirs = `acme.${on}`;
    await expect(lake.ask(grantReattach, { table: theirs })).rejects.toMatchObject({ code: "GRANT_NOT_FOUND" });
    await expect(lake.ask(grantReattach, { table: `${shop.name}.staff` })).rejects.toMatchObject({
      code: "GRANT_NOT_FOUND",
    });
    await createAgain();
    expect(await reattach()).toMatchObject({ added: 1 });
  });

  test("leaves what a declaration made to the declaration, whichever of the two comes first", async () => {
    const text = JSON.stringify({
      filters: { [on]: { german: { rows: "country = 'DE'" } } },
      grants: [{ to: "bob", select: on, filter: "german" }],
    });
    const apply = async () => (await lake.ask(declarationApply, { text })).steps.length;
    expect(await apply()).toBe(2);
    await recreate();
    expect(await reattach()).toMatchObject({ added: 1, grants: [{ origin: "yaml" }] });
    expect(await apply()).toBe(0);
    await recreate();
    expect(await apply()).toBe(2);
    expect(await reattach()).toMatchObject({ added: 0, filters: [{ isNew: false }], skipped: [] });
    expect(await grants()).toEqual(["bob SELECT german"]);
  });

  test("is audited with what was made, and flags rights that somebody gives to themselves", async () => {
    await grant("keeper", { permissions: ["ADMINISTER"], on: `${shop.name}.*` });
    await grant("keeper");
    await recreate();
    expect(await reattach({ plan: true }, "keeper")).toMatchObject({ toSelf: true });
    const made = await reattach({}, "keeper");
    expect(made).toMatchObject({ toSelf: true, grants: [{ grantedBy: "keeper" }] });
    expect(await reattach({}, "keeper")).toMatchObject({ toSelf: false, added: 0 });
    const items: unknown[] = [];
    const emit = async (item: unknown): Promise<void> => void items.push(item);
    const answered = await lake.ask(auditList, { table: on }, { emit });
    const events = JSON.stringify([answered, items]).match(/"operation":"grant.reattach"/g);
    expect(events).toHaveLength(1);
    const event = await lake.context.db
      .selectFrom("audit_events")
      .select("details")
      .where("operation", "=", "grant.reattach")
      .orderBy("sequence", "desc")
      .executeTakeFirstOrThrow();
    expect(event.details).toMatchObject({ isSelfGrant: true, what: { grants: made.grants.map(({ id }) => id) } });
  });
});

function mask(column: string) {
  return { column, mask: "replace-with-null" as const };
}
