/**
 * The bridge from a reader to data files: rows gather in column buffers, full batches are staged as plain Parquet, and DuckDB
 * turns a handful of them into a data file while the next rows arrive.
 * Invariant: memory is bounded by bytes in flight (two batches here, two statements there), whatever the table's size; scratch
 * files and unpublished data files are gone when it returns or throws.
 */
import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ColumnBuffer, type ColumnBatch, type StagedType } from "./column-buffer.ts";
import { sumOf } from "../base/sum.ts";
import type { Semaphore } from "../base/semaphore.ts";
import type { Engine } from "./engine.ts";
import { writePlainParquet, type PlainParquetFile } from "./plain-parquet.ts";
import { publishAll, type FileDraft } from "./copy-data-files.ts";
import type { FileLayout } from "./file-layout.ts";
import { writeDataFiles, type DataFileColumn, type WrittenBatches } from "./write-data-files.ts";

export interface LoadColumn {
  readonly name: string;
  readonly fieldId: number;
  /** Iceberg primitive type. */
  readonly type: string;
  readonly staged: StagedType;
  readonly convert?: ((reference: string) => string) | undefined;
}

/** Where the reader puts rows; see RowSink in sync/source.ts. */
export interface LoadSink {
  readonly columns: readonly ColumnBuffer[];
  rowDone(): void;
  readonly full: boolean;
  drain(): Promise<void>;
}

/** Shared by all loads of a run. */
export interface Writing {
  /** Data files written at once: what bounds the engine's memory. */
  readonly slots: Semaphore;
  /** Batches that the engine was given so far. */
  batches: number;
}

export interface LoadRequest<Draft extends FileDraft> {
  /** Reading begins while it is still starting. */
  readonly engine: Promise<Engine>;
  readonly columns: readonly LoadColumn[];
  readonly layout: FileLayout;
  readonly scratchDirectory: string;
  readonly writing: Writing;
  newFile(): Promise<Draft>;
  read(sink: LoadSink): Promise<void>;
  /** Hears of rows as they are staged. */
  onRows?(rows: number): void;
}

/** A batch becomes a row group: of DuckDB's usual rows, or fewer where rows are wide; its bytes bound memory here and there. */
const batchRows = 122_880;
const batchBytes = 8 * 1024 * 1024;
const batchesOfLargestFile = 32;

/** Files grow with the run: the engine has work soon, little is left for the end, and large tables have large files. */
function batchesOfFile(batchesBefore: number, most: number): number {
  if (batchesBefore === 0) return 1;
  return Math.min(Math.max(2, Math.floor(batchesBefore / 3)), most);
}

/** What a staged byte becomes, until a load knows better. */
const usualRatio = 0.3;

/** Of a file of about `targetBytes`, given what has become of the bytes staged so far. */
function batchesOfTarget(targetBytes: number | undefined, done: { staged: number; written: number }): number {
  if (targetBytes === undefined) return batchesOfLargestFile;
  const ratio = done.staged === 0 ? usualRatio : done.written / done.staged;
  return Math.max(1, Math.round(targetBytes / (batchBytes * ratio)));
}

/** Of one load, the waiting ones included. */
const statementsAtOnce = 2;

/** Returns the published files of each statement, in no particular order; none when there were no rows. */
export async function loadDataFiles<Draft extends FileDraft>(
  request: LoadRequest<Draft>,
): Promise<readonly WrittenBatches<Draft>[]> {
  const stage = openStage(request);
  try {
    await request.read(stage.sink);
    return await stage.finish();
  } catch (failure) {
    await stage.abandon();
    throw failure;
  }
}

interface Stage<Draft extends FileDraft> {
  readonly sink: LoadSink;
  finish(): Promise<readonly WrittenBatches<Draft>[]>;
  abandon(): Promise<void>;
}

