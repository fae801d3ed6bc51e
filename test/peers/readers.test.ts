/**
 * PyIceberg, Spark, Trino and DuckDB read every table that Headgate's writer made, and agree with its SQL value by
 * value.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatJson } from "../../src/base/json.ts";
import { silent } from "../../src/base/progress.ts";
import { holdDirectory, type HeldDirectory } from "../../src/server/hold-directory.ts";
import { formatNestedType } from "../../src/iceberg/schema.ts";
import { schemaOfSnapshot, snapshotById, type TableMetadata } from "../../src/iceberg/table-metadata.ts";
import { connectors } from "../../src/main.ts";
import { sourceAdd } from "../../src/operations/sources.ts";
import { sql } from "../../src/operations/sql.ts";
import { tableSet } from "../../src/operations/table-set.ts";
import { sync } from "../../src/operations/sync.ts";
import { canonicalText } from "../world/canonical-text.ts";
import { sampleShop, type Dialect } from "../world/sample-shop.ts";
import { openSampleSource } from "../world/sample-source.ts";
import { readerScript, runReader, type PeerResult, type PeerTable } from "./peer-reader.ts";
import { makeTables } from "./made-tables.ts";
import { peers } from "./set-up.ts";
import { startTrino } from "./trino.ts";
import { testConfig } from "../world/lake.ts";

type Row = readonly (string | null)[];

interface Subject extends PeerTable {
  readonly ours: readonly Row[];
}

/** The tables that a counterpart cannot read at all, and the reason; everything else must agree. */
const cannotRead: Readonly<Record<string, (table: PeerTable) => string | undefined>> = {
  spark: ({ columns }) => (columns.some(([, type]) => type === "time") ? "Spark has no time type" : undefined),
  trino: ({ columns }) =>
    columns.some(([, type]) => type.startsWith("fixed")) ? "Trino has no fixed type" : undefined,
};

let home: string;
let session: HeldDirectory;
const subjects: Subject[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-peers-"));
  session = await holdDirectory({ config: testConfig({ data: join(home, "data"), smallFile: "0" }), connectors });
  for (const { name, metadata, metadataFile } of await makeTables(session.context)) {
    const snapshots = metadata.snapshots.map(({ snapshotId }) => snapshotId);
    for (const snapshot of [null, ...snapshots])
      await addSubject({ name, database: "peers", metadata, metadataFile, snapshot });
  }
  for (const dialect of ["postgres", "mariadb"] as const) await addSyncedShop(dialect);
});

