/**
 * The bridge from a reader to data files: rows are collected in column buffers, full batches are staged as plain
 * Parquet, and DuckDB turns several of them into a data file while the next rows arrive.
 * Invariant: memory is limited by bytes in flight (two batches here, two statements in the engine), whatever the
 * table's size. Scratch files and unpublished data files are deleted by the time it returns or throws.
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

/** The reader puts its rows here; see RowSink in sync/source.ts. */
export interface LoadSink {
  readonly columns: readonly ColumnBuffer[];
  rowDone(): void;
  readonly full: boolean;
  drain(): Promise<void>;
}

/** Shared by all loads of a run. */
export interface Writing {
  /** Limits how many data files are written at once, and so the engine's memory. */
  readonly slots: Semaphore;
  /** Number of batches given to the engine so far. */
  batches: number;
}

export interface LoadRequest<Draft extends FileDraft> {
  /** A promise, so that reading can begin while the engine is starting. */
  readonly engine: Promise<Engine>;
  readonly columns: readonly LoadColumn[];
  readonly layout: FileLayout;
  readonly scratchDirectory: string;
  readonly writing: Writing;
  newFile(): Promise<Draft>;
  read(sink: LoadSink): Promise<void>;
  /** Called with the number of rows as they are staged. */
  onRows?(rows: number): void;
}

/**
 * A batch becomes a row group with DuckDB's usual number of rows, or fewer if the rows are wide. Its bytes limit memory
 * here and in the engine.
 */
const batchRows = 122_880;
const batchBytes = 8 * 1024 * 1024;
const batchesOfLargestFile = 32;

/**
 * Files grow during the run, so that the engine has work early, little work is left at the end, and large tables get
 * large files.
 */
function batchesOfFile(batchesBefore: number, most: number): number {
  if (batchesBefore === 0) return 1;
  return Math.min(Math.max(2, Math.floor(batchesBefore / 3)), most);
}

/** Written bytes per staged byte, until a load has measured its own ratio. */
const usualRatio = 0.3;

/** Number of batches for a file of about `targetBytes`, given how many bytes the staged ones have become so far. */
function batchesOfTarget(targetBytes: number | undefined, done: { staged: number; written: number }): number {
  if (targetBytes === undefined) return batchesOfLargestFile;
  const ratio = done.staged === 0 ? usualRatio : done.written / done.staged;
  return Math.max(1, Math.round(targetBytes / (batchBytes * ratio)));
}

/** Most statements of one load at a time, including waiting ones. */
const statementsAtOnce = 2;

/** Returns the published files of each statement, in no particular order; none if there were no rows. */
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
  /** Set because a reader that failed may still be draining. */
  let abandoned = false;

  /** Drains run one after the other, because a reader may end while its last one is in progress. */
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

/** Throws unless as many rows were written as were read. */
function allRows<Draft extends FileDraft>(
  written: readonly WrittenBatches<Draft>[],
  rowsRead: number,
): readonly WrittenBatches<Draft>[] {
  const rows = sumOf(written, ({ files }) => sumOf(files, ({ file }) => file.rowCount));
  if (rows !== rowsRead) throw new Error(`${rowsRead} rows were read and ${rows} written`);
  return written;
}

/**
 * Splits the last batches between two statements, because no other work follows; a handful is not worth another file.
 */
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
  /** Resolves when another statement may be started soon. Throws when one has failed, so that reading stops. */
  room(): Promise<void>;
  /** The number of batches to give to one statement, as far as is known now. */
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
