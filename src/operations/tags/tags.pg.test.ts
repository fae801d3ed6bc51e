/**
 * Tags from the first key to the last grant: who may define, assign and grant by them, what each change opens and closes,
 * and that each preview is what then happens.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPlainLake, memberOf, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import type { Principal } from "../../identity/principal.ts";
import { accessExplain } from "../access/explain.ts";
import { grantAdd, grantRevoke } from "../access/grants.ts";
import { accessTo } from "../access/reach.ts";
import { sql } from "../sql.ts";
import { groupAdd, groupRemove } from "../people/groups.ts";
import { memberAdd } from "../people/members.ts";
import { tableDrop } from "../table-drop.ts";
import { expressionList, expressionRemove, expressionSet } from "./expressions.ts";
import { tagAdd, tagChange, tagList, tagRemove, tagRename } from "./tag-keys.ts";
import { tagSet, tagShow, tagUnset } from "./tags.ts";

let lake: PlainLake;
const people = new Map<string, Principal>();
const as = (name: string) => ({ principal: people.get(name) as Principal });
const codeOf = (failure: unknown) => (failure as { code?: string }).code;

beforeAll(async () => {
  lake = await openPlainLake();
  await (await lake.connect("shop", { orders: labelledTable(3), staff: labelledTable(2) })).sync();
  for (const name of ["ann", "bob", "carl", "dora"]) people.set(name, await memberOf(lake, name));
  await lake.ask(groupAdd, { name: "team" });
  await lake.ask(memberAdd, { kind: "group", name: "team", member: "dora" });
  await lake.ask(tagAdd, { key: "domain", values: ["sales", "hr"], multiple: true });
  await lake.ask(tagAdd, { key: "sensitivity", values: ["public", "internal", "secret"], sensitive: ["secret"] });
});
afterAll(() => lake[Symbol.asyncDispose]());

/** The columns of each table that somebody can read, by statements. */
async function readable(name: string): Promise<Record<string, readonly string[]>> {
  const columns = async (table: string): Promise<readonly string[]> => {
    const found: string[] = [];
    for (const column of ["id", "label"])
      await lake
        .ask(sql, { sql: `select ${column} from shop.${table}` }, as(name))
        .then(() => found.push(column))
        .catch(() => {});
    return found;
  };
  return { orders: await columns("orders"), staff: await columns("staff") };
}

const set = (on: string, tags: readonly string[], more: object = {}, by?: string) =>
  lake.ask(tagSet, { on, tags, ...more }, by === undefined ? {} : as(by));
const unset = (on: string, tags: readonly string[], more: object = {}, by?: string) =>
  lake.ask(tagUnset, { on, tags, ...more }, by === undefined ? {} : as(by));

test("a grant by tags opens what has them, and a change of tags says beforehand what it opens and closes", async () => {
  const on = "tags domain=sales sensitivity=public,internal";
  const granted = await lake.ask(grantAdd, { permissions: ["SELECT"], on, to: "ann" });
  expect(granted).toMatchObject({
    added: 1,
    sensitive: [],
    granted: true,
    grants: [{ on: "tags domain=sales sensitivity=internal,public" }],
  });
  expect(await readable("ann")).toEqual({ orders: [], staff: [] });

  await set("database shop", ["domain=sales"]);
  const opening = {
    principal: "ann",
    on: "shop.orders",
    gains: ["SELECT", "DESCRIBE"],
    opens: ["id", "label"],
    closes: [],
  };
  const plan = await set("shop.orders", ["sensitivity=public"], { plan: true });
  expect(plan).toMatchObject({ changed: false, added: ["sensitivity=public"], access: [opening], elsewhere: 0 });
  expect(await readable("ann")).toEqual({ orders: [], staff: [] });
  expect(await set("shop.orders", ["sensitivity=public"])).toMatchObject({ changed: true, access: [opening] });
  expect(await readable("ann")).toEqual({ orders: ["id", "label"], staff: [] });

  const secret = await set("shop.orders", ["sensitivity=secret"], { column: "label" });
  expect(secret.access).toMatchObject([{ principal: "ann", opens: [], closes: ["label"], loses: [] }]);
  expect(await readable("ann")).toEqual({ orders: ["id"], staff: [] });
  expect(await lake.ask(tagShow, { on: "shop.orders" })).toMatchObject({
    tags: [
      { tag: "domain=sales", from: "database", inherited: true },
      { tag: "sensitivity=public", from: "table", inherited: false },
    ],
    columns: [
      { column: "id", tags: [{ inherited: true }, { tag: "sensitivity=public", from: "table", inherited: true }] },
      {
        column: "label",
        tags: [
          { tag: "domain=sales" },
          { tag: "sensitivity=secret", from: "column", inherited: false, sensitive: true },
        ],
      },
    ],
  });
  const [{ ways = [] } = {}] = (await lake.ask(accessTo, { table: "shop.orders" })).readers;
  expect(ways).toMatchObject([
    {
      on: "tags domain=sales sensitivity=internal,public",
      tags: [
        {
          column: null,
          reached: true,
          tags: [
            { tag: "domain=sales", from: "database" },
            { tag: "sensitivity=public", from: "table" },
          ],
        },
        {
          column: "label",
          reached: false,
          tags: [{ tag: "domain=sales" }, { tag: "sensitivity=secret", from: "column" }],
        },
      ],
    },
  ]);
  const explained = await lake.ask(accessExplain, { principal: "ann", resource: "shop.orders" }, as("ann"));
  expect(explained.columns).toEqual({ shown: ["id"], hidden: [] });
  expect(JSON.stringify(explained)).not.toContain("label");
});

