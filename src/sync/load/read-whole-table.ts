/**
 * Reads a whole table at the run's cut, split by split, into published data files that no snapshot lists yet. Splits
 * that an interrupted run read are used again when the source proves that they are still exact.
 */
import { formatJson } from "../../base/json.ts";
import { sumOf } from "../../base/sum.ts";
import { mapLimit } from "../../base/limit.ts";
import { formatPartitionFields } from "../../iceberg/partition-spec.ts";
import { formatSortOrder } from "../../iceberg/sort-order.ts";
import { findPlan, forgetPlans, savePlan, saveRead, type LoadPlan, type PlannedSplit } from "./load-plan.ts";
import { spansToRead, type KnownSpans } from "./known-spans.ts";
import type { StagedFile } from "../../writer/staged-file.ts";
import type { InexactValues } from "../run/sync-report.ts";
import { readFiles } from "./read-files.ts";
import { inexactCounter, readRange, type InexactCounter, type ReadRange } from "./read-range.ts";
import { mayProve } from "../compare/may-prove.ts";
import type { CutRun, SyncRun } from "../run/sync-run.ts";
import type { SyncTarget } from "../run/sync-target.ts";

export interface WholeTable {
  readonly files: readonly StagedFile[];
  readonly rows: number;
  readonly inexact: readonly InexactValues[];
  /** When the first of its rows were read, if an interrupted run read them. */
  readonly readAt?: Date | undefined;
  /** Hashes by spans of its key, to be remembered once the lake has these rows; undefined if there are none. */
  readonly known?: KnownSpans | undefined;
}

export async function readWholeTable(run: CutRun, target: SyncTarget): Promise<WholeTable> {
  const inexact = inexactCounter();
  const plan = await preparePlan(run, target);
  const splits = await mapLimit(plan.splits, run.width, (split) =>
    readSplit(run, { target, split, count: plan.splits.length, inexact }),
  );
  return {
    files: splits.flatMap(({ read }) => read.files),
    rows: sumOf(splits, ({ read }) => read.rows),
    inexact: inexact.counts(),
    readAt: new Date(Math.min(...splits.map(({ openedAt }) => openedAt.getTime()), run.seen.at.getTime())),
    known: knownOf(target, splits),
  };
}

/** Splits read by an interrupted run have no hashes. */
function knownOf({ table }: SyncTarget, splits: readonly DoneSplit[]): KnownSpans | undefined {
  const [column] = table.key ?? [];
  if (column === undefined || splits.some(({ read }) => read.hashed === undefined)) return undefined;
  return { column, spans: splits.flatMap(({ read }) => read.hashed ?? []) };
}

/** Deletes the files that were read, and the plan. */
export async function discard(
  run: SyncRun,
  { target, files }: { target: SyncTarget; files: readonly StagedFile[] },
): Promise<void> {
  await run.objects.delete(files.map(({ location }) => location));
  run.reach("reading-discarded");
  await forgetPlans(run.db, [target.tableId]);
}

/**
 * The plan of an interrupted run if it still applies, else a new one; always a new one when earlier reads must not be
 * trusted.
 */
async function preparePlan(run: CutRun, target: SyncTarget): Promise<LoadPlan> {
  const { sourceId, table, tableId } = target;
  const shape = target.shape + layoutMark(target);
  const old = await findPlan(run.db, { sourceId, table: table.name });
  if (old !== undefined && !run.full && !run.verify && old.shape === shape && old.tableId === tableId)
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
    splits: ranges.map((range, ordinal) => ({ ordinal, range, position: run.seen.position, openedAt: run.seen.at })),
  };
  await savePlan(run.db, { sourceId, table: table.name, plan });
  run.reach("planned");
  return plan;
}

/** Files with another layout have to be read again. */
function layoutMark({ layout: { spec, sortOrder, files } }: SyncTarget): string {
  if (spec.fields.length + sortOrder.fields.length === 0) return "";
  return formatJson([formatPartitionFields(spec.fields), formatSortOrder(sortOrder), files.compression]);
}

async function keepExactSplits(
  run: CutRun,
  { target, plan }: { target: SyncTarget; plan: LoadPlan },
): Promise<LoadPlan> {
  const splits = await mapLimit(plan.splits, run.width, async (split): Promise<PlannedSplit> => {
    if (split.read === undefined) return split;
    if ((await isExact(run, target, { ...split, read: split.read })) && (await isWhole(run, split.read.files))) {
      run.countKept();
      return split;
    }
    await run.objects.delete(split.read.files.map(({ location }) => location));
    return { ...split, read: undefined };
  });
  return { ...plan, splits };
}

async function isExact(
  run: CutRun,
  { table }: SyncTarget,
  { range, position, openedAt, read }: DoneSplit,
): Promise<boolean> {
  if (run.files !== undefined) return position === run.seen.position;
  return mayProve(run, openedAt) && run.cut.unchanged(table, range, position, read.rows);
}

/** A run that died while deleting its files leaves a plan whose files no longer exist. */
async function isWhole({ objects }: SyncRun, files: readonly StagedFile[]): Promise<boolean> {
  const found = await Promise.all(files.map(({ location }) => objects.has(location)));
  return found.every(Boolean);
}

interface SplitParts {
  readonly target: SyncTarget;
  readonly split: PlannedSplit;
  readonly count: number;
  readonly inexact: InexactCounter;
}

type DoneSplit = PlannedSplit & { readonly read: ReadRange };

async function readSplit(run: CutRun, { target, split, count, inexact }: SplitParts): Promise<DoneSplit> {
  if (split.read !== undefined) return { ...split, read: split.read };
  const { tableId, lakeLabel, table } = target;
  const task = count === 1 ? lakeLabel : `${lakeLabel} ${split.ordinal + 1}/${count}`;
  const total = count === 1 ? table.estimatedRows : undefined;
  const read =
    run.files === undefined
      ? await readRange(run, {
          target,
          range: split.range,
          spans: await spansToRead(run, target, split.range),
          task,
          total,
          inexact,
        })
      : await readFiles(run, { target, files: run.files, task });
  const done = { ...split, position: run.seen.position, openedAt: run.seen.at, read };
  try {
    run.reach("split-published");
    await saveRead(run.db, { tableId, split: done });
  } catch (failure) {
    await run.objects.delete(read.files.map(({ location }) => location));
    throw failure;
  }
  run.reach("split-noted");
  if (count > 1) run.report({ kind: "done", task, outcome: "read", rows: read.rows });
  return done;
}