function openStage<Draft extends FileDraft>(request: LoadRequest<Draft>): Stage<Draft> {
  const buffers = request.columns.map(({ staged }) => new ColumnBuffer(staged));
  const statements = openStatements(request);
  let rows = 0;
  let rowsTaken = 0;
  let staged: PlainParquetFile[] = [];
  let writing: Promise<void> = Promise.resolve();
  let spare: readonly ColumnBatch[] | undefined;
  /** A reader that failed may still be draining. */
  let abandoned = false;

  /** One drain after the other, since a reader may end while its last one is under way. */
  let draining: Promise<void> = Promise.resolve();

  const drain = (): Promise<void> => {
    draining = draining.then(stageBatch);
    draining.catch(() => {});
    return draining;
  };
  const stageBatch = async (): Promise<void> => {
    await writing;
    await statements.room();
    if (abandoned || rows === 0) return;
    const batches = buffers.map((buffer, index) => buffer.take(spare?.[index]));
    spare = undefined;
    request.onRows?.(rows);
    rowsTaken += rows;
    rows = 0;
    writing = stageOne(batches);
    writing.catch(() => {});
  };
  const stageOne = async (batches: readonly ColumnBatch[]): Promise<void> => {
    const path = join(request.scratchDirectory, `${randomBytes(8).toString("hex")}.parquet`);
    staged.push(
      await writePlainParquet(
        path,
        batches.map((batch, index) => ({ name: stagedName(index), batch })),
      ),
    );
    spare = batches;
    const wanted = batchesOfFile(request.writing.batches, statements.mostBatches());
    if (staged.length < wanted && sumOf(staged, ({ bytes }) => bytes) < wanted * batchBytes) return;
    statements.start(staged);
    staged = [];
  };
  return {
    sink: {
      columns: buffers,
      rowDone: () => void rows++,
      get full() {
        return rows >= batchRows || sizeOf(buffers) >= batchBytes;
      },
      drain,
    },
    async finish() {
      await drain();
      await writing;
      for (const part of halves(staged)) statements.start(part);
      return allRows(await statements.all(), rowsTaken);
    },
    async abandon() {
      abandoned = true;
      await draining.catch(() => {});
      await writing.catch(() => {});
      await statements.abandon(staged);
    },
  };
}

/** Throws where not as many rows were written as were read. */
function allRows<Draft extends FileDraft>(
  written: readonly WrittenBatches<Draft>[],
  rowsRead: number,
): readonly WrittenBatches<Draft>[] {
  const rows = sumOf(written, ({ files }) => sumOf(files, ({ file }) => file.rowCount));
  if (rows !== rowsRead) throw new Error(`${rowsRead} rows were read and ${rows} written`);
  return written;
}

/** Nothing follows the last rows, so that two share the work; a handful is not worth a file more. */
function halves<T>(items: readonly T[]): readonly (readonly T[])[] {
  const middle = items.length < 4 ? items.length : Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)].filter((part) => part.length > 0);
}

function stagedName(index: number): string {
  return `c${index}`;
}

function sizeOf(buffers: readonly ColumnBuffer[]): number {
  let size = 0;
  for (const buffer of buffers) size += buffer.size;
  return size;
}

interface Statements<Draft extends FileDraft> {
  /** Resolves when another statement may be started soon; throws when one has failed, so that nobody reads on in vain. */
  room(): Promise<void>;
  /** Of one statement, as far as is known. */
  mostBatches(): number;
  start(staged: readonly PlainParquetFile[]): void;
  all(): Promise<readonly WrittenBatches<Draft>[]>;
  abandon(staged: readonly PlainParquetFile[]): Promise<void>;
}

function openStatements<Draft extends FileDraft>({
  engine,
  columns,
  layout,
  scratchDirectory,
  writing,
  newFile,
}: LoadRequest<Draft>): Statements<Draft> {
  const done = { staged: 0, written: 0 };
  const started: Promise<WrittenBatches<Draft>>[] = [];
  const underWay = new Set<Promise<unknown>>();
  let firstFailure: unknown;
  engine.catch(() => {});
  const fileColumns = columns.map(({ name, fieldId, type, staged, convert }, index): DataFileColumn => ({
    name,
    fieldId,
    type,
    convert,
    stagedName: stagedName(index),
    isText: staged.logical?.kind === "utf8",
  }));
  const write = async (staged: readonly PlainParquetFile[]): Promise<WrittenBatches<Draft>> => {
    try {
      const request = { engine: await engine, staged, columns: fileColumns, layout, scratchDirectory, newFile };
      const written = await writeDataFiles(request);
      await publishAll(written.files);
      done.staged += sumOf(staged, ({ bytes }) => bytes);
      done.written += sumOf(written.files, ({ file }) => file.sizeBytes);
      return written;
    } finally {
      await removeAll(staged);
    }
  };
  return {
    mostBatches: () => batchesOfTarget(layout.targetBytes, done),
    async room() {
      while (underWay.size >= statementsAtOnce) await Promise.race(underWay);
      if (firstFailure !== undefined) throw firstFailure;
    },
    start(staged) {
      writing.batches += staged.length;
      const statement = writing.slots.run(() => write(staged));
      const settled = statement.then(
        () => {},
        (failure: unknown) => (firstFailure ??= failure),
      );
      started.push(statement);
      underWay.add(settled);
      void settled.then(() => underWay.delete(settled));
    },
    all: () => Promise.all(started),
    async abandon(staged) {
      await Promise.all(underWay);
      await removeAll(staged);
    },
  };
}

async function removeAll(files: readonly PlainParquetFile[]): Promise<void> {
  await Promise.all(files.map(({ path }) => rm(path, { force: true })));
}
