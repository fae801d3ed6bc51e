/**
 * Brings one table to the run's cut: leaves it alone when it is proven unchanged, else reads it and finds what differs from the
 * lake. Nothing becomes visible here.
 */
import { sumOf } from "../base/sum.ts";
import { changeContent, type ContentChange } from "./change-content.ts";
import { discard, readWholeTable, type WholeTable } from "./read-whole-table.ts";
import type { TableChange } from "./table-change.ts";
import type { TableOutcome, TableReport } from "./sync-report.ts";
import type { SyncRun } from "./sync-run.ts";
import type { SyncTarget } from "./sync-target.ts";

export interface LoadResult {
  readonly target: SyncTarget;
  readonly report: TableReport;
  /** Undefined leaves the lake table as it is. */
  readonly change: TableChange | undefined;
  /** The source's digest of the rows, where it was asked for. */
  readonly fingerprint: string | undefined;
  /** The engine's digest of the rows, where they were compared. */
  readonly digest: string | undefined;
}

export async function loadTable(run: SyncRun, target: SyncTarget): Promise<LoadResult> {
  run.signal.throwIfAborted();
  const { reason, fingerprint } = await proveUnchanged(run, target);
  if (reason !== undefined) {
    const { rows = 0, digest } = target.standing ?? {};
    return unchanged(run, { target, fingerprint, digest, table: { files: [], rows, inexact: [] }, reason });
  }
  const table = await readWholeTable(run, target);
  return changeTable(run, { target, table, fingerprint });
}

interface TableRead {
  readonly target: SyncTarget;
  readonly table: WholeTable;
  readonly fingerprint: string | undefined;
}

/** Finds what differs from the lake and prepares its change. */
export async function changeTable(run: SyncRun, { target, table, fingerprint }: TableRead): Promise<LoadResult> {
  const content = await contentChange(run, { target, table });
  const { change = noChange, digest } = content;
  if (change.remove !== "all") await discard(run, { target, files: table.files });
  const outcome = { target, fingerprint, digest, table };
  if (change === noChange && target.follow.changes.length === 0)
    return unchanged(run, { ...outcome, reason: "read again and equal to the lake" });
  return changed(run, { ...outcome, content: { ...content, change } });
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

/** Of files: a schema may change without one. */
const noChange: TableChange = { add: [], deletes: [], remove: new Set() };

type FoundChange = Partial<ContentChange>;

async function contentChange(
  run: SyncRun,
  { target, table: { files } }: { target: SyncTarget; table: WholeTable },
): Promise<FoundChange> {
  if (target.current === undefined || run.full) return { change: { add: files, deletes: [], remove: "all" } };
  return changeContent(run, { target, current: target.current, files });
}

interface Outcome {
  readonly target: SyncTarget;
  readonly fingerprint: string | undefined;
  readonly digest: string | undefined;
  readonly table: WholeTable;
}

/** A table that stays as it is, known for the reason given. */
export function unchanged(run: SyncRun, outcome: Outcome & { reason: string }): LoadResult {
  const { target, fingerprint, digest, reason } = outcome;
  const { rows, inexact } = outcome.table;
  run.report({ kind: "done", task: target.lakeLabel, outcome: "unchanged", rows });
  const report: TableReport = { ...common(target), outcome: "unchanged", reason, rows, files: 0, bytes: 0, inexact };
  return { target, fingerprint, digest, change: undefined, report };
}

function changed(run: SyncRun, parts: Outcome & { content: FoundChange & { change: TableChange } }): LoadResult {
  const { target, fingerprint, digest, content } = parts;
  const { change, rowsAdded, rowsRemoved } = content;
  const { rows, inexact } = parts.table;
  const outcome = outcomeOf(target, change);
  run.report({ kind: "done", task: target.lakeLabel, outcome, rows });
  const written = [...change.add, ...change.deletes];
  const report: TableReport = {
    ...common(target),
    outcome,
    reason: outcome === "created" ? "new" : run.full ? "asked for" : "changed",
    rows,
    rowsAdded,
    rowsRemoved,
    files: written.length,
    bytes: sumOf(written, ({ sizeBytes }) => sizeBytes),
    inexact,
  };
  return { target, fingerprint, digest, change, report };
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
