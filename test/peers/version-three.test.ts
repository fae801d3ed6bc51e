/**
 * Tests tables in format version 3 after merges and maintenance, and one that was upgraded from version 2: Spark,
 * PyIceberg and DuckDB read the same rows as Headgate's SQL, and Spark sees each row with the same id.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatJson } from "../../src/base/json.ts";
import { silent } from "../../src/base/progress.ts";
import { fileIO } from "../../src/catalog/file-io.ts";
import { planScan } from "../../src/iceberg/scan.ts";
import { currentSnapshot } from "../../src/iceberg/table-metadata.ts";
import { maintain } from "../../src/operations/maintain.ts";
import { sourceAdd } from "../../src/operations/sources.ts";
import { tableSet } from "../../src/operations/table-set.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { rowLineage } from "../world/row-lineage.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { readerScript, runReader, type PeerResult, type PeerTable } from "./peer-reader.ts";
import { peers } from "./set-up.ts";

const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
const plain = [
  ["id", "int"],
  ["city", "string"],
  ["note", "string"],
] as const;
const lineage = [
  ["_row_id", "long"],
  ["_last_updated_sequence_number", "long"],
] as const;

let home: string;
let source: SampleSource;
let held: HeldHeadgate;
const subjects: PeerTable[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-version-three-"));
  source = await openSampleSource("postgres", join(home, "source"));
  for (const table of ["born", "grown"]) {
    await source.execute(`create table ${table} (id int primary key, city varchar(20), note varchar(200))`);
    const rows = Array.from({ length: 3_000 }, (_, id) => `(${id}, 'city ${id % 3}', 'note ${id}')`);
    await source.execute(`insert into ${table} values ${rows.join(", ")}`);
  }
  held = await holdHeadgate({ data: join(home, "data"), smallFile: "0" });
  const { session } = held;
  await session.call(sourceAdd, { name: "shop", url: source.url, password: source.password, newTables: "auto" }, call);
  await session.call(tableSet, { table: "shop.born", formatVersion: 3, partitionBy: ["city"] }, call);
  await held.sync("shop");
  for (const from of [100, 200, 300, 400]) await change("born", from);
  await session.call(maintain, { tables: ["shop.born"], plan: false }, call);
  for (const from of [500, 600]) await change("born", from);
  await growTable();
  for (const name of ["born", "grown"]) await addSubject(name);
});
afterAll(async () => {
  await held?.[Symbol.asyncDispose]();
  await source?.[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

async function change(table: string, from: number): Promise<void> {
  await source.execute(`delete from ${table} where id between ${from} and ${from + 8}`);
  await source.execute(`update ${table} set note = null where id between ${from + 10} and ${from + 13}`);
  await source.execute(`insert into ${table} values (${10_000 + from}, 'city 1', 'new')`);
  await held.sync("shop");
}

/** In version 2, two files lose rows by one position delete file; in version 3, one of them loses more. */
async function growTable(): Promise<void> {
  await source.execute("insert into grown select id + 20000, 'Cluj', 'later' from grown where id < 500");
  await held.sync("shop");
  await source.execute("delete from grown where id in (5, 20005)");
  await held.sync("shop");
  await held.session.call(tableSet, { table: "shop.grown", formatVersion: 3 }, call);
  await source.execute("delete from grown where id in (6, 7, 2999)");
  await held.sync("shop");
}

async function addSubject(name: string): Promise<void> {
  const { metadata, metadataLocation } = await held.session.context.catalog.find(`shop.${name}`);
  subjects.push({ name, metadata: metadataLocation, snapshot: null, widened: false, columns: plain });
  expect(metadata.formatVersion).toBe(3);
}

async function deleteFormats(table: string): Promise<ReadonlySet<string>> {
  const { catalog, objects } = held.session.context;
  const { metadata } = await catalog.find(`shop.${table}`);
  const scan = { metadata, snapshot: currentSnapshot(metadata), filter: undefined };
  return new Set((await planScan(fileIO(objects), scan)).deletes.map(({ fileFormat }) => fileFormat));
}

test("there is what is to be read: vectors, alone and beside position deletes", async () => {
  expect(await deleteFormats("born")).toEqual(new Set(["PUFFIN"]));
  expect(await deleteFormats("grown")).toEqual(new Set(["PUFFIN", "PARQUET"]));
});

test("Spark with Iceberg's runtime reads the rows, and the ids by which we know them", async () => {
  const tables = subjects.map((subject) => ({ ...subject, columns: [...plain, ...lineage] }));
  const environment = { ...process.env, SPARK_LOCAL_IP: "127.0.0.1" };
  const words = [peers.python, readerScript("spark_reader.py"), peers.sparkJars];
  for (const { name, rows } of await read(() => runReader(words, formatJson(tables), environment))) {
    await expectOurs(
      name,
      rows.map((row) => row.slice(0, plain.length)),
    );
    const ours = await rowLineage(held.session.context, { table: `shop.${name}`, by: "id" });
    const theirs = rows.map(([id, , , rowId, updated]) => [id, { rowId, updated }] as const);
    expect(new Map(theirs)).toEqual(ours);
  }
});

test.each(["pyiceberg", "duckdb"])("%s reads the rows", async (reader) => {
  const words = [peers.python, readerScript(`${reader}_reader.py`)];
  for (const { name, rows } of await read(() => runReader(words, formatJson(subjects)))) await expectOurs(name, rows);
});

async function read(run: () => Promise<readonly PeerResult[]>): Promise<readonly PeerResult[]> {
  const results = await run();
  expect(results.map(({ name }) => name)).toEqual(subjects.map(({ name }) => name));
  return results;
}

async function expectOurs(name: string, theirs: PeerResult["rows"]): Promise<void> {
  const ours = await held.rows(`select id::varchar, city, note from shop.${name}`);
  const lines = (rows: readonly (readonly unknown[])[]) => rows.map((row) => JSON.stringify(row)).toSorted();
  expect(lines(theirs)).toEqual(lines(ours));
}
