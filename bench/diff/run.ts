/**
 * Diff: a table read again and compared with the lake, unchanged, with one row changed and with a fraction of its rows
 * changed, compared with its first load and the server's own client.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { printRows } from "../../src/cli/output/rows.ts";
import type { ReconcileReport } from "../../src/sync/compare/reconcile-source.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { askHeadgate, finish, progress, rounded, type MeasuredAnswer } from "../headgate.ts";
import { measure } from "../measure.ts";
import { openBenchSource, type BenchSource, type Dialect, type Shape } from "../source-table.ts";

export async function run(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      source: { type: "string", default: "mariadb" },
      rows: { type: "string", default: "3000000" },
      shape: { type: "string", default: "narrow" },
      keep: { type: "boolean", default: false },
    },
  });
  const [dialect, rows] = [values.source as Dialect, Number(values.rows)];
  const home = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  progress(`making ${rows.toLocaleString("en")} rows in ${dialect}`);
  const source = await openBenchSource(dialect, { shape: values.shape as Shape, rows });
  try {
    const result = await race(source, { home, rows });
    finish(
      { bench: "diff", source: dialect, shape: values.shape, rows, ...result },
      { folder: import.meta.dirname, name: dialect, keep: values.keep },
    );
  } finally {
    await source[Symbol.asyncDispose]();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Every thousandth row changes, every ten thousandth is removed, and as many are added. */
const changes = ["update t set amount = amount + 1 where id % 1000 = 0", "delete from t where id % 10000 = 5"];

async function race(source: BenchSource, { home, rows }: { home: string; rows: number }) {
  const environment = { HEADGATE_DATA: join(home, "data"), BENCH_PASSWORD: source.password };
  const ask = <T>(...asked: string[]): Promise<MeasuredAnswer<T>> => askHeadgate<T>(asked, environment);
  await ask("source", "add", "bench", source.url, "--password-env", "BENCH_PASSWORD");
  const loaded = await ask<SyncReport>("sync", "bench");
  progress("loaded; now the server's own client, twice");
  await measure(source.drain, { environment: source.drainEnvironment });
  const drain = await measure(source.drain, { environment: source.drainEnvironment });
  progress("compared by digests, nothing changed");
  const equal = await ask<ReconcileReport>("reconcile", "bench");
  progress("one row changed, synced and compared");
  await source.execute("update t set amount = amount + 1 where id = 4711");
  const one = await ask<SyncReport>("sync", "bench");
  const proven = await ask<ReconcileReport>("reconcile", "bench");
  if (proven.answer.tables.some((verdict) => !verdict.equal)) throw new Error("the sync of one row left a difference");
  for (const statement of changes) await source.execute(statement);
  progress("changed and synced");
  const synced = await ask<SyncReport>("sync", "bench");
  const [table] = synced.answer.tables;
  const changed = (table?.rowsAdded ?? 0) + (table?.rowsRemoved ?? 0);
  printRows(
    Object.entries({
      "the server's own client": drain,
      "the first load": loaded,
      "equal, by digests": equal,
      "one row changed": one,
      "a thousandth changed": synced,
    }).map(([what, { seconds, cpuSeconds, peakMB }]) => ({
      what,
      seconds: rounded(seconds, 2),
      "rows/s": rounded(rows / seconds),
      "CPU s": rounded(cpuSeconds, 2),
      "peak MB": peakMB,
    })),
  );
  return {
    ratio: rounded(drain.seconds / synced.seconds, 3),
    rowsPerSecond: rounded(rows / synced.seconds),
    rowsPerCpuSecond: rounded(rows / synced.cpuSeconds),
    peakMB: Math.max(equal.peakMB, one.peakMB, synced.peakMB),
    drainRowsPerSecond: rounded(rows / drain.seconds),
    rowsChanged: changed,
    bytesPerChangedRow: rounded((table?.bytes ?? 0) / Math.max(1, changed), 1),
    digestRowsPerSecond: rounded(rows / equal.seconds),
    loadSeconds: rounded(loaded.seconds, 2),
    oneRowSeconds: rounded(one.seconds, 2),
    oneRowToLoad: rounded(one.seconds / loaded.seconds, 3),
    oneRowRead: one.answer.rowsRead,
    reconcileToLoad: rounded(equal.seconds / loaded.seconds, 3),
    outcome: table?.outcome,
  };
}
