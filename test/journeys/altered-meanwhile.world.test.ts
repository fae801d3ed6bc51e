/**
 * Tests statements that rewrite, empty, exchange or drop tables after a run has opened its cut, while it reads another
 * table. The result is read again in a later cut of the same run, or the table is reported as failed; it is never
 * committed as empty.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { sourceAdd } from "../../src/operations/sources.ts";
import { sync } from "../../src/operations/sync.ts";
import { tableDrop } from "../../src/operations/table-drop.ts";
import type { SyncReport, TableReport } from "../../src/sync/run/sync-report.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import type { Dialect } from "../world/sample-shop.ts";
import { startMariadb } from "../world/mariadb-server.ts";
import { startPostgres } from "../world/postgres-server.ts";

/**
 * A source with views that can be read only while the gate is open. A run with one reader processes two tables at a
 * time, so it waits at the views `a_gate` and `b_gate`, with its cut open, before it looks at any other table.
 */
interface GatedSource extends AsyncDisposable {
  readonly url: string;
  execute(statement: string): Promise<unknown>;
  close(): Promise<unknown>;
  /** Returns as soon as a run is waiting. */
  untilSomebodyWaits(): Promise<void>;
  open(): Promise<unknown>;
}

const gate = 4711;
const gates = ["a_gate", "b_gate"];