test("a grant that covers columns tagged secret says so, and its plan says whom it opens what", async () => {
  const asked = { permissions: ["SELECT"], on: "tags domain=sales", to: "bob" };
  const sensitive = [{ table: "shop.orders", columns: ["label"], tags: ["sensitivity=secret"] }];
  const plan = await lake.ask(grantAdd, { ...asked, plan: true });
  expect(plan).toMatchObject({
    sensitive,
    granted: false,
    access: [{ principal: "bob", on: "database shop" }, { on: "shop.orders" }, { on: "shop.staff" }],
  });
  expect(await readable("bob")).toEqual({ orders: [], staff: [] });
  expect(await lake.ask(grantAdd, asked)).toMatchObject({ sensitive, granted: true });
  expect(await readable("bob")).toEqual({ orders: ["id", "label"], staff: ["id", "label"] });
  expect(await lake.ask(grantRevoke, { permissions: ["SELECT"], on: "tags domain=sales", from: "bob" })).toMatchObject({
    revoked: true,
  });
  expect(await readable("bob")).toEqual({ orders: [], staff: [] });
});

test("to give or take a tag needs a right on it and a right on the thing", async () => {
  const grant = (permission: string, on: string) => lake.ask(grantAdd, { permissions: [permission], on, to: "carl" });
  const refusal = (work: Promise<unknown>) => work.then(() => "done", codeOf);
  await grant("ALTER", "shop.orders");
  expect(await refusal(unset("shop.orders", ["sensitivity"], {}, "carl"))).toBe("TAG_NOT_FOUND");
  await grant("DESCRIBE", "tag sensitivity");
  expect(await refusal(unset("shop.orders", ["sensitivity"], {}, "carl"))).toBe("NOT_ALLOWED");
  await grant("ASSOCIATE", "tag sensitivity=public");
  await grant("ASSOCIATE", "tag sensitivity=internal");
  expect(await refusal(set("shop.staff", ["sensitivity=public"], {}, "carl"))).toBe("TABLE_NOT_FOUND");
  expect(await set("shop.orders", ["sensitivity=internal"], {}, "carl")).toMatchObject({ changed: true });
  // The secret that the column has of its own would go.
  const label = { column: "label" };
  for (const work of [
    () => unset("shop.orders", ["sensitivity"], label, "carl"),
    () => set("shop.orders", ["sensitivity=public"], label, "carl"),
  ])
    expect(await refusal(work())).toBe("NOT_ALLOWED");
  // A secret that the table inherits would go, too.
  await unset("shop.orders", ["sensitivity"]);
  await set("database shop", ["sensitivity=secret"]);
  expect(await refusal(set("shop.orders", ["sensitivity=public"], {}, "carl"))).toBe("NOT_ALLOWED");
  await unset("database shop", ["sensitivity"]);
  expect(await set("shop.orders", ["sensitivity=public"], {}, "carl")).toMatchObject({ changed: true });
  expect(await refusal(lake.ask(tagAdd, { key: "mine", values: ["a"] }, as("carl")))).toBe("NOT_ALLOWED");
});

