/**
 * DMS files: a full load and then files of changes brought into the lake, compared with DuckDB reading the same files
 * bare; and a sync over files that have all been read, which may open none of them.
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
  const environment = { HEADGATE_DATA: join(home, "data") };
  const ask = <T>(...words: string[]): Promise<MeasuredAnswer<T>> => askHeadgate<T>(words, environment);
  const made = await openFiles(join(home, "files"), format);
  progress(`writing ${size.rows.toLocaleString("en")} rows of a full load`);
  await made.load(size.rows);
  await ask("source", "add", "bench", `dms-files+file://${made.root}?schema=shop`);
  await ask("table", "controller", "bench.orders", "--primary-key", "id");
  progress("loading");
  const loaded = await ask<SyncReport>("sync", "bench");
  progress(`writing ${size.changes.toLocaleString("en")} changes in ${size.files} files`);
  await made.change({ files: size.files, rows: Math.ceil(size.changes / size.files), keys: size.rows });
  progress("merging");
  const merged = await ask<SyncReport>("sync", "bench");
  progress("DuckDB reads the same files");
  const drain = await measure([process.execPath, bare, format, join(made.table, "LOAD*"), join(made.table, "2*")]);
  const tick = await tickOver(made, { ask, size });
  made[Symbol.dispose]();
  show({ loaded, merged, drain, tick }, size);
  return figures({ loaded, merged, drain, tick }, size);
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
  readonly drain: Measured;
  readonly tick: MeasuredAnswer<SyncReport>;
}

function show({ loaded, merged, drain, tick }: Results, { rows, changes }: Size): void {
  const lines: readonly (readonly [string, Measured, number])[] = [
    ["DuckDB reading the files", drain, rows + changes],
    ["the full load", loaded, rows],
    ["the changes", merged, changes],
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

function figures({ loaded, merged, drain, tick }: Results, { rows, changes }: Size) {
  const [seconds, cpuSeconds] = [loaded.seconds + merged.seconds, loaded.cpuSeconds + merged.cpuSeconds];
  return {
    ratio: rounded(drain.seconds / seconds, 3),
    rowsPerSecond: rounded((rows + changes) / seconds),
    rowsPerCpuSecond: rounded((rows + changes) / cpuSeconds),
    peakMB: Math.max(loaded.peakMB, merged.peakMB, tick.peakMB),
    bareRowsPerSecond: rounded((rows + changes) / drain.seconds),
    loadRowsPerSecond: rounded(rows / loaded.seconds),
    changeRowsPerSecond: rounded(changes / merged.seconds),
    tickSeconds: rounded(tick.answer.seconds, 2),
    tickCommandSeconds: rounded(tick.seconds, 2),
    tickObjectsOpened: 0,
  };
}
