/**
 * Tests schedules over time: across a clock change, with several workers, with workers and databases that die, and with
 * sources that hang.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { scheduleList, scheduleRunDue, type PresentedSchedule } from "../../src/operations/schedules.ts";
import type { PresentedRun } from "../../src/operations/runs.ts";
import type { LakeStatus, SourceStatus } from "../../src/operations/status.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import type { DueRun } from "../../src/operations/scheduled/scheduled-work.ts";
import { askCommand, runCommand, startCommand, type CommandOptions } from "../world/command.ts";
import { holdHeadgate } from "../world/held-headgate.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { lakeOf } from "../world/lake.ts";

const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };

describe("time run forward", () => {
  let home: string;
  let source: SampleSource;
  let at: CommandOptions;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "headgate-schedules-"));
    source = await openSampleSource("mariadb", join(home, "source"));
    for (let table = 0; table < 12; table++) {
      await source.execute(`create table t${table} (id int primary key, entry varchar(20))`);
      await source.execute(`insert into t${table} values (1, 'one')`);
    }
    at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
    await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  test("a schedule that cannot be is refused, with why", async () => {
    const set = (...words: string[]) => runCommand(["schedule", "set", "bad", "--source", "shop", ...words], at);
    expect((await set("--cron", "61 * * * *")).stderr).toContain("minute");
    expect((await set("--cron", "0 0 31 2 *")).stderr).toContain("never due");
    expect((await set("--cron", "0 0 * * *", "--time-zone", "Mars/Olympus")).stderr).toContain("not a time zone");
  });

  test("over a weekend with a clock change each tick is done once, and idle ticks make nothing", async () => {
    const zone = ["--source", "shop", "--time-zone", "Europe/Bucharest"];
    const six = ["t0", "t1", "t2", "t3", "t4", "t5"];
    await askCommand(["schedule", "set", "often", ...zone, "--cron", "*/15 8-18 * * mon-fri", "--table", ...six], at);
    await askCommand(["schedule", "set", "nightly", ...zone, "--cron", "30 3 * * *"], at);
    await using held = await holdHeadgate({ data: at.data });
    const due = async (): Promise<readonly PresentedSchedule[]> =>
      (await held.session.call(scheduleList, {}, call)).schedules;
    const runAt = async (time: string): Promise<readonly DueRun[]> =>
      (await held.session.call(scheduleRunDue, { at: time }, call)).runs;

    const first = await runAt("2027-03-26T05:00:00Z");
    expect(first).toMatchObject([{ schedules: ["nightly", "often"], outcome: "done" }]);
    expect(first[0]?.sync?.tables.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 12 }, () => "created"));

    const ticks: string[] = [];
    for (;;) {
      const time = (await due()).map(({ dueAt }) => dueAt ?? "").toSorted()[0] ?? "";
      if (time > "2027-03-29T05:30") break;
      const isChange = ticks.length % 5 === 0;
      if (isChange) await source.execute(`insert into t${ticks.length % 6} values (${100 + ticks.length}, 'new')`);
      const runs = await runAt(time);
      expect(await runAt(time)).toEqual([]);
      expect(runs).toMatchObject([{ outcome: "done" }]);
      const report = runs[0]?.sync as SyncReport;
      expect(report.commit === null).toBe(!isChange);
      expect(report.tables.length).toBe(runs[0]?.schedules.includes("nightly") === true ? 12 : 6);
      ticks.push(`${runs[0]?.schedules.join("+")} ${time.slice(5, 16)}`);
    }
    const nights = ticks.filter((tick) => tick.startsWith("nightly"));
    expect(nights).toEqual(["nightly 03-27T01:30", "nightly 03-28T01:00", "nightly 03-29T00:30"]);
    // Friday from 8 to 18:45, nothing on the weekend, and Monday from 8, which is an hour earlier in UTC.
    expect(ticks.length - nights.length).toBe(44 + 2);
    const { tables } = await held.reconcile("shop");
    expect(tables.filter(({ equal }) => !equal)).toEqual([]);
    const { runs } = await askCommand<{ runs: PresentedRun[] }>(["run", "list", "--limit", "1000"], at);
    expect(runs.filter(({ schedules }) => schedules !== null)).toHaveLength(ticks.length + 1);
  });

  test("what was missed is made up for once; a paused schedule and a paused table are left alone", async () => {
    await askCommand(["table", "pause", "shop.t1"], at);
    await source.execute("insert into t1 values (900, 'paused')");
    const { runs } = await askCommand<{ runs: DueRun[] }>(["schedule", "run-due", "--at", "2027-05-01T00:00:00Z"], at);
    expect(runs).toMatchObject([{ schedules: ["nightly", "often"], outcome: "done" }]);
    expect(runs[0]?.sync?.tables.find(({ sourceTable }) => sourceTable === "shop.t1")).toMatchObject({
      outcome: "paused",
    });
    await askCommand(["table", "resume", "shop.t1"], at);
    await askCommand(["schedule", "pause", "often"], at);
    const next = await askCommand<{ runs: DueRun[] }>(["schedule", "run-due", "--at", "2027-05-01T00:30:00Z"], at);
    expect(next.runs).toMatchObject([{ schedules: ["nightly"], outcome: "done" }]);
    const { sources } = await askCommand<{ sources: SourceStatus[] }>(["status"], at);
    expect(sources).toMatchObject([{ source: "shop", tables: 12, lastRun: { state: "done" }, failing: [] }]);
  });

  test("a table that is named and gone does not hold up the others; a reset one is read whole", async () => {
    await source.execute("drop table t0");
    await askCommand(["schedule", "resume", "often"], at);
    await askCommand(["table", "reset", "shop.t2"], at);
    const { runs } = await askCommand<{ runs: DueRun[] }>(["schedule", "run-due", "--at", "2027-05-03T06:00:00Z"], at);
    expect(runs).toMatchObject([{ outcome: "done" }]);
    expect(runs[0]?.sync?.tables.find(({ lakeTable }) => lakeTable === "shop.t2")).toMatchObject({
      outcome: "unchanged",
      reason: "read again and equal to the lake",
    });
  });

  test("a proof on schedule finds what differs, and mends it where it is asked to", async () => {
    await source.execute("update t3 set entry = 'changed' where id = 1");
    const night = ["--source", "shop", "--cron", "0 5 * * sun", "--table", "t3"];
    await askCommand(["schedule", "set", "proof", ...night, "--action", "repair"], at);
    const { runs } = await askCommand<{ runs: DueRun[] }>(["schedule", "run-due"], at);
    expect(runs).toEqual([]);
    await askCommand(["schedule", "pause", "often"], at);
    await askCommand(["schedule", "pause", "nightly"], at);
    const late = await askCommand<{ runs: DueRun[] }>(["schedule", "run-due", "--at", "2027-05-09T06:00:00Z"], at);
    expect(late.runs).toMatchObject([
      { schedules: ["proof"], reconcile: { tables: [{ equal: false, repaired: true }] } },
    ]);
  });

  test("the whole lake is maintained without a source, tables of imports too; a sync needs a source", async () => {
    const files = join(home, "files");
    await mkdir(files);
    // Held by the test, so that the commands need not each start a metadata database.
    await using _held = await holdHeadgate({ data: at.data, tableRoots: files });
    const set = (...words: string[]) => ["schedule", "set", "everything", "--cron", "0 2 * * *", ...words];
    const refused = await runCommand(set("--action", "sync"), at);
    expect(refused.stderr).toContain("the action sync concerns one source");
    const named = await runCommand(set("--action", "maintain", "--table", "shop.tt1"), at);
    expect(named.stderr).toContain("did you mean shop.t1?");
    await writeFile(join(files, "goods.csv"), "id,name\n1,nail\n");
    const { digest } = await askCommand<{ digest: string }>(["import", "files.goods", files, "--plan"], at);
    await askCommand(["import", "files.goods", files, "--approve", digest], at);
    for (let round = 0; round < 3; round++) {
      await writeFile(join(files, `more${round}.csv`), `id,name\n${round},bolt\n`);
      await askCommand(["import", "files.goods", "--again"], at);
    }
    await askCommand(set("--action", "maintain"), at);
    const { schedules } = await askCommand<{ schedules: PresentedSchedule[] }>(["schedule", "list"], at);
    expect(schedules.find(({ name }) => name === "everything")).toMatchObject({ source: null, action: "maintain" });
    const { runs } = await askCommand<{ runs: DueRun[] }>(["schedule", "run-due", "--at", "2027-05-09T02:00:00Z"], at);
    const lake = runs.find((run) => run.source === null);
    expect(lake).toMatchObject({ schedules: ["everything"], outcome: "done", ledger: { runs: expect.any(Number) } });
    const kept = lake?.upkeepOfLake ?? [];
    expect(kept.map((run) => run.source)).toEqual(["shop", "tables without a source"]);
    expect(kept[0]?.tables.map(({ table }) => table)).toContain("shop.t1");
    expect(kept[1]?.tables).toMatchObject([{ table: "files.goods", rewrites: [{ files: expect.any(Number) }] }]);
    const status = await askCommand<{ lake: LakeStatus }>(["status"], at);
    expect(status.lake).toMatchObject({ lastMaintenance: { state: "done" }, next: { schedule: "everything" } });
    const listed = await askCommand<{ runs: PresentedRun[] }>(["run", "list", "--limit", "2"], at);
    expect(listed.runs).toMatchObject([
      { source: "tables without a source", kind: "maintain", schedules: "everything" },
      { source: "shop", kind: "maintain", schedules: "everything" },
    ]);
    expect(await askCommand(["schedule", "run-due", "--at", "2027-05-09T02:00:01Z"], at)).toEqual({ runs: [] });
    await askCommand(["schedule", "remove", "everything"], at);
  });

  test("a table that fails is tried again alone, a few times, while the others are done", async () => {
    await source.execute("create table under (id int primary key)");
    await source.execute("create view broken as select id from under");
    const names = ["--table", "t4", "broken"];
    await askCommand(["schedule", "set", "partly", "--source", "shop", "--cron", "0 5 * * *", ...names], at);
    await source.execute("drop table under");
    await using held = await holdHeadgate({ data: at.data });
    const runAt = async (time: string): Promise<readonly DueRun[]> =>
      (await held.session.call(scheduleRunDue, { at: time }, call)).runs;
    const partly = async (): Promise<PresentedSchedule | undefined> =>
      (await held.session.call(scheduleList, {}, call)).schedules.find(({ name }) => name === "partly");
    const first = await runAt("2027-05-10T05:00:00Z");
    expect(first).toMatchObject([{ schedules: ["partly"], outcome: "done with failures" }]);
    expect(first[0]?.sync?.tables.map(({ outcome }) => outcome).toSorted()).toEqual(["failed", "unchanged"]);
    expect(await partly()).toMatchObject({ failures: 1, dueAt: "2027-05-10T05:00:15.000Z" });
    const again = await runAt("2027-05-10T05:00:15Z");
    expect(again[0]?.sync?.tables).toMatchObject([{ sourceTable: "shop.broken", outcome: "failed" }]);
    expect(await partly()).toMatchObject({ failures: 2, dueAt: "2027-05-10T05:00:45.000Z" });
    for (let due = await partly(); (due?.dueAt ?? "") < "2027-05-11"; due = await partly()) {
      const [run] = await runAt(due?.dueAt ?? "");
      // Never the whole run, because that would be tried again endlessly.
      expect([run?.outcome, run?.error]).toEqual(["done with failures", undefined]);
    }
    expect(await partly()).toMatchObject({ failures: 6, dueAt: "2027-05-11T05:00:00.000Z" });
    await source.execute("create table under (id int primary key)");
    const mended = await runAt("2027-05-11T05:00:00Z");
    expect(mended).toMatchObject([{ outcome: "done" }]);
    expect(mended[0]?.sync?.tables).toHaveLength(2);
    expect(await partly()).toMatchObject({ failures: 0, lastError: null });
  });
});

