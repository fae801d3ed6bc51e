/**
 * Tests reconciling: equal tables are proven equal, differing rows are named, a repair changes only those, and foreign
 * writers do no harm.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseJson } from "../../src/base/json.ts";
import { uuidv7 } from "../../src/base/uuid.ts";
import { fileIO } from "../../src/catalog/file-io.ts";
import { writeMetadata } from "../../src/iceberg/metadata-file.ts";
import { planScan } from "../../src/iceberg/scan.ts";
import { produceSnapshot, type SnapshotChange } from "../../src/iceberg/snapshot-producer.ts";
import { currentSnapshot } from "../../src/iceberg/table-metadata.ts";
import { applyUpdates } from "../../src/iceberg/table-update.ts";
import type { ReconcileReport } from "../../src/sync/compare/reconcile-source.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { columnKinds } from "../soak/column-kinds.ts";
import { askCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { movePointer } from "../world/move-pointer.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

describe.each(["postgres", "mariadb"] as const)("from %s", (dialect) => {
  let home: string;
  let source: SampleSource;
  let at: CommandOptions;
  let held: HeldHeadgate;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "headgate-reconcile-"));
    source = await openSampleSource(dialect, join(home, "source"));
    await source.execute("create table keyed (id int primary key, entry varchar(200))");
    await source.execute("create table keyless (entry varchar(200), n int)");
    await source.execute("insert into keyed values (1, 'one'), (2, null), (3, '')");
    await source.execute("insert into keyless values ('same', 1), ('same', 1), ('other', 2)");
    at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password, HEADGATE_SMALL_FILE: "0" } };
    await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
    // Held by the test, so that the commands need not each start a metadata database.
    held = await holdHeadgate({ data: at.data, smallFile: "0" });
    await askCommand(["sync", "shop"], at);
  });
  afterAll(async () => {
    await held[Symbol.asyncDispose]();
    await source[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  async function reconcile(...words: string[]): Promise<{ code: number | null; report: ReconcileReport }> {
    const { code, stdout } = await runCommand(["reconcile", ...words, "--json"], at);
    return { code, report: parseJson(stdout) as unknown as ReconcileReport };
  }
  const verdicts = ({ tables }: ReconcileReport): Record<string, string> =>
    Object.fromEntries(
      tables.map(({ lakeTable, equal, repaired }) => [
        lakeTable.replace("shop.", ""),
        equal ? "equal" : repaired ? "repaired" : "different",
      ]),
    );

  /** Commits like another engine: the snapshot contains nothing of ours. */
  async function foreignCommit(
    table: string,
    change: (files: readonly string[]) => Partial<SnapshotChange>,
  ): Promise<void> {
    const { session } = held;
    const { context } = session;
    const found = await context.catalog.find(`shop.${table}`);
    const { metadata, metadataLocation: from } = found;
    const io = fileIO(context.objects);
    const { files } = await planScan(io, { metadata, snapshot: currentSnapshot(metadata), filter: undefined });
    const now = Date.now();
    const made = change(files.map(({ dataFile }) => dataFile.filePath));
    const { updates, snapshot } = await produceSnapshot(io, metadata, { add: [], remove: new Set(), now, ...made });
    const next = applyUpdates(metadata, { updates, previousFile: from, now });
    const to = await writeMetadata(io, next, { version: 900, uuid: uuidv7() });
    await movePointer(session, { table: found, to, snapshotId: snapshot.snapshotId });
  }

  test("equal tables are proven equal without reading a row", async () => {
    const first = await reconcile("shop");
    expect(first.code).toBe(0);
    expect(verdicts(first.report)).toEqual({ keyed: "equal", keyless: "equal" });
    expect(first.report.rowsRead).toBe(0);
    expect(first.report.tables.map(({ how }) => how)).toEqual([
      "the digests of all rows are equal on both sides",
      "the digests of all rows are equal on both sides",
    ]);
    const second = await reconcile("shop");
    expect(verdicts(second.report)).toEqual({ keyed: "equal", keyless: "equal" });
    expect(second.report.rowsRead).toBe(0);
  });

  test("rows that the source changed since are named, and the lake is as it was", async () => {
    await source.execute("update keyed set entry = 'changed' where id = 2");
    await source.execute(`delete from keyless where entry = 'other'`);
    const { code, report } = await reconcile("shop");
    expect(code).toBe(1);
    expect(report.commit).toBeNull();
    expect(report.tables).toMatchObject([
      {
        equal: false,
        rowsOnlyInSource: 1,
        rowsOnlyInLake: 1,
        examples: { onlyInSource: [{ id: "2", entry: "changed" }], onlyInLake: [{ id: "2", entry: null }] },
      },
      { equal: false, rowsOnlyInSource: 0, rowsOnlyInLake: 1, examples: { onlyInLake: [{ entry: "other", n: "2" }] } },
    ]);
    expect(verdicts((await reconcile("shop", "--table", "keyed")).report)).toEqual({ keyed: "different" });
  });

  test("a repair changes the rows that differ, in one commit", async () => {
    const repaired = await reconcile("shop", "--repair");
    expect(repaired.code).toBe(0);
    expect(verdicts(repaired.report)).toEqual({ keyed: "repaired", keyless: "repaired" });
    expect(repaired.report.commit).not.toBeNull();
    expect(verdicts((await reconcile("shop")).report)).toEqual({ keyed: "equal", keyless: "equal" });
  });

  test("what another writer lost is found, though the source is as it was", async () => {
    await foreignCommit("keyless", (files) => ({ remove: new Set(files.slice(0, 1)) }));
    expect(verdicts((await reconcile("shop")).report)).toEqual({ keyed: "equal", keyless: "different" });
    expect(verdicts((await reconcile("shop", "--table", "keyless", "--repair")).report)).toEqual({
      keyless: "repaired",
    });
  });

  test("a sync does not trust a table that another writer was at", async () => {
    await foreignCommit("keyed", (files) => ({ remove: new Set(files) }));
    const report: SyncReport = await askCommand(["sync", "shop"], at);
    expect(report.tables.map(({ outcome }) => outcome)).toEqual(["reloaded", "unchanged"]);
    expect(verdicts((await reconcile("shop")).report)).toEqual({ keyed: "equal", keyless: "equal" });
  });

  test("of a large table only the ranges that differ are read", async () => {
    const series = {
      postgres: "generate_series(1, 100000) s(n)",
      mariadb: "(select cast(seq as signed) as n from seq_1_to_100000) s",
    };
    await source.execute("create table large (id bigint primary key, entry varchar(40))");
    await source.execute(`insert into large select n * 7 - 1000, concat('entry ', n) from ${series[dialect]}`);
    await askCommand(["sync", "shop"], at);
    expect((await reconcile("shop", "--table", "large")).report).toMatchObject({
      rowsRead: 0,
      tables: [{ equal: true, rows: 100_000, how: "the digests of 5 ranges are equal on both sides" }],
    });
    await source.execute("update large set entry = 'changed' where id = 8");
    await source.execute("delete from large where id = 15");
    await source.execute("insert into large values (9, null)");
    const found = (await reconcile("shop", "--table", "large")).report;
    expect(found.tables).toMatchObject([{ equal: false, rows: 100_000, rowsOnlyInSource: 2, rowsOnlyInLake: 2 }]);
    expect(found.tables[0]?.how).toBe("1 of 5 ranges differed by their digests and were read");
    expect(found.rowsRead).toBe(20_000);
    expect(verdicts((await reconcile("shop", "--table", "large", "--repair")).report)).toEqual({ large: "repaired" });
    await source.execute("insert into large values (-5000, 'below'), (900000, 'above')");
    expect((await reconcile("shop", "--table", "large", "--repair")).report.tables).toMatchObject([
      { rowsOnlyInSource: 2, repaired: true },
    ]);
    await source.execute("delete from large where id in (-5000, 900000, 8)");
    expect((await reconcile("shop", "--table", "large", "--repair")).report.tables).toMatchObject([
      { rowsOnlyInLake: 3, repaired: true },
    ]);
    expect((await reconcile("shop", "--table", "large")).report).toMatchObject({
      rowsRead: 0,
      tables: [{ equal: true, rows: 99_999 }],
    });
  });

  test("of a large table a sync reads only the ranges that were written to, where row versions tell", async () => {
    const sync = async () => {
      const { tables, rowsRead } = await held.sync("shop");
      return { ...tables.find(({ lakeTable }) => lakeTable === "shop.large"), rowsRead };
    };
    const [all, range] = [100_000, 20_000];
    await source.execute("insert into large values (2, 'first'), (300001, 'between')");
    await sync();
    expect(await sync()).toMatchObject({ outcome: "unchanged", rowsRead: 0 });
    // Rows written since the start of a transaction that was open then may have been written after the cut.
    await source.execute("create table beside (id int)");
    await source.execute("update large set entry = 'again' where id = 2");
    const one = await sync();
    expect(one).toMatchObject({ outcome: "merged", rowsAdded: 1, rowsRemoved: 1 });
    expect(one.rowsRead).toBeLessThan(dialect === "postgres" ? range + 100 : all + 100);
    await source.execute("delete from large where id = 300001");
    await source.execute("insert into large values (-7000, 'below'), (990000, 'above')");
    expect(await sync()).toMatchObject({ outcome: "merged", rowsAdded: 2, rowsRemoved: 1 });
    await source.execute("update large set id = id + 5000000 where id < 0");
    expect(await sync()).toMatchObject({ outcome: "merged" });
    await source.execute("update large set entry = entry where id < 50000");
    expect(await sync()).toMatchObject({ outcome: "unchanged" });
    expect(verdicts((await reconcile("shop", "--table", "large")).report)).toEqual({ large: "equal" });
    await source.execute("drop table beside");
  });

  test("what is known of a large table's ranges is not believed of another writer's snapshot", async () => {
    await source.execute("update large set entry = 'known' where id = 7007");
    await held.sync("shop");
    await foreignCommit("large", (files) => ({ remove: new Set(files) }));
    await source.execute("update large set entry = 'changed' where id = 7007");
    const { rowsRead } = await held.sync("shop");
    expect(rowsRead).toBeGreaterThanOrEqual(99_000);
    expect(verdicts((await reconcile("shop", "--table", "large")).report)).toEqual({ large: "equal" });
  });

  test("what was known of a state is not believed of another one that was proven equal since", async () => {
    await source.execute("create table copied as select * from large");
    await held.sync("shop");
    await foreignCommit("large", (files) => ({ remove: new Set(files) }));
    await source.execute("delete from large");
    expect(verdicts((await reconcile("shop", "--table", "large")).report)).toEqual({ large: "equal" });
    // The source sends the same as before, but the lake is empty.
    await source.execute("insert into large select * from copied order by id");
    await source.execute("drop table copied");
    await held.sync("shop");
    expect(verdicts((await reconcile("shop", "--table", "large")).report)).toEqual({ large: "equal" });
  });

  test("every type but floats is written alike on both sides", async () => {
    const kinds = columnKinds[dialect].filter(({ type }) => !/^(real|double|float)/.test(type));
    const columns = kinds.map(({ type }, index) => `c${index} ${type}`);
    await source.execute(`create table every (id int primary key, ${columns.join(", ")})`);
    for (let id = -5; id < 25; id++) {
      const values = kinds.map((kind) => (id % 9 === 0 ? "null" : kind.values[Math.abs(id) % kind.values.length]));
      await source.execute(`insert into every values (${id}, ${values.join(", ")})`);
    }
    await askCommand(["sync", "shop"], at);
    const { report } = await reconcile("shop", "--table", "every");
    expect(report.tables).toMatchObject([{ equal: true, how: "the digests of all rows are equal on both sides" }]);
  });
});
