/**
 * Full load: rows per second from a database to a committed Iceberg table, compared with the server's own client and
 * other loaders.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { printRows } from "../../src/cli/output/rows.ts";
import { measure, median, type Measured } from "../measure.ts";
import { loadPeers } from "./load-peers.ts";
import { openBenchSource, type BenchSource, type Dialect, type Shape } from "../source-table.ts";

interface Contender {
  readonly name: string;
  run(): Promise<Measured>;
}

interface Figures {
  readonly rowsPerSecond: number;
  readonly ratio: number;
  readonly rowsPerCpuSecond: number;
  readonly peakMB: number;
}

export async function run(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      source: { type: "string", default: "mariadb" },
      rows: { type: "string", default: "3000000" },
      shape: { type: "string", default: "narrow" },
      runs: { type: "string", default: "3" },
      peers: { type: "boolean", default: true },
      keep: { type: "boolean", default: false },
    },
    allowNegative: true,
  });
  const [dialect, shape, rows] = [values.source as Dialect, values.shape as Shape, Number(values.rows)];
  const home = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  progress(`making ${rows.toLocaleString("en")} rows (${shape}) in ${dialect}`);
  const source = await openBenchSource(dialect, { shape, rows });
  try {
    const contenders = [
      drainOf(source),
      ours({ source, home, rows }),
      ...(values.peers ? loadPeers({ dialect, source, home }) : []),
    ];
    const measured = await race(contenders, Number(values.runs));
    report({ dialect, shape, rows, keep: values.keep, measured });
  } finally {
    await source[Symbol.asyncDispose]();
    rmSync(home, { recursive: true, force: true });
  }
}

const drainName = "the server's own client, to nowhere";
const ourName = "headgate";

function drainOf({ drain, drainEnvironment }: BenchSource): Contender {
  return { name: drainName, run: () => measure(drain, { environment: drainEnvironment }) };
}

/** The whole command: start, embedded metadata database, discovery, load, commit, stop. The data directory is new each time. */
function ours({ source, home, rows }: { source: BenchSource; home: string; rows: number }): Contender {
  const headgate = [join(import.meta.dirname, "../../headgate")];
  let attempt = 0;
  return {
    name: ourName,
    async run() {
      const environment = { HEADGATE_DATA: join(home, `data-${attempt++}`), BENCH_PASSWORD: source.password };
      await measure([...headgate, "source", "add", "bench", source.url, "--password-env", "BENCH_PASSWORD"], {
        environment,
      });
      const result = await measure([...headgate, "sync", "bench", "--json"], { environment, keepOutput: true });
      const { rowsRead } = JSON.parse(result.output) as { rowsRead: number };
      if (rowsRead !== rows) throw new Error(`${rowsRead} rows were loaded instead of ${rows}`);
      rmSync(environment.HEADGATE_DATA, { recursive: true, force: true });
      return result;
    },
  };
}

/**
 * One uncounted read warms the server's cache; then all take turns, so that changes in the machine's load affect all
 * alike.
 */
async function race(contenders: readonly Contender[], runs: number): Promise<ReadonlyMap<string, readonly Measured[]>> {
  const measured = new Map<string, Measured[]>(contenders.map(({ name }) => [name, []]));
  await contenders[0]?.run();
  for (let round = 1; round <= runs; round++) {
    for (const { name, run: runOnce } of contenders) {
      const result = await runOnce();
      measured.get(name)?.push(result);
      progress(
        `round ${round}: ${name}: ${result.seconds.toFixed(2)} s, ${result.cpuSeconds.toFixed(2)} CPU s, ${result.peakMB} MB`,
      );
    }
  }
  return measured;
}

interface ReportParts {
  readonly dialect: Dialect;
  readonly shape: Shape;
  readonly rows: number;
  readonly keep: boolean;
  readonly measured: ReadonlyMap<string, readonly Measured[]>;
}

function report({ dialect, shape, rows, keep, measured }: ReportParts): void {
  const drainSeconds = median((measured.get(drainName) ?? []).map(({ seconds }) => seconds));
  const figures = new Map([...measured].map(([name, results]) => [name, figuresOf(results, { rows, drainSeconds })]));
  printRows(
    [...figures].map(([name, { rowsPerSecond, ratio, rowsPerCpuSecond, peakMB }]) => ({
      "": name,
      "rows/s": rowsPerSecond,
      "÷ drain": ratio,
      "rows per CPU s": rowsPerCpuSecond,
      "peak MB": peakMB,
    })),
  );
  const mine = figures.get(ourName);
  const peers = Object.fromEntries([...figures].filter(([name]) => name !== ourName && name !== drainName));
  const line = JSON.stringify({
    bench: "full-load",
    source: dialect,
    shape,
    rows,
    ...mine,
    drainRowsPerSecond: figures.get(drainName)?.rowsPerSecond,
    peers,
  });
  if (keep) writeFileSync(join(import.meta.dirname, `last-result-${dialect}-${shape}.json`), `${line}\n`);
  console.log(line);
}

/** Medians; the ratio is that of the medians of one run. */
function figuresOf(
  results: readonly Measured[],
  { rows, drainSeconds }: { rows: number; drainSeconds: number },
): Figures {
  const seconds = median(results.map((result) => result.seconds));
  return {
    rowsPerSecond: Math.round(rows / seconds),
    ratio: Math.round((drainSeconds / seconds) * 1000) / 1000,
    rowsPerCpuSecond: Math.round(rows / median(results.map(({ cpuSeconds }) => cpuSeconds))),
    peakMB: Math.max(...results.map(({ peakMB }) => peakMB)),
  };
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
