/**
 * Tests maintenance: files stay few and snapshots young, rows and time travel are unaffected, even when it is killed at
 * every step.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { fileIO } from "../../src/catalog/file-io.ts";
import { planScan } from "../../src/iceberg/scan.ts";
import { currentSnapshot } from "../../src/iceberg/table-metadata.ts";
import type { DueRun } from "../../src/operations/scheduled/scheduled-work.ts";
import { maintainTables, type TableUpkeep } from "../../src/maintenance/maintain-tables.ts";
import { tablesOfSource } from "../../src/sync/settings/tables-of-source.ts";
import { usualLimits } from "../../src/maintenance/upkeep-run.ts";
import { upkeepCrashPoints } from "../../src/writer/crash-points.ts";
import { lockSource } from "../../src/sync/run/lock-source.ts";
import { openRandom } from "../soak/random.ts";
import { askCommand, refusedCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { compareAllWithLake } from "../world/equality.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { orphans } from "../world/orphans.ts";
import { setProperties } from "../world/set-properties.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

const days = 24 * 3_600_000;
const tables = ["keyed", "keyless", "parted"];

describe("upkeep", () => {
  let home: string;
  let source: SampleSource;
  let at: CommandOptions;
  const random = openRandom(7);
  let round = 0;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "headgate-upkeep-"));
    source = await openSampleSource("postgres", join(home, "source"));
    await source.execute("create table keyed (id int primary key, entry varchar(200))");
    await source.execute("create table keyless (entry varchar(200), n int)");
    await source.execute("create table parted (id int primary key, city varchar(20))");
    const ids = Array.from({ length: 1_000 }, (_, index) => index);
    await source.execute(`insert into keyed values ${ids.map((id) => `(${id}, 'entry ${id}')`).join(", ")}`);
    await source.execute(`insert into keyless values ${ids.map((id) => `('same', ${id % 50})`).join(", ")}`);
    await source.execute(`insert into parted values ${ids.map((id) => `(${id}, 'city ${id % 3}')`).join(", ")}`);
    at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password, HEADGATE_SMALL_FILE: "0" } };
    await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
    await askCommand(["table", "set", "shop.keyed", "--history", "yes"], at);
    await askCommand(["table", "set", "shop.parted", "--partition-by", "city", "--sort-by", "id desc"], at);
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  const hold = (): Promise<HeldHeadgate> => holdHeadgate({ data: at.data, smallFile: "0" });

  async function change(): Promise<void> {
    round++;
    const from = random.below(900);
    await source.execute(`update keyed set entry = 'changed ${round}' where id between ${from} and ${from + 20}`);
    await source.execute(`insert into keyed values (${10_000 + round}, null)`);
    await source.execute(`delete from keyless where n = ${random.below(50)}`);
    await source.execute(`insert into keyless values ('same', 7), ('same', 7), (null, 7)`);
    await source.execute(`update parted set city = 'city ${round % 4}' where id between ${from} and ${from + 9}`);
    await source.execute(`delete from parted where id = ${from + 30}`);
  }

  async function work(rounds: number): Promise<void> {
    await using held = await hold();
    for (let count = 0; count < rounds; count++) {
      await change();
      await held.sync("shop");
    }
  }

  /** Does what the operation does, but at another time. */
  async function keepUp({ session }: HeldHeadgate, now: Date): Promise<readonly TableUpkeep[]> {
    const { context } = session;
    const shop = await context.sources.get("shop");
    const entries = await tablesOfSource(context, shop.id);
    const { signal } = new AbortController();
    const limits = usualLimits(now);
    const request = { source: shop, tables: entries, limits, report: silent, signal };
    const lock = { sourceId: shop.id, report: silent };
    return (await lockSource(context.db, lock, () => maintainTables(context, request))).tables;
  }

  async function expectExact({ session }: HeldHeadgate): Promise<void> {
    const compared = await compareAllWithLake({ source, session, database: "shop", tables });
    expect(compared).toMatchObject(tables.map((table) => ({ table: `shop.${table}`, equal: true })));
  }

  test("many changes leave many files; upkeep leaves few, and no row moves", async () => {
    await work(6);
    await using held = await hold();
    const digest = () => held.rows("select count(*), sum(hash(id, entry)) from shop.keyed");
    const [rows, history] = [await digest(), await held.rows("select * from shop.keyed__history order by all")];
    const before = await keepUp(held, new Date());
    expect(before.every(({ error }) => error === undefined)).toBe(true);
    expect(before.some(({ rewrites }) => rewrites.length > 0)).toBe(true);
    expect([await digest(), await held.rows("select * from shop.keyed__history order by all")]).toEqual([
      rows,
      history,
    ]);
    await expectExact(held);
    const after = await keepUp(held, new Date());
    for (const { files, deleteFiles, rewrites } of after)
      expect({ few: files < 12, deleteFiles, rewrites }).toEqual({
        few: true,
        deleteFiles: expect.any(Number),
        rewrites: [],
      });
    expect((await held.sync("shop")).commit).toBeNull();
  });

  test("an earlier state is read until it expires; then it says so, and its files are gone", async () => {
    await using held = await hold();
    const early = new Date();
    const then = await held.rows("select count(*) from shop.keyless");
    await change();
    await held.sync("shop");
    await keepUp(held, new Date());
    const asOf = ["sql", "--as-of", early.toISOString(), "select count(*) from shop.keyless"];
    const { rows } = await askCommand<{ rows: Record<string, number>[] }>(asOf, at);
    expect(Object.values(rows[0] ?? {})).toEqual(then[0]);
    const later = new Date(Date.now() + 6 * days);
    const kept = await keepUp(held, later);
    expect(kept.every(({ error }) => error === undefined)).toBe(true);
    expect(kept.some(({ filesDeleted }) => filesDeleted > 10)).toBe(true);
    await expectExact(held);
    expect(kept.some(({ forgottenStates }) => forgottenStates > 0)).toBe(true);
    const refused = await refusedCommand(asOf, at);
    expect(refused).toMatchObject({ code: "SNAPSHOT_NOT_FOUND" });
    const [, since = ""] =
      /the first later state that still exists is of (\S+)$/.exec(String(refused["message"])) ?? [];
    const oldest = await askCommand<{ rows: unknown[] }>(
      ["sql", "--as-of", since, "from shop.keyless order by all"],
      at,
    );
    expect(oldest.rows.length).toBe(Number((await held.rows("select count(*) from shop.keyless"))[0]?.[0]));
    await keepUp(held, later);
    expect(await orphans(held.session.context)).toEqual([]);
    expect((await held.sync("shop")).commit).toBeNull();
  });

  test.each(upkeepCrashPoints)(
    "killed at %s: the next run and the next upkeep find everything as it should be",
    async (point) => {
      for (let count = 0; count < 5; count++) {
        await change();
        await askCommand(["sync", "shop"], at);
      }
      if (point === "expired" || point === "forgetting") await makeOld();
      const environment = { ...at.environment, HEADGATE_CRASH_AT: point };
      const { code, stderr } = await runCommand(["maintain"], { ...at, environment });
      expect({ code, stderr }).toMatchObject({ code: null });
      await change();
      await using held = await hold();
      await held.sync("shop");
      await expectExact(held);
      await keepUp(held, new Date(Date.now() + 6 * days));
      await expectExact(held);
      expect(await orphans(held.session.context)).toEqual([]);
    },
  );

  /** Snapshots expire at once. */
  async function makeOld(): Promise<void> {
    await using held = await hold();
    const { context } = held.session;
    for (const table of tables)
      await setProperties(context, `shop.${table}`, { "history.expire.max-snapshot-age-ms": "0" });
  }

  test("a commit that only changed the schema names the snapshot that keeps its metadata", async () => {
    await using held = await hold();
    await held.sync("shop");
    await source.execute("alter table keyless rename column entry to renamed");
    expect((await held.sync("shop")).commit).not.toBeNull();
    await source.execute("alter table keyless rename column renamed to entry");
    await held.sync("shop");
    const kept = held.session.context.db.selectFrom("table_commits").select("metadata_location");
    const later = kept.where("previous_metadata_location", "is not", null);
    expect(await later.where("snapshot_id", "is", null).execute()).toEqual([]);
  });

  test("a file far above the table's file size becomes several of about it, once", async () => {
    await using held = await hold();
    await source.execute("create table large (id int primary key, entry text)");
    await source.execute("insert into large select i, md5(i::text) from generate_series(1, 40000) t(i)");
    await held.sync("shop");
    const { context } = held.session;
    await setProperties(context, "shop.large", { "write.target-file-size-bytes": "250000" });
    const sizes = async (): Promise<readonly bigint[]> => {
      const { metadata } = await context.catalog.find("shop.large");
      const scan = { metadata, snapshot: currentSnapshot(metadata), filter: undefined };
      return (await planScan(fileIO(context.objects), scan)).files.map(({ dataFile }) => dataFile.fileSizeInBytes);
    };
    expect(await sizes()).toHaveLength(1);
    const kept = async (): Promise<TableUpkeep | undefined> =>
      (await keepUp(held, new Date())).find(({ table }) => table === "shop.large");
    expect(await kept()).toMatchObject({ error: undefined, rewrites: [{ why: expect.stringContaining("one file") }] });
    const after = await sizes();
    expect(after.length).toBeGreaterThan(2);
    for (const size of after) expect(Number(size)).toBeLessThan(1.8 * 250_000);
    expect(await kept()).toMatchObject({ error: undefined, rewrites: [] });
    const compared = await compareAllWithLake({ source, session: held.session, database: "shop", tables: ["large"] });
    expect(compared).toMatchObject([{ equal: true }]);
    await source.execute("drop table large");
  });

  test("the plan says what would be done, and does nothing", async () => {
    await work(5);
    const { stdout } = await runCommand(["maintain", "shop.keyed", "shop.parted", "--plan"], at);
    expect(stdout).toMatch(/would rewrite.*would forget/);
    const plan = () => askCommand<{ runs: { tables: TableUpkeep[] }[] }>(["maintain", "--plan"], at);
    const first = await plan();
    expect(await plan()).toMatchObject({ runs: [{ tables: first.runs[0]?.tables }] });
    expect(await refusedCommand(["maintain", "shop.nothing"], at)).toMatchObject({ code: "TABLE_NOT_FOUND" });
    const namedIn = async (...words: string[]): Promise<readonly string[]> => {
      const { runs } = await askCommand<{ runs: { tables: TableUpkeep[] }[] }>(["maintain", ...words, "--plan"], at);
      return runs.flatMap((run) => run.tables.map(({ table }) => table));
    };
    expect(await namedIn("--exclude", "keyed*")).toEqual(["shop.keyless", "shop.large", "shop.parted"]);
    expect(await namedIn("shop.keyed", "shop.parted", "--exclude", "shop.parted")).toEqual(["shop.keyed"]);
    expect(await refusedCommand(["maintain", "--exclude", "keyde"], at)).toMatchObject({
      code: "TABLE_NOT_FOUND",
      message: expect.stringContaining("did you mean keyed?"),
    });
  });

  test("a schedule keeps tables up, of those that it names only", async () => {
    await work(5);
    await askCommand(
      [
        "schedule",
        "set",
        "weekly",
        "--source",
        "shop",
        "--cron",
        "0 4 * * *",
        "--action",
        "maintain",
        "--table",
        "public.keyed",
      ],
      at,
    );
    const due = new Date(Date.now() + 2 * days).toISOString();
    const { runs } = await askCommand<{ runs: DueRun[] }>(["schedule", "run-due", "--at", due], at);
    expect(runs).toMatchObject([{ outcome: "done", upkeep: { tables: expect.any(Array) } }]);
    const [run] = runs;
    expect(run?.upkeep?.tables.map(({ table }) => table).toSorted()).toEqual(["shop.keyed", "shop.keyed__history"]);
    expect(run?.upkeep?.tables.some(({ rewrites }) => rewrites.length > 0)).toBe(true);
    await using held = await hold();
    await expectExact(held);
  });
});
