/**
 * Merge: many small changes one after the other, then the table is read and compared with a newly loaded one of the
 * same rows.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { silent } from "../../src/base/progress.ts";
import { using } from "../../src/base/cleanup.ts";
import { holdDirectory, type HeldDirectory } from "../../src/server/hold-directory.ts";
import { resolveConfig } from "../../src/config.ts";
import { connectors } from "../../src/main.ts";
import { sql } from "../../src/operations/sql.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { askHeadgate, finish, progress, rounded, type MeasuredAnswer } from "../headgate.ts";
import { median } from "../measure.ts";
import { openBenchSource, type BenchSource, type Dialect } from "../source-table.ts";

export async function run(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      source: { type: "string", default: "mariadb" },
      rows: { type: "string", default: "500000" },
      merges: { type: "string", default: "100" },
      changed: { type: "string", default: "1000" },
      keep: { type: "boolean", default: false },
    },
  });
  const dialect = values.source as Dialect;
  const parts = { rows: Number(values.rows), merges: Number(values.merges), changed: Number(values.changed) };
  const home = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  progress(`making ${parts.rows.toLocaleString("en")} rows in ${dialect}`);
  const source = await openBenchSource(dialect, { shape: "narrow", rows: parts.rows });
  try {
    const result = await race(source, { home, ...parts });
    finish(
      { bench: "merge", source: dialect, ...parts, ...result },
      { folder: import.meta.dirname, name: dialect, keep: values.keep },
    );
  } finally {
    await source[Symbol.asyncDispose]();
    rmSync(home, { recursive: true, force: true });
  }
}

interface RaceParts {
  readonly home: string;
  readonly rows: number;
  readonly merges: number;
  readonly changed: number;
}

async function race(source: BenchSource, { home, rows, merges, changed }: RaceParts) {
  const data = join(home, "data");
  const environment = { HEADGATE_DATA: data, BENCH_PASSWORD: source.password };
  const ask = <T>(...asked: string[]): Promise<MeasuredAnswer<T>> => askHeadgate<T>(asked, environment);
  await ask("source", "add", "bench", source.url, "--password-env", "BENCH_PASSWORD");
  await ask("source", "add", "fresh", source.url, "--password-env", "BENCH_PASSWORD");
  await ask("sync", "bench");
  const synced: MeasuredAnswer<SyncReport>[] = [];
  for (let merge = 0; merge < merges; merge++) {
    // Spread over the whole table, like orders that are paid, sent and returned.
    await source.execute(`update t set amount = amount + 1 where id % ${Math.floor(rows / changed)} = ${merge}`);
    synced.push(await ask<SyncReport>("sync", "bench"));
    const last = synced.at(-1);
    progress(`merge ${merge + 1}: ${last?.answer.tables[0]?.bytes} bytes written, ${last?.peakMB} MB`);
  }
  await ask("sync", "fresh");
  const tables = synced.flatMap(({ answer }) => answer.tables);
  const rowsChanged = tables.reduce((sum, { rowsAdded = 0 }) => sum + rowsAdded, 0);
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  const read = await using(holdDirectory({ config: resolveConfig({ data }), connectors }), compareReading);
  const seconds = synced.reduce((sum, measured) => sum + measured.seconds, 0);
  const cpuSeconds = synced.reduce((sum, measured) => sum + measured.cpuSeconds, 0);
  return {
    ratio: rounded(read.merged / read.fresh, 3),
    rowsPerSecond: rounded((rows * merges) / seconds),
    rowsPerCpuSecond: rounded((rows * merges) / cpuSeconds),
    peakMB: Math.max(...synced.map(({ peakMB }) => peakMB)),
    rowsChanged,
    bytesPerChangedRow: rounded(bytes / rowsChanged, 1),
    mergedReadMs: rounded(read.merged),
    freshReadMs: rounded(read.fresh),
    files: read.files,
    outcomes: Object.fromEntries(
      [...Map.groupBy(tables, ({ outcome }) => outcome)].map(([outcome, some]) => [outcome, some.length]),
    ),
  };
}

const reads = 9;

/** Every column of every row, in turns. */
async function compareReading(session: HeldDirectory): Promise<{ merged: number; fresh: number; files: number }> {
  const times: Record<"bench" | "fresh", number[]> = { bench: [], fresh: [] };
  let files = 0;
  for (let turn = 0; turn < reads; turn++) {
    for (const database of ["bench", "fresh"] as const) {
      const started = performance.now();
      const { stats } = await session.call(
        sql,
        {
          sql: `select count(*), max(id), max(customer), max(status), sum(amount), max(note), max(reference), max(created), max(updated), max(flagged) from ${database}.t`,
          explain: false,
        },
        { report: silent, emit: async () => {}, signal: new AbortController().signal },
      );
      times[database].push(performance.now() - started);
      if (database === "bench") files = stats?.filesRead ?? 0;
    }
  }
  return { merged: median(times.bench), fresh: median(times.fresh), files };
}
