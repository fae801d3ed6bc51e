/**
 * Point queries over HTTP by a growing number of clients: Headgate's server compared with plain DuckDB in one process
 * behind the same kind of door, over the same files, in turns. Once over one table again and again, once over another
 * table with each statement. By default every client has an API key of its own and is therefore a separate principal.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openCleanup, using, type Cleanup } from "../../src/base/cleanup.ts";
import { parseJson } from "../../src/base/json.ts";
import { sumOf } from "../../src/base/sum.ts";
import { printRows } from "../../src/cli/output/rows.ts";
import { holdDirectory } from "../../src/server/hold-directory.ts";
import { quoteText } from "../../src/engine/duckdb-type.ts";
import { connectors } from "../../src/main.ts";
import type { Context } from "../../src/operations/context.ts";
import { testConfig } from "../../test/world/lake.ts";
import { treeCpuSeconds } from "../../test/world/process-tree.ts";
import { serveHeadgate, type ServedHeadgate } from "../../test/world/served-headgate.ts";
import { progress, rounded } from "../headgate.ts";
import type { BareLake } from "./bare-door.ts";
import type { Load, LoadResult } from "./client-load.ts";
import { database, linkTable, liveFiles, loadTable } from "./lake-table.ts";

export interface ClientsOptions {
  readonly clients: readonly number[];
  /** How long each turn lasts. */
  readonly seconds: number;
  readonly turns: number;
  /** Rows in each of the other tables. */
  readonly otherRows: number;
  /** Number of principals among the clients of Headgate; by default as many as clients. */
  readonly principals: number | undefined;
}

const fileRows = 122_880;
export const tableRows = 2 * fileRows;
const otherTables = 40;
/** Time for processes that still work after the last answer, and for counting those that end. */
const settleMs = 500;

interface Side extends AsyncDisposable {
  readonly address: string;
  readonly pid: number;
  /** Results for this number of clients. */
  keys(clients: number): Promise<readonly string[]>;
}

interface Sides {
  readonly headgate: Side;
  readonly bare: Side;
}

/** A client asks the same table each time, or the next of many. */
type Asked = Pick<Load, "tables" | "rows">;

export async function measureClients(options: ClientsOptions) {
  const home = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const cleanup = openCleanup();
  cleanup.defer(() => rmSync(home, { recursive: true, force: true }));
  try {
    const lake = await makeLake(home, options);
    const headgate = cleanup.use(await openHeadgate(join(home, "data"), options));
    const sides = { headgate, bare: cleanup.use(await openBare(lake)) };
    const results: Result[] = [];
    for (const clients of options.clients) results.push(await compare(sides, { clients, options, cleanup }));
    printRows(results.flatMap(shown));
    const { turns, seconds, otherRows, principals } = options;
    return { tableRows, otherTables, otherRows, turns, seconds, principals: principals ?? "clients", results };
  } finally {
    await cleanup[Symbol.asyncDispose]();
  }
}

/** Created by a Headgate that ends before the server starts. */
async function makeLake(home: string, { otherRows }: ClientsOptions): Promise<BareLake> {
  progress(`making one table of ${tableRows} rows and ${otherTables} others of ${otherRows}`);
  const config = testConfig({ data: join(home, "data") });
  return using(holdDirectory({ config, connectors }), async ({ context }) => {
    await makeTables(context, { home, names: [pointsName], rows: tableRows });
    await makeTables(context, { home, names: otherNames, rows: otherRows });
    const tables: Record<string, readonly string[]> = {};
    for (const name of [pointsName, ...otherNames])
      tables[name] = (await liveFiles(context, { name })).map(({ path }) => path);
    return { schema: database, tables, threads: config.engineThreads };
  });
}

const pointsName = "points";
const otherNames = Array.from({ length: otherTables }, (_, index) => `other_${index}`);

interface Making {
  readonly home: string;
  readonly names: readonly string[];
  readonly rows: number;
}