async function openPostgres(): Promise<GatedSource> {
  const server = await startPostgres();
  await server.createDatabase("shop");
  const ask = (statement: string) => server.query(statement, [], { database: "shop" });
  for (const view of gates) await ask(`create view ${view} as select 1 as id from pg_advisory_lock_shared(${gate})`);
  return {
    url: server.url("shop"),
    execute: ask,
    close: () => ask(`select pg_advisory_lock(${gate})`),
    open: () => ask(`select pg_advisory_unlock(${gate})`),
    async untilSomebodyWaits() {
      while ((await ask("select from pg_locks where locktype = 'advisory' and not granted")).length === 0)
        await delay(20);
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

async function openMariadb(): Promise<GatedSource> {
  const server = await startMariadb();
  await server.query("create database shop");
  await server.query("use shop");
  await server.query("create table a_row (id int)");
  await server.query("insert into a_row values (1)");
  // Depends on the row, so that it is not evaluated when the view is only described.
  const name = `concat('${gate}', left(id, 0))`;
  const isOpen = `get_lock(${name}, 60) + release_lock(${name}) = 2`;
  for (const view of gates) await server.query(`create view ${view} as select id from a_row where ${isOpen}`);
  return {
    url: server.url("shop"),
    execute: (statement) => server.query(statement),
    close: () => server.query(`select get_lock('${gate}', 60)`),
    open: () => server.query(`select release_lock('${gate}')`),
    async untilSomebodyWaits() {
      const waiting = "select 1 from information_schema.processlist where state = 'User lock'";
      while ((await server.query(waiting)).length === 0) await delay(20);
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/** A change to the table `z9`, which contains rows 1 and 2 before it, and the rows it contains afterwards. */
interface Alteration {
  readonly title: string;
  readonly make: readonly string[];
  readonly alter: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

const ordinary = ["create table z9 (id int primary key, v int)", "insert into z9 values (1, 10), (2, 20)"];
const other = ["create table y8 (id int primary key, v int)", "insert into y8 values (3, 30), (4, 40)"];
const ordinaryRows = [
  [1, 10],
  [2, 20],
];
const otherRows = [
  [3, 30],
  [4, 40],
];
const emptied: Alteration = {
  title: "emptied and filled again",
  make: ordinary,
  alter: ["truncate z9", "insert into z9 values (5, 50)"],
  rows: [[5, 50]],
};

const postgres: readonly Alteration[] = [
  {
    title: "rewritten by another type",
    make: ordinary,
    alter: ["alter table z9 alter v type bigint"],
    rows: ordinaryRows,
  },
  emptied,
  {
    title: "exchanged for another table",
    make: [...ordinary, ...other],
    alter: ["begin; alter table z9 rename to x7; alter table y8 rename to z9; commit"],
    rows: otherRows,
  },
  {
    title: "given another partition",
    make: [
      "create table z9 (id int, v int) partition by range (id)",
      "create table z9_low partition of z9 for values from (0) to (3)",
      "insert into z9 values (1, 10), (2, 20)",
      "create table z9_high as select 7 as id, 70 as v",
    ],
    alter: [
      "alter table z9 detach partition z9_low",
      "alter table z9 attach partition z9_high for values from (3) to (9)",
    ],
    rows: [[7, 70]],
  },
];

const mariadb: readonly Alteration[] = [
  {
    title: "rewritten by another type",
    make: ordinary,
    alter: ["alter table z9 modify v bigint"],
    rows: ordinaryRows,
  },
  emptied,
  {
    title: "exchanged for another table",
    make: [...ordinary, ...other],
    alter: ["rename table z9 to x7, y8 to z9"],
    rows: otherRows,
  },
  {
    title: "of whose partitions one is exchanged",
    make: [
      "create table z9 (id int primary key, v int) partition by range (id) (partition p values less than (9))",
      "insert into z9 values (1, 10), (2, 20)",
      ...other,
    ],
    alter: ["alter table z9 exchange partition p with table y8"],
    rows: otherRows,
  },
  {
    title: "of whose partitions one is emptied",
    make: [
      `create table z9 (id int primary key, v int) partition by range (id)
        (partition p values less than (2), partition q values less than (9))`,
      "insert into z9 values (1, 10), (2, 20)",
    ],
    alter: ["alter table z9 truncate partition p"],
    rows: [[2, 20]],
  },
];

const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };

describe.each<[Dialect, () => Promise<GatedSource>, readonly Alteration[]]>([
  ["postgres", openPostgres, postgres],
  ["mariadb", openMariadb, mariadb],
])("from %s, a table that is", (dialect, openSource, alterations) => {
  let home: string;
  let source: GatedSource;
  let held: HeldHeadgate;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "headgate-altered-"));
    source = await openSource();
    held = await holdHeadgate({ data: join(home, "data"), readers: "1" });
    const address = new URL(source.url);
    const password = decodeURIComponent(address.password);
    address.password = "";
    await held.session.call(sourceAdd, { name: "shop", url: address.href, password, newTables: "auto" }, call);
    await source.execute("create table m5 (id int primary key)");
    await source.execute("insert into m5 values (1)");
  });

  afterAll(async () => {
    await held?.[Symbol.asyncDispose]();
    await source?.[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  /** Runs a sync that reads the gate first, and runs the statements while it waits there. */
  async function syncAround(change: () => Promise<void>): Promise<SyncReport> {
    await source.close();
    const running = held.session.call(sync, { source: "shop", tables: [...gates, "m5", "z9"], full: false }, call);
    const ended = running.then(() => {
      throw new Error("the run did not wait at the gate");
    });
    await Promise.race([source.untilSomebodyWaits(), ended]);
    try {
      await change();
    } finally {
      await source.open();
    }
    return running;
  }

  async function executeAll(statements: readonly string[]): Promise<void> {
    for (const statement of statements) await source.execute(statement);
  }

  const of = (report: SyncReport, name: string): TableReport | undefined =>
    report.tables.find(({ lakeTable }) => lakeTable === `shop.${name}`);

  describe.each(alterations)("$title", ({ make, alter, rows }) => {
    test.each(["in its first load", "in a later one"])("%s holds the right rows after the same run", async (when) => {
      await executeAll(["drop table if exists z9, y8, x7, z9_low, z9_high", ...make]);
      // MariaDB's dictionary stores times in whole seconds.
      if (dialect === "mariadb") await delay(1_100);
      if (when === "in its first load")
        await held.session
          .call(tableDrop, { table: "shop.z9", keepFiles: false, plan: false }, call)
          .catch(() => undefined);
      else {
        await held.sync("shop");
        await source.execute("insert into m5 select max(id) + 1 from m5");
      }
      const report = await syncAround(() => executeAll(alter));
      expect(of(report, "z9")?.error).toBeUndefined();
      expect(report.warnings.join()).toContain("read again in a later cut than the other tables: ");
      expect(await held.rows("select id, v from shop.z9 order by id")).toEqual(rows);
      expect(of(report, "m5")?.outcome).not.toBe("failed");
    });
  });

  test("dropped is reported as failed and stays as it was; the others are loaded", async () => {
    await executeAll(["drop table if exists z9, y8, x7, z9_low, z9_high", ...ordinary]);
    await held.sync("shop");
    await source.execute("insert into m5 select max(id) + 1 from m5");
    const report = await syncAround(() => executeAll(["drop table z9"]));
    expect(of(report, "z9")).toMatchObject({ outcome: "failed", error: { code: "SOURCE_TABLE_NOT_FOUND" } });
    expect(await held.rows("select id, v from shop.z9 order by id")).toEqual([
      [1, 10],
      [2, 20],
    ]);
    expect(of(report, "m5")?.rowsAdded).toBe(1);
  });
});
