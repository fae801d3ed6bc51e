/** Tags and texts of a dropped table, which a new table of its name gets back only by `grant.reattach`. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { memberOf, openPlainLake, type ConnectedSource, type PlainLake } from "../../../test/world/plain-lake.ts";
import type { PlainTable } from "../../../test/world/plain-source.ts";
import { must } from "../../base/must.ts";
import type { Principal } from "../../identity/principal.ts";
import { sql } from "../sql.ts";
import { tableDescribe } from "../stewardship/describe.ts";
import { descriptionExport } from "../stewardship/documents.ts";
import { termAdd, termAttach } from "../stewardship/terms.ts";
import { sync } from "../sync.ts";
import { tableDrop } from "../table-drop.ts";
import { tagAdd } from "../tags/tag-keys.ts";
import { tagSet, tagShow } from "../tags/tags.ts";
import { grantAdd } from "./grants.ts";
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
  for (const name of ["bob", "keeper"]) people.set(name, await memberOf(lake, name));
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(async () => {
  shop = await lake.connect(`shop${++shops}`, { orders });
  await shop.sync();
  on = `${shop.name}.orders`;
});

const as = (name: string) => ({ principal: must(people.get(name), name) });
const reattach = (more: object = {}, by?: string) =>
  lake.ask(grantReattach, { table: on, ...more }, by === undefined ? {} : as(by));

async function recreate(table: PlainTable = orders) {
  await lake.ask(tableDrop, { table: on });
  shop.source.set("orders", table);
  const { tables } = await lake.ask(sync, { source: shop.name, tables: ["orders"] });
  return must(
    tables.find(({ lakeTable }) => lakeTable === on),
    on,
  );
}

/** The rows that somebody reads, or the code of the refusal. */
async function rowsFor(name: string, columns: string): Promise<unknown> {
  const rows: unknown[] = [];
  const emit = async (item: unknown) => void rows.push(...((item as { rows?: unknown[] }).rows ?? []));
  return lake.ask(sql, { sql: `select ${columns} from ${on}` }, { ...as(name), emit }).then(
    () => rows,
    ({ code }: { code: string }) => code,
  );
}

