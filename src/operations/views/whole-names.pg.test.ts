/** `database.table.*` in statements and in the texts of views, under the rights of whoever reads. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { memberOf, openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { grantAdd } from "../access/grants.ts";
import { sql } from "../sql.ts";
import { viewCreate } from "./view-create.ts";

let lake: PlainLake;
beforeAll(async () => {
  lake = await openPlainLake();
  await (await lake.connect("shop", { t: labelledTable(3), u: labelledTable(2) })).sync();
});
afterAll(() => lake[Symbol.asyncDispose]());

const all = "select shop.t.*, main.shop.u.* exclude (label) from shop.t join main.shop.u on shop.t.id = main.shop.u.id";

test("all columns of a table by its whole name are those that the reader may see", async () => {
  const principal = await memberOf(lake, "ann");
  await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.t", to: "ann", columns: ["id"] });
  await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.u", to: "ann" });
  expect((await lake.ask(sql, { sql: all })).columns.map(({ name }) => name)).toEqual(["id", "label", "id"]);
  expect((await lake.ask(sql, { sql: all }, { principal })).columns.map(({ name }) => name)).toEqual(["id", "id"]);
  const { columns, reads } = await lake.ask(viewCreate, { view: "shop.v", sql: "select shop.t.* from shop.t" });
  expect([columns.map(({ name }) => name), reads]).toEqual([["id", "label"], ["shop.t"]]);
  expect(await lake.ask(sql, { sql: "select shop.v.* from shop.v" })).toMatchObject({ rows: 3 });
  await expect(lake.ask(sql, { sql: "select shop.t.* from shop.u" })).rejects.toMatchObject({ code: "SQL_INVALID" });
});
