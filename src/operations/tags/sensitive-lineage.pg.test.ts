/** Grants on views: whoever makes one is told of the sensitive tags of the columns behind the view's columns. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { memberOf, openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { grantAdd } from "../access/grants.ts";
import { sql } from "../sql.ts";
import { viewCreate } from "../views/view-create.ts";
import { tagAdd } from "./tag-keys.ts";
import { tagSet } from "./tags.ts";

let lake: PlainLake;
beforeAll(async () => {
  lake = await openPlainLake();
  await (await lake.connect("shop", { people: labelledTable(3) })).sync();
  await memberOf(lake, "ann");
  await lake.ask(tagAdd, { key: "level", values: ["open", "secret"], sensitive: ["secret"] });
  await lake.ask(tagSet, { on: "shop.people", column: "label", tags: ["level=secret"] });
  await lake.ask(viewCreate, { view: "shop.one", sql: "select id, upper(label) as word from shop.people" });
  await lake.ask(viewCreate, { view: "shop.two", sql: "select word as w, id + 1 as next from shop.one" });
  await lake.ask(viewCreate, { view: "shop.ids", sql: "select id from shop.people" });
});
afterAll(() => lake[Symbol.asyncDispose]());

const granted = async (on: string, columns?: readonly string[]) => {
  const asked = { permissions: ["SELECT"], on, to: "ann", plan: true };
  return (await lake.ask(grantAdd, columns === undefined ? asked : { ...asked, columns })).sensitive;
};

test("they are told through views of views, and only for the columns that come from tagged ones", async () => {
  const tags = ["level=secret"];
  expect(await granted("shop.one")).toEqual([{ table: "shop.one", columns: ["word"], tags }]);
  expect(await granted("shop.two")).toEqual([{ table: "shop.two", columns: ["w"], tags }]);
  expect(await granted("shop.two", ["next"])).toEqual([]);
  expect(await granted("shop.ids")).toEqual([]);
});

test("they are no tags of the view: a grant on tags does not cover it, and its own tags count as always", async () => {
  const ann = { principal: await memberOf(lake, "bo") };
  await lake.ask(grantAdd, { permissions: ["SELECT"], on: "tags level=secret", to: "bo" });
  expect((await lake.ask(sql, { sql: "select label from shop.people" }, ann)).rows).toBe(3);
  await expect(lake.ask(sql, { sql: "select word from shop.one" }, ann)).rejects.toMatchObject({
    code: expect.stringMatching(/^(TABLE_NOT_FOUND|NOT_ALLOWED)$/),
  });
  await lake.ask(tagSet, { on: "shop.one", column: "word", tags: ["level=secret"] });
  expect((await lake.ask(sql, { sql: "select word from shop.one" }, ann)).rows).toBe(3);
});