test("whoever may grant by a value of a tag grants what has it and nothing else, and only while they may", async () => {
  await lake.ask(grantAdd, { permissions: ["GRANT_WITH_TAG"], on: "tag domain=sales", to: "carl" });
  await lake.ask(grantAdd, { permissions: ["DESCRIBE"], on: "account main", to: "carl" });
  const give = (on: string) => lake.ask(grantAdd, { permissions: ["SELECT"], on, to: "bob" }, as("carl"));
  for (const on of [
    "tags domain=hr",
    "tags domain=hr,sales",
    "tags sensitivity=public",
    "tags domain=sales or sensitivity=public",
    "shop.orders",
  ])
    await expect(give(on)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
  await expect(
    lake.ask(grantAdd, { permissions: ["GRANT_WITH_TAG"], on: "tag domain=sales", to: "bob" }, as("carl")),
  ).rejects.toMatchObject({ code: "NOT_ALLOWED" });
  await give("tags domain=sales sensitivity=public");
  expect(await readable("bob")).toEqual({ orders: ["id"], staff: [] });
  const seen = await lake.ask(
    grantAdd,
    { permissions: ["DESCRIBE"], on: "tags domain=sales", to: "group:team", plan: true },
    as("carl"),
  );
  expect([seen.access, seen.elsewhere]).toEqual([[], 3]);
  await lake.ask(grantRevoke, { permissions: ["GRANT_WITH_TAG"], on: "tag domain=sales", from: "carl" });
  expect(await readable("bob")).toEqual({ orders: [], staff: [] });
});

test("names change and nothing else does; a new tag of an old name gives nothing; what is in use stays", async () => {
  expect(await readable("ann")).toEqual({ orders: ["id"], staff: [] });
  await lake.ask(tagRename, { tag: "domain", name: "area" });
  await lake.ask(tagRename, { tag: "area=sales", name: "commerce" });
  expect(await readable("ann")).toEqual({ orders: ["id"], staff: [] });
  await lake.ask(tagAdd, { key: "domain", values: ["sales"] });
  await set("shop.staff", ["domain=sales", "sensitivity=public"]);
  await set("shop.staff", ["area=hr"]);
  expect(await readable("ann")).toEqual({ orders: ["id"], staff: [] });
  await unset("shop.staff", ["area"]);
  expect(await readable("ann")).toEqual({ orders: ["id"], staff: ["id", "label"] });
  await expect(lake.ask(tagRemove, { key: "domain" })).rejects.toMatchObject({ code: "TAG_IN_USE" });
  await unset("shop.staff", ["domain", "sensitivity"]);
  await lake.ask(tagRemove, { key: "domain" });
  await expect(lake.ask(tagChange, { key: "sensitivity", remove: ["internal"] })).rejects.toMatchObject({
    code: "TAG_IN_USE",
  });
  await set("shop.staff", ["area=commerce,hr"]);
  await expect(lake.ask(tagChange, { key: "area", multiple: false })).rejects.toMatchObject({ code: "TAG_IN_USE" });
  await expect(set("shop.staff", ["sensitivity=public,secret"])).rejects.toMatchObject({ code: "TAG_INVALID" });
  await unset("shop.staff", ["area=hr"]);
  expect((await lake.ask(tagShow, { on: "shop.staff" })).tags).toMatchObject([
    { tag: "area=commerce", inherited: false },
  ]);
  await unset("shop.staff", ["area"]);
  expect((await lake.ask(tagList, {})).keys.map(({ key }) => key)).toEqual(["area", "sensitivity"]);
  // Others are told no number, and nothing of keys that they may not know.
  const seen = async (name: string) => (await lake.ask(tagList, {}, as(name))).keys;
  expect(await seen("carl")).toMatchObject([
    { key: "area" },
    { key: "sensitivity", values: [{ things: null }, {}, {}] },
  ]);
  expect(await seen("ann")).toEqual([]);
});

test("whoever is removed is said to lose what they have by tags", async () => {
  const give = (permission: string, on: string) =>
    lake.ask(grantAdd, { permissions: [permission], on, to: "group:team" });
  await give("SELECT", "tags area=commerce,hr sensitivity=public or sensitivity=internal");
  await give("ASSOCIATE", "tag sensitivity=internal");
  await give("ALTER", "tag area");
  expect((await lake.ask(groupRemove, { name: "team", plan: true })).falls).toMatchObject({
    grants: [
      "ALTER on tag area",
      "ASSOCIATE on tag sensitivity=internal",
      "SELECT on tags area=commerce,hr sensitivity=public or sensitivity=internal",
    ],
  });
});

test("a saved expression is granted on by name, and a change of it changes its grants as its plan says", async () => {
  const save = (tags: string, more: object = {}) => lake.ask(expressionSet, { name: "open", tags, ...more });
  await save("area=commerce sensitivity=public");
  await lake.ask(grantAdd, { permissions: ["SELECT"], on: "expression open", to: "bob" });
  expect(await readable("bob")).toEqual({ orders: ["id"], staff: [] });
  await expect(save("area=commerce")).rejects.toMatchObject({ code: "NAME_TAKEN" });
  const wider = "area=commerce sensitivity=public or area=commerce sensitivity=secret";
  const opens = [{ principal: "bob", on: "shop.orders", opens: ["label"], closes: [], gains: [] }];
  expect(await save(wider, { replace: true, plan: true })).toMatchObject({
    change: "changed",
    access: opens,
    saved: false,
  });
  expect(await readable("bob")).toEqual({ orders: ["id"], staff: [] });
  expect(await save(wider, { replace: true })).toMatchObject({ change: "changed", access: opens });
  expect(await readable("bob")).toEqual({ orders: ["id", "label"], staff: [] });
  await expect(lake.ask(expressionRemove, { name: "open" })).rejects.toMatchObject({ code: "EXPRESSION_IN_USE" });
  await lake.ask(grantRevoke, { permissions: ["SELECT"], on: "expression open", from: "bob" });
  await lake.ask(expressionRemove, { name: "open" });
  expect(await lake.ask(expressionList, {})).toEqual({ expressions: [] });
});

test("a new database of a source has the tags of the source before it has a table", async () => {
  const other = await lake.connect("books", { titles: labelledTable(2) });
  await set("source books", ["area=commerce", "sensitivity=public"]);
  await other.sync();
  expect((await lake.ask(tagShow, { on: "books.titles" })).tags).toMatchObject([
    { tag: "area=commerce", from: "database" },
    { tag: "sensitivity=public", from: "database" },
  ]);
  expect(await lake.ask(sql, { sql: "select id, label from books.titles" }, as("ann"))).toBeDefined();
});

test("the history of a table has the tags of the table, from its first moment and after each change", async () => {
  const other = await lake.connect("papers", { notes: labelledTable(2) });
  await set("source papers", ["area=commerce", "sensitivity=public"]);
  await other.sync();
  await set("papers.notes", ["sensitivity=secret"], { column: "label" });
  await other.set("notes", { history: true });
  await other.sync();
  other.source.write("notes", labelledTable(3).rows);
  await other.sync();
  const columns = async (name: string): Promise<readonly string[]> => {
    const found: string[] = [];
    for (const column of ["id", "label"])
      await lake
        .ask(sql, { sql: `select ${column} from papers.notes__history` }, as(name))
        .then(() => found.push(column))
        .catch(() => {});
    return found;
  };
  expect(await columns("ann")).toEqual(["id"]);
  await unset("papers.notes", ["sensitivity"], { column: "label" });
  expect(await columns("ann")).toEqual(["id", "label"]);
  const { access } = await set("papers.notes", ["sensitivity=secret"], { plan: true });
  const ofAnn = access.filter(({ principal }) => principal === "ann");
  expect(ofAnn.map(({ on }) => on)).toEqual(["papers.notes", "papers.notes__history"]);
  await set("papers.notes", ["sensitivity=secret"]);
  expect(await columns("ann")).toEqual([]);
});

test("a dropped table loses its tags, and a new table of its name has what its database has", async () => {
  const other = await lake.connect("old", { things: labelledTable(2) });
  await set("source old", ["area=commerce", "sensitivity=secret"]);
  await other.sync();
  await set("old.things", ["sensitivity=public"]);
  const rows = () => lake.ask(sql, { sql: "select id from old.things" }, as("ann"));
  expect(await rows()).toBeDefined();
  await lake.ask(tableDrop, { table: "old.things", plan: false });
  await other.sync({ patterns: ["things"] });
  expect((await lake.ask(tagShow, { on: "old.things" })).tags).toMatchObject([
    { tag: "area=commerce", from: "database" },
    { tag: "sensitivity=secret", from: "database" },
  ]);
  await expect(rows()).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
});
