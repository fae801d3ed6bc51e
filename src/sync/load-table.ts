/**
 * Brings one table to the run's cut: leaves it alone when it is proven unchanged, else reads its splits into data files. What
 * an interrupted run had read is used again where the source proves that it is still exact. Nothing becomes visible here.
 */
import { sumOf } from "../base/sum.ts";
import { mapLimit } from "../base/limit.ts";
import { loadDataFiles, type LoadSink } from "../engine/load-data-files.ts";
import type { DataFile } from "../engine/write-data-file.ts";
import { changeContent, type ContentChange } from "./change-content.ts";
import { findPlan, forgetPlans, savePlan, saveRead, type LoadPlan, type PlannedSplit } from "./load-plan.ts";
import type { RowSink, SourceColumn } from "./source.ts";
import type { StagedFile } from "./staged-file.ts";
import type { TableChange } from "./table-change.ts";
import type { InexactValues, TableOutcome, TableReport } from "./sync-report.ts";
import type { LocatedDraft, SyncRun } from "./sync-run.ts";
import type { SyncTarget } from "./sync-target.ts";

export interface LoadResult {
  readonly target: SyncTarget;
  readonly report: TableReport;
  /** Undefined leaves the lake table as it is. */
  readonly change: TableChange | undefined;
  /** The source's digest of the rows, where it was asked for. */
  readonly fingerprint: string | undefined;
}

export async function loadTable(run: SyncRun, target: SyncTarget): Promise<LoadResult> {
  run.signal.throwIfAborted();
  const proof = await proveUnchanged(run, target);
  if (proof.reason !== undefined)
    return unchanged(run, { target, ...proof, rows: target.standing?.rows ?? 0, reason: proof.reason });
  const { fingerprint } = proof;
  const inexact = inexactCounter();
  const plan = await preparePlan(run, target);
  const splits = await mapLimit(plan.splits, run.width, (split) =>
    readSplit(run, { target, split, count: splitCount(plan), inexact }),
  );
  const files = splits.flatMap(({ read }) => read.files);
  const rows = sumOf(splits, ({ read }) => read.rows);
  const content = await contentChange(run, { target, files });
  const { change = noChange } = content;
  if (change.remove !== "all") await discard(run, { target, files });
  if (change === noChange && target.follow.changes.length === 0)
    return unchanged(run, {
      target,
      fingerprint,
      rows,
      reason: "read again and equal to the lake",
      inexact: inexact.counts(),
    });
  return changed(run, { target, fingerprint, content: { ...content, change }, rows, inexact: inexact.counts() });
}

interface Proof {
  /** Why the table is known to be unchanged; undefined when it is not. */
  readonly reason: string | undefined;
  readonly fingerprint: string | undefined;
}

/** Asks the source for what costs less than reading the table. A first load asks for nothing. */
async function proveUnchanged({ full, cut, inReader }: SyncRun, target: SyncTarget): Promise<Proof> {
  const { current, standing, shape, table } = target;
  if (current === undefined || standing === undefined) return { reason: undefined, fingerprint: undefined };
  const isComparable = !full && standing.shape === shape && standing.snapshotId === current.metadata.currentSnapshotId;
  if (isComparable && (await cut.unchanged(table, undefined, standing.position, standing.rows)))
    return { reason: "the source proves that nothing was written", fingerprint: standing.fingerprint };
  const fingerprint = await inReader(() => cut.fingerprint(table));
  const isEqual = isComparable && fingerprint !== undefined && fingerprint === standing.fingerprint;
  return { reason: isEqual ? "the source's digest of the rows is as before" : undefined, fingerprint };
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

function splitCount({ splits }: LoadPlan): number {
  return splits.length;
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

/** Of files: a schema may change without one. */
const noChange: TableChange = { add: [], deletes: [], remove: new Set() };

type FoundChange = Partial<ContentChange>;

async function contentChange(
  run: SyncRun,
  { target, files }: { target: SyncTarget; files: readonly StagedFile[] },
): Promise<FoundChange> {
  if (target.current === undefined || run.full) return { change: { add: files, deletes: [], remove: "all" } };
  return changeContent(run, { target, current: target.current, files });
}

async function discard(
  run: SyncRun,
  { target, files }: { target: SyncTarget; files: readonly StagedFile[] },
): Promise<void> {
  await run.objects.delete(files.map(({ location }) => location));
  run.reach("reading-discarded");
  await forgetPlans(run.db, [target.tableId]);
}

interface Outcome {
  readonly target: SyncTarget;
  readonly fingerprint: string | undefined;
  readonly rows: number;
  readonly inexact?: readonly InexactValues[];
}

function unchanged(
  run: SyncRun,
  { target, fingerprint, rows, reason, inexact = [] }: Outcome & { reason: string },
): LoadResult {
  run.report({ kind: "done", task: target.lakeLabel, outcome: "unchanged", rows });
  return {
    target,
    fingerprint,
    change: undefined,
    report: { ...common(target), outcome: "unchanged", reason, rows, files: 0, bytes: 0, inexact },
  };
}

function changed(
  run: SyncRun,
  { target, fingerprint, content, rows, inexact = [] }: Outcome & { content: FoundChange & { change: TableChange } },
): LoadResult {
  const { change, rowsAdded, rowsRemoved } = content;
  const outcome = outcomeOf(target, change);
  run.report({ kind: "done", task: target.lakeLabel, outcome, rows });
  const written = [...change.add, ...change.deletes];
  return {
    target,
    fingerprint,
    change,
    report: {
      ...common(target),
      outcome,
      reason: outcome === "created" ? "new" : run.full ? "asked for" : "changed",
      rows,
      rowsAdded,
      rowsRemoved,
      files: written.length,
      bytes: sumOf(written, ({ sizeBytes }) => sizeBytes),
      inexact,
    },
  };
}

function outcomeOf({ current }: SyncTarget, { remove }: TableChange): TableOutcome {
  if (current === undefined) return "created";
  return remove === "all" ? "reloaded" : "merged";
}

function common({
  sourceLabel,
  lakeLabel,
  follow,
  table,
}: SyncTarget): Pick<TableReport, "sourceTable" | "lakeTable" | "schemaChanges" | "cautions"> {
  const cautions = table.columns.flatMap(({ name, caution }) => (caution === undefined ? [] : [`${name}: ${caution}`]));
  return { sourceTable: sourceLabel, lakeTable: lakeLabel, schemaChanges: follow.changes, cautions };
}
