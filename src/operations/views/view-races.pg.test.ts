/** Two changes of one view at once: a statement is never read by the rights of an owner for whom nobody examined it. */
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { memberOf, openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { mainAccount } from "../../db/tables.ts";
import { inPolicyChange } from "../../db/policy-change.ts";
import type { Principal } from "../../identity/principal.ts";
import { grantAdd } from "../access/grants.ts";
import { viewRestore, viewSet } from "./view-change.ts";
import { viewCreate } from "./view-create.ts";

let lake: PlainLake;
let ann: Principal;
beforeAll(async () => {
  lake = await openPlainLake();
  await (await lake.connect("shop", { open: labelledTable(2), other: labelledTable(2) })).sync();
  ann = await memberOf(lake, "ann");
  await lake.ask(grantAdd, { permissions: ["CREATE_TABLE"], on: "database shop", to: "ann" });
  for (const on of ["shop.open", "shop.other"]) await lake.ask(grantAdd, { permissions: ["SELECT"], on, to: "ann" });
});
afterAll(() => lake[Symbol.asyncDispose]());

const openText = "select id from shop.open";
const otherText = "select id from shop.other";

/** Whether the change has come as far as the lock that all changes of rights take. */
async function isWaiting(): Promise<boolean> {
  const waiting = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  return (await waiting.execute(lake.context.db)).rows.length > 0;
}

/** A view of Ann's with two versions, whose owner another transaction changes while `change` waits for it. */
async function racing(view: string, change: () => Promise<unknown>): Promise<unknown> {
  await lake.ask(viewCreate, { view, sql: openText }, { principal: ann });
  await lake.ask(viewCreate, { view, sql: otherText, replace: true }, { principal: ann });
  let waiting: Promise<unknown> | undefined;
  await inPolicyChange(lake.context.db, async (transaction) => {
    waiting = change().catch((failure: unknown) => failure);
    await expect.poll(isWaiting).toBe(true);
    await transaction
      .updateTable("views")
      .set({ owner_id: null, owner_account_id: mainAccount })
      .where("name", "=", view.replace("shop.", ""))
      .execute();
  });
  return waiting;
}

test("a statement that replaces another is not read by the rights of an owner who came meanwhile", async () => {
  const replaced = racing("shop.a", () =>
    lake.ask(viewCreate, { view: "shop.a", sql: openText, replace: true }, { principal: ann }),
  );
  expect(await replaced).toMatchObject({ code: "COMMIT_CONFLICT" });
});

test("neither is an earlier one that is taken up again, nor one that an owner takes over", async () => {
  const restored = racing("shop.b", () => lake.ask(viewRestore, { view: "shop.b", version: 1 }, { principal: ann }));
  expect(await restored).toMatchObject({ code: "COMMIT_CONFLICT" });
  const taken = racing("shop.c", () => lake.ask(viewSet, { view: "shop.c", owner: "ann" }));
  expect(await taken).toMatchObject({ code: "COMMIT_CONFLICT" });
});
