/**
 * Kills runs at every named crash point: nothing is lost, duplicated or left behind, and the next run continues by
 * itself.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { crashPoints, type CrashPoint } from "../../src/writer/crash-points.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { askCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { compareAllWithLake } from "../world/equality.ts";
import { holdHeadgate } from "../world/held-headgate.ts";
import { orphans } from "../world/orphans.ts";
import { startPostgres, type PostgresServer } from "../world/postgres-server.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

const everyTable = ["keyed", "keyless", "still", "told"];
const replay = `select id, entry from shop.told__history group by all having
  sum(case when _operation in ('insert', 'update_after') then 1 else -1 end) > 0`;
const told = "select id, entry from shop.told";
/** Rows that the history and the table do not have in common. */
const unexplained = `(${replay} except all ${told}) union all (${told} except all (${replay}))`;

describe.each(["postgres", "mariadb"] as const)("from %s", (dialect) => {
  let home: string;
  let source: SampleSource;
  let metadata: PostgresServer;
  let at: CommandOptions;
  let round = 0;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "headgate-points-"));
    source = await openSampleSource(dialect, join(home, "source"));
    metadata = await startPostgres();
    await source.execute("create table keyed (id int primary key, entry varchar(200))");
    await source.execute("create table keyless (entry varchar(200), n int)");
    await source.execute("create table still (id int primary key)");
    await source.execute("create table told (id int primary key, entry varchar(200))");
    const ids = Array.from({ length: 2_000 }, (_, index) => index);
    await source.execute(`insert into keyed values ${ids.map((id) => `(${id}, 'entry ${id}')`).join(", ")}`);
    await source.execute(`insert into keyless values ${ids.map((id) => `('same', ${id % 50})`).join(", ")}`);
    await begin("data");
    await syncsExactly();
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await metadata.stop();
    await rm(home, { recursive: true, force: true });
  });

  /** A new Headgate, with its metadata in a server that survives the killed processes. */
  async function begin(name: string): Promise<void> {
    await metadata.createDatabase(name);
    const { user, password, socketDirectory } = metadata;
    const host = encodeURIComponent(socketDirectory);
    const HEADGATE_DATABASE_URL = `postgres://${user}:${password}@localhost/${encodeURIComponent(name)}?host=${host}`;
    const environment = { SHOP_PASSWORD: source.password, HEADGATE_SMALL_FILE: "0", HEADGATE_DATABASE_URL };
    at = { data: join(home, name), environment };
    await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
    await askCommand(["table", "set", "shop.told", "--history", "yes"], at);
  }
  /** Inserts, updates, deletes and duplicates in a fraction of the rows. */
  async function change(): Promise<void> {
    round++;
    await source.execute(`insert into keyed values (${10_000 + round}, 'new'), (${20_000 + round}, null)`);
    await source.execute(
      `update keyed set entry = 'changed ${round}' where id between ${round * 10} and ${round * 10 + 5}`,
    );
    await source.execute(`delete from keyed where id = ${1_000 + round}`);
    await source.execute(`delete from keyless where n = ${round}`);
    await source.execute(`insert into keyless values ('same', 7), ('same', 7), (null, 7)`);
    await source.execute(`insert into told values (${round}, 'new'), (${1_000 + round}, null)`);
    await source.execute(`update told set entry = 'changed ${round}' where id > ${round - 3}`);
    await source.execute(`delete from told where id = ${round - 2}`);
  }
  async function killedAt(point: CrashPoint, ...more: string[]): Promise<void> {
    const { code, stderr } = await runCommand(["sync", "shop", "--crash-at", point, ...more], at);
    expect({ code, stderr }).toMatchObject({ code: null });
  }
  /** Runs again and checks: lake and source are equal, and every file in the lake belongs to a table. */
  async function syncsExactly(tables: readonly string[] = everyTable): Promise<SyncReport> {
    await using held = await holdHeadgate({
      data: at.data,
      smallFile: "0",
      databaseUrl: at.environment?.["HEADGATE_DATABASE_URL"] ?? "",
    });
    const { session } = held;
    const report = await held.sync("shop");
    const compared = await compareAllWithLake({ source, session, database: "shop", tables });
    expect(compared).toMatchObject(tables.map((table) => ({ table: `shop.${table}`, equal: true })));
    expect(await held.rows(unexplained)).toEqual([]);
    expect(await orphans(session.context)).toEqual([]);
    return report;
  }

  test.each(["split-noted", "metadata-written", "committed"] as const)("in the first load: %s", async (point) => {
    await begin(`before ${point}`);
    await killedAt(point);
    await syncsExactly();
  });

  test.each(crashPoints.filter((point) => point !== "positions-moved" && point !== "sweeping"))(
    "with changes to merge: %s",
    async (point) => {
      await change();
      await killedAt(point);
      await change();
      await syncsExactly();
    },
  );

  test.each(["split-noted", "rows-published", "reading-discarded", "metadata-written"] as const)(
    "with nothing written until the next run: %s",
    async (point) => {
      await change();
      await killedAt(point);
      await syncsExactly();
    },
  );

  test("with a table that is gone by the next run: split-noted", async () => {
    await source.execute("create table fleeting (id int primary key)");
    await source.execute("insert into fleeting values (1)");
    await killedAt("split-noted", "--table", "fleeting");
    await source.execute("drop table fleeting");
    await syncsExactly();
  });

  const resumed: [what: string, make: string[], change: string[]][] = [
    [
      "written anew in another order",
      [
        "create table resumed (id int primary key, pad text)",
        "insert into resumed select n, repeat('x', 500) from generate_series(1, 6000) n order by md5(n::text)",
      ],
      ["cluster resumed using resumed_pkey"],
    ],
    [
      "given another partition",
      [
        "create table resumed (id int, pad text) partition by list (pad)",
        "create table resumed_a partition of resumed for values in ('a')",
        "create table resumed_b partition of resumed for values in ('b')",
        "insert into resumed select n, case when n > 100 then 'a' else 'b' end from generate_series(1, 200) n",
      ],
      [
        "create table resumed_c as select n as id, 'c' as pad from generate_series(201, 300) n",
        "alter table resumed attach partition resumed_c for values in ('c')",
      ],
    ],
  ];
  test.runIf(dialect === "postgres").each(resumed)(
    "with parts of a table noted that is %s until the next run: split-noted",
    async (_what, make, alter) => {
      for (const statement of make) await source.execute(statement);
      await killedAt("split-noted", "--table", "resumed", "--split-size", "1");
      for (const statement of alter) await source.execute(statement);
      await syncsExactly([...everyTable, "resumed"]);
      await source.execute("drop table resumed");
      await askCommand(["sync", "shop"], at);
    },
  );

  test("when nothing changed: positions-moved", async () => {
    await killedAt("positions-moved");
    expect((await syncsExactly()).commit).toBeNull();
  });

  test("while what an earlier crash left is removed: sweeping", async () => {
    await change();
    await killedAt("metadata-written");
    await killedAt("sweeping");
    await syncsExactly();
  });
});
