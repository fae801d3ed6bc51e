/**
 * DMS files: a full load and then files of changes brought into the lake, compared with DuckDB that does the same work
 * on the same files and with DuckDB that only reads them; and a sync over files that have all been read, which may open
 * none of them.
 */
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { printRows } from "../../src/cli/output/rows.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { askHeadgate, finish, progress, rounded, type MeasuredAnswer } from "../headgate.ts";
import { measure, type Measured } from "../measure.ts";
import { openFiles, type Format } from "./make-files.ts";

const bare = join(import.meta.dirname, "bare.ts");

interface Size {
  readonly rows: number;
  readonly changes: number;
  readonly files: number;
  /** Files of the tick. */
  readonly readFiles: number;
}

export async function run(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      rows: { type: "string", default: "10000000" },
      changes: { type: "string", default: "5000000" },
      files: { type: "string", default: "1000" },
      "read-files": { type: "string", default: "10000" },
      format: { type: "string", default: "csv" },
      keep: { type: "boolean", default: false },
    },
  });
  const [rows, changes, files] = [Number(values.rows), Number(values.changes), Number(values.files)];
  const size: Size = { rows, changes, files, readFiles: Number(values["read-files"]) };
  const home = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  try {
    const result = await race(home, { size, format: values.format === "parquet" ? "parquet" : "csv" });
    finish(
      { bench: "dms-files", format: values.format, ...size, ...result },
      { folder: import.meta.dirname, name: values.format, keep: values.keep },
    );
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function race(home: string, { size, format }: { size: Size; format: Format }) {
  const environment = { HEADGATE_DATA: join(home, "data"), HEADGATE_TABLE_ROOTS: home };
  const ask = <T>(...words: string[]): Promise<MeasuredAnswer<T>> => noted(askHeadgate<T>(words, environment));
  const made = await openFiles(join(home, "files"), format);
  progress(`writing ${size.rows.toLocaleString("en")} rows of a full load`);
  await made.load(size.rows);
  await ask("source", "add", "bench", `dms-files+file://${made.root}?schema=shop&settle=0`);
  await ask("table", "controller", "bench.orders", "--primary-key", "id");
  progress("loading");
  const loaded = await ask<SyncReport>("sync", "bench");
  progress(`writing ${size.changes.toLocaleString("en")} changes in ${size.files} files`);
  await made.change({ files: size.files, rows: Math.ceil(size.changes / size.files), keys: size.rows });
  progress("merging");
  const merged = await ask<SyncReport>("sync", "bench");
  const alone = (work: string): Promise<Measured> => {
    progress(`DuckDB alone: ${work}`);
    return noted(measure([process.execPath, bare, work, format, made.table, home], { keepOutput: true }));
  };
  const same = { loaded: await alone("load"), merged: await alone("merge") };
  checkSame(merged.answer, same.merged);
  const [told, read] = [await alone("told"), await alone("read")];
  const tick = await tickOver(made, { ask, size });
  made[Symbol.dispose]();
  const results = { loaded, merged, same, read, told, tick };
  show(results, size);
  return figures(results, size);
}

/** Shows a part of the result as soon as there is one, because a full run takes long. */
async function noted<Result extends Measured>(measuring: Promise<Result>): Promise<Result> {
  const result = await measuring;
  const { seconds, cpuSeconds, peakMB } = result;
  progress(`  ${rounded(seconds, 1)} s, ${rounded(cpuSeconds, 1)} s of CPU time, ${peakMB} MB at most`);
  return result;
}

/** DuckDB alone has to end with as many rows, or it has not done the same work. */
function checkSame({ tables }: SyncReport, { output }: Measured): void {
  const [ours, theirs] = [tables[0]?.rows, Number(output)];
  if (ours !== theirs) throw new Error(`the lake has ${ours} rows, and DuckDB alone has ${theirs}`);
}

interface TickParts {
  readonly ask: <T>(...words: string[]) => Promise<MeasuredAnswer<T>>;
  readonly size: Size;
}

/** A sync over files that were read before and are nothing but zeros by now: it fails if it opens one. */
async function tickOver(
  made: Awaited<ReturnType<typeof openFiles>>,
  { ask, size }: TickParts,
): Promise<MeasuredAnswer<SyncReport>> {
  const missing = Math.max(0, size.readFiles - readdirSync(made.table).length);
  progress(`reading ${missing} more small files, before a tick`);
  await made.change({ files: missing, rows: 2, keys: size.rows });
  await ask("sync", "bench");
  for (const name of readdirSync(made.table)) blank(join(made.table, name));
  const tick = await ask<SyncReport>("sync", "bench");
  if (tick.answer.tables.some(({ outcome }) => outcome !== "unchanged"))
    throw new Error(`a tick without new files did something: ${JSON.stringify(tick.answer.tables)}`);
  return tick;
}

/** Keeps its size and its time, by which it counts as the same file. */
function blank(path: string): void {
  const { size, atime, mtime } = statSync(path);
  writeFileSync(path, Buffer.alloc(size));
  utimesSync(path, atime, mtime);
}

interface Results {
  readonly loaded: MeasuredAnswer<SyncReport>;
  readonly merged: MeasuredAnswer<SyncReport>;
  /** DuckDB that writes the full load as Parquet, and that then applies the changes. */
  readonly same: { readonly loaded: Measured; readonly merged: Measured };
  /** DuckDB that only reads the files, finding by itself how, and told how. */
  readonly read: Measured;
  readonly told: Measured;
  readonly tick: MeasuredAnswer<SyncReport>;
}

function show({ loaded, merged, same, read, told, tick }: Results, { rows, changes }: Size): void {
  const lines: readonly (readonly [string, Measured, number])[] = [
    ["the full load", loaded, rows],
    ["DuckDB alone", same.loaded, rows],
    ["the changes", merged, changes],
    ["DuckDB alone", same.merged, changes],
    ["DuckDB that only reads", read, rows + changes],
    ["… and is told the columns", told, rows + changes],
    ["a tick without new files", tick, 0],
  ];
  printRows(
    lines.map(([what, { seconds, cpuSeconds, peakMB }, count]) => ({
      what,
      seconds: rounded(seconds, 2),
      "rows/s": count === 0 ? undefined : rounded(count / seconds),
      "CPU s": rounded(cpuSeconds, 2),
      "peak MB": peakMB,
    })),
  );
}

function figures({ loaded, merged, same, read, told, tick }: Results, { rows, changes }: Size) {
  const ours = sum(loaded, merged);
  const alone = sum(same.loaded, same.merged);
  return {
    ratio: rounded(alone.seconds / ours.seconds, 3),
    cpuRatio: rounded(alone.cpuSeconds / ours.cpuSeconds, 3),
    readRatio: rounded(read.seconds / ours.seconds, 3),
    readCpuRatio: rounded(read.cpuSeconds / ours.cpuSeconds, 3),
    toldRatio: rounded(told.seconds / ours.seconds, 3),
    toldCpuRatio: rounded(told.cpuSeconds / ours.cpuSeconds, 3),
    loadRatio: rounded(same.loaded.seconds / loaded.seconds, 3),
    loadCpuRatio: rounded(same.loaded.cpuSeconds / loaded.cpuSeconds, 3),
    loadCpu: rounded(loaded.cpuSeconds, 1),
    changeCpu: rounded(merged.cpuSeconds, 1),
    aloneCpu: rounded(alone.cpuSeconds, 1),
    readCpu: rounded(read.cpuSeconds, 1),
    toldCpu: rounded(told.cpuSeconds, 1),
    rowsPerSecond: rounded((rows + changes) / ours.seconds),
    rowsPerCpuSecond: rounded((rows + changes) / ours.cpuSeconds),
    peakMB: Math.max(loaded.peakMB, merged.peakMB, tick.peakMB),
    loadPeakMB: loaded.peakMB,
    changePeakMB: merged.peakMB,
    alonePeakMB: Math.max(same.loaded.peakMB, same.merged.peakMB),
    loadRowsPerSecond: rounded(rows / loaded.seconds),
    changeRowsPerSecond: rounded(changes / merged.seconds),
    tickSeconds: rounded(tick.answer.seconds, 2),
    tickCommandSeconds: rounded(tick.seconds, 2),
    tickCpu: rounded(tick.cpuSeconds, 1),
    tickObjectsOpened: 0,
  };
}

function sum(first: Measured, second: Measured): Pick<Measured, "seconds" | "cpuSeconds"> {
  return { seconds: first.seconds + second.seconds, cpuSeconds: first.cpuSeconds + second.cpuSeconds };
}
