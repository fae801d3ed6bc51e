/**
 * Files of DMS with every setting, brought into the lake by the real command line: full loads, changes, new columns,
 * reloads, truncation, the controller, and runs that are killed. After each step the lake has the rows that a model
 * finds by applying the same files by hand.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ControlledTable } from "../../src/operations/controller/controlled-table.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { crashPoints } from "../../src/writer/crash-points.ts";
import { parseJson } from "../../src/base/json.ts";
import { openDmsModel, type DmsModel } from "../dms/dms-model.ts";
import { declaredTables, lakeDifferences } from "../dms/dms-lake.ts";
import { dateDelimiters, dateSequences, usualDmsSettings, type DmsSettings } from "../dms/dms-settings.ts";
import { openDmsWalk } from "../dms/dms-walk.ts";
import { openDmsTask, type DmsTask } from "../dms/dms-task.ts";
import { openRandom } from "../soak/random.ts";
import { askCommand, refusedCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { orphans } from "../world/orphans.ts";

const inDates = dateSequences.flatMap((sequence) =>
  dateDelimiters.map(
    (delimiter) => [`by_${sequence}_${delimiter}`, { datePartition: { sequence, delimiter } }] as const,
  ),
);

/** By schema; what is not given is AWS's default. */
const kinds: Readonly<Record<string, Partial<DmsSettings>>> = {
  plain: {},
  with_op: { includeOpForFullLoad: true },
  inserts: { cdcInsertsOnly: true },
  inserts_with_op: { cdcInsertsOnly: true, includeOpForFullLoad: true },
  no_deletes: { cdcInsertsAndUpdates: true },
  header: { addColumnName: true },
  header_with_op: { addColumnName: true, includeOpForFullLoad: true },
  time: { timestampColumnName: "ts" },
  time_with_header: { timestampColumnName: "Commit Time", addColumnName: true },
  time_last: { timestampColumnName: "ts", timestampPlace: "last", addColumnName: true },
  bars: { csvDelimiter: "|" },
  tabs: { csvDelimiter: "\t", addColumnName: true },
  semicolons: { csvDelimiter: ";", includeOpForFullLoad: true },
  returns: { csvRowDelimiter: "\r\n", addColumnName: true },
  no_quotes: { rfc4180: false },
  empty_is_null: { csvNullValue: "", addColumnName: true },
  other_null: { csvNullValue: "\\N" },
  gzip: { compressionType: "GZIP" },
  parquet: { dataFormat: "parquet" },
  parquet_with_op: { dataFormat: "parquet", includeOpForFullLoad: true, timestampColumnName: "ts" },
  parquet_gzip: { dataFormat: "parquet", compressionType: "GZIP", rowGroupLength: 2_048 },
  parquet_milliseconds: { dataFormat: "parquet", parquetTimestampInMillisecond: true },
  segment_names: { fullLoad: "segment names", rowsPerFile: 7 },
  segment_folders: { fullLoad: "segment folders", addColumnName: true },
  partition_folders: { fullLoad: "partition folders", dataFormat: "parquet", rowsPerFile: 9 },
  many_files: { rowsPerFile: 2 },
  ...Object.fromEntries(inDates),
};

let home: string;
let at: CommandOptions;
/** Serves the commands, so that none of them has to open the data directory, except those that are to be killed. */
let held: HeldHeadgate | undefined;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-dms-"));
  at = { data: join(home, "data"), environment: { HEADGATE_TABLE_ROOTS: home } };
  await hold();
});
afterAll(async () => {
  await letGo();
  await rm(home, { recursive: true, force: true });
});

async function hold(): Promise<HeldHeadgate> {
  held ??= await holdHeadgate(at);
  return held;
}

async function letGo(): Promise<void> {
  await held?.[Symbol.asyncDispose]();
  held = undefined;
}

interface Feed {
  readonly task: DmsTask;
  readonly model: DmsModel;
  /** The database of its tables. */
  readonly database: string;
}

