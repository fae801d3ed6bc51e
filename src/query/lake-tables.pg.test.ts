import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCleanup } from "../base/cleanup.ts";
import { uuidv7 } from "../base/uuid.ts";
import { openCatalog, type Catalog } from "../catalog/catalog.ts";
import { commit } from "../catalog/commit.ts";
import { fileIO } from "../catalog/file-io.ts";
import { openMetadata } from "../../test/world/prepared-metadata.ts";
import type { EnginePool } from "../engine/engine-pool.ts";
import type { Engine } from "../engine/engine.ts";
import { openEngine } from "../engine/open-engine.ts";
import { parsePredicate } from "../governance/predicate/parse-predicate.ts";
import { wholeTable, type TableAccess } from "../governance/table-access.ts";
import type { DataFile } from "../iceberg/data-file.ts";
import { newTable } from "../iceberg/new-table.ts";
import { toBytes } from "../iceberg/single-value.ts";
import { produceSnapshot } from "../iceberg/snapshot-producer.ts";
import { formatTableMetadata, type TableMetadata } from "../iceberg/table-metadata.ts";
import { applyUpdates, schemaUpdates } from "../iceberg/table-update.ts";
import { fileCache } from "../objects/file-cache.ts";
import { fileObjectStore } from "../objects/fs/file-object-store.ts";
import { parseAsOf, type AsOf } from "./as-of.ts";
import { diffTable } from "./diff.ts";
import { lakeTables } from "./lake-tables.ts";
import { runQuery, type QueryStats } from "./query.ts";
import { statementPool } from "./statement-pool.ts";
import { quoteText } from "../engine/duckdb-type.ts";

const cleanup = openCleanup();
let catalog: Catalog;
let engines: EnginePool;
const asker = { principal: "someone", rules: "" };
let root: string;
const commits: string[] = [];
const snapshots: bigint[] = [];

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), "headgate-lake-tables-"));
  cleanup.defer(() => rm(directory, { recursive: true, force: true }));
  const { db } = cleanup.use(await openMetadata());
  root = pathToFileURL(join(directory, "lake")).href;
  catalog = openCatalog({
    db,
    objects: fileObjectStore(root),
    derived: fileCache({ directory: join(fileURLToPath(root), "derived"), boundBytes: 1_000_000 }),
  });
  const engineOptions = { memoryMb: 200, threads: 2, scratchDirectory: directory };
  engines = cleanup.use(statementPool({ ...engineOptions, processes: 2, processesEach: 2, timeoutMs: 60_000 }));
  const engine = await openEngine(engineOptions);
  await writeHistory(engine);
  await engine[Symbol.asyncDispose]();
});
afterAll(() => cleanup[Symbol.asyncDispose]());

/** Three commits of `shop.orders`: ids 1–10, then 11–20 beside them, then a wider schema and 21–30. */
async function writeHistory(engine: Engine): Promise<void> {
  const location = `${root}/orders`;
  const field = (id: number, name: string, type: string) => ({ id, name, required: false, type });
  const fields = [field(1, "id", "int"), field(2, "name", "string")];
  let metadata = newTable({
    uuid: uuidv7(),
    location,
    schema: { schemaId: 0, fields, identifierFieldIds: [] },
    now: Date.now(),
  });
  metadata = await step(engine, { metadata, from: undefined, ids: [1, 10] });
  metadata = await step(engine, { metadata, from: `${location}/metadata/0.json`, ids: [11, 20] });
  const wider = {
    schemaId: 1,
    identifierFieldIds: [],
    fields: [field(2, "title", "string"), field(1, "id", "long"), field(3, "added", "date")],
  };
  metadata = applyUpdates(metadata, {
    updates: [...schemaUpdates(wider)],
    previousFile: undefined,
    now: Date.now(),
  });
  await step(engine, { metadata, from: `${location}/metadata/1.json`, ids: [21, 30] });
}

interface Step {
  readonly metadata: TableMetadata;
  readonly from: string | undefined;
  readonly ids: readonly [number, number];
}

async function step(engine: Engine, { metadata, from, ids }: Step): Promise<TableMetadata> {
  const add = [await writeIds(engine, { metadata, ids })];
  const { snapshot, updates } = await produceSnapshot(fileIO(catalog.objects), metadata, {
    add,
    remove: new Set(),
    now: Date.now(),
  });
  const next = applyUpdates(metadata, { updates, previousFile: undefined, now: Date.now() });
  const to = `${metadata.location}/metadata/${commits.length}.json`;
  await catalog.objects.put(to, Buffer.from(formatTableMetadata(next)));
  const create =
    from === undefined
      ? { databaseId: await catalog.ensureDatabase("shop"), name: "orders", location: metadata.location }
      : undefined;
  const id = uuidv7();
  const moved = {
    tableId: metadata.tableUuid,
    label: "shop.orders",
    from,
    to,
    snapshotId: snapshot.snapshotId,
    create,
  };
  await commit(catalog, { id, runId: undefined, summary: "", steps: [moved], positions: [] });
  commits.push(id);
  snapshots.push(snapshot.snapshotId);
  return next;
}

