/** Schedules, what they make happen, the ledger of runs, and what the status says of it all. */
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { uuidv7 } from "../base/uuid.ts";
import { HeadgateError } from "../errors.ts";
import type { PresentedError } from "../base/present-error.ts";
import { openPlainLake, type ConnectedSource, type PlainLake } from "../../test/world/plain-lake.ts";
import { labelled, labelledTable, numberedRows } from "../../test/world/plain-source.ts";
import { setProperties } from "../../test/world/set-properties.ts";
import { maintain } from "./maintain.ts";
import { reconcile } from "./reconcile.ts";
import { runCancel, runList, runShow } from "./runs.ts";
import { startScheduler } from "./scheduler.ts";
import type { DueRun } from "./scheduled/scheduled-work.ts";
import { schedulePause, scheduleRemove, scheduleRunDue, scheduleSet, scheduleList, scheduleShow } from "./schedules.ts";
import { status } from "./status.ts";
import { sync } from "./sync.ts";
import { tableDrop } from "./table-drop.ts";
import { runWatch } from "./watch-runs.ts";

let lake: PlainLake;
beforeAll(async () => {
  lake = await openPlainLake();
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(async () => {
  await lake.context.db.deleteFrom("schedules").execute();
  for (const { name } of await lake.context.sources.list()) await lake.context.sources.remove(name);
});

let sources = 0;
const connect = (): Promise<ConnectedSource> =>
  lake.connect(`due${++sources}`, { a: labelledTable(3), b: labelledTable(1) });
const obstacle = { code: "SOURCE_TABLE_LOCKED", message: "somebody holds it", remedy: "wait" } as const;
const never = "0 0 1 1 *";
const soon = "* * * * *";
/** A time at which everything is due. */
const later = () => ({ at: new Date(Date.now() + 400 * 86_400_000).toISOString() });
const runDue = async () => (await lake.ask(scheduleRunDue, later())).runs;
const runRow = (more: object) => ({
  id: uuidv7(),
  source_id: null,
  source_name: "",
  kind: "sync" as const,
  state: "running" as const,
  ...more,
});
const insertRun = async (more: object): Promise<string> => {
  const row = runRow(more);
  await lake.context.db.insertInto("runs").values(row).execute();
  return row.id;
};

describe("a schedule", () => {
  test("is set, shown, paused, resumed and removed", async () => {
    const shop = await connect();
    const set = await lake.ask(scheduleSet, { name: "often", source: shop.name, tables: ["a"], cron: soon });
    expect(set).toMatchObject({
      name: "often",
      source: shop.name,
      tables: ["a"],
      timeZone: "UTC",
      action: "sync",
      timeoutSeconds: 21_600,
      active: true,
      doneAt: null,
      failures: 0,
      lastError: null,
      overdue: false,
    });
    expect(set.dueAt).not.toBeNull();
    expect(set.notes).toEqual([
      "nothing is running schedules now: start `headgate up` or `headgate worker`, or have `headgate schedule run-due` called",
    ]);
    expect((await lake.ask(schedulePause, { name: "often", paused: true })).active).toBe(false);
    expect((await lake.ask(scheduleList)).schedules).toMatchObject([
      { name: "often", active: false, source: shop.name },
    ]);
    expect((await lake.ask(schedulePause, { name: "often", paused: false })).active).toBe(true);
    expect(await lake.ask(scheduleRemove, { name: "often" })).toEqual({ removed: "often" });
    await expect(lake.ask(scheduleShow, { name: "often" })).rejects.toMatchObject({ code: "SCHEDULE_NOT_FOUND" });
  });

  test("of an action that needs a source is refused without one", async () => {
    const without = (action: string) => lake.ask(scheduleSet, { name: "all", cron: never, action });
    await expect(without("sync")).rejects.toMatchObject({ code: "SCHEDULE_INVALID", place: "all" });
    await expect(without("repair")).rejects.toMatchObject({
      message: "the action repair concerns one source, but none is named",
    });
    expect(await without("maintain")).toMatchObject({ source: null, action: "maintain" });
  });

  test("is told about names: of the source, or of the lake", async () => {
    const shop = await connect();
    await shop.sync();
    const notes = async (more: object) => (await lake.ask(scheduleSet, { name: "x", cron: never, ...more })).notes[0];
    expect(await notes({ source: shop.name, tables: ["z*"] })).toBe(`no table of ${shop.name} matches z* now`);
    expect(await notes({ action: "maintain", tables: ["z*"] })).toBe("no table of the lake matches z* now");
    expect(await notes({ action: "maintain", tables: [`${shop.name}.a`] })).toMatch(/^nothing is running/);
    await expect(notes({ action: "maintain", tables: ["z"] })).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
    await expect(notes({ source: shop.name, tables: ["z"] })).rejects.toMatchObject({ code: "SOURCE_TABLE_NOT_FOUND" });
  });

  test("is overdue when its time is past and no process runs schedules", async () => {
    const shop = await connect();
    await lake.ask(scheduleSet, { name: "x", source: shop.name, cron: never });
    const overdue = async () => (await lake.ask(scheduleShow, { name: "x" })).overdue;
    expect(await overdue()).toBe(false);
    const past = { due_at: new Date(Date.now() - 60_000) };
    await lake.context.db.updateTable("schedules").set(past).execute();
    expect(await overdue()).toBe(true);
    expect((await lake.ask(status)).sources).toMatchObject([{ overdue: ["x"] }]);
    await lake.ask(schedulePause, { name: "x", paused: true });
    await lake.context.db.updateTable("schedules").set(past).execute();
    expect(await overdue()).toBe(false);
  });
});

describe("what is due", () => {
  test("is nothing before its time, and is done once", async () => {
    const shop = await connect();
    await lake.ask(scheduleSet, { name: "x", source: shop.name, cron: never });
    expect((await lake.ask(scheduleRunDue, {})).runs).toEqual([]);
    const runs = await runDue();
    expect(runs).toMatchObject([
      {
        source: shop.name,
        schedules: ["x"],
        outcome: "done",
        summary: "2 of 2 tables changed, 4 rows read",
        failed: [],
      },
    ]);
    expect(runs[0]?.sync?.tables).toHaveLength(2);
  });

  test("for several schedules of a source is done for all their tables at once", async () => {
    const shop = await connect();
    shop.source.set("c", labelledTable(1));
    await lake.ask(scheduleSet, { name: "x", source: shop.name, tables: ["a"], cron: never });
    await lake.ask(scheduleSet, { name: "y", source: shop.name, tables: ["a", "b"], cron: never });
    const [run] = await runDue();
    expect(run?.schedules).toEqual(["x", "y"]);
    expect(run?.sync?.tables.map(({ sourceTable }) => sourceTable)).toEqual(["main.a", "main.b"]);
    await lake.ask(scheduleSet, { name: "z", source: shop.name, cron: never });
    expect((await runDue())[0]?.sync?.tables).toHaveLength(3);
  });

  test("fails for some tables, which are tried again alone", async () => {
    const shop = await connect();
    shop.source.set("a", labelledTable(1, { obstacle }));
    await lake.ask(scheduleSet, { name: "all", source: shop.name, cron: never });
    await lake.ask(scheduleSet, { name: "b", source: shop.name, tables: ["b"], cron: never });
    const [run] = await runDue();
    expect(run).toMatchObject({
      outcome: "done with failures",
      summary: "1 of 2 tables changed, 1 rows read",
      failed: [{ sourceTable: "main.a", error: { code: "SOURCE_TABLE_LOCKED" }, schedules: ["all"] }],
    });
    expect(await lake.ask(scheduleShow, { name: "all" })).toMatchObject({
      failures: 1,
      lastError: { code: "SOURCE_TABLE_LOCKED", message: "main.a: somebody holds it" },
    });
    expect(await lake.ask(scheduleShow, { name: "b" })).toMatchObject({ failures: 0, lastError: null });
    await lake.ask(scheduleRemove, { name: "b" });
    const at = new Date(Date.now() + 400 * 86_400_000 + 60_000).toISOString();
    const [again] = (await lake.ask(scheduleRunDue, { at })).runs;
    expect(again?.sync?.tables.map(({ sourceTable }) => sourceTable)).toEqual(["main.a"]);
  });

  test("fails as a whole if its source cannot be used, and says why", async () => {
    const shop = await connect();
    await lake.ask(scheduleSet, { name: "x", source: shop.name, cron: never });
    shop.source.onCut = () => {
      throw new HeadgateError("SOURCE_LOST");
    };
    expect(await runDue()).toMatchObject([{ outcome: "failed", summary: "", error: { code: "SOURCE_LOST" } }]);
  });

  test("may be a proof, which repairs only where that was asked for", async () => {
    const shop = await connect();
    await shop.sync();
    shop.source.write("a", numberedRows(1, 4, labelled));
    shop.source.set("b", labelledTable(1, { obstacle }));
    await lake.ask(scheduleSet, { name: "proof", source: shop.name, cron: never, action: "reconcile" });
    const [told] = await runDue();
    expect(told).toMatchObject({
      outcome: "done with failures",
      summary: "1 of 2 tables differed",
      failed: [{ sourceTable: "main.b" }],
    });
    expect(await shop.rows("a")).toHaveLength(3);
    await lake.ask(scheduleRemove, { name: "proof" });
    await lake.ask(scheduleSet, { name: "repair", source: shop.name, cron: never, action: "repair" });
    await runDue();
    expect(await shop.rows("a")).toHaveLength(4);
  });

  test("may be maintenance, of one source or of the whole lake", async () => {
    const [shop, other] = [await connect(), await connect()];
    await shop.sync();
    await other.sync();
    await lake.ask(scheduleSet, { name: "one", source: shop.name, tables: ["a"], cron: never, action: "maintain" });
    const [one] = await runDue();
    expect(one).toMatchObject({ source: shop.name, summary: "1 tables maintained" });
    expect(one?.upkeep?.tables.map(({ table }) => table)).toEqual([`${shop.name}.a`]);
    expect(one?.upkeepOfLake).toBeUndefined();
    await lake.ask(scheduleRemove, { name: "one" });
    const tables = [`${shop.name}.*`, `${other.name}.b`];
    await lake.ask(scheduleSet, { name: "all", tables, cron: never, action: "maintain" });
    const [all] = await runDue();
    expect(all).toMatchObject({ source: null, summary: "3 tables maintained" });
    expect(all?.upkeepOfLake?.map(({ source }) => source)).toEqual([shop.name, other.name].toSorted());
  });

  test("is done by a process that runs schedules, for two sources at a time", async () => {
    const shops = [await connect(), await connect(), await connect()];
    for (const shop of shops) await lake.ask(scheduleSet, { name: shop.name, source: shop.name, cron: never });
    await lake.ask(scheduleSet, { name: "lake", cron: never, action: "maintain" });
    await lake.context.db
      .updateTable("schedules")
      .set({ due_at: new Date(Date.now() - 1_000) })
      .execute();
    const [ended, running]: [string[], Set<string>] = [[], new Set()];
    let most = 0;
    for (const { source, name } of shops)
      source.onRow = async () => {
        running.add(name);
        most = Math.max(most, running.size);
        await new Promise((resolve) => setTimeout(resolve, 150));
      };
    const troubles: PresentedError[] = [];
    const onRun = ({ schedules }: DueRun): void => {
      ended.push(...schedules);
      for (const name of schedules) running.delete(name);
    };
    const scheduler = startScheduler(lake.context, { onRun, onTrouble: (error) => troubles.push(error) });
    await expect.poll(() => ended.length, { timeout: 20_000 }).toBe(4);
    expect((await lake.ask(scheduleSet, { name: "x", source: shops[0]?.name, cron: never })).notes).toEqual([]);
    await scheduler[Symbol.asyncDispose]();
    expect(ended.toSorted()).toEqual([...shops.map(({ name }) => name), "lake"].toSorted());
    expect(most).toBe(2);
    expect(troubles).toEqual([]);
  });
});

test("a scheduler that cannot look for work says so", async () => {
  const { db } = lake.context;
  const troubles: PresentedError[] = [];
  await sql`alter table schedules rename to schedules_elsewhere`.execute(db);
  try {
    const news = { onRun: () => {}, onTrouble: (error: PresentedError) => void troubles.push(error) };
    await using _scheduler = startScheduler(lake.context, news);
    await vi.waitFor(() => expect(troubles).toMatchObject([{ code: "INTERNAL" }]), { timeout: 10_000 });
  } finally {
    await sql`alter table schedules_elsewhere rename to schedules`.execute(db);
  }
});

describe("the ledger", () => {
  test("lists runs of all or of one source, newest first", async () => {
    const [shop, other] = [await connect(), await connect()];
    const { run } = await lake.ask(sync, { source: shop.name });
    await lake.ask(reconcile, { source: other.name });
    const kinds = async (input: object) =>
      (await lake.ask(runList, input)).runs.map(({ source, kind }) => `${kind} ${source}`);
    expect(await kinds({ limit: 2 })).toEqual([`reconcile ${other.name}`, `sync ${shop.name}`]);
    expect(await kinds({ source: shop.name })).toEqual([`sync ${shop.name}`]);
    expect(await lake.ask(runShow, { run })).toMatchObject({ run, state: "done", progress: null, schedules: null });
    expect((await lake.ask(runShow, { run: "latest" })).kind).toBe("reconcile");
    expect((await lake.ask(runShow, { run: run.slice(0, 30).toUpperCase() })).run).toBe(run);
    await lake.context.sources.remove(shop.name);
    expect(await kinds({ source: shop.name })).toHaveLength(1);
    await expect(kinds({ source: "nowhere" })).rejects.toMatchObject({ code: "SOURCE_NOT_FOUND" });
    const fresh = await connect();
    expect(await kinds({ source: fresh.name })).toEqual([]);
  });

  test("finds no run by what is no id, is unknown, or fits more than one", async () => {
    const [one, two] = [await insertRun({ state: "done" }), await insertRun({ state: "done" })];
    const show = (run: string) => lake.ask(runShow, { run });
    for (const run of ["abc", "everything", "ffffffff-ffff", ""])
      await expect(show(run)).rejects.toMatchObject({ code: "RUN_NOT_FOUND", place: run });
    const ambiguous = await show(one.slice(0, 4)).catch((failure: HeadgateError) => failure);
    expect(ambiguous).toMatchObject({ code: "RUN_NOT_FOUND", message: "the ids of more than one run begin like this" });
    expect([one, two]).toContain((await show("latest")).run);
  });

  test("cancels the run that is under way", async () => {
    await insertRun({ state: "done" });
    await expect(lake.ask(runCancel, { run: "latest" })).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
    const shop = await connect();
    const began = Promise.withResolvers<void>();
    shop.source.onRow = () => {
      began.resolve();
      return new Promise(() => {});
    };
    const running = lake.ask(sync, { source: shop.name });
    await began.promise;
    const { cancelling } = await lake.ask(runCancel, { run: "latest" });
    await expect(running).rejects.toMatchObject({ code: "CANCELLED" });
    expect(await lake.ask(runShow, { run: cancelling })).toMatchObject({ state: "cancelled" });
  });

  test("shows a run as lost whose process is gone", async () => {
    const shop = await connect();
    const { id } = await shop.registered();
    const run = await insertRun({ source_id: id, source_name: shop.name, progress: JSON.stringify({ rows: 1 }) });
    expect(await lake.ask(runShow, { run })).toMatchObject({
      state: "lost",
      report: { code: "RUN_LOST" },
      progress: null,
    });
  });

  test("tells of one run until it ends, and of each change once", async () => {
    const shop = await connect();
    const { run } = await lake.ask(sync, { source: shop.name });
    const told: unknown[] = [];
    const emit = async (item: unknown): Promise<void> => void told.push(item);
    const { runs } = await lake.ask(runWatch, { run }, { emit });
    expect(runs).toMatchObject([{ run, state: "done" }]);
    expect(told).toMatchObject([{ run, state: "done" }]);
  });

  test("tells of all runs for as long as somebody listens", async () => {
    const shop = await connect();
    const stop = new AbortController();
    const told: { run: string; state: string }[] = [];
    const emit = async (item: unknown): Promise<void> => void told.push(item as (typeof told)[number]);
    const watching = lake.ask(runWatch, {}, { emit, signal: stop.signal });
    const { run } = await lake.ask(sync, { source: shop.name });
    await expect
      .poll(() => told.some((item) => item.run === run && item.state === "done"), { timeout: 10_000 })
      .toBe(true);
    const count = told.length;
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(told).toHaveLength(count);
    stop.abort(new HeadgateError("CANCELLED"));
    await expect(watching).rejects.toMatchObject({ code: "CANCELLED" });
  });
});

describe("the status", () => {
  const of = async (shop: ConnectedSource) =>
    (await lake.ask(status)).sources.find(({ source }) => source === shop.name);

  test("of a source without a run says so", async () => {
    const shop = await connect();
    expect(await of(shop)).toEqual({
      source: shop.name,
      tables: 0,
      oldestFreshAt: null,
      lastRun: null,
      lastSync: null,
      lastReconcile: null,
      lastMaintenance: null,
      running: null,
      next: null,
      overdue: [],
      failing: [],
      late: [],
      unread: null,
      personalData: 0,
      failed: [],
    });
  });

  test("names the last run of each kind, its oldest table, and what failed", async () => {
    const shop = await connect();
    shop.source.set("b", labelledTable(1, { obstacle }));
    const { run } = await lake.ask(sync, { source: shop.name });
    const reconciled = await lake.ask(reconcile, { source: shop.name });
    expect(await of(shop)).toMatchObject({
      tables: 1,
      lastRun: { run: reconciled.run, state: "done with failures" },
      lastSync: { run, state: "done with failures", error: "1 table failed" },
      lastReconcile: { run: reconciled.run, error: "1 table failed" },
      lastMaintenance: null,
      running: null,
      failed: [{ table: "main.b", error: { code: "SOURCE_TABLE_LOCKED" } }],
    });
    shop.source.set("a", labelledTable(1, { obstacle }));
    await lake.ask(sync, { source: shop.name });
    expect((await of(shop))?.lastSync?.error).toBe("2 tables failed");
    const moved = new Date(Date.now() - 60_000);
    await lake.context.db.updateTable("positions").set({ moved_at: moved }).execute();
    await lake.context.sources.change(shop.name, { freshness: 30 });
    expect(await of(shop)).toMatchObject({ oldestFreshAt: moved.toISOString(), late: ["main.a"] });
    shop.source.onCut = () => {
      throw new HeadgateError("SOURCE_LOST", { message: "it went away" });
    };
    await lake.ask(sync, { source: shop.name }).catch(() => undefined);
    expect((await of(shop))?.lastSync).toMatchObject({ state: "failed", error: "SOURCE_LOST: it went away" });
    await lake.ask(maintain, { tables: [`${shop.name}.a`] });
    expect((await of(shop))?.lastMaintenance).toMatchObject({ state: "done", error: null });
  });

  test("tells a run in progress from one whose process is gone", async () => {
    const shop = await connect();
    let seen: unknown;
    shop.source.onRow = async () => {
      seen ??= await of(shop);
    };
    const { run } = await lake.ask(sync, { source: shop.name });
    expect(seen).toMatchObject({ running: run, lastRun: null });
    const { id } = await shop.registered();
    const lost = await insertRun({ source_id: id, source_name: shop.name });
    expect(await of(shop)).toMatchObject({ running: null, lastRun: { run: lost, state: "lost" }, lastSync: { run } });
  });

  test("names what is due next, and schedules that failed", async () => {
    const shop = await connect();
    await lake.ask(scheduleSet, { name: "later", source: shop.name, cron: never });
    await lake.ask(scheduleSet, { name: "sooner", source: shop.name, cron: soon, timeZone: "Europe/Bucharest" });
    await lake.ask(scheduleSet, { name: "paused", source: shop.name, cron: soon });
    await lake.ask(schedulePause, { name: "paused", paused: true });
    await lake.context.db
      .updateTable("schedules")
      .set({ failures: 1 })
      .where("name", "in", ["later", "paused"])
      .execute();
    expect(await of(shop)).toMatchObject({
      next: { schedule: "sooner", timeZone: "Europe/Bucharest" },
      failing: ["later"],
    });
    const { lake: whole } = await lake.ask(status);
    expect(whole).toMatchObject({ next: null, failing: [] });
  });

  test("of the lake names imports and maintenance of no source, the newest even if it was lost", async () => {
    const past = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
    await lake.context.db.deleteFrom("runs").where("source_id", "is", null).execute();
    const ended = await insertRun({ kind: "import", state: "done", ended_at: past(1) });
    expect((await lake.ask(status)).lake).toMatchObject({
      lastImport: { run: ended },
      lastMaintenance: null,
      running: [],
    });
    const lost = await insertRun({ kind: "import" });
    expect((await lake.ask(status)).lake).toMatchObject({ lastImport: { run: lost, state: "lost" }, running: [] });
    const newer = await insertRun({
      kind: "import",
      state: "failed",
      ended_at: past(0),
      report: JSON.stringify({ code: "DISK_FULL", message: "full" }),
    });
    expect((await lake.ask(status)).lake.lastImport).toMatchObject({ run: newer, error: "DISK_FULL: full" });
    await lake.context.db.deleteFrom("runs").where("source_id", "is", null).execute();
  });
});

describe("maintenance on request", () => {
  test("is of all tables that were made here, of those that are named, or of all but some", async () => {
    const shop = await connect();
    await shop.sync();
    const planned = async (input: object) =>
      (await lake.ask(maintain, { plan: true, ...input })).runs
        .flatMap(({ tables }) => tables.map(({ table }) => table))
        .filter((table) => table.startsWith(`${shop.name}.`));
    expect(await planned({})).toEqual([`${shop.name}.a`, `${shop.name}.b`]);
    expect(await planned({ tables: [`${shop.name}.b`] })).toEqual([`${shop.name}.b`]);
    expect(await planned({ exclude: [`${shop.name}.b`] })).toEqual([`${shop.name}.a`]);
    expect(await planned({ exclude: [`${shop.name}.*`] })).toEqual([]);
    expect(await planned({ tables: [`${shop.name}.b`], exclude: ["b*"] })).toEqual([]);
    await expect(planned({ exclude: ["nothing"] })).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
    await expect(planned({ tables: ["nothing"] })).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
    expect(await planned({ exclude: ["nothing*"] })).toHaveLength(2);
  });

  test("leaves tables of other writers alone unless they are named", async () => {
    const shop = await connect();
    await shop.sync();
    await lake.context.sources.remove(shop.name);
    const { id } = await shop.table("a");
    await lake.context.db.updateTable("tables").set({ location: "file:///elsewhere/a" }).where("id", "=", id).execute();
    const planned = async (input: object) =>
      (await lake.ask(maintain, { plan: true, ...input })).runs.flatMap(({ tables }) =>
        tables.map(({ table }) => table),
      );
    expect(await planned({})).not.toContain(`${shop.name}.a`);
    expect(await planned({})).toContain(`${shop.name}.b`);
    expect(await planned({ tables: [`${shop.name}.a`] })).toEqual([`${shop.name}.a`]);
    await lake.ask(tableDrop, { table: `${shop.name}.a` });
  });

  test("runs without a plan, and is entered in the ledger", async () => {
    const shop = await connect();
    await shop.sync();
    const { runs } = await lake.ask(maintain, { tables: [`${shop.name}.a`] });
    expect(runs).toMatchObject([{ source: shop.name, tables: [{ table: `${shop.name}.a` }] }]);
    expect(await lake.ask(runShow, { run: runs[0]?.run })).toMatchObject({ kind: "maintain", state: "done" });
    await setProperties(lake.context, `${shop.name}.a`, { colour: "blue" });
  });
});
