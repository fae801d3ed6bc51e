/**
 * SQL: TPC-H's 22 queries by Headgate's whole query path and by plain DuckDB over the same Parquet files; then by
 * readers who may see some columns, masks, and some rows (`restricted.ts`), with the same written by hand; then with a
 * hundredth of the rows of its two largest tables deleted, compared with plain DuckDB on all of them. `--planning`:
 * scan planning of a large table. `--clients 1,8,32`: point queries over HTTP by this many clients at once.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { using } from "../../src/base/cleanup.ts";
import { sumOf } from "../../src/base/sum.ts";
import { printRows } from "../../src/cli/output/rows.ts";
import { holdDirectory } from "../../src/server/hold-directory.ts";
import { resolveConfig } from "../../src/config.ts";
import { connectors } from "../../src/main.ts";
import type { Context } from "../../src/operations/context.ts";
import { finish, progress, rounded } from "../headgate.ts";
import { measure, median } from "../measure.ts";
import { pythonWith } from "../python.ts";
import { measureClients, tableRows } from "./clients.ts";
import { deleteRows, liveFiles, loadTable } from "./lake-table.ts";
import { measurePlanning } from "./planning.ts";
import { restrictedReaders, type Reader } from "./restricted.ts";
import type { TableRights } from "../../src/query/readable-tables.ts";
import { race, readFiles, startMs, type BareTables, type RaceResult } from "./race.ts";

const packages = ["duckdb==1.5.5", "duckdb-extension-tpch==1.5.5"];
const tableNames = ["customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier"];
/** One row in a hundred, all over the table. */
const deletedRows: ReadonlyMap<string, string> = new Map([
  ["lineitem", "hash(l_orderkey, l_linenumber) % 100 = 0"],
  ["orders", "hash(o_orderkey) % 100 = 0"],
]);