function openFeed(
  folder: string,
  schema: string,
  { settings, database }: { settings: object; database: string },
): Feed {
  const task = openDmsTask({
    folder,
    schema,
    random: openRandom(schema.length * 31 + database.length),
    settings: { ...usualDmsSettings, ...settings },
    // One table shows where files of dates are.
    tables:
      "datePartition" in settings ? { product: "number" } : { product: "number", stock: "two columns", log: "none" },
  });
  return { task, model: openDmsModel({ product: ["id"], stock: ["area", "number"] }), database };
}

/** A full load of each table, with changes that are in it too, and a few files of changes. */
async function begin({ task }: Feed): Promise<void> {
  for (const table of task.tables) {
    task.fill(table, 25);
    await task.load(table, { overlap: table.key === undefined ? 0 : 5 });
  }
  await goOn(task);
}

async function goOn(task: DmsTask): Promise<void> {
  for (const count of [8, 20]) {
    task.change(count);
    await task.flush();
  }
}

async function declare(name: string, folder: string, feeds: readonly Feed[], more: object = {}): Promise<void> {
  const tables = Object.assign({}, ...feeds.map(({ task }) => declaredTables(task))) as object;
  const file = join(home, `${name}.yaml`);
  const source = { url: `dms-files+file://${folder}?schema=shop&settle=0`, tables, ...more };
  await writeFile(file, JSON.stringify({ sources: { [name]: source } }));
  await askCommand(["apply", file], at);
}

/** Syncs, and expects exactly these tables to stop. */
async function sync(name: string, feeds: readonly Feed[], expected: readonly string[] = []): Promise<SyncReport> {
  const { code, stdout, stderr } = await runCommand(["sync", name, "--json"], at);
  if (stdout === "") throw new Error(`the sync ended with ${code}: ${stderr}`);
  const report = parseJson(stdout) as unknown as SyncReport;
  const failed = report.tables.filter(({ outcome }) => outcome === "failed");
  expect(failed.map(({ sourceTable, error }) => `${sourceTable} ${error?.code}`).toSorted()).toEqual(expected);
  for (const { task, model } of feeds) model.read(task.files());
  return report;
}

async function expectEqual(feeds: readonly Feed[]): Promise<void> {
  const own = await hold();
  const differences: string[] = [];
  for (const feed of feeds) differences.push(...(await lakeDifferences({ held: own, ...feed })));
  expect(differences).toEqual([]);
  expect(await orphans(own.session.context)).toEqual([]);
}

describe("every setting", { timeout: 600_000 }, () => {
  let folder: string;
  let feeds: readonly Feed[];

  beforeAll(async () => {
    folder = join(home, "every");
    feeds = Object.entries(kinds).map(([schema, settings]) =>
      openFeed(folder, schema, { settings, database: `every_${schema}` }),
    );
    for (const feed of feeds) await begin(feed);
    await declare("every", folder, feeds);
  }, 600_000);

  test("full loads and changes", async () => {
    await sync("every", feeds);
    await expectEqual(feeds);
  });

  test("nothing new opens nothing and commits nothing", async () => {
    const report = await sync("every", feeds);
    expect(report.commit).toBeNull();
    expect(new Set(report.tables.map(({ outcome }) => outcome))).toEqual(new Set(["unchanged"]));
  });

  test("changes, and new columns where files name them", async () => {
    for (const { task } of feeds) {
      await goOn(task);
      if (task.canAddColumns) for (const table of task.tables) await task.addColumn(table);
      await goOn(task);
    }
    await sync("every", feeds);
    await expectEqual(feeds);
  });

  test("loaded again, over old files and in an emptied folder", async () => {
    for (const { task } of feeds)
      for (const [index, table] of task.tables.entries()) {
        if (index === 0) await task.truncate(table);
        task.fill(table, 4);
        await task.load(table, { overlap: table.key === undefined ? 0 : 3 });
      }
    for (const { task } of feeds) await goOn(task);
    await sync("every", feeds);
    await expectEqual(feeds);
  });
});