describe("workers", () => {
  let home: string;
  let postgres: PostgresServer;
  let source: SampleSource;
  let one: CommandOptions;
  let other: CommandOptions;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "headgate-workers-"));
    postgres = await startPostgres({ directory: join(home, "metadata") });
    source = await openSampleSource("postgres", join(home, "source"));
    await source.execute("create table busy (id int primary key, entry varchar(20))");
    const environment = {
      SHOP_PASSWORD: source.password,
      HEADGATE_DATABASE_URL: `postgres://${postgres.user}:${postgres.password}@localhost/postgres?host=${encodeURIComponent(postgres.socketDirectory)}`,
      HEADGATE_LAKE: lakeOf(home),
      HEADGATE_KEY_FILE: join(home, "secret.key"),
    };
    one = { data: join(home, "one"), environment };
    other = { data: join(home, "other"), environment };
    await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], one);
    await askCommand(["schedule", "set", "yearly", "--source", "shop", "--cron", "0 0 1 1 *", "--timeout", "3"], one);
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  });

  const makeDue = () => postgres.query("update schedules set due_at = now(), done_at = null");
  async function untilDone(): Promise<void> {
    while ((await postgres.query("select 1 from schedules where done_at is null")).length > 0) await delay(100);
  }
  const lakeRows = async (): Promise<number> => {
    const { rows } = await askCommand<{ rows: { n: number }[] }>(["sql", "select count(*) as n from shop.busy"], {
      ...one,
      data: join(home, "reader"),
    });
    return rows[0]?.n ?? 0;
  };

  test("two share the work, one dies in a run, the other takes over, and it is done once", async () => {
    await source.execute("insert into busy select n, 'first' from generate_series(1, 100) n");
    const dying = startCommand(["worker", "--crash-at", "commit-open"], one);
    await makeDue();
    expect(await dying.result).toMatchObject({ code: null });
    const living = startCommand(["worker"], other);
    await untilDone();
    const again = startCommand(["worker"], one);
    for (let round = 1; round <= 3; round++) {
      await source.execute(`insert into busy values (${1_000 + round}, 'later')`);
      await makeDue();
      await untilDone();
    }
    for (const worker of [living, again]) worker.process.kill("SIGTERM");
    expect([await living.result, await again.result]).toMatchObject([{ code: 0 }, { code: 0 }]);
    expect(await lakeRows()).toBe(103);
    expect(await postgres.query("select count(*) as n from commits")).toEqual([{ n: "4" }]);
  });

  test("the metadata database restarts under a worker, and it goes on", async () => {
    const worker = startCommand(["worker"], one);
    await makeDue();
    await untilDone();
    await postgres.kill();
    postgres = await startPostgres({ directory: join(home, "metadata") });
    await source.execute("insert into busy values (2000, 'after')");
    await makeDue();
    await untilDone();
    worker.process.kill("SIGTERM");
    expect(await worker.result).toMatchObject({ code: 0 });
    expect(await lakeRows()).toBe(104);
  });

  test("a source that hangs is not waited for for ever, and is tried again", async () => {
    const worker = startCommand(["worker"], one);
    await source.execute("insert into busy values (3000, 'held up')");
    await source.execute("begin");
    await source.execute("lock table busy in access exclusive mode");
    await makeDue();
    while ((await postgres.query("select 1 from schedules where failures > 0")).length === 0) await delay(100);
    const [failed] = await postgres.query("select last_error->>'code' as code from schedules");
    expect(failed).toEqual({ code: "RUN_TIMED_OUT" });
    await source.execute("rollback");
    await makeDue();
    await untilDone();
    worker.process.kill("SIGTERM");
    await worker.result;
    expect(await lakeRows()).toBe(105);
  });

  test("a source that hangs holds up no other source, however often that one is due", async () => {
    await using quick = await openSampleSource("postgres", join(home, "quick"));
    await quick.execute("create table light (id int primary key)");
    const at = { ...one, environment: { ...one.environment, QUICK_PASSWORD: quick.password } };
    await askCommand(["source", "add", "quick", quick.url, "--password-env", "QUICK_PASSWORD"], at);
    await askCommand(["schedule", "set", "often", "--source", "quick", "--cron", "0 0 1 1 *"], at);
    await askCommand(["schedule", "set", "yearly", "--source", "shop", "--cron", "0 0 1 1 *", "--timeout", "300"], at);
    await source.execute("insert into busy values (3500, 'held up')");
    await source.execute("begin");
    await source.execute("lock table busy in access exclusive mode");
    const worker = startCommand(["worker"], at);
    await makeDue();
    const isOpen = "select 1 from schedules where done_at is null and name =";
    for (let round = 1; round <= 3; round++) {
      await postgres.query("update schedules set due_at = now(), done_at = null where name = 'often'");
      while ((await postgres.query(`${isOpen} 'often'`)).length > 0) await delay(100);
    }
    expect(await postgres.query(`${isOpen} 'yearly'`)).toHaveLength(1);
    await source.execute("rollback");
    await makeDue();
    await untilDone();
    worker.process.kill("SIGTERM");
    expect(await worker.result).toMatchObject({ code: 0 });
    expect(await lakeRows()).toBe(106);
    await askCommand(["schedule", "remove", "often"], at);
    await askCommand(["source", "remove", "quick", "--yes"], at);
    await askCommand(["table", "drop", "quick.light", "--yes"], at);
  });

  test("a run is cancelled from another process", async () => {
    // A table that is proven unchanged is not read, so a lock would not delay it.
    await source.execute("insert into busy values (4000, 'to be read')");
    await source.execute("begin");
    await source.execute("lock table busy in access exclusive mode");
    const running = startCommand(["sync", "shop"], one);
    let run: PresentedRun | undefined;
    let ended: unknown;
    void running.result.then((result) => (ended = result));
    while (run === undefined) {
      expect(ended).toBeUndefined();
      const { runs } = await askCommand<{ runs: PresentedRun[] }>(["run", "list", "shop"], other);
      run = runs.find(({ state }) => state === "running");
    }
    await askCommand(["run", "cancel", run.run], other);
    const { code, stderr } = await running.result;
    expect({ code, stderr }).toMatchObject({ code: 130, stderr: expect.stringContaining("cancelled") });
    await source.execute("rollback");
    expect(await askCommand<PresentedRun>(["run", "show", run.run], other)).toMatchObject({ state: "cancelled" });
  });

  test("told to stop in the middle of a load, a worker ends at a point from which the next one goes on", async () => {
    await source.execute("create table large (id int primary key, pad text)");
    await source.execute("insert into large select n, repeat(md5(n::text), 12) from generate_series(1, 120000) n");
    const bit = { ...one, environment: { ...one.environment, HEADGATE_SPLIT_SIZE: "4", HEADGATE_READERS: "1" } };
    const stopped = startCommand(["worker"], bit);
    await makeDue();
    const read = "select 1 from staged_splits where files is not null";
    while ((await postgres.query(read)).length === 0) await delay(20);
    stopped.process.kill("SIGTERM");
    const { code, stderr } = await stopped.result;
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("stopping") });
    expect((await postgres.query(read)).length).toBeGreaterThan(0);
    expect(await postgres.query("select 1 from runs where state = 'running'")).toEqual([]);
    expect(await askCommand(["table", "list"], other)).toMatchObject({ tables: [{ name: "busy" }] });
    const again = startCommand(["worker"], bit);
    await untilDone();
    again.process.kill("SIGTERM");
    await again.result;
    const { runs } = await askCommand<{ runs: PresentedRun[] }>(["run", "list", "shop", "--limit", "1"], other);
    const { splitsKept } = (runs[0]?.report ?? {}) as { splitsKept?: number };
    expect(splitsKept).toBeGreaterThan(0);
    const { rows } = await askCommand<{ rows: { n: number }[] }>(
      ["sql", "select count(*) as n from shop.large"],
      other,
    );
    expect(rows).toEqual([{ n: 120_000 }]);
  });
});
