/**
 * Tests table layouts: partitions of every kind, sorting, file sizes, changes in between; the rows are always the
 * source's.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fileIO } from "../../src/catalog/file-io.ts";
import type { z } from "zod";
import { silent } from "../../src/base/progress.ts";
import { tableFiles } from "../../src/catalog/table-files.ts";
import { localFiles, type LocalFile } from "../../src/catalog/local-files.ts";
import { planScan } from "../../src/iceberg/scan.ts";
import { currentSnapshot, type TableMetadata } from "../../src/iceberg/table-metadata.ts";
import { tableSet } from "../../src/operations/table-set.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { askCommand, refusedCommand, type CommandOptions } from "../world/command.ts";
import { compareWithLake } from "../world/equality.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { orphans } from "../world/orphans.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

describe.each(["postgres", "mariadb"] as const)("from %s", (dialect) => {
  let home: string;
  let source: SampleSource;
  let held: HeldHeadgate;
  let round = 0;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "headgate-layout-"));
    source = await openSampleSource(dialect, join(home, "source"));
    await source.execute(
      "create table orders (id int primary key, city varchar(40), total decimal(12,2), placed_at timestamp null, note varchar(200))",
    );
    const cities = ["Cluj", "Iași", "", "a/b=c", "São Paulo"];
    const rows = Array.from({ length: 3_000 }, (_, id) => {
      const city = id % 7 === 6 ? "null" : `'${cities[id % 7] ?? "Cluj"}'`;
      const month = String((id % 3) + 1).padStart(2, "0");
      return `(${id}, ${city}, ${(id - 1_500) / 4}, '2026-${month}-${String((id % 28) + 1).padStart(2, "0")} 10:00:00', 'note ${id}')`;
    });
    await source.execute(`insert into orders values ${rows.join(", ")}`);
    const at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
    await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
    held = await holdHeadgate({ data: at.data, smallFile: "0" });
  });
  afterAll(async () => {
    await held[Symbol.asyncDispose]();
    await source[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
  const lay = (set: Partial<z.input<typeof tableSet.input>>) =>
    held.session.call(tableSet, { table: "shop.orders", ...set }, call);
  const sync = (full = false): Promise<SyncReport> => held.sync("shop", full);

  async function change(): Promise<void> {
    round++;
    await source.execute(
      `update orders set note = 'changed ${round}' where id between ${round * 50} and ${round * 50 + 20}`,
    );
    await source.execute(`update orders set city = 'Turda' where id between ${round * 90} and ${round * 90 + 9}`);
    await source.execute(`delete from orders where id between ${2_000 + round * 10} and ${2_004 + round * 10}`);
    await source.execute(`insert into orders values (${10_000 + round}, 'Cluj', -0.01, null, null)`);
  }

  interface State {
    readonly metadata: TableMetadata;
    readonly files: readonly LocalFile[];
  }

  /** Checks that the table equals its source and has no orphans, then checks its files. */
  async function expectExact(look: (state: State) => Promise<void> | void): Promise<void> {
    const { session } = held;
    expect(await compareWithLake({ source, session, database: "shop", table: "orders" })).toMatchObject({
      equal: true,
    });
    expect(await orphans(session.context)).toEqual([]);
    const { catalog, objects } = session.context;
    const table = await catalog.find("shop.orders");
    const { metadata } = table;
    const scan = { metadata, snapshot: currentSnapshot(metadata), filter: undefined };
    const { files } = await planScan(fileIO(objects), scan);
    await look({
      metadata,
      files: await localFiles(tableFiles(catalog, table), { table: "shop.orders", metadata, files }),
    });
  }

  test("from the first load: a file of each partition, sorted, compressed as asked", async () => {
    await lay({ partitionBy: ["city", "month(placed_at)"], sortBy: ["total desc"], compression: "gzip" });
    await sync();
    await expectExact(async ({ metadata, files }) => {
      expect(metadata.partitionSpecs.at(-1)?.fields.map(({ name }) => name)).toEqual(["city", "placed_at_month"]);
      expect(files).toHaveLength(6 * 3);
      expect(new Set(files.map(({ dataFile }) => dataFile.partition[1]))).toEqual(new Set([672, 673, 674]));
      expect(files.every(({ dataFile }) => dataFile.sortOrderId === metadata.defaultSortOrderId)).toBe(true);
      const engine = await held.session.context.loadEngine();
      const [file] = files;
      const codecs = await engine.run(`select distinct compression from parquet_metadata('${file?.path}')`);
      expect(codecs.rows).toEqual([["GZIP"]]);
      const totals = await engine.run(`select total from read_parquet('${file?.path}') order by file_row_number`);
      const numbers = totals.rows.map(([total]) => Number(total));
      expect(numbers).toEqual(numbers.toSorted((left, right) => right - left));
    });
  });

  test("changes are marked in their own partitions", async () => {
    await change();
    expect(await sync()).toMatchObject({ tables: [{ outcome: "merged" }] });
    await expectExact(({ files }) => {
      expect(files.some(({ deletes }) => deletes.length > 0)).toBe(true);
    });
  });

  test("another layout midway: old files stay as they are, new ones follow, a full load rewrites all", async () => {
    await lay({ partitionBy: ["bucket(4, id)", "truncate(1, city)"], sortBy: [], compression: null });
    await change();
    await sync();
    await expectExact(({ metadata, files }) => {
      expect(new Set(files.map(({ dataFile }) => dataFile.specId))).toEqual(new Set([0, 1]));
      expect(metadata.partitionSpecs[1]?.fields.map(({ fieldId }) => fieldId)).toEqual([1002, 1003]);
    });
    await change();
    await sync();
    await lay({ partitionBy: ["month(placed_at)"] });
    await sync(true);
    await expectExact(({ metadata, files }) => {
      expect(metadata.partitionSpecs.at(-1)?.fields).toMatchObject([{ fieldId: 1001, name: "placed_at_month" }]);
      expect(new Set(files.map(({ dataFile }) => dataFile.specId))).toEqual(new Set([2]));
    });
  });

  test("by the moment itself: each moment is a partition, in manifests and summaries too", async () => {
    await lay({ partitionBy: ["placed_at", "total"] });
    await source.execute("delete from orders where id >= 400");
    await sync(true);
    await change();
    await sync();
    await expectExact(({ files }) => {
      const newest = files.filter(({ dataFile }) => dataFile.specId === 3);
      expect(newest.length).toBeGreaterThan(300);
      const values = newest.flatMap(({ dataFile }) => dataFile.partition);
      expect(values.filter((value) => value !== null && typeof value !== "bigint")).toEqual([]);
    });
    await lay({ partitionBy: ["month(placed_at)"] });
    await sync(true);
  });

  test("a column that partitions go by is renamed, then dropped: no table stops", async () => {
    await source.execute("alter table orders rename column placed_at to ordered_at");
    await change();
    const renamed = await sync();
    expect(renamed.tables[0]?.cautions).toEqual([expect.stringContaining("partitioning stays as it was")]);
    await expectExact(() => {});
    await source.execute("alter table orders drop column ordered_at");
    await source.execute("delete from orders where id < 40");
    await sync();
    await expectExact(({ metadata }) => {
      const spec = metadata.partitionSpecs.find(({ specId }) => specId === metadata.defaultSpecId);
      expect(spec?.fields.length).toBeLessThan(2);
    });
    await lay({ partitionBy: [] });
    await source.execute("delete from orders where id < 60");
    await sync();
    await expectExact(() => {});
  });

  test.each([
    [{ partitionBy: ["ctiy"] }, "did you mean city?"],
    [{ partitionBy: ["day(city)"] }, "does not apply"],
    [{ partitionBy: ["bucket(0, id)"] }, "at least 1"],
    [{ partitionBy: ["id", "id"] }, "twice"],
    [{ sortBy: ["total down"] }, "no column total down"],
    [{ key: ["nothing"] }, "no column nothing"],
    [{ targetFileSize: 0 }, ">=1"],
    [{ freshness: -1 }, ">0"],
  ])("%j is refused", async (set, message) => {
    const refusal = { code: "USAGE", message: expect.stringContaining(message) };
    await expect(lay(set)).rejects.toMatchObject(refusal);
  });
});