/** All have the same rows. */
async function makeTables(context: Context, { home, names: [name = "", ...others], rows }: Making): Promise<void> {
  const path = join(home, `${name}.parquet`);
  const engine = await context.loadEngine();
  await engine.run(`copy (select ${columns.join(", ")} from range(1, ${rows + 1}) numbers(n) order by n)
    to ${quoteText(path)} (format parquet)`);
  const loaded = await loadTable(context, { name, path, size: { groupRows: fileRows, fileRows } });
  for (const other of others) await linkTable(context, other, loaded);
}

/** Nearly those of the narrow table in the benchmark of loads. */
const columns = [
  "n::bigint as id",
  "((n * 7919) % 1000003)::integer as customer",
  "['new', 'paid', 'sent', 'done', 'void'][1 + n % 5] as status",
  "(((n * 104729) % 99999999) / 100.0)::decimal(12,2) as amount",
  "case when n % 10 = 0 then null else concat('note number ', n, ' with some more words to make it long', n % 977) end as note",
  "concat('ref-', (n * 48271) % 2147483647, '-', n % 99991) as reference",
  "timestamp '2020-01-01' + to_seconds(n * 37) + to_microseconds(n % 1000000) as created",
  "date '2021-01-01' + (n % 1000)::integer as due",
  "n % 2 = 0 as flagged",
];

async function openHeadgate(data: string, { principals }: ClientsOptions): Promise<Side> {
  const served = await serveHeadgate({ data, environment: { HEADGATE_RATE_LIMIT: "100000000" } });
  const made: string[] = [];
  return {
    address: served.origin,
    pid: served.running.process.pid ?? 0,
    async keys(clients) {
      const wanted = Math.min(clients, principals ?? clients);
      while (made.length < wanted) made.push(await newKey(served, `client ${made.length + 1}`));
      return Array.from({ length: clients }, (_, client) => made[client % wanted] ?? "");
    },
    [Symbol.asyncDispose]: () => served.stop(),
  };
}

async function newKey(served: ServedHeadgate, name: string): Promise<string> {
  const response = await served.post("/api/operations/key.create", JSON.stringify({ name, role: "analyst" }));
  const lines = (await response.text()).trim().split("\n");
  const { result } = parseJson(lines.at(-1) ?? "") as { result?: { key: string } };
  if (result === undefined) throw new Error(`no key was made: ${lines.join(" ")}`);
  return result.key;
}

async function openBare(lake: BareLake): Promise<Side> {
  const child = startProgram("bare-door.ts");
  child.send(lake);
  const { address } = await heard<{ address: string }>(child);
  return {
    address,
    pid: child.pid ?? 0,
    keys: async (clients) => Array.from({ length: clients }, () => "nobody asks for it"),
    [Symbol.asyncDispose]: () => end(child),
  };
}

function startProgram(file: string): ChildProcess {
  const execArgv = ["--disable-warning=ExperimentalWarning"];
  return fork(join(import.meta.dirname, file), { execArgv, stdio: ["ignore", "inherit", "inherit", "ipc"] });
}

/** The next line that the program prints. Throws if it ends instead. */
async function heard<T>(child: ChildProcess): Promise<T> {
  const ended = new AbortController();
  const lost = once(child, "exit", { signal: ended.signal }).then(() => {
    throw new Error(`${child.spawnfile} ${child.spawnargs.at(-1)} ended before it answered`);
  });
  lost.catch(() => undefined);
  const [message] = (await Promise.race([once(child, "message"), lost])) as [T];
  ended.abort();
  return message;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill();
  await gone;
}