afterAll(async () => {
  await session?.[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

describe("readers", () => {
  test("there is something to read, with its metadata compressed and not", () => {
    expect(subjects.length).toBeGreaterThan(30);
    const compressed = subjects.filter(({ metadata }) => metadata.endsWith(".gz.metadata.json")).length;
    expect([compressed > 0, compressed < subjects.length]).toEqual([true, true]);
  });

  test("PyIceberg", async () => {
    await agree("pyiceberg", (tables) =>
      runReader([peers.python, readerScript("pyiceberg_reader.py")], formatJson(tables)),
    );
  });

  test("DuckDB with its iceberg extension", async () => {
    await agree("duckdb", (tables) => runReader([peers.python, readerScript("duckdb_reader.py")], formatJson(tables)));
  });

  test("Spark with Iceberg's runtime", async () => {
    const environment = { ...process.env, SPARK_LOCAL_IP: "127.0.0.1" };
    await agree("spark", (tables) =>
      runReader([peers.python, readerScript("spark_reader.py"), peers.sparkJars], formatJson(tables), environment),
    );
  });

  test("Trino", async () => {
    const trino = await startTrino();
    try {
      await agree("trino", (tables) => trino.read(tables));
    } finally {
      await trino[Symbol.asyncDispose]();
    }
  });
});

async function agree(
  peer: string,
  read: (tables: readonly PeerTable[]) => Promise<readonly PeerResult[]>,
): Promise<void> {
  const readable = subjects.filter((subject) => cannotRead[peer]?.(subject) === undefined);
  const results = new Map(
    (await read(readable.map(({ ours: _ours, ...table }) => table))).map((result) => [result.name, result]),
  );
  expect(results.size, "tables read").toBe(readable.length);
  for (const { name, columns, ours } of readable) {
    const theirs = results.get(name);
    expect(
      theirs?.names.map((column) => column.toLowerCase()),
      `${peer}: columns of ${name}`,
    ).toEqual(columns.map(([column]) => column.toLowerCase()));
    expect(canonicalRows(theirs?.rows ?? [], columns), `${peer}: rows of ${name}`).toEqual(
      canonicalRows(ours, columns),
    );
  }
}

/** Rows as sorted lines, so that equal multisets give equal lists. */
function canonicalRows(rows: readonly Row[], columns: PeerTable["columns"]): readonly string[] {
  const canonical = columns.map(([, type]) => canonicalText(type));
  return rows
    .map((row) => JSON.stringify(row.map((value, index) => (value === null ? null : canonical[index]?.(value)))))
    .toSorted();
}

interface SubjectParts {
  readonly name: string;
  readonly database: string;
  readonly metadata: TableMetadata;
  readonly metadataFile: string;
  readonly snapshot: bigint | null;
}

async function addSubject({ name, database, metadata, metadataFile, snapshot }: SubjectParts): Promise<void> {
  const at = snapshot ?? metadata.currentSnapshotId;
  const state = at === undefined ? undefined : snapshotById(metadata, at);
  const current = metadata.schemas.find(({ schemaId }) => schemaId === metadata.currentSchemaId);
  const schema = snapshot === null || state === undefined ? current : schemaOfSnapshot(metadata, state);
  const columns = (schema?.fields ?? []).map((field): [string, string] => [
    field.name,
    String(formatNestedType(field.type)),
  ]);
  const ours = await readOurs({ table: `"${database}"."${name}"`, columns, snapshot });
  subjects.push({
    name: snapshot === null ? `${database}.${name}` : `${database}.${name}@${snapshot}`,
    metadata: metadataFile,
    snapshot,
    widened: name === "evolved",
    columns,
    ours,
  });
}

async function readOurs({
  table,
  columns,
  snapshot,
}: {
  table: string;
  columns: PeerTable["columns"];
  snapshot: bigint | null;
}): Promise<readonly Row[]> {
  const list = columns.map(([name, type]) => {
    const quoted = `"${name.replaceAll('"', '""')}"`;
    return type === "binary" || type.startsWith("fixed") ? `lower(hex(${quoted}))` : `${quoted}::varchar`;
  });
  const rows: Row[] = [];
  const emit = async (item: unknown): Promise<void> => void rows.push(...((item as { rows?: Row[] }).rows ?? []));
  const input = {
    sql: `select ${list.join(", ")} from ${table}`,
    explain: false,
    ...(snapshot === null ? {} : { asOf: String(snapshot) }),
  };
  await session.call(sql, input, { report: silent, emit, signal: new AbortController().signal });
  return rows;
}

/** Two syncs of the sample shop, so that there are added columns, rows deleted by position, and earlier snapshots. */
async function addSyncedShop(dialect: Dialect): Promise<void> {
  const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
  const source = await openSampleSource(dialect, join(home, dialect));
  try {
    const shop = sampleShop(dialect);
    for (const statement of shop.create) await source.execute(statement);
    await session.call(
      sourceAdd,
      { name: dialect, url: source.url, password: source.password, newTables: "auto" },
      call,
    );
    const layOut = (table: string, partitionBy: readonly string[]) =>
      session.call(tableSet, { table: `${dialect}.${table}`, partitionBy, sortBy: ["id desc"] }, call);
    await layOut("store", ["city", "day(opened)", "truncate(3, name)"]);
    await session.call(sync, { source: dialect, tables: [], full: false }, call);
    // From here on, these have files of two partition specs.
    await layOut("productorder", ["month(ordered_at)", "bucket(4, customer_id)"]);
    await layOut("product", ["truncate(50, list_price)", "bucket(3, sku)"]);
    for (const statement of shop.change) await source.execute(statement);
    await session.call(sync, { source: dialect, tables: [], full: false }, call);
  } finally {
    await source[Symbol.asyncDispose]();
  }
  for (const entry of await session.context.catalog.entries(dialect)) {
    // The large table would dominate the run time with Spark's text output; its twins cover the same types.
    if (entry.name === "productorder" && dialect === "mariadb") continue;
    const { metadata, metadataLocation } = await session.context.catalog.load(entry);
    for (const snapshot of [null, ...metadata.snapshots.slice(0, 1).map(({ snapshotId }) => snapshotId)]) {
      await addSubject({ name: entry.name, database: dialect, metadata, metadataFile: metadataLocation, snapshot });
    }
  }
}