test("the words of the command", async () => {
  const home = await mkdtemp(join(tmpdir(), "headgate-layout-"));
  await using source = await openSampleSource("postgres", join(home, "source"));
  await source.execute("create table orders (id int, city text)");
  const at: CommandOptions = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  const set = (...words: string[]) => ["table", "set", "shop.orders", ...words];
  const words = set(
    "--partition-by",
    "bucket(4, id)",
    "city",
    "--sort-by",
    "city desc",
    "--key",
    "id",
    "--freshness",
    "26h",
  );
  const usual = {
    table: "shop.orders",
    source: "shop",
    mode: { mode: "diff", reason: "exact for every table" },
    softDelete: false,
    history: false,
  };
  expect(await askCommand([...words, "--target-file-size", "64", "--compression", "snappy"], at)).toEqual({
    ...usual,
    partitionBy: ["bucket(4, id)", "city"],
    sortBy: ["city desc"],
    targetFileSize: 64,
    compression: "snappy",
    key: ["id"],
    freshness: 93_600,
  });
  expect(
    await askCommand(set("--partition-by", "none", "--sort-by", "auto", "--target-file-size", "auto"), at),
  ).toEqual({
    ...usual,
    partitionBy: [],
    compression: "snappy",
    key: ["id"],
    freshness: 93_600,
  });
  expect(await refusedCommand(set("--target-file-size", "many"), at)).toMatchObject({ code: "USAGE" });
  expect(await refusedCommand(set("--freshness", "soon"), at)).toMatchObject({ code: "USAGE" });
  await rm(home, { recursive: true, force: true });
});
