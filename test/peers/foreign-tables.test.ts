/**
 * Tests tables by Spark, Trino and PyIceberg, in every version that they write and after every kind of evolution:
 * Headgate's SQL reads what they read.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { holdDirectory, type HeldDirectory } from "../../src/server/hold-directory.ts";
import { currentSchema } from "../../src/iceberg/table-metadata.ts";
import { connectors } from "../../src/main.ts";
import { maintain } from "../../src/operations/maintain.ts";
import { tableRegister } from "../../src/operations/register.ts";
import { sql } from "../../src/operations/sql.ts";
import { canonicalText } from "../world/canonical-text.ts";
import { testConfig } from "../world/lake.ts";
import { readerScript, runReader, type PeerResult, type PeerTable } from "./peer-reader.ts";
import { runWriter, type WrittenTable } from "./peer-writer.ts";
import { avroTables } from "./avro-tables.ts";
import { sparkTables, type ForeignTable } from "./spark-tables.ts";
import { peers } from "./set-up.ts";
import { startTrino } from "./trino.ts";
import { trinoTables } from "./trino-tables.ts";

let home: string;
let warehouse: string;
let session: HeldDirectory;
const written = new Map<string, WrittenTable>();

const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };

const madeBySpark = (directory: string): readonly ForeignTable[] => [...sparkTables(directory), ...avroTables];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-foreign-"));
  warehouse = join(home, "warehouse of others");
  await mkdir(warehouse);
  const tables = madeBySpark(warehouse);
  const words = [peers.python, join(import.meta.dirname, "writers/spark_writer.py"), peers.sparkJars, warehouse];
  for (const table of await runWriter(words, tables)) written.set(table.name, table);
  const config = { ...testConfig({ data: join(home, "data"), smallFile: "0" }), tableRoots: [`file://${warehouse}`] };
  session = await holdDirectory({ config, connectors });
  const places = new Map(tables.map(({ name, filesAt }) => [name, filesAt]));
  for (const { name, metadata } of written.values())
    await session.call(tableRegister, { table: name, location: metadata, filesAt: listOf(places.get(name)) }, call);
}, 300_000);

function listOf(place: string | undefined): string[] {
  return place === undefined ? [] : [place];
}

afterAll(async () => {
  await session?.[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

describe("made by Spark", () => {
  test.each(madeBySpark(""))("$name", async (table) => {
    const theirs = written.get(table.name)?.rows ?? [];
    expect(theirs.length).toBeGreaterThan(0);
    expect(canonicalRows(await readOurs(table), table)).toEqual(canonicalRows(theirs, table));
  });

  test("in Avro where it was told to: data, deletes of both kinds, and Parquet beside them", async () => {
    const found = new Set<string>();
    for (const table of avroTables) for (const kind of await fileKinds(table)) found.add(kind);
    const avro = ["data", "position-deletes", "equality-deletes"].map((content) => `${content} AVRO`);
    expect(found).toEqual(new Set([...avro, "data PARQUET", "position-deletes PARQUET", "position-deletes PUFFIN"]));
  });

  test.each(madeBySpark("").filter(({ filter }) => filter !== undefined))("$name, filtered", async (table) => {
    const all = await readOurs(table);
    const some = await readOurs(table, `where ${table.filter}`);
    const skipped = await skippedFiles(table);
    expect(some.length).toBeGreaterThan(0);
    expect(some.length).toBeLessThan(all.length);
    expect(skipped).toBeGreaterThan(0);
  });
});

describe("made by Spark, kept up here, and read by Spark again", () => {
  const kept = madeBySpark("").filter(({ keptUp }) => keptUp === true);
  const before = new Map<string, readonly Row[]>();
  let theirs: ReadonlyMap<string, readonly Row[]>;

  beforeAll(async () => {
    for (const table of kept) before.set(table.name, await readOurs(table));
    const { runs } = await session.call(maintain, { tables: kept.map(({ name }) => name), plan: false }, call);
    const done = runs.flatMap(({ tables }) => tables);
    expect(done.map(({ table, error }) => ({ table, error }))).toEqual(
      kept
        .map(({ name }) => name)
        .toSorted()
        .map((table) => ({ table, error: undefined })),
    );
    expect(done.filter(({ rewrites }) => rewrites.length > 0).length).toBeGreaterThan(2);
    const asked = await Promise.all(
      kept.map(async ({ name, columns }) => ({
        name,
        metadata: (await session.context.catalog.find(name)).metadataLocation,
        snapshot: null,
        widened: false,
        columns: columns.map(({ theirs: column, type }) => [column, type, column]),
      })),
    );
    const words = [peers.python, readerScript("spark_reader.py"), peers.sparkJars];
    const results = await runReader(words, JSON.stringify(asked), { ...process.env, SPARK_LOCAL_IP: "127.0.0.1" });
    theirs = new Map(results.map(({ name, rows }) => [name, rows]));
  }, 300_000);

  test.each(kept)("$name", async (table) => {
    const rows = canonicalRows(before.get(table.name) ?? [], table);
    expect(canonicalRows(await readOurs(table), table)).toEqual(rows);
    expect(canonicalRows(theirs.get(table.name) ?? [], table)).toEqual(rows);
    expect(await valueDeletesLeft(table)).toBe(0);
  });
});

/** Read by the engine that made them. */
interface ReadBack {
  readonly name: string;
  readonly metadata: string;
}

