/**
 * Tests a PostgreSQL standby as a source: what it cannot show is reported per table, and an error that ends a read says
 * how to prevent it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { sourceAdd, sourceTest } from "../../src/operations/sources.ts";
import { sync } from "../../src/operations/sync.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";
import { startStandby, type PostgresStandby } from "../world/postgres-standby.ts";

const gate = 4711;
/** The most cuts of one run (each-cut.ts). */
const mostCuts = 3;
const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };

let home: string;
let primary: PostgresServer;
let standby: PostgresStandby;
let held: HeldHeadgate;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-standby-"));
  primary = await startPostgres({ settings: { wal_writer_delay: "10ms" } });
  await primary.query("create table logged as select n as id from generate_series(1, 1000) n");
  await primary.query("create unlogged table quick as select 1 as id");
  await primary.query(`create view a_gate as select 1 as id from pg_advisory_lock_shared(${gate})`);
  standby = await startStandby(primary, { max_standby_streaming_delay: "0" });
  await standby.catchUp();
  held = await holdHeadgate({ data: join(home, "data"), readers: "1" });
  const url = new URL(standby.url("postgres"));
  const password = decodeURIComponent(url.password);
  url.password = "";
  await held.session.call(sourceAdd, { name: "shop", url: url.href, password, newTables: "auto" }, call);
});

afterAll(async () => {
  await held?.[Symbol.asyncDispose]();
  await standby?.stop();
  await primary?.stop();
  await rm(home, { recursive: true, force: true });
});

test("an unlogged table has no rows there: it is reported, and the others are loaded", async () => {
  const { tables } = await held.sync("shop");
  expect(tables).toMatchObject([
    { sourceTable: "public.logged", outcome: "created", rows: 1000 },
    {
      sourceTable: "public.quick",
      outcome: "failed",
      error: { code: "SOURCE_TABLE_UNFIT", remedy: expect.stringContaining("set logged") },
    },
  ]);
  const { checks } = await held.session.call(sourceTest, { name: "shop" }, call);
  expect(checks.find(({ name }) => name === "tables")).toMatchObject({
    outcome: "warning",
    found: expect.stringContaining("public.quick"),
  });
});

/**
 * Syncs while the primary repeatedly removes rows that the run's snapshot still sees; each time this ends the standby's
 * read.
 */
async function syncThrough(conflicts: number): Promise<SyncReport> {
  await standby.query(`select pg_advisory_lock(${gate})`);
  const request = { source: "shop", tables: ["a_gate", "logged"], full: true };
  let isOver = false;
  const running = held.session.call(sync, request, call).finally(() => (isOver = true));
  const [report] = await Promise.all([running, interfere(conflicts, () => isOver)]);
  return report;
}

async function interfere(conflicts: number, isOver: () => boolean): Promise<void> {
  for (let conflict = 0; conflict < conflicts; conflict++) {
    const waiting = await whoWaits(isOver);
    await primary.query("delete from logged where id in (select id from logged limit 100)");
    await primary.query("vacuum logged");
    while ((await look("select from pg_stat_activity where pid = $1", [waiting])).length > 0) await delay(20);
  }
  if (conflicts < mostCuts) await whoWaits(isOver);
  await standby.query("select pg_advisory_unlock_all()");
}

/** The process that waits at the gate. */
async function whoWaits(isOver: () => boolean): Promise<string | null | undefined> {
  while (!isOver()) {
    const [waiting] = await look("select pid from pg_locks where locktype = 'advisory' and not granted");
    if (waiting !== undefined) return waiting["pid"];
    await delay(20);
  }
  throw new Error("the run ended before it was disturbed");
}

/** Asks the standby, which may end this statement too in favour of what the primary cleans up. */
async function look(...asked: Parameters<PostgresStandby["query"]>): ReturnType<PostgresStandby["query"]> {
  for (;;) {
    try {
      return await standby.query(...asked);
    } catch (failure) {
      if (!/conflict with recovery/.test((failure as Error).message)) throw failure;
    }
  }
}

test("a reading that is ended by what the primary cleans up is done again in the same run", async () => {
  const { tables } = await syncThrough(1);
  expect(tables).toMatchObject([
    { lakeTable: "shop.a_gate", outcome: "created", rows: 1 },
    { lakeTable: "shop.logged", outcome: "reloaded" },
  ]);
  // A table that was read before the gate keeps the state of the first cut, and the rest is read in the next one.
  expect([900, 1000]).toContain(tables[1]?.rows);
});

test("one that is ended again and again says which settings of the standby prevent that", async () => {
  const { tables } = await syncThrough(mostCuts);
  expect(tables).toMatchObject([
    {
      lakeTable: "shop.a_gate",
      outcome: "failed",
      error: {
        code: "SOURCE_STANDBY_CONFLICT",
        message: expect.stringContaining("conflict with recovery"),
        remedy: expect.stringMatching(/hot_standby_feedback = on.*max_standby_streaming_delay/),
      },
    },
    { lakeTable: "shop.logged" },
  ]);
});
