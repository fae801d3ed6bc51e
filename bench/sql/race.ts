/**
 * Runs one query by Headgate's whole path and by plain DuckDB over the same files, in turns. Each run has an engine
 * process that has returned nothing yet, and that was ready and idle for a moment. For plain DuckDB, its start and its
 * views, which read the footers of all files, are not counted; for Headgate, everything from a new text to the last row
 * is counted.
 */
import { setTimeout as delay } from "node:timers/promises";
import { using } from "../../src/base/cleanup.ts";
import { formatJson } from "../../src/base/json.ts";
import type { EngineRow } from "../../src/engine/engine.ts";
import { openEngine } from "../../src/engine/open-engine.ts";
import { quoteText } from "../../src/engine/duckdb-type.ts";
import { wholeTable } from "../../src/governance/table-access.ts";
import type { Context } from "../../src/operations/context.ts";
import { lakeTables } from "../../src/query/lake-tables.ts";
import { explainQuery, runQuery, type QueryRequest } from "../../src/query/query.ts";
import type { TableRights } from "../../src/query/readable-tables.ts";
import { median } from "../measure.ts";

/** By table: what follows `from`. */
export type BareTables = ReadonlyMap<string, string>;

export interface Race {
  readonly sql: string;
  readonly bare: BareTables;
  /** The rows that both must return; by default those of plain DuckDB. */
  readonly expected?: BareTables;
  /** The access of our reader; by default everything. */
  readonly rights?: TableRights | undefined;
  readonly runs: number;
}

/** Milliseconds. */
export interface Times {
  readonly least: number;
  readonly median: number;
}

export interface RaceResult {
  readonly ours: Times;
  readonly bare: Times;
  /**
   * For Headgate, the time before the engine works: its start, gate, planning, views, DuckDB's own plan. Unknown for
   * somebody who may read only a part, because plans are not shown to them.
   */
  readonly before: Times | undefined;
}

interface Timed {
  readonly ms: number;
  readonly rows: readonly EngineRow[];
}

export async function race(context: Context, { sql, bare, expected = bare, rights, runs }: Race): Promise<RaceResult> {
  const times: Record<keyof RaceResult, number[]> = { ours: [], bare: [], before: [] };
  for (let turn = 0; turn < runs; turn++) {
    const mine = await runOurs(context, { sql, rights });
    const theirs = await runBare(context, { sql, tables: bare });
    const right = expected === bare ? theirs : await runBare(context, { sql, tables: expected });
    if (content(mine) !== content(right)) throw new Error(`the results differ:\n${sql}`);
    times.ours.push(mine.ms);
    times.bare.push(theirs.ms);
    if (rights === undefined) times.before.push(await timed(() => explainQuery(request(context, { sql, rights }))));
  }
  const before = rights === undefined ? timesOf(times.before) : undefined;
  return { ours: timesOf(times.ours), bare: timesOf(times.bare), before };
}

function timesOf(all: readonly number[]): Times {
  return { least: Math.min(...all), median: median(all) };
}

let count = 0;

type Asked = Pick<Race, "sql" | "rights">;

/** A text that was never asked before, because the gate remembers texts that passed. */
function request({ catalog, engines }: Context, { sql, rights = () => wholeTable }: Asked): QueryRequest {
  const asker = { principal: "bench", rules: "" };
  return { sql: `${sql}\n-- asked ${++count}`, tables: lakeTables(catalog, rights), engines, asker };
}

/**
 * A person thinks between two statements while the next engine starts. Here it must not start while the other side
 * works, so both sides wait.
 */
const thinkingMs = 600;

async function runOurs(context: Context, asked: Asked): Promise<Timed> {
  await delay(thinkingMs);
  const rows: EngineRow[] = [];
  const started = performance.now();
  return using(runQuery(request(context, asked)), async ({ batches }) => {
    for await (const batch of batches) rows.push(...batch);
    return { ms: performance.now() - started, rows };
  });
}

async function runBare(
  { engineOptions }: Context,
  { sql, tables }: { sql: string; tables: BareTables },
): Promise<Timed> {
  return using(openEngine(engineOptions), async (engine) => {
    for (const [name, relation] of tables) await engine.run(`create view ${name} as select * from ${relation}`);
    await delay(thinkingMs);
    const started = performance.now();
    const { rows } = await engine.run(sql);
    return { ms: performance.now() - started, rows };
  });
}

/** An engine process, started and ready. */
export async function startMs({ engineOptions }: Context): Promise<number> {
  const started = performance.now();
  return using(openEngine(engineOptions), async () => performance.now() - started);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Rows with equal sort keys come in any order. */
function content({ rows }: Timed): string {
  return rows
    .map((row) => formatJson(row))
    .toSorted()
    .join("\n");
}

export function readFiles(paths: readonly string[]): string {
  return `read_parquet([${paths.map(quoteText).join(", ")}])`;
}
