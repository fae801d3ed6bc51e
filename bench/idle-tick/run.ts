/**
 * Idle tick: a sync over many tables of which none changed. Quiet: nothing was written to the server at all. Busy:
 * another table of the server was written to. The requests to the source are counted on the network.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { openSampleSource, type SampleSource } from "../../test/world/sample-source.ts";
import { askHeadgate, finish, progress, rounded, type MeasuredAnswer } from "../headgate.ts";
import type { Dialect } from "../source-table.ts";
import { openCountingProxy, type CountingProxy } from "./counting-proxy.ts";

export async function run(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      source: { type: "string", default: "mariadb" },
      tables: { type: "string", default: "300" },
      keep: { type: "boolean", default: false },
    },
  });
  const [dialect, tables] = [values.source as Dialect, Number(values.tables)];
  const home = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const source = await openSampleSource(dialect, join(home, "source"));
  try {
    progress(`making ${tables} tables in ${dialect}`);
    await makeTables(source, tables);
    const result = await tick(source, { home, tables });
    finish(
      { bench: "idle-tick", source: dialect, tables, ...result },
      { folder: import.meta.dirname, name: dialect, keep: values.keep },
    );
  } finally {
    await source[Symbol.asyncDispose]();
    rmSync(home, { recursive: true, force: true });
  }
}

const rowsOfTable = 1_000;

async function makeTables(source: SampleSource, tables: number): Promise<void> {
  const ids = Array.from({ length: rowsOfTable }, (_, id) => id);
  for (let table = 0; table < tables; table++) {
    await source.execute(
      `create table t${table} (id int primary key, label varchar(80) not null, amount decimal(12,2))`,
    );
    const values = ids.map((id) => `(${id}, 'row ${id} of table ${table}', ${id}.5)`).join(", ");
    await source.execute(`insert into t${table} values ${values}`);
  }
  await source.execute("create table busy (n int)");
}

async function tick(source: SampleSource, { home, tables }: { home: string; tables: number }) {
  const data = join(home, "data");
  const proxy = await openCountingProxy(source, home);
  try {
    const environment = { HEADGATE_DATA: data, BENCH_PASSWORD: source.password };
    const ask = <T>(...asked: string[]): Promise<MeasuredAnswer<T>> => askHeadgate<T>(asked, environment);
    await ask("source", "add", "bench", proxy.url, "--password-env", "BENCH_PASSWORD");
    const names = ["--table", "t*"];
    await ask("sync", "bench", ...names);
    await source.execute("insert into busy values (0)");
    await ask("sync", "bench", ...names);
    const idle = async (): Promise<IdleFigures> =>
      idleTick(proxy, { data, sync: () => ask("sync", "bench", ...names) });
    await ask("sync", "bench", ...names);
    const quiet = await idle();
    await source.execute("insert into busy values (1)");
    const busy = await idle();
    const total = (count: "commits" | "files"): number => quiet[count] + busy[count];
    return {
      ratio: rounded(busy.bytesFromSource / (tables * rowsOfTable * 40), 4),
      commits: total("commits"),
      files: total("files"),
      rowsPerSecond: rounded((tables * rowsOfTable) / busy.seconds),
      rowsPerCpuSecond: rounded((tables * rowsOfTable) / busy.cpuSeconds),
      peakMB: Math.max(quiet.peakMB, busy.peakMB),
      quiet,
      busy,
    };
  } finally {
    await proxy[Symbol.asyncDispose]();
  }
}

interface IdleFigures {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMB: number;
  readonly commits: number;
  readonly files: number;
  readonly queries: number;
  readonly bytesToSource: number;
  readonly bytesFromSource: number;
}

async function idleTick(
  proxy: CountingProxy,
  { data, sync }: { data: string; sync: () => Promise<MeasuredAnswer<SyncReport>> },
): Promise<IdleFigures> {
  const lakeFiles = (): number => readdirSync(join(data, "lake"), { recursive: true }).length;
  const [filesBefore, before] = [lakeFiles(), proxy.counts()];
  const { seconds, cpuSeconds, peakMB, answer } = await sync();
  const after = proxy.counts();
  return {
    seconds: rounded(seconds, 2),
    cpuSeconds: rounded(cpuSeconds, 2),
    peakMB,
    commits: answer.commit === null ? 0 : 1,
    files: lakeFiles() - filesBefore,
    queries: after.queries - before.queries,
    bytesToSource: after.toServer - before.toServer,
    bytesFromSource: after.fromServer - before.fromServer,
  };
}