export async function run(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      scale: { type: "string", default: "1" },
      runs: { type: "string", default: "3" },
      /** Memory of each engine process, in MB. */
      memory: { type: "string", default: "192" },
      planning: { type: "boolean", default: false },
      /** Numbers separated by commas. */
      clients: { type: "string" },
      /** With --clients: length of each turn; there are as many turns as --runs. */
      seconds: { type: "string", default: "4" },
      "other-rows": { type: "string", default: String(tableRows) },
      principals: { type: "string" },
      keep: { type: "boolean", default: false },
    },
  });
  const [scale, runs] = [Number(values.scale), Number(values.runs)];
  const ending = { folder: import.meta.dirname, keep: values.keep };
  if (values.planning)
    return finish({ bench: "sql", ...(await measurePlanning(runs)) }, { ...ending, name: "planning" });
  if (values.clients !== undefined) {
    const measured = await measureClients({
      clients: values.clients.split(",").map(Number),
      seconds: Number(values.seconds),
      turns: runs,
      otherRows: Number(values["other-rows"]),
      principals: values.principals === undefined ? undefined : Number(values.principals),
    });
    return finish({ bench: "sql", ...measured }, { ...ending, name: "clients" });
  }
  const home = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  try {
    const queries = await makeTpch(home, scale);
    const config = resolveConfig({ data: join(home, "data"), engineMemory: values.memory });
    const result = await using(holdDirectory({ config, connectors }), ({ context }) =>
      compare(context, { home, queries, runs }),
    );
    finish({ bench: "sql", scale, ...result }, { ...ending, name: "tpch" });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function makeTpch(home: string, scale: number): Promise<readonly string[]> {
  const python = pythonWith("bench-sql", packages);
  progress(`making TPC-H at scale ${scale}`);
  await measure([python, join(import.meta.dirname, "make_tpch.py"), home, String(scale)]);
  return JSON.parse(readFileSync(join(home, "queries.json"), "utf8")) as readonly string[];
}

interface Comparison {
  readonly home: string;
  readonly queries: readonly string[];
  readonly runs: number;
}

async function compare(context: Context, { home, queries, runs }: Comparison) {
  const bare = new Map<string, string>();
  for (const name of tableNames) {
    await loadTable(context, { name, path: join(home, `${name}.parquet`) });
    const files = await liveFiles(context, { name });
    progress(`${name}: ${files.length} files`);
    bare.set(name, readFiles(files.map(({ path }) => path)));
  }
  const loaded = await raceAll(context, { title: "as loaded", queries, bare, expected: bare, runs });
  const readers = await restrictedReaders(context, bare);
  const columns = await raceReader(context, { title: "fewer columns", queries, runs }, readers.columns);
  const masked = await raceReader(context, { title: "masked", queries, runs }, readers.masked);
  const rows = await raceReader(context, { title: "fewer rows", queries, runs }, readers.rows);
  for (const [name, where] of deletedRows)
    progress(`${name}: ${await deleteRows(context, { name, where })} rows deleted`);
  const deleted = await raceAll(context, { title: "1 % deleted", queries, bare, expected: withoutDeleted(bare), runs });
  const starts: number[] = [];
  for (let turn = 0; turn < 9; turn++) starts.push(await startMs(context));
  return {
    ratio: loaded.ratio,
    ratioColumns: columns.ratio,
    ratioMasked: masked.ratio,
    ratioRows: rows.ratio,
    ratioDeleted: deleted.ratio,
    engineMemoryMb: context.engineOptions.memoryMb,
    threads: context.engineOptions.threads,
    engineStartMs: rounded(median(starts), 1),
    loaded,
    columns,
    masked,
    rows,
    deleted,
  };
}

type Asked = Pick<RaceAll, "title" | "queries" | "runs">;

/** Plain DuckDB reads the same part of the tables, written by hand. */
function raceReader(context: Context, asked: Asked, { bare, rights }: Reader) {
  return raceAll(context, { ...asked, bare, expected: bare, rights });
}

function withoutDeleted(bare: BareTables): BareTables {
  const where = (name: string): string => (deletedRows.has(name) ? ` where not (${deletedRows.get(name)})` : "");
  return new Map([...bare].map(([name, relation]) => [name, `${relation}${where(name)}`]));
}

interface RaceAll {
  readonly title: string;
  readonly queries: readonly string[];
  readonly bare: BareTables;
  readonly expected: BareTables;
  readonly rights?: TableRights;
  readonly runs: number;
}

async function raceAll(context: Context, { title, queries, ...parts }: RaceAll) {
  const results: RaceResult[] = [];
  for (const [index, sql] of queries.entries()) {
    results.push(await race(context, { sql, ...parts }));
    const { ours, bare } = results[index] as RaceResult;
    progress(`${title}: Q${index + 1}: ${rounded(ours.least)} ms, bare ${rounded(bare.least)} ms`);
  }
  printRows(results.map((result, index) => ({ [title]: `Q${index + 1}`, ...shown(result) })));
  const sum = (of: (result: RaceResult) => number): number => rounded(sumOf(results, of));
  const [oursMs, bareMs] = [sum(({ ours }) => ours.least), sum(({ bare }) => bare.least)];
  const ratio = rounded(oursMs / bareMs, 3);
  if (parts.rights !== undefined) return { ratio, oursMs, bareMs };
  const beforeMs = sum(({ before }) => before?.least ?? 0);
  return {
    ratio,
    oursMs,
    bareMs,
    /** Time before the engine works, per query. */
    beforeMs: rounded(beforeMs / results.length, 1),
    engineRatio: rounded((oursMs - beforeMs) / bareMs, 3),
  };
}

function shown({ ours, bare, before }: RaceResult) {
  return {
    "ours ms": rounded(ours.least),
    "bare ms": rounded(bare.least),
    ratio: rounded(ours.least / bare.least, 2),
    "before ms": before === undefined ? "" : rounded(before.least),
    "ours median": rounded(ours.median),
    "bare median": rounded(bare.median),
  };
}
