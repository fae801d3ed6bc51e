/**
 * The main job with the real commands: loads a database into the lake, changes it, syncs again, compares, and reads
 * earlier states.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { using } from "../../src/base/cleanup.ts";
import { describeTable, type TableDescription } from "../../src/catalog/table-summary.ts";
import { openSession } from "../../src/cli/session.ts";
import { holdDirectory } from "../../src/server/hold-directory.ts";
import { connectors } from "../../src/main.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { askCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { compareAllWithLake } from "../world/equality.ts";
import { orderCount, sampleShop } from "../world/sample-shop.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { lakeFiles, testConfig } from "../world/lake.ts";

const tables = ["customer", "customer_address", "product", "productorder", "shop_visit", "store"];

describe.each(["postgres", "mariadb"] as const)("from %s", (dialect) => {
  let home: string;
  let source: SampleSource;
  let at: CommandOptions;
  const { create, change } = sampleShop(dialect);
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "headgate-journey-"));
    source = await openSampleSource(dialect, join(home, "source"));
    for (const statement of create) await source.execute(statement);
    at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password, HEADGATE_SMALL_FILE: "0" } };
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  const sync = (...more: string[]): Promise<SyncReport> => askCommand(["sync", "shop", ...more], at);
  const outcomes = ({ tables: reports }: SyncReport): Record<string, string> =>
    Object.fromEntries(reports.map(({ lakeTable, outcome }) => [lakeTable.replace("shop.", ""), outcome]));
  const filesNow = (): Promise<readonly string[]> =>
    using(holdDirectory({ config: testConfig({ data: at.data }), connectors }), ({ context }) => lakeFiles(context));
  const count = async (...words: string[]): Promise<unknown> => {
    const { rows } = await askCommand<{ rows: unknown[] }>(["sql", ...words], at);
    return rows[0];
  };
  const compareAll = (names: readonly string[]): Promise<void> =>
    using(openSession({ config: testConfig({ data: at.data }), connectors }), async (session) => {
      const compared = await compareAllWithLake({ source, session, database: "shop", tables: names });
      expect(compared).toMatchObject(names.map((table) => ({ table: `shop.${table}`, equal: true })));
    });

  test("everything arrives in one commit, row for row", async () => {
    await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
    const report = await sync();
    expect(report.commit).not.toBeNull();
    expect(outcomes(report)).toEqual(Object.fromEntries(tables.map((name) => [name, "created"])));
    await compareAll(tables);
  });

  test("the catalog names every table's metadata", async () => {
    const listed = await askCommand<{ tables: { name: string; metadata_location: string }[] }>(["table", "list"], at);
    expect(listed.tables.map(({ name }) => name).toSorted()).toEqual(tables);
    for (const { metadata_location: location } of listed.tables)
      expect(location).toMatch(/^(file|s3):.*\.metadata\.json$/);
  });

  test("an unchanged source makes no commit and no file", async () => {
    const before = await filesNow();
    const report = await sync();
    expect(report.commit).toBeNull();
    expect(new Set(Object.values(outcomes(report)))).toEqual(new Set(["unchanged"]));
    expect(await filesNow()).toEqual(before);
  });

  test("a day's work arrives, and the day before can still be read", async () => {
    for (const statement of change) await source.execute(statement);
    const report = await sync();
    expect(outcomes(report)).toEqual({
      customer: "unchanged",
      customer_address: "unchanged",
      product: "merged",
      productorder: "merged",
      shop_visit: "merged",
      store: "unchanged",
      voucher: "created",
    });
    await compareAll([...tables, "voucher"]);
    const statement = "select count(*) as n from shop.productorder";
    expect(await count(statement)).toEqual({ n: orderCount + 400 });
    expect(await count("--as-of", "first", statement)).toEqual({ n: orderCount });
  });

  test("one table alone, loaded from the beginning", async () => {
    const report = await sync("--table", "customer*", "--full");
    expect(outcomes(report)).toEqual({ customer: "reloaded", customer_address: "reloaded" });
  });

  test("a table that left the source stays in the lake", async () => {
    await source.execute("drop table voucher");
    expect(outcomes(await sync())).toMatchObject({ voucher: "gone" });
    expect(await count("select count(*) as n from shop.voucher")).toEqual({ n: 6 });
  });

  test("new tables wait until they are named, where the source says so", async () => {
    await askCommand(["source", "set", "shop", "--new-tables", "ask"], at);
    await source.execute("create table later (id int primary key)");
    expect(outcomes(await sync())).not.toHaveProperty("later");
    expect((await sync()).tables.find(({ outcome }) => outcome === "waiting")?.reason).toContain("--table");
    expect(outcomes(await sync("--table", "later"))).toEqual({ later: "created" });
    await askCommand(["source", "set", "shop", "--new-tables", "ignore"], at);
    await source.execute("create table never (id int primary key)");
    const report = await sync();
    expect(report.tables.map(({ sourceTable }) => sourceTable.split(".")[1])).not.toContain("never");
    expect(outcomes(report)).toMatchObject({ later: "unchanged" });
  });

  test("a source that is added again takes its tables over: nothing is written, and what they keep goes on", async () => {
    const words = ["source", "remove", "shop"];
    await askCommand(["table", "set", "shop.store", "--soft-delete", "yes", "--history", "yes"], at);
    await askCommand(["schedule", "set", "nightly", "--source", "shop", "--cron", "0 5 * * *"], at);
    await sync();
    const known = () => ({ isColumn: () => true, figures: true });
    const isKnownSource = async () => true;
    const described = (): Promise<readonly TableDescription[]> =>
      using(holdDirectory({ config: testConfig({ data: at.data }), connectors }), ({ context }) =>
        Promise.all(
          tables.map((table) => describeTable(context.catalog, { name: `shop.${table}`, known, isKnownSource })),
        ),
      );
    const before = await described();
    const refused = await runCommand(words, at);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("schedules that go: nightly") });
    expect(refused.stderr).toContain("run the command again with --yes");
    const removed = await askCommand([...words, "--yes"], at);
    expect(removed).toMatchObject({ removed: "shop", schedules: ["nightly"] });
    await askCommand(
      ["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD", "--new-tables", "ignore"],
      at,
    );
    const again = await sync("--table", ...tables);
    expect(again.tables.map(({ cautions }) => cautions[0])).toEqual(
      tables.map(() => expect.stringContaining("from a source of this name before; it was used again")),
    );
    expect(outcomes(again)).toEqual(Object.fromEntries(tables.map((name) => [name, "unchanged"])));
    expect(await described()).toEqual(before);
    const { tables: listed } = await askCommand<{ tables: object[] }>(["source", "show", "shop"], at);
    expect(listed).toContainEqual(
      expect.objectContaining({ lakeTable: "shop.store", softDelete: true, history: true }),
    );
    await compareAll(tables.filter((name) => name !== "store"));
  }, 240_000);

  test("a table that was dropped is gone with its files, and is not loaded again until it is named", async () => {
    const dropped = await runCommand(["table", "drop", "shop.store"], at);
    expect(dropped).toMatchObject({ code: 1, stderr: expect.stringContaining("shop.store__history, is removed too") });
    const before = (await filesNow()).length;
    const report = await askCommand<{ filesDeleted: number }>(["table", "drop", "shop.store", "--yes"], at);
    expect(report).toMatchObject({ dropped: true, source: "shop", history: "shop.store__history" });
    expect(report.filesDeleted).toBeGreaterThan(2);
    expect(await filesNow()).toHaveLength(before - report.filesDeleted);
    expect(await runCommand(["sql", "select 1 from shop.store"], at)).toMatchObject({ code: 1 });
    for (const again of [[], ["--table", "sto*"]])
      expect((await sync(...again)).tables).toContainEqual(
        expect.objectContaining({ outcome: "waiting", reason: expect.stringContaining("dropped from the lake") }),
      );
    expect(outcomes(await sync("--table", "store"))).toEqual({ store: "created" });
    await compareAll(["store"]);
  }, 240_000);

  test("commands at once share the data directory", async () => {
    const statement = "select count(*) as n from shop.store";
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => count(statement)));
    expect(answers).toEqual(Array.from({ length: 5 }, () => ({ n: 25 })));
  });

  test("the password is in nothing that was said or written", async () => {
    const { stdout, stderr } = await runCommand(["source", "show", "shop"], at);
    expect(stdout + stderr).not.toContain(source.password);
    for (const name of await readdir(at.data, { recursive: true })) {
      const bytes = await readFile(join(at.data, name)).catch(() => Buffer.alloc(0));
      expect({ name, found: bytes.includes(source.password) }).toEqual({ name, found: false });
    }
  });
});
