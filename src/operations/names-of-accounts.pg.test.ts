/** Somebody who administers one account, or one table, does nothing to another, whatever names they use. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPlainLake, programOf, type PlainLake } from "../../test/world/plain-lake.ts";
import { labelledTable } from "../../test/world/plain-source.ts";
import type { Principal } from "../identity/principal.ts";
import { grantAdd } from "./access/grants.ts";
import { tableImport } from "./import.ts";
import { accountAdd } from "./people/accounts.ts";
import { tableRegister } from "./register.ts";
import { tableDrop } from "./table-drop.ts";
import { tableList, tableShow } from "./tables.ts";

let lake: PlainLake;
let administrator: Principal;
let keeper: Principal;

beforeAll(async () => {
  lake = await openPlainLake();
  for (const [name, table] of [
    ["shop", "Orders"],
    ["abroad", "orders"],
  ] as const)
    await (await lake.connect(name, { [table]: labelledTable(2) })).sync();
  const { db } = lake.context;
  await lake.ask(accountAdd, { name: "abroad" });
  const { id } = await db.selectFrom("accounts").select("id").where("name", "=", "abroad").executeTakeFirstOrThrow();
  await db.updateTable("databases").set({ account_id: id }).where("name", "=", "abroad").execute();
  await db.updateTable("sources").set({ account_id: id }).where("name", "=", "abroad").execute();
  administrator = await programOf(lake, "administrator");
  keeper = await programOf(lake, "none");
  await lake.ask(grantAdd, { permissions: ["ADMINISTER"], on: "shop.Orders", to: `key:${keeper.name}` });
});
afterAll(() => lake[Symbol.asyncDispose]());

test("tables of another account are not theirs, and none is added there", async () => {
  const by = { principal: administrator };
  expect((await lake.ask(tableList, {}, by)).tables.map(({ name }) => name)).toEqual(["Orders"]);
  await expect(lake.ask(tableShow, { table: "abroad.orders" }, by)).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
  await expect(lake.ask(tableDrop, { table: "abroad.orders", plan: true }, by)).rejects.toMatchObject({
    code: "TABLE_NOT_FOUND",
  });
  for (const table of ["abroad.abroad.orders", "abroad.abroad.others"])
    for (const [operation, more] of [
      [tableRegister, { location: lake.files }],
      [tableImport, { location: lake.files }],
    ] as const)
      await expect(lake.ask<unknown, unknown>(operation as never, { table, ...more }, by)).rejects.toMatchObject({
        code: "TABLE_NOT_FOUND",
      });
  // Without the account, the name is one of their own, in which they may add a table.
  await expect(lake.ask(tableRegister, { table: "abroad.orders", location: lake.files }, by)).rejects.toMatchObject({
    message: expect.not.stringMatching(/may not add a table/),
  });
});

test("the right to one table adds no other whose name differs by case", async () => {
  const by = { principal: keeper };
  for (const table of ["shop.orders", "SHOP.Orders", "shop.ORDERS"])
    await expect(lake.ask(tableRegister, { table, location: lake.files }, by)).rejects.toMatchObject({
      code: "NOT_ALLOWED",
      message: expect.stringMatching(/may not add a table/),
    });
});
