/**
 * Tests the types of format version 3 between programs: Headgate reads what Iceberg's own library for Java writes; and
 * what Headgate writes and compacts is read by that library, DuckDB and PyIceberg, as far as each supports the type. No
 * other engine can take part: Spark 3.5 has no variants and no nanoseconds, Trino 476 does not read version 3, Iceberg
 * 1.10 for Java has no geometries in Parquet, and PyIceberg 0.12 does not write version 3 and opens no table with a
 * variant.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatJson } from "../../src/base/json.ts";
import { silent, type ProgressEvent } from "../../src/base/progress.ts";
import { quoteText } from "../../src/engine/duckdb-type.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { openEngine } from "../../src/engine/open-engine.ts";
import { tableImport } from "../../src/operations/import.ts";
import { maintain } from "../../src/operations/maintain.ts";
import { tableRegister } from "../../src/operations/register.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { readerScript, runReader, type PeerResult, type PeerTable } from "./peer-reader.ts";
import { peers } from "./set-up.ts";

const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
type Input = Parameters<typeof tableImport.run>[1];
const take = (input: Partial<Input> & { table: string }) => held.session.call(tableImport, input as Input, call);
type Columns = PeerTable["columns"];

let home: string;
let engine: Engine;
let held: HeldHeadgate;
/** What Iceberg's library for Java reads from the tables. */
const theirs = new Map<string, PeerResult["rows"]>();

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-peer-types-"));
  engine = await openEngine({ memoryMb: 256, threads: 1, scratchDirectory: home });
  held = await holdHeadgate({ data: join(home, "data"), tableRoots: home, smallFile: "0" });
  for (const [table, query] of Object.entries(made)) await importFiles(table, query);
  await held.session.call(maintain, { tables: Object.keys(made), plan: false }, call);
  const read = [await peerTable("shop.typed", javaColumns), await peerTable("shop.nanos", nanoColumns)];
  const words = [peers.python, join(import.meta.dirname, "iceberg_java.py"), peers.sparkJars, peers.commonsLang];
  const environment = { ...process.env, SPARK_LOCAL_IP: "127.0.0.1" };
  const results = await runReader(words, formatJson({ write: join(home, "java"), read }), environment);
  for (const { name, rows } of results) theirs.set(name, rows);
});
afterAll(async () => {
  await held?.[Symbol.asyncDispose]();
  await engine?.[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

const moment = "('1969-12-31 23:59:59.99999999' || id)::timestamp_ns";
/** Six files of one row, with `id` from 0. */
const made: Readonly<Record<string, (id: number) => string>> = {
  "shop.typed": (number) => `select id, ${moment} as moment, ('POINT (' || id || ' 2)')::geometry as place, case id
      when 0 then null::variant
      when 1 then '{"a": 1, "b": [1, "x", null]}'::json::variant
      when 2 then 'a text'::variant
      when 3 then 12345.678::decimal(12,3)::variant
      when 4 then timestamp_ns '2026-01-02 03:04:05.123456789'::variant
      else 1.5::double::variant end as doc from range(${number}, ${number + 1}) rows(id)`,
  "shop.nanos": (number) => `select id, ${moment} as moment from range(${number}, ${number + 1}) rows(id)`,
};
const nanoColumns: Columns = [
  ["id", "long"],
  ["moment", "timestamp_ns"],
];
const javaColumns: Columns = [...nanoColumns, ["doc", "variant"]];

async function importFiles(table: string, query: (id: number) => string): Promise<void> {
  const location = join(home, table);
  await mkdir(location);
  for (let id = 0; id < 6; id++) {
    const file = quoteText(join(location, `${id}.parquet`));
    await engine.run(`copy (${query(id)}) to ${file} (format parquet, geoparquet_version 'NONE')`);
    if (id > 0) await take({ table, again: true });
    else {
      const { proposal } = await take({ table, location, plan: true });
      const approve = proposal?.digest;
      await take({ table, location, approve });
    }
  }
}

async function peerTable(name: string, columns: Columns): Promise<PeerTable> {
  const { metadataLocation } = await held.session.context.catalog.find(name);
  return { name, metadata: metadataLocation, snapshot: null, widened: false, columns };
}

/** As iceberg_java.py prints values. */
const documentText =
  "case when variant_typeof(doc)[:6] in ('OBJECT', 'ARRAY(') then doc::json::varchar else doc::varchar end";

function lines(rows: readonly (readonly unknown[])[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row)).toSorted();
}

test("made by Iceberg for Java, with every kind of variant and rows deleted by value", async () => {
  const folder = pathToFileURL(join(home, "java")).href;
  await held.session.call(tableRegister, { table: "far.java", location: folder }, call);
  const ours = () => held.rows(`select id::varchar, ${documentText}, epoch_ns(moment)::varchar, none from far.java`);
  const known = theirs.get("java") ?? [];
  expect(known).toHaveLength(38);
  // The variant null counts as a missing value here, as in DuckDB.
  const expected = known.map(([id, doc, nanoseconds, none]) => [
    id,
    doc === "(variant null)" ? null : doc,
    nanoseconds,
    none,
  ]);
  expect(lines(await ours())).toEqual(lines(expected));
  const told: string[] = [];
  const report = (event: ProgressEvent): void => void (event.kind === "note" && told.push(event.text));
  await held.session.call(maintain, { tables: ["far.java"], plan: false }, { ...call, report });
  expect(told.join()).toContain("far.java: variants of another writer are left as they are");
  expect(lines(await ours())).toEqual(lines(expected));
  const variants = "select count(*)::int from far.java where doc is null or moment < '1970-01-01'";
  expect(await held.rows(variants)).toEqual([[21]]);
});

test("instants in nanoseconds by Iceberg for Java are refused, what is beside them is read", async () => {
  const folder = pathToFileURL(join(home, "java-instants")).href;
  await held.session.call(tableRegister, { table: "far.instants", location: folder }, call);
  const rows = await held.rows("select id::varchar, epoch_ns(moment)::varchar from far.instants");
  expect(lines(rows)).toEqual(lines((theirs.get("instants") ?? []).map(([id, , nanoseconds]) => [id, nanoseconds])));
  await expect(held.rows("select instant from far.instants")).rejects.toMatchObject({ code: "COLUMN_UNREADABLE" });
});

test("imported and gathered here, read by Iceberg for Java: nothing is nothing, and not the variant null", async () => {
  const typed = await held.rows(`select id::varchar, epoch_ns(moment)::varchar, ${documentText} from shop.typed`);
  expect(lines(theirs.get("shop.typed") ?? [])).toEqual(lines(typed));
  expect(typed).toContainEqual(["0", "-10", null]);
  expect(typed).toHaveLength(6);
  const nanos = await held.rows("select id::varchar, epoch_ns(moment)::varchar from shop.nanos");
  expect(lines(theirs.get("shop.nanos") ?? [])).toEqual(lines(nanos));
});

test("read by DuckDB, geometries too", async () => {
  const columns: Columns = [...javaColumns, ["place", "geometry"]];
  const tables = [await peerTable("shop.typed", columns)];
  const [result] = await runReader([peers.python, readerScript("duckdb_reader.py")], formatJson(tables));
  const ours = await held.rows("select id::varchar, moment::varchar, doc::varchar, place::varchar from shop.typed");
  expect(lines(result?.rows ?? [])).toEqual(lines(ours));
  expect(ours.map((row) => row[3])).toContain("POINT (5 2)");
});

test("read by PyIceberg, to the nanosecond", async () => {
  const tables = [await peerTable("shop.nanos", nanoColumns)];
  const [result] = await runReader([peers.python, readerScript("pyiceberg_reader.py")], formatJson(tables));
  const ours = await held.rows("select id::varchar, moment::varchar from shop.nanos");
  const padded = (rows: readonly (readonly unknown[])[]) => rows.map(([id, at]) => [id, String(at).padEnd(29, "0")]);
  expect(lines(padded(result?.rows ?? []))).toEqual(lines(padded(ours)));
});
