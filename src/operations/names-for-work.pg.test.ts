/** Whoever works with some tables does nothing to others, whatever names they use, and nothing to the lake. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPlainLake, programOf, type PlainLake } from "../../test/world/plain-lake.ts";
import { labelledTable } from "../../test/world/plain-source.ts";
import { uuidv7 } from "../base/uuid.ts";
import type { Principal } from "../identity/principal.ts";
import { grantAdd } from "./access/grants.ts";
import { filterAdd } from "./access/filters.ts";
import { maintain } from "./maintain.ts";
import { referenceSet } from "./references.ts";
import { runList, runShow } from "./runs.ts";
import { schedulePause, scheduleSet } from "./schedules.ts";
import { sourceRemove } from "./sources.ts";
import { tableDrop } from "./table-drop.ts";
import { tablePause } from "./table-control.ts";

let lake: PlainLake;
let keeper: Principal;
const granted = "crm.Orders";

beforeAll(async () => {
  lake = await openPlainLake();
  const tables = { hr: ["orders", "salaries"], crm: ["Orders", "orders"] };
  for (const [name, list] of Object.entries(tables)) {
    const source = await lake.connect(name, Object.fromEntries(list.map((table) => [table, labelledTable(2)])));
    await source.sync();
  }
  keeper = await programOf(lake, "none");
  for (const permission of ["OPERATE", "ADMINISTER"])
    await lake.ask(grantAdd, { permissions: [permission], on: granted, to: `key:${keeper.name}` });
});
afterAll(() => lake[Symbol.asyncDispose]());

const by = () => ({ principal: keeper });

test.each(["orders", "ORDERS", "crm.orders", "CRM.orders", granted])("%s is the table of the grant", async (table) => {
  expect(await lake.ask(tableDrop, { table, plan: true }, by())).toMatchObject({ table: granted });
  expect(await lake.ask(tablePause, { table, paused: true }, by())).toMatchObject({ table: granted });
  expect(await lake.ask(filterAdd, { name: "few", on: table, columns: ["id"] }, by())).toMatchObject({
    table: granted,
  });
  await lake.ask(referenceSet, { table, name: "kept", type: "tag" }, by());
  expect(await lake.ask(maintain, { tables: [table], plan: true }, by())).toMatchObject({
    runs: [{ tables: [{ table: granted }] }],
  });
});

test("nothing that is left out of maintenance tells of tables that exist", async () => {
  const refusal = (name: string) =>
    lake
      .ask(maintain, { tables: [granted], exclude: [name], plan: true }, by())
      .catch(({ code, message }: { code: string; message: string }) => `${code}: ${message.replace(name, "…")}`);
  expect(await refusal("hr.salaries")).toBe("TABLE_NOT_FOUND: there is no table …");
  expect(await refusal("hr.salarie")).toBe("TABLE_NOT_FOUND: there is no table …");
});

test("whoever maintains one table leaves the ledger of the lake as it is", async () => {
  const { db } = lake.context;
  const last = await db.selectFrom("runs").selectAll().where("kind", "=", "sync").executeTakeFirstOrThrow();
  const json = { report: JSON.stringify(last.report), progress: null };
  const times = { started_at: new Date("2001-01-01"), ended_at: new Date("2001-01-02") };
  await db
    .insertInto("runs")
    .values({ ...last, ...json, ...times, id: uuidv7() })
    .execute();
  const due = await lake.ask(maintain, { plan: true });
  expect(due.ledger.runs).toBeGreaterThan(0);
  const { ledger } = await lake.ask(maintain, { tables: [granted] }, by());
  expect(ledger).toEqual({ runs: 0, commits: 0, auditEvents: 0 });
  expect((await lake.ask(maintain, { plan: true })).ledger.runs).toBe(due.ledger.runs);
});

test("whoever may work with a source works with its runs and schedules, and with no others", async () => {
  await lake.ask(grantAdd, { permissions: ["OPERATE", "ADMINISTER"], on: "source crm", to: `key:${keeper.name}` });
  for (const source of ["crm", "hr"])
    await lake.ask(scheduleSet, { name: `nightly_${source}`, source, cron: "0 0 1 1 *" });
  const paused = (name: string) => lake.ask(schedulePause, { name, paused: true }, by());
  expect(await paused("nightly_crm")).toMatchObject({ active: false });
  const refused = { code: "NOT_ALLOWED" };
  await expect(paused("nightly_hr")).rejects.toMatchObject(refused);
  await expect(paused("nightly")).rejects.toMatchObject(refused);
  const runOf = async (source: string) => (await lake.ask(runList, { source })).runs[0]?.run ?? "";
  const [own, other] = [await runOf("crm"), await runOf("hr")];
  expect(await lake.ask(runShow, { run: own }, by())).toMatchObject({ run: own });
  for (const run of [own.slice(0, 20), other, uuidv7()])
    await expect(lake.ask(runShow, { run }, by())).rejects.toMatchObject(refused);
});

test("whoever may watch a source sees no run of a removed one that had its name", async () => {
  await lake.ask(sourceRemove, { name: "hr" });
  const again = await lake.connect("hr", { orders: labelledTable(2) });
  await lake.ask(grantAdd, { permissions: ["DESCRIBE"], on: "source hr", to: `key:${keeper.name}` });
  expect(await lake.ask(runList, { source: "hr" }, by())).toEqual({ runs: [] });
  expect((await lake.ask(runList, { source: "hr" })).runs).not.toEqual([]);
  const { run } = await again.sync();
  expect(await lake.ask(runList, { source: "hr" }, by())).toMatchObject({ runs: [{ run }] });
});