async function writeIds(
  engine: Engine,
  { metadata, ids: [low, high] }: Pick<Step, "metadata" | "ids">,
): Promise<DataFile> {
  const isWide = metadata.currentSchemaId === 1;
  const filePath = `${metadata.location}/data/${low}.parquet`;
  const path = fileURLToPath(filePath);
  await mkdir(dirname(path), { recursive: true });
  const columns = isWide
    ? "i::bigint as id, 'n' || i as name, date '2026-05-01' as added"
    : "i::integer as id, 'n' || i as name";
  const ids = isWide ? "{id: 1, name: 2, added: 3}" : "{id: 1, name: 2}";
  await engine.run(
    `copy (select ${columns} from range(${low}, ${high + 1}) r(i)) to ${quoteText(path)} (format parquet, field_ids ${ids})`,
  );
  const bound = (value: number): ReadonlyMap<number, Uint8Array> =>
    new Map([[1, isWide ? toBytes("long", BigInt(value)) : toBytes("int", value)]]);
  return {
    content: "data",
    filePath,
    fileFormat: "PARQUET",
    specId: 0,
    partition: [],
    recordCount: BigInt(high - low + 1),
    fileSizeInBytes: BigInt((await stat(path)).size),
    valueCounts: new Map([[1, 10n]]),
    nullValueCounts: new Map([[1, 0n]]),
    lowerBounds: bound(low),
    upperBounds: bound(high),
  };
}

async function query(
  sql: string,
  asOf?: AsOf,
  access: TableAccess | undefined = wholeTable,
): Promise<{ rows: unknown[]; stats: QueryStats }> {
  const result = await runQuery({ sql, asOf, tables: lakeTables(catalog, () => access), engines, asker });
  try {
    return { rows: (await Array.fromAsync(result.batches)).flat(), stats: result.stats };
  } finally {
    await result[Symbol.asyncDispose]();
  }
}

test("reads the current state, files chosen from the manifests, old ones by field id", async () => {
  expect((await query("select count(*), sum(id), count(added), max(title) from orders")).rows).toEqual([
    [30, 465, 10, "n9"],
  ]);
  const { rows, stats } = await query(
    "select id, title, added from shop.ORDERS where id between 12 and 13 order by id",
  );
  expect(rows).toEqual([
    [12, "n12", null],
    [13, "n13", null],
  ]);
  expect(stats).toMatchObject({ filesRead: 1, tables: [{ table: "shop.orders", rows: 10 }] });
  expect((await query("select count(*) from orders where id > 1000")).stats.filesRead).toBe(0);
});

test("reads earlier states with the schema they had", async () => {
  const counts = async (asOf: AsOf): Promise<unknown[]> =>
    (await query("select count(*), max(name) from orders", asOf)).rows;
  expect(await counts({ named: "first" })).toEqual([[10, "n9"]]);
  expect(await counts({ named: "before-last" })).toEqual([[20, "n9"]]);
  expect(await counts(parseAsOf(commits[0] ?? ""))).toEqual([[10, "n9"]]);
  expect(await counts({ snapshot: snapshots[1] ?? 0n })).toEqual([[20, "n9"]]);
  await expect(counts(parseAsOf("2001-01-01"))).rejects.toMatchObject({ code: "SNAPSHOT_NOT_FOUND" });
  await expect(counts({ snapshot: 3n })).rejects.toMatchObject({ code: "SNAPSHOT_NOT_FOUND" });
});

test("compares states in one statement", async () => {
  const sql = `select count(*) from orders now where id not in (select id from orders at (version => ${snapshots[0]}))`;
  expect((await query(sql)).rows).toEqual([[20]]);
});

const presentFields = [
  { id: 1, name: "id", required: false, type: "long" },
  { id: 2, name: "title", required: false, type: "string" },
  { id: 3, name: "added", required: false, type: "date" },
];

/** Rows that pass the filter, without the column `added`. */
function rowsOf(text: string): TableAccess {
  const columns = { mode: "exclude" as const, fieldIds: new Set([3]) };
  return { parts: [{ columns, rows: [parsePredicate(text, presentFields)], masks: new Map() }] };
}