async function agree(
  made: readonly ReadBack[],
  read: (tables: readonly PeerTable[]) => Promise<readonly PeerResult[]>,
): Promise<void> {
  const tables = await Promise.all(made.map(registered));
  const results = new Map((await read(tables)).map(({ name, rows }) => [name, rows]));
  for (const { name, columns } of tables) {
    const table: ForeignTable = {
      name,
      steps: [],
      columns: columns.map(([column, type]) => ({
        theirs: column,
        ours: type === "binary" ? `lower(hex("${column}"))` : `"${column}"`,
        type,
      })),
    };
    const theirs = results.get(name) ?? [];
    expect(theirs.length, name).toBeGreaterThan(0);
    expect(canonicalRows(await readOurs(table), table), name).toEqual(canonicalRows(theirs, table));
  }
}

async function registered({ name, metadata }: ReadBack): Promise<PeerTable> {
  await session.call(tableRegister, { table: name, location: metadata }, call);
  const { metadata: known, metadataLocation } = await session.context.catalog.find(name);
  const columns = currentSchema(known).fields.map((field): [string, string] => [field.name, String(field.type)]);
  return { name, metadata: metadataLocation, snapshot: null, widened: false, columns };
}

test("made by PyIceberg", async () => {
  const words = [join(import.meta.dirname, "writers/pyiceberg_tables.py"), warehouse];
  const { stdout, stderr } = spawnSync(peers.python, words, { encoding: "utf8" });
  const made = stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as ReadBack);
  expect({ made: made.length, stderr: made.length === 3 ? "" : stderr }).toEqual({ made: 3, stderr: "" });
  await agree(made, (tables) => runReader([peers.python, readerScript("pyiceberg_reader.py")], JSON.stringify(tables)));
});

test("made by Trino", async () => {
  await using trino = await startTrino();
  const made: ReadBack[] = [];
  for (const table of trinoTables) made.push({ name: table.name, metadata: await trino.write(table, warehouse) });
  await agree(made, (tables) => trino.read(tables));
});

async function valueDeletesLeft(table: ForeignTable): Promise<number> {
  const kinds = await fileKinds(table);
  return kinds.filter((kind) => kind.startsWith("equality-deletes")).length;
}

/** Content and format of each file. */
async function fileKinds({ name }: ForeignTable): Promise<readonly string[]> {
  const rows = await rowsOf(`select content || ' ' || file_format from ${name}.files`);
  return rows.map(([kind]) => kind ?? "");
}

function columnList({ columns }: ForeignTable): string {
  return columns.map(({ ours }) => `(${ours})::varchar`).join(", ");
}

type Row = readonly (string | null)[];

async function readOurs(table: ForeignTable, rest = ""): Promise<readonly Row[]> {
  return rowsOf(`select ${columnList(table)} from ${table.name} ${rest}`);
}

async function rowsOf(text: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const emit = async (item: unknown): Promise<void> => void rows.push(...((item as { rows?: Row[] }).rows ?? []));
  await session.call(sql, { sql: text, explain: false }, { ...call, emit });
  return rows;
}

async function skippedFiles({ name, filter }: ForeignTable): Promise<number> {
  const { stats } = await session.call(sql, { sql: `select * from ${name} where ${filter}`, explain: true }, call);
  return stats.filesSkipped;
}

/** Rows as sorted lines, so that equal multisets give equal lists. */
function canonicalRows(rows: readonly Row[], { columns }: ForeignTable): readonly string[] {
  const canonical = columns.map(({ type }) => canonicalText(type));
  return rows
    .map((row) => JSON.stringify(row.map((value, index) => (value === null ? null : canonical[index]?.(value)))))
    .toSorted();
}
