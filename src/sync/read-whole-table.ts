/**
 * Reads a table whole at the run's cut, split by split, into published data files that nobody lists yet. What an interrupted run
 * had read is used again where the source proves that it is still exact.
 */
import { sumOf } from "../base/sum.ts";
import { mapLimit } from "../base/limit.ts";
import { loadDataFiles, type LoadSink } from "../engine/load-data-files.ts";
import type { DataFile } from "../engine/write-data-file.ts";
import { findPlan, forgetPlans, savePlan, saveRead, type LoadPlan, type PlannedSplit } from "./load-plan.ts";
import type { RowSink, SourceColumn } from "./source.ts";
import type { StagedFile } from "./staged-file.ts";
import type { InexactValues } from "./sync-report.ts";
import type { LocatedDraft, SyncRun } from "./sync-run.ts";
import type { SyncTarget } from "./sync-target.ts";

export interface WholeTable {
  readonly files: readonly StagedFile[];
  readonly rows: number;
  readonly inexact: readonly InexactValues[];
}

export async function readWholeTable(run: SyncRun, target: SyncTarget): Promise<WholeTable> {
  const inexact = inexactCounter();
  const plan = await preparePlan(run, target);
  const splits = await mapLimit(plan.splits, run.width, (split) =>
    readSplit(run, { target, split, count: plan.splits.length, inexact }),
  );
  return {
    files: splits.flatMap(({ read }) => read.files),
    rows: sumOf(splits, ({ read }) => read.rows),
    inexact: inexact.counts(),
  };
}

/** Deletes what was read, and the plan to read it. */
export async function discard(
  run: SyncRun,
  { target, files }: { target: SyncTarget; files: readonly StagedFile[] },
): Promise<void> {
  await run.objects.delete(files.map(({ location }) => location));
  run.reach("reading-discarded");
  await forgetPlans(run.db, [target.tableId]);
}

/** An interrupted run's plan where it still fits, else a new one. */
async function preparePlan(run: SyncRun, target: SyncTarget): Promise<LoadPlan> {
  const { sourceId, table, tableId, shape } = target;
  const old = await findPlan(run.db, { sourceId, table: table.name });
  if (old !== undefined && !run.full && old.shape === shape && old.tableId === tableId)
    return keepExactSplits(run, { target, plan: old });
  if (old !== undefined)
    await discard(run, {
      target: { ...target, tableId: old.tableId },
      files: old.splits.flatMap(({ read }) => read?.files ?? []),
    });
  const ranges = await run.cut.split(table, run.config.splitBytes);
  const plan = {
    tableId,
    shape,
    splits: ranges.map((range, ordinal) => ({ ordinal, range, position: run.cut.position })),
  };
  await savePlan(run.db, { sourceId, table: table.name, plan });
  run.reach("planned");
  return plan;
}

async function keepExactSplits(
  run: SyncRun,
  { target, plan }: { target: SyncTarget; plan: LoadPlan },
): Promise<LoadPlan> {
  const splits = await mapLimit(plan.splits, run.width, async (split): Promise<PlannedSplit> => {
    if (split.read === undefined) return split;
    const isExact = await run.cut.unchanged(target.table, split.range, split.position, split.read.rows);
    if (isExact) {
      run.countKept();
      return split;
    }
    await run.objects.delete(split.read.files.map(({ location }) => location));
    return { ...split, read: undefined };
  });
  return { ...plan, splits };
}

interface SplitParts {
  readonly target: SyncTarget;
  readonly split: PlannedSplit;
  readonly count: number;
  readonly inexact: InexactCounter;
}

type ReadSplit = PlannedSplit & { readonly read: NonNullable<PlannedSplit["read"]> };

async function readSplit(run: SyncRun, { target, split, count, inexact }: SplitParts): Promise<ReadSplit> {
  if (split.read !== undefined) return { ...split, read: split.read };
  const { table, tableId, location, lakeLabel, follow } = target;
  const task = count === 1 ? lakeLabel : `${lakeLabel} ${split.ordinal + 1}/${count}`;
  let rows = 0;
  const drafts: LocatedDraft[] = [];
  try {
    const loaded = await loadDataFiles({
      engine: run.loadEngine(),
      scratchDirectory: run.config.scratchDirectory,
      writing: run.writing,
      columns: table.columns.map((column, index) => ({
        ...loadColumn(column),
        fieldId: follow.schema.fields[index]?.id ?? 0,
      })),
      newFile: async () => {
        const draft = await run.newFile(location);
        drafts.push(draft);
        return draft;
      },
      read: (sink) => run.inReader(() => run.cut.read(table, split.range, rowSink(sink, inexact), run.signal)),
      onRows(batch) {
        rows += batch;
        run.report({ kind: "rows", task, rows, total: count === 1 ? table.estimatedRows : undefined });
      },
    });
    const files = loaded.map(({ draft, file }) => stagedFile(draft.location, file));
    for (const { file } of loaded) inexact.addRepaired(table.columns, { file, fields: follow.schema.fields });
    const read = { rows: sumOf(files, ({ rowCount }) => rowCount), files };
    run.countRows(read.rows);
    run.reach("split-published");
    await saveRead(run.db, {
      tableId,
      split: { ordinal: split.ordinal, range: split.range, position: run.cut.position, read },
    });
    run.reach("split-noted");
    if (count > 1) run.report({ kind: "done", task, outcome: "read", rows: read.rows });
    return { ...split, position: run.cut.position, read };
  } catch (failure) {
    await run.objects.delete(drafts.map(({ location: draftLocation }) => draftLocation));
    throw failure;
  }
}

function loadColumn({ name, lakeType, staged, convert }: SourceColumn) {
  return { name, type: lakeType, staged, convert };
}

function stagedFile(location: string, { rowCount, sizeBytes, columns }: DataFile): StagedFile {
  return { location, rowCount, sizeBytes, columns };
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

interface InexactCounter {
  add(column: string, what: string, count?: number): void;
  addRepaired(
    columns: readonly SourceColumn[],
    written: { file: DataFile; fields: readonly { readonly id: number; readonly name: string }[] },
  ): void;
  counts(): readonly InexactValues[];
}

function inexactCounter(): InexactCounter {
  const counts = new Map<string, { column: string; what: string; count: number }>();
  const add = (column: string, what: string, count = 1): void => {
    const key = `${column}\n${what}`;
    const entry = counts.get(key) ?? { column, what, count: 0 };
    entry.count += count;
    counts.set(key, entry);
  };
  return {
    add,
    addRepaired(_columns, { file, fields }) {
      for (const [fieldId, count] of file.repairedTexts)
        add(
          fields.find(({ id }) => id === fieldId)?.name ?? String(fieldId),
          "text that is not UTF-8, kept with its bytes escaped",
          count,
        );
    },
    counts: () => [...counts.values()],
  };
}
