/**
 * Brings one table to the run's cut: leaves it alone when it is proven unchanged, or else reads it and finds what
 * differs from the lake. Nothing becomes visible here.
 */
import { changeContent, type ContentChange } from "../compare/change-content.ts";
import type { CaptureMode } from "../settings/capture-mode.ts";
import { changed, unchanged, type LoadResult } from "./load-result.ts";
import { loadHashedSpans } from "./load-hashed-spans.ts";
import { isWorthRanges, loadRanges } from "./load-ranges.ts";
import { loadChanges } from "./load-changes.ts";
import { loadSince } from "./load-since.ts";
import { discard, readWholeTable, type WholeTable } from "./read-whole-table.ts";
import { mayProve } from "../compare/may-prove.ts";
import { missedHistory } from "../history/missed-history.ts";
import { withMissed } from "./with-missed.ts";
import type { TableChange } from "../../writer/table-change.ts";
import type { CutRun } from "../run/sync-run.ts";
import type { Standing, SyncTarget } from "../run/sync-target.ts";
import { withFiles } from "../run/with-files.ts";
import type { FilePlan } from "../source.ts";

export async function loadTable(run: CutRun, target: SyncTarget): Promise<LoadResult> {
  run.signal.throwIfAborted();
  const missed = await missedHistory(run, target);
  return withMissed(await bringToCut(run, target), missed);
}

async function bringToCut(given: CutRun, target: SyncTarget): Promise<LoadResult> {
  const run = await withFiles(given, target);
  const { files } = run;
  if (files !== undefined) return bringByFiles(run, { target, files });
  const standing = standingOf(run, target);
  if (standing !== undefined) {
    const found = await sinceStanding(run, { target, standing });
    if (found !== undefined) return found === "much" ? compareWhole(run, target) : found;
  }
  return isByCursor(run, target) ? loadByCursor(run, target) : compareWhole(run, target);
}

async function bringByFiles(
  run: CutRun,
  { target, files }: { target: SyncTarget; files: FilePlan },
): Promise<LoadResult> {
  const { current } = target;
  if (current !== undefined && files.how !== "whole") return loadChanges(run, { target, current, files });
  return withNotice(run, { files, result: await compareWhole(run, target) });
}

/** Tells what people should notice about the files. */
function withNotice(
  { report: tell }: CutRun,
  { files: { notice }, result }: { files: FilePlan; result: LoadResult },
): LoadResult {
  if (notice === undefined) return result;
  const { report } = result;
  tell({ kind: "note", text: `${report.lakeTable}: ${notice}` });
  return { ...result, report: { ...report, cautions: [notice, ...report.cautions] } };
}

interface Stood {
  readonly target: SyncTarget;
  readonly standing: Standing;
}

/** Handles a table that is proven unchanged, or of which only the written ranges have to be read. */
async function sinceStanding(run: CutRun, stood: Stood): Promise<LoadResult | "much" | undefined> {
  const { target, standing } = stood;
  const found = isWorthRanges(run, target) ? await loadRanges(run, stood) : undefined;
  if (found !== undefined) return found;
  const proof = await proveUnchanged(run, stood);
  const { rows, digest, fingerprint, isWhole } = standing;
  const table = { files: [], rows, inexact: [] };
  if (proof === undefined) return loadHashedSpans(run, stood);
  return unchanged(run, { target, fingerprint, digest, isWhole, table, ...proof });
}

async function compareWhole(run: CutRun, target: SyncTarget): Promise<LoadResult> {
  return changeTable(run, { target, table: await readWholeTable(run, target) });
}

async function loadByCursor(run: CutRun, target: ByCursor): Promise<LoadResult> {
  const since = await loadSince(run, { target, cursor: target.mode });
  if (!("obstacle" in since)) return since;
  const reason = `cursor was chosen, but this time all rows were compared: ${since.obstacle}`;
  return compareWhole(run, { ...target, mode: { mode: "diff", reason } });
}

type ByCursor = SyncTarget & { readonly mode: Extract<CaptureMode, { mode: "cursor" }> };