test("a row filter follows renamed and widened columns into earlier states, and skips files", async () => {
  const access = rowsOf("id between 8 and 22 and title like 'n%'");
  const now = await query("select * from orders order by id", undefined, access);
  expect(now.rows.length).toBe(15);
  expect(now.rows[0]).toEqual(["n8", 8]);
  expect(now.stats).toEqual({ filesRead: 0, filesSkipped: 0, tables: [] });
  expect((await query("select * from orders", { named: "first" }, access)).rows.toSorted()).toEqual([
    [10, "n10"],
    [8, "n8"],
    [9, "n9"],
  ]);
  const { planFiles } = await lakeTables(catalog, () => rowsOf("id < 5")).resolve(["orders"], undefined);
  expect((await planFiles(undefined)).files.length).toBe(1);
});

test("a state without the column of a row filter gives no rows, and says why without values", async () => {
  const access = rowsOf("added = '2026-05-01'");
  expect((await query("select count(*) from orders", undefined, access)).rows).toEqual([[10]]);
  const failure = { code: "NOT_ALLOWED", place: "shop.orders" };
  await expect(query("from orders", { named: "first" }, access)).rejects.toMatchObject(failure);
  const sql = `select count(*) from orders at (version => ${snapshots[0]})`;
  await expect(query(sql, undefined, access)).rejects.toMatchObject(failure);
});

test("tables about a table exist only for those who may read all of it", async () => {
  const access = rowsOf("id < 5");
  expect((await query("select count(*) from orders.snapshots")).rows).toEqual([[3]]);
  for (const name of ["orders.files", "shop.orders.partitions", "orders.nothing"])
    await expect(query(`from ${name}`, undefined, access)).rejects.toMatchObject({
      code: "TABLE_NOT_FOUND",
      message: expect.stringContaining(`there is no table ${name}`) as string,
    });
  await expect(query("from orders", undefined, { parts: [] })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
  const hidden = lakeTables(catalog, () => undefined);
  for (const parts of [["orders"], ["orders", "files"], ["shop", "orders", "files"]])
    await expect(hidden.resolve(parts, undefined)).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
});

test("a comparison of two states shows what the reader may see, and no change of the rest", async () => {
  const changes = async (access: TableAccess, from: AsOf): Promise<unknown[]> => {
    const signal = new AbortController().signal;
    const request = {
      catalog,
      rights: () => access,
      table: "shop.orders",
      from,
      to: undefined,
      engines,
      asker,
      signal,
    };
    await using result = await diffTable(request);
    return [result.columns.map(({ name }) => name), ...(await Array.fromAsync(result.batches)).flat().toSorted()];
  };
  expect(await changes(rowsOf("id between 10 and 11 or id = 30"), { named: "first" })).toEqual([
    ["_change", "title", "id"],
    ["+", "n11", 11],
    ["+", "n30", 30],
  ]);
  const constants: TableAccess = {
    parts: [
      {
        columns: { mode: "include", fieldIds: new Set([2]) },
        rows: [],
        masks: new Map([[2, { action: "fixed-value", value: "x" }]]),
      },
    ],
  };
  expect(await changes(constants, { named: "before-last" })).toEqual([
    ["_change", "title"],
    ...Array.from({ length: 10 }, () => ["+", "x"]),
  ]);
});

test("says which file of which table is gone", async () => {
  const file = `${root}/orders/data/21.parquet`;
  await rm(fileURLToPath(file));
  await expect(query("select * from orders")).rejects.toMatchObject({
    code: "DATA_FILE_MISSING",
    place: `shop.orders: ${file}`,
  });
  expect((await query("select count(*) from orders where id < 5")).rows).toEqual([[4]]);
  await expect(query("select * from orders", undefined, rowsOf("title like 'n%'"))).rejects.toMatchObject({
    code: "DATA_FILE_MISSING",
    place: "shop.orders",
    message: "a data file of shop.orders is missing",
  });
});

test("says of a state that was removed which later one still exists", async () => {
  await rm(fileURLToPath(`${root}/orders/metadata/0.json`));
  const fresh = openCatalog(catalog);
  const tables = lakeTables(fresh, () => wholeTable);
  const asked = runQuery({ sql: "select 1 from orders", asOf: { named: "first" }, tables, engines, asker });
  await expect(asked).rejects.toMatchObject({
    code: "SNAPSHOT_NOT_FOUND",
    place: "shop.orders at first",
    message: expect.stringMatching(
      /^this state has been removed; the first later state that still exists is of 20\d\d-/,
    ),
  });
});
