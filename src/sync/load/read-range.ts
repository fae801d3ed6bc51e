/**
 * Reads a range of a table at the run's cut into published data files that no snapshot lists yet, and counts the values
 * that are not held exactly.
 */
import { sumOf } from "../../base/sum.ts";
import { loadDataFiles, type LoadSink } from "../../engine/load-data-files.ts";
import type { HashedSpan, KeySpans, RowSink, SourceColumn, SplitRange } from "../source.ts";
import { stagedFile, type StagedFile } from "../../writer/staged-file.ts";
import type { InexactValues } from "../run/sync-report.ts";
import type { LocatedDraft } from "../../objects/object-store.ts";
import type { CutRun } from "../run/sync-run.ts";
import type { SyncTarget } from "../run/sync-target.ts";

export interface ReadRange {
  readonly rows: number;
  readonly files: readonly StagedFile[];
  /** The hashes of the requested spans. */
  readonly hashed?: readonly HashedSpan[] | undefined;
}

interface RangeParts {
  readonly target: SyncTarget;
  readonly range: SplitRange | undefined;
  /** The spans that make up the range. If given, they are read instead of the range, and hashed. */
  readonly spans?: KeySpans | undefined;
  /** The name of this read in the progress display, and the number of rows it expects. */
  readonly task: string;
  readonly total: number | undefined;
  readonly inexact: InexactCounter;
}

/** Leaves no file behind when it throws. */
export async function readRange(run: CutRun, parts: RangeParts): Promise<ReadRange> {
  const { target, task, total, inexact } = parts;
  const { table, location, follow } = target;
  let rows = 0;
  let hashed: readonly HashedSpan[] | undefined;
  const drafts: LocatedDraft[] = [];
  try {
    const loaded = await loadDataFiles({
      engine: run.loadEngine(),
      scratchDirectory: run.config.scratchDirectory,
      writing: run.writing,
      layout: target.layout.files,
      columns: table.columns.map((column, index) => ({
        ...loadColumn(column),
        fieldId: follow.schema.fields[index]?.id ?? 0,
      })),
      newFile: async () => {
        const draft = await run.newFile(location);
        drafts.push(draft);
        return draft;
      },
      read: async (sink) => {
        hashed = await run.inReader(() => readRows(run, parts, rowSink(sink, inexact)));
      },
      onRows(batch) {
        rows += batch;
        run.report({ kind: "rows", task, rows, total });
      },
    });
    const files = loaded.flatMap((written) => written.files.map(stagedFile));
    for (const { repairedTexts } of loaded) inexact.addRepaired(repairedTexts, follow.schema.fields);
    const read = { rows: sumOf(files, ({ rowCount }) => rowCount), files, hashed };
    run.countRows(read.rows);
    return read;
  } catch (failure) {
    await run.objects.delete(drafts.map(({ location: draftLocation }) => draftLocation));
    throw failure;
  }
}

async function readRows(
  { cut, signal }: CutRun,
  { target: { table }, range, spans }: RangeParts,
  sink: RowSink,
): Promise<readonly HashedSpan[] | undefined> {
  if (spans !== undefined) return cut.hashed?.read(table, spans, sink, signal);
  await cut.read(table, range, sink, signal);
  return undefined;
}

function loadColumn({ name, lakeType, staged, convert }: SourceColumn) {
  return { name, type: lakeType, staged, convert };
}

function rowSink(sink: LoadSink, inexact: InexactCounter): RowSink {
  return {
    columns: sink.columns,
    rowDone: () => sink.rowDone(),
    get full() {
      return sink.full;
    },
    drain: () => sink.drain(),
    inexact: (column, what) => inexact.add(column.name, what),
  };
}

export interface InexactCounter {
  add(column: string, what: string, count?: number): void;
  /** Counts of repaired texts by field id. */
  addRepaired(texts: ReadonlyMap<number, number>, fields: readonly { id: number; name: string }[]): void;
  counts(): readonly InexactValues[];
}

export function inexactCounter(): InexactCounter {
  const counts = new Map<string, { column: string; what: string; count: number }>();
  const add = (column: string, what: string, count = 1): void => {
    const key = `${column}\n${what}`;
    const entry = counts.get(key) ?? { column, what, count: 0 };
    entry.count += count;
    counts.set(key, entry);
  };
  return {
    add,
    addRepaired(texts, fields) {
      for (const [fieldId, count] of texts)
        add(
          fields.find(({ id }) => id === fieldId)?.name ?? String(fieldId),
          "text that is not UTF-8, kept with its bytes escaped",
          count,
        );
    },
    counts: () => [...counts.values()],
  };
}