describe("transactions of all tables in one file", () => {
  const settings: readonly (readonly [string, Partial<DmsSettings>])[] = [
    ["whole", { preserveTransactionsIn: "cdc" }],
    ["timed", { preserveTransactionsIn: "in/order", timestampColumnName: "ts", compressionType: "GZIP" }],
  ];

  test.each(settings)("%s", async (name, own) => {
    const folder = join(home, name);
    const feed = openFeed(folder, "shop", { settings: own, database: name });
    await begin(feed);
    await declare(name, folder, [feed]);
    await sync(name, [feed]);
    await expectEqual([feed]);
    await goOn(feed.task);
    await sync(name, [feed]);
    await expectEqual([feed]);
  });
});

describe("the controller", () => {
  let feed: Feed;

  beforeAll(async () => {
    const folder = join(home, "erp");
    feed = openFeed(folder, "shop", { settings: { addColumnName: true }, database: "erp" });
    await begin(feed);
    const url = `dms-files+file://${folder}?schema=shop&settle=0`;
    await askCommand(["source", "add", "erp", url, "--new-tables", "ask"], at);
  });

  const control = (table: string, ...words: string[]) =>
    askCommand<ControlledTable>(["table", "controller", table, ...words], at);

  test("new tables are inactive where the source asks, and an existing controller table is read in", async () => {
    const { tables } = await askCommand<{ tables: ControlledTable[] }>(["source", "controller", "erp"], at);
    expect(tables.map(({ table, ActiveFlag }) => [table, ActiveFlag])).toEqual(
      ["erp.log", "erp.product", "erp.stock"].map((table) => [table, false]),
    );
    const item = (folder: string, ActiveFlag: string, PrimaryKey: string) => ({
      Item: Object.fromEntries(
        Object.entries({
          path: `bucket/dms/shop/${folder}/`,
          ActiveFlag,
          PrimaryKey,
          PartitionKey: "null",
          LastFullLoadDate: "1900-01-01 00:00:00",
          LastIncrementalFile: `bucket/dms/shop/${folder}/0.parquet`,
        }).map(([name, value]) => [name, { S: value }]),
      ),
    });
    const lines = [item("product", "true", "id"), item("stock", "false", "area,number"), item("gone", "true", "null")];
    const file = join(home, "controller.json");
    await writeFile(file, lines.map((line) => JSON.stringify(line)).join("\n"));
    expect(await askCommand(["source", "controller", "erp", "--read", file], at)).toMatchObject({
      tables: [
        { table: "erp.product", ActiveFlag: true, PrimaryKey: "id" },
        { table: "erp.stock", ActiveFlag: false, PrimaryKey: "area,number" },
      ],
      skipped: [{ table: "shop.gone" }],
    });
    const report = await sync("erp", []);
    expect(report.tables.filter(({ outcome }) => outcome === "created")).toMatchObject([{ lakeTable: "erp.product" }]);
  });

  test("active tables are loaded, inactive ones stay as they are", async () => {
    await control("erp.stock", "--active-flag", "true");
    await control("erp.log", "--active-flag", "true", "--partition-key", "truncate(2, entry)");
    await sync("erp", [feed]);
    await expectEqual([feed]);
    expect(await control("erp.stock", "--active-flag", "false")).toMatchObject({ ActiveFlag: false });
    await goOn(feed.task);
    await sync("erp", []);
    feed.model.read(feed.task.files(), (table) => table !== "stock");
    await expectEqual([feed]);
    await control("erp.stock", "--active-flag", "true");
    await sync("erp", [feed]);
    await expectEqual([feed]);
  });

  test("it says how far the files are read", async () => {
    const last = feed.model.readFiles("product").toSorted().at(-1);
    const { LastIncrementalFile, LastFullLoadDate } = await control("erp.product");
    expect(LastIncrementalFile).toBe(last);
    expect(LastFullLoadDate).toMatch(/^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
    await control("erp.product", "--last-full-load-date", LastFullLoadDate ?? "");
    expect(await sync("erp", [feed])).toMatchObject({ commit: null });
  });

  test("an earlier file reads again from there, an earlier full load everything, with history and deleted rows kept", async () => {
    await askCommand(["table", "set", "erp.product", "--history", "yes", "--soft-delete", "yes"], at);
    for (const table of feed.task.tables) await feed.task.addColumn(table);
    await goOn(feed.task);
    await sync("erp", [feed]);
    const [first = ""] = feed.model.readFiles("product").toSorted();
    for (const table of ["erp.product", "erp.stock", "erp.log"]) await control(table, "--last-incremental-file", first);
    await sync("erp", [feed]);
    await expectKept();
    for (const table of ["erp.product", "erp.log"])
      await control(table, "--last-full-load-date", "1900-01-01 00:00:00", "--last-incremental-file", "null");
    await sync("erp", [feed]);
    await expectKept();
  });

  async function expectKept(): Promise<void> {
    const own = await hold();
    expect(await lakeDifferences({ held: own, ...feed, soft: new Set(["product"]) })).toEqual([]);
    const replay = `select id from erp.product__history group by all having
      sum(case when _operation in ('insert', 'update_after') then 1 else -1 end) > 1`;
    expect(await own.rows(replay)).toEqual([]);
  }

  test("headgate.yaml speaks its words, and does not set the same place twice", async () => {
    const file = join(home, "erp.yaml");
    const [first] = feed.model.readFiles("product").toSorted();
    const controller = { ActiveFlag: true, PrimaryKey: "id", LastIncrementalFile: first };
    const url = `dms-files+file://${join(home, "erp")}?schema=shop&settle=0`;
    const product = { history: true, soft_delete: true, controller };
    await writeFile(file, JSON.stringify({ sources: { erp: { url, new_tables: "ask", tables: { product } } } }));
    await askCommand(["apply", file], at);
    expect(await control("erp.product")).toMatchObject({ PrimaryKey: "id", LastIncrementalFile: first });
    await sync("erp", [feed]);
    await expectKept();
    expect(await askCommand(["apply", file], at)).toMatchObject({ steps: [] });
  });

  test("a place belongs to files, and a key to columns", async () => {
    const key = ["table", "controller", "erp.product", "--primary-key", "none_such"];
    expect(await refusedCommand(key, at)).toMatchObject({ code: "USAGE" });
    const time = ["table", "controller", "erp.product", "--last-full-load-date", "yesterday"];
    expect(await refusedCommand(time, at)).toMatchObject({ code: "USAGE" });
  });
});

describe("killed", () => {
  const folder = () => join(home, "killed");
  let feed: Feed;

  beforeAll(async () => {
    feed = openFeed(folder(), "shop", { settings: { includeOpForFullLoad: true }, database: "killed" });
    await begin(feed);
    await declare("killed", folder(), [feed]);
    await sync("killed", [feed]);
  });

  test.each(
    crashPoints.filter((point) => point !== "positions-moved" && point !== "sweeping" && point !== "split-noted"),
  )("at %s", async (point) => {
    await goOn(feed.task);
    await letGo();
    const environment = { ...at.environment, HEADGATE_CRASH_AT: point };
    await runCommand(["sync", "killed"], { ...at, environment });
    await hold();
    await goOn(feed.task);
    await sync("killed", [feed]);
    await expectEqual([feed]);
  });
});

test("a random walk", async () => {
  await letGo();
  const walk = openDmsWalk({ home: join(home, "walk"), name: "walk", random: openRandom(17), at });
  const wrong: string[] = [];
  for (let step = 0; step < 12; step++) wrong.push(...(await walk.step()));
  await hold();
  expect(wrong).toEqual([]);
}, 600_000);

test("a truncated table stops with its remedy until it is loaded again; the others go on", async () => {
  const folder = join(home, "cleared");
  const feed = openFeed(folder, "shop", { settings: {}, database: "cleared" });
  await begin(feed);
  await declare("cleared", folder, [feed]);
  await sync("cleared", [feed]);
  const [product] = feed.task.tables;
  if (product === undefined) throw new TypeError("a table was made");
  await feed.task.truncate(product);
  await goOn(feed.task);
  await sync("cleared", [feed], ["shop.product SOURCE_FILES_VANISHED"]);
  await expectEqual([feed]);
  feed.task.fill(product, 3);
  await feed.task.load(product);
  await sync("cleared", [feed]);
  await expectEqual([feed]);
});
