/**
 * Brings one table to the run's cut: leaves it alone when it is proven unchanged, else reads it and finds what differs from the
 * lake. Nothing becomes visible here.
 */
import { changeContent, type ContentChange } from "./change-content.ts";
import type { CaptureMode } from "./capture-mode.ts";
import { changed, unchanged, type LoadResult } from "./load-result.ts";
import { loadSince } from "./load-since.ts";
import { discard, readWholeTable, type WholeTable } from "./read-whole-table.ts";
import type { TableChange } from "./table-change.ts";
import type { SyncRun } from "./sync-run.ts";
import type { SyncTarget } from "./sync-target.ts";

export async function loadTable(run: SyncRun, target: SyncTarget): Promise<LoadResult> {
  run.signal.throwIfAborted();
  const { reason, fingerprint } = await proveUnchanged(run, target);
  if (reason !== undefined) {
    const { rows = 0, digest } = target.standing ?? {};
    return unchanged(run, { target, fingerprint, digest, table: { files: [], rows, inexact: [] }, reason });
  }
  const sinceLast = isByCursor(run, target) ? await loadSince(run, { target, cursor: target.mode }) : undefined;
  return sinceLast ?? changeTable(run, { target, table: await readWholeTable(run, target), fingerprint });
}

type ByCursor = SyncTarget & { readonly mode: Extract<CaptureMode, { mode: "cursor" }> };

/** A table whose columns moved is compared whole once: its cursor does not tell which values that changed. */
function isByCursor({ full }: SyncRun, target: SyncTarget): target is ByCursor {
  const { current, standing, mode, follow } = target;
  return (
    !full && current !== undefined && standing !== undefined && mode.mode === "cursor" && follow.changes.length === 0
  );
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
  const { current, standing, shape, table, mode } = target;
  if (current === undefined || standing === undefined) return { reason: undefined, fingerprint: undefined };
  const isComparable = !full && standing.shape === shape && standing.snapshotId === current.metadata.currentSnapshotId;
  if (isComparable && (await cut.unchanged(table, undefined, standing.position, standing.rows)))
    return { reason: "the source proves that nothing was written", fingerprint: standing.fingerprint };
  // A scan of the whole table is what a cursor is there to avoid.
  const fingerprint = mode.mode === "diff" ? await inReader(() => cut.fingerprint(table)) : undefined;
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