describe("reattach of tags", () => {
  const tag = (tags: string, column?: string, by?: string) =>
    lake.ask(tagSet, { on, tags: [tags], ...(column === undefined ? {} : { column }) }, by === undefined ? {} : as(by));

  /** Own tags of the table and its columns, in words. */
  async function ownTags(): Promise<readonly string[]> {
    const shown = await lake.ask(tagShow, { on });
    const own = (some: typeof shown.tags) => some.filter(({ inherited }) => !inherited).map((one) => one.tag);
    return [
      ...own(shown.tags),
      ...shown.columns.flatMap(({ column, tags: of }) => own(of).map((one) => `${column} ${one}`)),
    ];
  }

  async function keys(): Promise<readonly [string, string]> {
    const [level, topic] = [`level${shops}`, `topic${shops}`];
    await lake.ask(tagAdd, { key: level, values: ["open", "secret"], sensitive: ["secret"] });
    await lake.ask(tagAdd, { key: topic, values: ["a", "b"], multiple: true });
    return [level, topic];
  }

  test("brings back those of the table and its columns, says what that closes, and changes nothing a second time", async () => {
    const [level, topic] = await keys();
    await tag(`${level}=open`);
    await tag(`${level}=secret`, "email");
    await tag(`${topic}=a,b`, "amount");
    await lake.ask(tagSet, { on: `database ${shop.name}`, tags: [`${level}=open`] });
    await lake.ask(grantAdd, { permissions: ["SELECT"], on: `tags ${level}=open`, to: "bob" });
    expect(await recreate({ ...orders, columns: { email: "string", id: "int!", country: "string" } })).toMatchObject({
      earlierGrants: 4,
    });
    expect(await rowsFor("bob", "email")).toHaveLength(2);
    const expected = {
      tags: [
        { tag: `${level}=open`, column: null, isNew: true },
        { tag: `${level}=secret`, column: "email", isNew: true },
      ],
      access: [{ principal: "bob", on, closes: ["email"], opens: [] }],
      skipped: [{ what: `the tag ${topic}=a, ${topic}=b`, why: "its column no longer exists" }],
      added: 0,
    };
    expect(await reattach({ plan: true })).toMatchObject(expected);
    expect(await ownTags()).toEqual([]);
    expect(await reattach()).toMatchObject(expected);
    expect(await ownTags()).toEqual([`${level}=open`, `email ${level}=secret`]);
    expect(await rowsFor("bob", "email")).toMatch(/SQL/);
    const { epoch } = await lake.context.policies.current();
    const again = await reattach();
    expect(again.tags.map(({ isNew }) => isNew)).toEqual([false, false]);
    expect(again.access).toEqual([]);
    expect((await lake.context.policies.current()).epoch).toBe(epoch);
  });

  test("leaves out what the caller may not assign, what has ended, and what the table has otherwise", async () => {
    const [level, topic] = await keys();
    await tag(`${level}=secret`);
    await tag(`${topic}=a`);
    await tag(`${level}=secret`, "email");
    await tag(`${topic}=b`, "email");
    await lake.ask(grantAdd, { permissions: ["ADMINISTER"], on: `${shop.name}.*`, to: "keeper" });
    await lake.ask(grantAdd, { permissions: ["ASSOCIATE"], on: `tag ${level}`, to: "keeper" });
    await recreate();
    await tag(`${level}=open`);
    const { tags: made, skipped } = await reattach({}, "keeper");
    expect(made).toMatchObject([{ tag: `${level}=secret`, column: "email" }]);
    expect(skipped).toEqual([
      { what: `the tag ${level}=secret`, why: `${on} has another value of ${level}` },
      { what: "a tag", why: expect.stringContaining("you may not know it") },
      { what: "a tag", why: expect.stringContaining("you may not know it") },
    ]);
    expect(JSON.stringify(skipped)).not.toContain(topic);
    expect(await ownTags()).toEqual([`${level}=open`, `email ${level}=secret`]);
  });
});

describe("reattach of what is said", () => {
  const say = (set: Record<string, string>, column?: string) => lake.ask(tableDescribe, { table: on, column, set });

  test("says it of the new table and its columns by name, leaves alone what is said since, and once", async () => {
    await say({ description: "all orders", data_owner: "sales" });
    await say({ description: "where to write to", pii_flag: "true" }, "email");
    await say({ description: "gone" }, "amount");
    await lake.ask(termAdd, { term: `order${shops}`, definition: "something bought" });
    await lake.ask(termAttach, { term: `order${shops}`, on, column: "id" });
    expect(await recreate({ ...orders, columns: { email: "string", country: "string", id: "int!" } })).toMatchObject({
      earlierGrants: 6,
    });
    await say({ data_owner: "logistics" });
    const expected = {
      said: [
        { what: "description", column: null, isNew: true },
        { what: "description", column: "email", isNew: true },
        { what: "pii_flag", column: "email", isNew: true },
        { what: `term order${shops}`, column: "id", isNew: true },
      ],
      skipped: [
        { what: "data_owner", why: "something else is said now" },
        { what: "description", why: "its column no longer exists" },
      ],
    };
    expect(await reattach({ plan: true })).toMatchObject(expected);
    expect(await reattach()).toMatchObject(expected);
    const { document } = await lake.ask(descriptionExport, { on });
    expect(document[on]).toMatchObject({
      parameters: { description: "all orders", data_owner: "logistics" },
      columns: { email: { parameters: { pii_flag: "true" } }, id: { terms: [`order${shops}`] } },
    });
    expect((await reattach()).said.map(({ isNew }) => isNew)).toEqual([false, false, false, false]);
    expect((await lake.ask(accessTo, { table: on })).earlierGrants).toBe(0);
  });
});