interface Figures {
  readonly statementsPerSecond: number;
  /** Processor time per statement of all the side's processes together. */
  readonly cpuMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Comparison {
  readonly ours: Figures;
  readonly bare: Figures;
}

interface Comparing {
  readonly clients: number;
  readonly options: ClientsOptions;
  readonly cleanup: Cleanup;
}

type Result = Awaited<ReturnType<typeof compare>>;

async function compare(sides: Sides, { clients, options, cleanup }: Comparing) {
  const repeated = await race(sides, { clients, options, cleanup, asked: { tables: [pointsName], rows: tableRows } });
  const others = await race(sides, {
    clients,
    options,
    cleanup,
    asked: { tables: otherNames, rows: options.otherRows },
  });
  const { ratioStatements, ratioCpu, ratioP50 } = ratios(others);
  return {
    clients,
    ...repeated.ours,
    ...ratios(repeated),
    bare: repeated.bare,
    others: { ...others.ours, bare: others.bare },
    othersRatioStatements: ratioStatements,
    othersRatioCpu: ratioCpu,
    othersRatioP50: ratioP50,
  };
}

/** Statements: more is better. CPU and median: less is better. */
function ratios({ ours, bare }: Comparison) {
  return {
    ratioStatements: rounded(ours.statementsPerSecond / bare.statementsPerSecond, 3),
    ratioCpu: rounded(ours.cpuMs / bare.cpuMs, 2),
    ratioP50: rounded(ours.p50Ms / bare.p50Ms, 2),
  };
}

/** In turns, so that other work on the machine affects both alike. */
async function race(sides: Sides, { asked, ...comparing }: Comparing & { readonly asked: Asked }): Promise<Comparison> {
  const { clients, options } = comparing;
  const child = startProgram("client-load.ts");
  const measured = { headgate: [] as Measured[], bare: [] as Measured[] };
  try {
    for (let turn = 0; turn <= options.turns; turn++)
      for (const side of ["bare", "headgate"] as const) {
        const keys = await sides[side].keys(clients);
        const load = { ...asked, tables: asked.tables.map((name) => `${database}.${name}`), keys, seed: turn };
        const found = await measureLoad(child, sides[side], { ...load, seconds: options.seconds });
        // The first turn fills caches.
        if (turn > 0) measured[side].push(found);
      }
  } finally {
    await end(child);
  }
  const result = { ours: figures(measured.headgate), bare: figures(measured.bare) };
  const name = asked.tables.length === 1 ? "the same table" : `${asked.tables.length} others`;
  progress(`${clients} clients over ${name}: ${JSON.stringify(result)}`);
  return result;
}

interface Measured extends LoadResult {
  readonly cpuSeconds: number;
}

async function measureLoad(child: ChildProcess, side: Side, load: Omit<Load, "address">): Promise<Measured> {
  const before = treeCpuSeconds(side.pid);
  child.send({ ...load, address: side.address } satisfies Load);
  const result = await heard<LoadResult>(child);
  await delay(settleMs);
  return { ...result, cpuSeconds: treeCpuSeconds(side.pid) - before };
}

function figures(turns: readonly Measured[]): Figures {
  const latencies = turns.flatMap((turn) => turn.latencies).toSorted((left, right) => left - right);
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return {
    statementsPerSecond: rounded(latencies.length / sumOf(turns, ({ seconds }) => seconds), 1),
    cpuMs: rounded((sumOf(turns, ({ cpuSeconds }) => cpuSeconds) * 1000) / latencies.length, 2),
    p50Ms: rounded(at(0.5), 1),
    p99Ms: rounded(at(0.99), 1),
  };
}

function shown({ clients, bare, others, ...ours }: Result) {
  return [
    { clients, tables: "the same", who: "Headgate", ...figuresOf(ours) },
    { clients, tables: "the same", who: "bare", ...figuresOf(bare) },
    { clients, tables: "others", who: "Headgate", ...figuresOf(others) },
    { clients, tables: "others", who: "bare", ...figuresOf(others.bare) },
  ];
}

function figuresOf({ statementsPerSecond, cpuMs, p50Ms, p99Ms }: Figures) {
  return { "statements/s": statementsPerSecond, "CPU ms": cpuMs, "p50 ms": p50Ms, "p99 ms": p99Ms };
}