/**
 * A table that was altered, replaced, reset or rolled back, or that another writer changed, is compared as a whole
 * once, because its cursor cannot tell what that changed.
 */
function isByCursor({ full }: CutRun, target: SyncTarget): target is ByCursor {
  const { current, standing, mode, follow, shape } = target;
  if (full || current === undefined || standing?.snapshotId === undefined) return false;
  if (standing.snapshotId !== current.metadata.currentSnapshotId) return false;
  return mode.mode === "cursor" && follow.changes.length === 0 && standing.shape === shape;
}

interface TableRead {
  readonly target: SyncTarget;
  readonly table: WholeTable;
}

/** Finds the differences from the lake and prepares the change. */
export async function changeTable(run: CutRun, { target, table }: TableRead): Promise<LoadResult> {
  const content = await contentChange(run, { target, table });
  const { change = noChange, digest } = content;
  if (change.remove !== "all") await discard(run, { target, files: table.files });
  const outcome = { target, fingerprint: undefined, digest, isWhole: true, comparedAt: table.readAt, table };
  if (change !== noChange || target.follow.changes.length > 0)
    return changed(run, { ...outcome, content: { ...content, change } });
  const fingerprint = await run.inReader(() => run.cut.fingerprint(target.table));
  return unchanged(run, { ...outcome, fingerprint, reason: "read again and equal to the lake" });
}

/**
 * Facts about the table that an earlier run established, if they still apply. If a cursor looked at only some of the
 * rows, no later proof covers the others, so they apply only while the table still uses its cursor.
 */
function standingOf({ full }: CutRun, target: SyncTarget): Standing | undefined {
  const { current, standing, shape, mode } = target;
  if (full || current === undefined || standing === undefined || !isAsItShallBe(target)) return undefined;
  if (standing.shape !== shape || standing.snapshotId !== current.metadata.currentSnapshotId) return undefined;
  return standing.isWhole || mode.mode === "cursor" ? standing : undefined;
}

/**
 * Why the table is known to be unchanged without reading it; undefined when it is not known. A digest costs the source
 * a scan, so only a table that was found unchanged before has one: there it may save reading the table again.
 */
async function proveUnchanged(run: CutRun, { target, standing }: Stood): Promise<Proof | undefined> {
  const { cut, inReader } = run;
  const { table } = target;
  if (mayProve(run, standing.comparedAt) && (await cut.unchanged(table, undefined, standing.position, standing.rows)))
    return { reason: proofReason(run), comparedAt: standing.comparedAt };
  if (standing.fingerprint === undefined) return undefined;
  const fingerprint = await inReader(() => cut.fingerprint(table));
  return fingerprint === standing.fingerprint
    ? { reason: "the source's digest of the rows is the same as before" }
    : undefined;
}

interface Proof {
  readonly reason: string;
  /** When its rows were last compared by content, if not in this run. */
  readonly comparedAt?: Date | undefined;
}

function proofReason({ cut: { proofGap }, config }: CutRun): string {
  const proven = "the source proves that nothing was written";
  if (proofGap === undefined) return proven;
  return `${proven}, but by ${proofGap}: a comparison every ${config.compareAfterHours} hours finds what those wrote`;
}

/** Whether everything except the rows is up to date: schema and history. */
function isAsItShallBe({ follow, history }: SyncTarget): boolean {
  if (follow.changes.length > 0) return false;
  return history === undefined || (history.current !== undefined && history.follow.changes.length === 0);
}

/** No change of files; the schema may change without one. */
const noChange: TableChange = { add: [], deletes: [], remove: new Set() };

/** With soft deletes or a history, the old rows have to be known even when the table is loaded from the beginning. */
function keepsOldRows({ follow, history }: SyncTarget): boolean {
  return follow.deletedAt !== undefined || history !== undefined;
}

type FoundChange = Partial<ContentChange>;

async function contentChange(
  run: CutRun,
  { target, table: { files } }: { target: SyncTarget; table: WholeTable },
): Promise<FoundChange> {
  const { current } = target;
  if (current === undefined || (run.full && !keepsOldRows(target)))
    return { change: { add: files, deletes: [], remove: "all" } };
  return changeContent(run, { target, current, files });
}
