/** Budgets of accounts: what is counted for whom, where it stops, and how many may ask at once without going over it. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable, type PlainSource } from "../../../test/world/plain-source.ts";
import { must } from "../../base/must.ts";
import { mainAccount } from "../../db/tables.ts";
import { accountIdOf } from "../../identity/accounts.ts";
import { createKey, principalOfKey } from "../../identity/api-keys.ts";
import { ownerIn } from "../../identity/acting.ts";
import type { Alert } from "../alert.ts";
import { watchFreshness } from "../alerts.ts";
import { tableDiff } from "../diff.ts";
import { tableImport } from "../import.ts";
import { maintain } from "../maintain.ts";
import type { Operation } from "../operation.ts";
import { accountShow } from "./account-lakes.ts";
import { accountAdd, accountList } from "./accounts.ts";
import { accountSetBudget } from "./budgets.ts";
import { declarationApply } from "../declaration/apply.ts";
import { accessExport } from "../declaration/export-access.ts";
import { referenceSet } from "../references.ts";
import { sourceAdd } from "../sources.ts";
import { sql } from "../sql.ts";
import { status } from "../status.ts";
import { sync } from "../sync.ts";
import { tableDrop } from "../table-drop.ts";
import { queryDownload } from "../download/query-download.ts";
import { keptBytes } from "../../iceberg/kept-bytes.ts";
import { fileIO } from "../../catalog/file-io.ts";
import { measureKept } from "../../catalog/measure-kept.ts";
import { meterStatement, pieceMs } from "../../governance/budgets/statement-meter.ts";

let lake: PlainLake;
let source: PlainSource;
let hr: string;

async function ask<I, O>(operation: Operation<I, O>, input: object, account = "hr"): Promise<O> {
  return lake.ask(operation, input, { principal: await ownerIn(lake.context.db, account) });
}
const limit = (budget: object, name = "hr") => ask(accountSetBudget, { name, ...budget }, "main");
const shown = async () => must((await ask(accountShow, { name: "hr" })).budget, "a budget");
const none = { maxBytes: null, maxStatements: null, maxEngineSeconds: null, warnPercent: 80 };

beforeAll(async () => {
  lake = await openPlainLake();
  await ask(accountAdd, { name: "hr" }, "main");
  hr = await accountIdOf(lake.context.db, "hr");
  source = lake.make({ people: labelledTable(5), more: labelledTable(2) });
  await ask(sourceAdd, { name: "shop", url: source.url });
  await ask(sync, { source: "shop" });
});
afterAll(() => lake[Symbol.asyncDispose]());
afterEach(async () => {
  vi.useRealTimers();
  await limit(none);
  await lake.context.db.deleteFrom("account_usage").execute();
});

const count = "select count(*) from shop.people";

describe("statements of a day", () => {
  test("stop at the limit with the place, what was spent, and when it begins anew; others go on", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-12-24T23:59:00Z") });
    await limit({ maxStatements: 3, warnPercent: 60 });
    expect((await ask(sql, { sql: count })).warnings).toBeUndefined();
    const warning = "the account hr has run 2 of its 3 statements of today (UTC)";
    expect((await ask(sql, { sql: count })).warnings).toEqual([warning]);
    await ask(tableDiff, { table: "shop.people", from: "first" });
    const refusal = {
      code: "BUDGET_SPENT",
      place: "account hr",
      message: "the account hr has run 3 of its 3 statements of today (UTC)",
      remedy: "it begins anew at 2026-12-25T00:00:00Z; whoever administers the lake can allow more",
    };
    await expect(ask(sql, { sql: count })).rejects.toMatchObject(refusal);
    await expect(ask(tableDiff, { table: "shop.people", from: "first" })).rejects.toMatchObject(refusal);
    expect(await shown()).toMatchObject({ used: { statements: 3 }, low: [], spent: ["statements"] });
    expect((await ask(sql, { sql: "select 1" }, "main")).rows).toBe(1);
    expect((await ask(sql, { sql: "select count(*) from hr.shop.people" }, "main")).rows).toBe(1);
    vi.setSystemTime(new Date("2026-12-25T00:00:01Z"));
    expect((await ask(sql, { sql: count })).rows).toBe(1);
    expect(await shown()).toMatchObject({ used: { statements: 1 }, spent: [] });
  });

  test("are counted for the account in which somebody reads, whosever the table is", async () => {
    await limit({ maxStatements: 10 });
    await ask(sql, { sql: "select count(*) from hr.shop.people" }, "main");
    expect((await shown()).used.statements).toBe(0);
    await ask(sql, { sql: count });
    expect((await shown()).used.statements).toBe(1);
  });

  test("are exactly as many as allowed, however many ask at once", async () => {
    await limit({ maxStatements: 7 });
    const asked = Array.from({ length: 20 }, () => meterStatement(lake.context.db, hr));
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.filter(({ status: outcome }) => outcome === "fulfilled")).toHaveLength(7);
    expect((await shown()).used.statements).toBe(7);
    for (const outcome of outcomes) if (outcome.status === "fulfilled") await outcome.value?.end();
  });

  test("are as many as allowed by every way to rows together", async () => {
    await limit({ maxStatements: 9 });
    const ways: readonly (() => Promise<unknown>)[] = [
      () => ask(sql, { sql: count }),
      () => ask(queryDownload, { sql: count, format: "csv" }),
      () => ask(queryDownload, { sql: count, format: "parquet" }),
      () => ask(tableDiff, { table: "shop.people", from: "first" }),
    ];
    const outcomes = await Promise.allSettled([1, 2, 3].flatMap(() => ways.map((way) => way())));
    const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(refused).toHaveLength(3);
    for (const reason of refused) expect(reason).toMatchObject({ code: "BUDGET_SPENT" });
    for (const way of ways) await expect(way()).rejects.toMatchObject({ code: "BUDGET_SPENT" });
    expect((await shown()).used.statements).toBe(9);
  });

  test("of an account without a budget of the day are not counted", async () => {
    await limit({ maxBytes: 1e12 });
    expect(await meterStatement(lake.context.db, hr)).toBeUndefined();
    expect(await meterStatement(lake.context.db, mainAccount)).toBeUndefined();
    expect(await lake.context.db.selectFrom("account_usage").select("statements").execute()).toEqual([]);
  });
});

describe("engine time", () => {
  test("is booked before it is used and given back at the end, so that a killed process leaves none unbooked", async () => {
    await limit({ maxEngineSeconds: 3_600 });
    const meter = must(await meterStatement(lake.context.db, hr), "a meter");
    expect((await shown()).used.engineSeconds).toBe(pieceMs / 1_000);
    await delay(300);
    await meter.end();
    const { engineSeconds } = (await shown()).used;
    expect(engineSeconds).toBeGreaterThanOrEqual(0.29);
    expect(engineSeconds).toBeLessThan(pieceMs / 1_000);
    // Nothing ends this one, as nothing ends the statement of a process that is killed.
    await meterStatement(lake.context.db, hr);
    expect((await shown()).used.engineSeconds).toBeCloseTo(engineSeconds + pieceMs / 1_000, 3);
  });

  test("that is spent ends a statement while it runs, and refuses the next", async () => {
    await limit({ maxEngineSeconds: 1 });
    const endless = "select count(*) from range(100000000000) a(i), range(1000) b(j) where hash(i) % 7 = j";
    await expect(ask(sql, { sql: endless })).rejects.toMatchObject({ code: "BUDGET_SPENT", place: "account hr" });
    const { engineSeconds } = (await shown()).used;
    expect(engineSeconds).toBeGreaterThan(1);
    expect(engineSeconds).toBeLessThan(5);
    await expect(ask(sql, { sql: count })).rejects.toMatchObject({ code: "BUDGET_SPENT" });
  }, 30_000);
});

describe("bytes", () => {
  const kept = async (): Promise<bigint> => {
    const entries = (await lake.context.catalog.everything().entries()).filter(({ accountId }) => accountId === hr);
    let bytes = 0n;
    for (const { location } of entries)
      for await (const file of lake.context.objects.list(`${location}/`))
        if (file.location.endsWith(".parquet")) bytes += BigInt(file.size);
    return bytes;
  };

  test("are those of all files that the tables keep, through loads, imports, tags, maintenance and drops", async () => {
    await limit({ maxBytes: 1e9 });
    const isExact = async () => expect((await shown()).used.bytes).toBe(Number(await kept()));
    await isExact();
    for (const label of ["x", "y", "z"]) {
      source.write(
        "people",
        labelledTable(6).rows.map((row) => ({ ...row, label })),
      );
      await ask(sync, { source: "shop" });
      if (label === "x") await ask(referenceSet, { table: "shop.people", name: "then", type: "tag" });
      await isExact();
    }
    await lake.context.db.updateTable("tables").set({ kept_bytes: null }).execute();
    await measureKept(lake.context.catalog, hr);
    await isExact();
    const snapshots = async () =>
      (await lake.context.catalog.actingIn(hr).find("shop.people")).metadata.snapshots.length;
    const before = await snapshots();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 30 * 24 * 3_600_000 });
    await ask(maintain, {});
    vi.useRealTimers();
    expect(await snapshots()).toBeLessThan(before);
    await isExact();
    source.write("people", labelledTable(8).rows);
    await ask(sync, { source: "shop" });
    await isExact();
    const { metadata } = await lake.context.catalog.actingIn(hr).find("shop.people");
    expect(await keptBytes(fileIO(lake.context.objects), metadata)).toBeGreaterThan(0n);
    await ask(tableDrop, { table: "shop.more" });
    await isExact();
  });

  test("stop loads and imports before they write, and the commit that would go over the limit", async () => {
    await mkdir(lake.files, { recursive: true });
    await writeFile(join(lake.files, "rows.csv"), `id,label\n${"1,one\n".repeat(5_000)}`);
    const wanted = { table: "shop.rows", location: lake.files };
    const { proposal } = await ask(tableImport, { ...wanted, plan: true });
    const approved = { ...wanted, approve: must(proposal, "a proposal").digest };
    await limit({ maxBytes: Number(await kept()) + 10 });
    await expect(ask(tableImport, approved)).rejects.toMatchObject({
      code: "BUDGET_SPENT",
      place: "account hr",
      message: expect.stringMatching(/^the account hr keeps [\d.]+ [KM]?B of the [\d.]+ [KM]?B that it may$/),
    });
    await limit({ maxBytes: Number(await kept()) });
    source.write("people", labelledTable(9).rows);
    const before = await kept();
    await expect(ask(sync, { source: "shop" })).rejects.toMatchObject({ code: "BUDGET_SPENT" });
    await expect(ask(tableImport, approved)).rejects.toMatchObject({ code: "BUDGET_SPENT" });
    expect(await kept()).toBe(before);
    expect((await ask(status, {})).budgets).toEqual([expect.stringMatching(/that it may: nothing is left$/)]);
    await ask(maintain, {}, "main");
    expect((await ask(sql, { sql: count })).rows).toBe(1);
    await limit({ maxBytes: Number(before) * 100 });
    await ask(sync, { source: "shop" });
  });
});

describe("commits at the same moment", () => {
  test("do not take the account over its limit of bytes together", async () => {
    const contenders = ["one", "two", "three", "four"];
    for (const name of contenders) await ask(sourceAdd, { name, url: lake.make({ rows: labelledTable(200) }).url });
    await limit({ maxBytes: 1e9 });
    const before = (await shown()).used.bytes;
    await ask(sync, { source: "one" });
    const each = (await shown()).used.bytes - before;
    await limit({ maxBytes: before + Math.round(each * 2.5) });
    const outcomes = await Promise.allSettled(["two", "three", "four"].map((name) => ask(sync, { source: name })));
    expect(outcomes.filter(({ status: outcome }) => outcome === "fulfilled")).toHaveLength(1);
    expect((await shown()).used.bytes).toBe(before + 2 * each);
  });
});

describe("a budget", () => {
  test("is set by whoever administers the lake, and seen by whoever administers the account", async () => {
    await limit({ maxStatements: 5 });
    const { db } = lake.context;
    const named = { name: "chief", account: "hr", role: "administrator", expiresAt: undefined, by: null } as const;
    const principal = must(await principalOfKey(db, await createKey(db, named)), "a principal");
    const raised = { name: "hr", maxStatements: 500 };
    await expect(lake.ask(accountSetBudget, raised, { principal })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect(await lake.ask(accountShow, { name: "hr" }, { principal })).toMatchObject({ budget: { maxStatements: 5 } });
    const { accounts } = await ask(accountList, {}, "main");
    expect(accounts.map(({ name, budget }) => [name, budget?.maxStatements])).toEqual([
      ["hr", 5],
      ["main", undefined],
    ]);
  });

  test("tells each channel once when little is left, when nothing is left, and when there is room again", async () => {
    const sent: Alert[] = [];
    const channel = { name: "test", send: async (alerts: readonly Alert[]) => void sent.push(...alerts) };
    const look = async () => {
      const parts = { db: lake.context.db, channels: [channel], troubledViews: async () => [] };
      await watchFreshness({ ...parts, onTrouble: ({ message }) => expect.unreachable(message) })[
        Symbol.asyncDispose
      ]();
    };
    await limit({ maxStatements: 2, warnPercent: 50 });
    for (const _ of [1, 2, 3]) {
      await ask(sql, { sql: count }).catch(() => undefined);
      await look();
      await look();
    }
    const alert = { account: "hr", measure: "statements", most: 2 };
    expect(sent).toEqual([
      { ...alert, state: "budget low", used: 1 },
      { ...alert, state: "budget spent", used: 2 },
    ]);
    await lake.context.db.deleteFrom("account_usage").execute();
    await look();
    await look();
    expect(sent.slice(2)).toEqual([expect.objectContaining({ ...alert, state: "budget left again" })]);
  });

  test("is declared in headgate.yaml, exported as declared, and taken away with its line", async () => {
    const apply = (budget: string, dryRun = false) =>
      ask(declarationApply, { text: `organisation: { accounts: { law: { ${budget} } } }`, dryRun }, "main");
    const line = "budget: { max_bytes: 500GB, max_statements: 10000/day, max_engine_time: 2h/day }";
    await apply(line);
    const law = async () => (await ask(accountShow, { name: "law" }, "main")).budget;
    const limits = { maxBytes: 5e11, maxStatements: 10_000, maxEngineSeconds: 7_200, warnPercent: 80 };
    expect(await law()).toMatchObject(limits);
    expect((await apply(line)).steps).toEqual([]);
    const { organisation } = await ask(accessExport, { declared: true }, "main");
    expect(organisation.accounts["law"]?.budget).toEqual({
      max_bytes: "500GB",
      max_statements: "10000/day",
      max_engine_time: "2h/day",
      warn_at: "80%",
    });
    const changed = line.replace("2h/day", "3h/day").replace("500GB", "none");
    await expect(apply(changed)).rejects.toMatchObject({ code: "USAGE" });
    const more = line.replace("2h/day", "3h/day");
    expect((await apply(more, true)).steps).toMatchObject([
      { name: "law", details: ["max engine time 2h/day → 3h/day"] },
    ]);
    expect(await law()).toMatchObject(limits);
    await apply("");
    expect(await law()).toBeNull();
    await limit({ maxStatements: 1 }, "law");
    await apply("");
    expect(await law()).toMatchObject({ maxStatements: 1 });
  });
});
