/**
 * The examination of rules: it finds that they hold, it finds that they do not after a row of the policy was changed
 * underneath, and it leaves nothing behind, also after a crash. broken-decisions.world.test.ts breaks decisions in other
 * ways.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPlainLake, programOf, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import type { ProgressEvent } from "../../base/progress.ts";
import { must } from "../../base/must.ts";
import { scheduleRunDue, scheduleSet } from "../schedules.ts";
import { addCanaryAccount, removeLeftCanaries } from "./canary-account.ts";
import { addCanaryTable } from "./canary-table.ts";
import { examineGovernance } from "./examine-governance.ts";
import { doctorGovernance } from "./doctor-governance.ts";

let lake: PlainLake;
beforeAll(async () => {
  lake = await openPlainLake();
  await (await lake.connect("shop", { orders: labelledTable(3) })).sync();
});
afterAll(() => lake[Symbol.asyncDispose]());

/** Whatever an examination makes, as far as it is still there. */
async function leftovers(): Promise<object> {
  const { db, objects, config } = lake.context;
  const open = async (table: "accounts" | "principals") =>
    (await db.selectFrom(table).select("name").where("deleted_at", "is", null).execute()).map(({ name }) => name);
  const count = async (table: "databases" | "tables" | "views" | "api_keys" | "closed_tables") =>
    (await db.selectFrom(table).select("id").execute()).length;
  const going = async (table: "grants" | "data_filters" | "memberships" | "tag_keys" | "tag_assignments") =>
    (await db.selectFrom(table).select("id").where("ended_at", "is", null).execute()).length;
  let files = 0;
  for await (const _file of objects.list(`${config.lakeLocation}/`, { drafts: true })) files++;
  return {
    accounts: await open("accounts"),
    principals: await open("principals"),
    counts: await Promise.all((["databases", "tables", "views", "api_keys", "closed_tables"] as const).map(count)),
    open: await Promise.all(
      (["grants", "data_filters", "memberships", "tag_keys", "tag_assignments"] as const).map(going),
    ),
    files,
  };
}

const kinds = [
  "no grant",
  "column grant",
  "except",
  "row filter",
  "mask",
  "expiry",
  "group",
  "role",
  "chain",
  "account boundary",
  "tags",
  "view",
];

describe("an examination", () => {
  test("finds that every kind of rule holds, and leaves nothing behind", async () => {
    const administrator = await programOf(lake, "administrator");
    const before = await leftovers();
    // While there is one account, a right on it is one on the lake: also while the canaries have theirs.
    const { holds, rules } = await lake.ask(doctorGovernance, {}, { principal: administrator });
    expect(rules.flatMap(({ rule, failures }) => failures.map((one) => ({ rule, ...one })))).toEqual([]);
    expect([holds, rules.map(({ rule }) => rule)]).toEqual([true, kinds]);
    for (const { checks } of rules) expect(checks).toBeGreaterThan(10);
    expect(await leftovers()).toEqual(before);
  });

  test("is for those who administer the lake", async () => {
    const viewer = await programOf(lake, "viewer");
    await expect(lake.ask(doctorGovernance, {}, { principal: viewer })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
  });

  test("that was killed at any rule leaves nothing once the next process has begun", async () => {
    const before = await leftovers();
    for (const rule of ["row filter", "role", "view"]) {
      // The process dies: what it was doing ends, and so does everything that it would have removed.
      let isDead = false;
      const { catalog } = lake.context;
      const dying = { ...catalog, entries: () => (isDead ? Promise.reject(new Error("killed")) : catalog.entries()) };
      const report = (event: ProgressEvent): void => {
        if (event.kind !== "note" || event.text !== `examining: ${rule}`) return;
        isDead = true;
        throw new Error("killed");
      };
      const { signal } = new AbortController();
      await expect(examineGovernance({ ...lake.context, catalog: dying }, { report, signal })).rejects.toThrow(
        "killed",
      );
      expect(await leftovers()).not.toEqual(before);
      await removeLeftCanaries(lake.context);
      expect(await leftovers()).toEqual(before);
    }
  });

  test("that died is removed by the next process", async () => {
    const before = await leftovers();
    const account = await addCanaryAccount(lake.context);
    await addCanaryTable(lake.context, account);
    expect(await leftovers()).not.toEqual(before);
    await removeLeftCanaries(lake.context);
    expect(await leftovers()).toEqual(before);
  });
});

test("a row of the policy that is changed underneath is found by the schedule, which then has failed and told the channels", async () => {
  const { db } = lake.context;
  await sql`create function widen() returns trigger language plpgsql as
    $$ begin new.columns := null; return new; end $$`.execute(db);
  await sql`create trigger a_widen before insert on grants for each row execute function widen()`.execute(db);
  const told: unknown[] = [];
  const channel = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => (text += part.toString()));
    request.on("end", () => {
      told.push(JSON.parse(text));
      response.end();
    });
  }).listen(0, "127.0.0.1");
  await once(channel, "listening");
  const { port } = channel.address() as AddressInfo;
  const alerts = { ...lake.context.config.alerts, webhook: `http://127.0.0.1:${port}` };
  const context = { ...lake.context, config: { ...lake.context.config, alerts } };
  await lake.ask(scheduleSet, { name: "proof", action: "doctor", cron: "0 0 1 1 *" });
  await db
    .updateTable("schedules")
    .set({ due_at: new Date(0) })
    .where("name", "=", "proof")
    .execute();
  const { runs } = await lake.askWith(context, scheduleRunDue, {});
  channel.close();
  await sql`drop trigger a_widen on grants`.execute(db);
  const place = "column grant, except, chain, view";
  expect(told).toEqual([{ alerts: [{ state: "rules broken", rules: place.split(", ") }] }]);
  expect(must(runs[0], "a run")).toMatchObject({ outcome: "failed", error: { code: "RULES_BROKEN", place } });
});

test("a schedule of it names no source", async () => {
  const schedule = { name: "proof", action: "doctor", source: "shop", cron: "0 0 1 1 *" };
  await expect(lake.ask(scheduleSet, schedule)).rejects.toMatchObject({ code: "SCHEDULE_INVALID" });
});
