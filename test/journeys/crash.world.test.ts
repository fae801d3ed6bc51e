/**
 * Tests a crash in the middle of a load: readers still see the previous cut, and the next run continues from the parts
 * that are exact.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { using } from "../../src/base/cleanup.ts";
import { openSession } from "../../src/cli/session.ts";
import { connectors } from "../../src/main.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { askCommand, startCommand, type CommandOptions } from "../world/command.ts";
import { compareWithLake } from "../world/equality.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { testConfig } from "../world/lake.ts";

const rows = 300_000;
const series = { postgres: `generate_series(1, ${rows}) s(n)`, mariadb: `(select seq as n from seq_1_to_${rows}) s` };
const splits = ["--split-size", "3"];

describe.each(["postgres", "mariadb"] as const)("from %s", (dialect) => {
  let home: string;
  let source: SampleSource;
  let at: CommandOptions;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "headgate-crash-"));
    source = await openSampleSource(dialect, join(home, "source"));
    await source.execute("create table ledger (id int primary key, entry varchar(200) not null, amount decimal(12,2))");
    await source.execute(
      `insert into ledger select n, concat('entry number ', n, ' of the ledger'), n / 7.0 from ${series[dialect]}`,
    );
    await source.execute(dialect === "postgres" ? "analyze ledger" : "analyze table ledger");
    at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
    await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  /** Kills the syncing process once it has read `reads` splits. */
  async function syncKilledAfter(reads: number, ...more: string[]): Promise<void> {
    const running = startCommand(["sync", "shop", ...splits, ...more], at);
    let seen = 0;
    running.onLine((line) => {
      if (/ledger \d+\/\d+/.test(line) && ++seen === reads) running.process.kill("SIGKILL");
    });
    const { code, stderr } = await running.result;
    expect({ code, stderr }).toMatchObject({ code: null });
  }

  const compare = (): Promise<void> =>
    using(openSession({ config: testConfig({ data: at.data }), connectors }), async (session) => {
      expect(await compareWithLake({ source, session, database: "shop", table: "ledger" })).toMatchObject({
        sourceRows: rows,
        equal: true,
      });
    });
  const snapshots = async (): Promise<number> =>
    (await askCommand<{ snapshots: unknown[] }>(["table", "history", "shop.ledger"], at)).snapshots.length;

  test("killed in the first load: nothing to see, and the next run keeps the splits that were read", async () => {
    await syncKilledAfter(3);
    expect(await askCommand(["table", "list"], at)).toEqual({ tables: [] });
    const report = await askCommand<SyncReport>(["sync", "shop", ...splits], at);
    expect(report.splitsKept).toBeGreaterThanOrEqual(3);
    expect(report.rowsRead).toBeLessThan(rows);
    await compare();
  });

  test("killed in a later load, with the source changed since: readers at the previous cut, then the exact new one", async () => {
    // In every range of the key; otherwise only the ranges of these rows would be read.
    await source.execute("update ledger set amount = 0 where id % 1000 = 5");
    await syncKilledAfter(3);
    expect(await snapshots()).toBe(1);
    await source.execute("update ledger set entry = 'written between the two runs' where id in (7, 250000)");
    await askCommand(["sync", "shop", ...splits], at);
    expect(await snapshots()).toBe(2);
    await compare();
  });
});
