/**
 * The processor time that looking for personal data takes, as a share of a full load of the same table. `pii scan` does
 * the same work as the end of a first load; `sql "select 1"` starts and stops the same processes without that work.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askHeadgate, progress, rounded } from "../headgate.ts";
import { median } from "../measure.ts";
import { openBenchSource, type Shape } from "../source-table.ts";

const rows = 1_000_000;
const times = 3;

export async function measureCost(): Promise<object> {
  const found = [];
  for (const shape of ["narrow", "wide", "text"] as const) found.push(await costOf(shape));
  return { rows, tables: found };
}

async function costOf(shape: Shape): Promise<object> {
  progress(`making ${rows.toLocaleString("en")} rows (${shape}) in mariadb`);
  const source = await openBenchSource("mariadb", { shape, rows });
  const home = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const environment = { HEADGATE_DATA: join(home, "data"), BENCH_PASSWORD: source.password };
  try {
    await askHeadgate(["source", "add", "bench", source.url, "--password-env", "BENCH_PASSWORD"], environment);
    const load = await askHeadgate(["sync", "bench"], environment);
    const scans = await several(() => askHeadgate(["pii", "scan"], environment));
    const starts = await several(() => askHeadgate(["sql", "select 1"], environment));
    const cost = scans - starts;
    const share = cost / load.cpuSeconds;
    progress(
      `  a load takes ${load.cpuSeconds.toFixed(1)} CPU-s, the search ${cost.toFixed(2)} (${(share * 100).toFixed(1)} %)`,
    );
    return {
      shape,
      loadCpuSeconds: rounded(load.cpuSeconds, 2),
      searchCpuSeconds: rounded(cost, 2),
      share: rounded(share, 4),
    };
  } finally {
    await source[Symbol.asyncDispose]();
    rmSync(home, { recursive: true, force: true });
  }
}

async function several(work: () => Promise<{ readonly cpuSeconds: number }>): Promise<number> {
  const seconds: number[] = [];
  for (let time = 0; time < times; time++) seconds.push((await work()).cpuSeconds);
  return median(seconds);
}
