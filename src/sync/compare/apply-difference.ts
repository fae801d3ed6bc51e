/**
 * Turns a difference of rows into a change of a lake table: merges the rows or replaces the whole content, keeps
 * deleted rows if the table is set to keep them, and writes the changed rows for the table's history. Nothing is
 * visible yet.
 */
import { openCleanup, using } from "../../base/cleanup.ts";
import { writeHistory, type HistoryTarget } from "../history/change-history.ts";
import { differenceImages } from "../history/missed-history.ts";
import { mergeRows, type MergeParts } from "../../writer/merge-rows.ts";
import type { RowDifference } from "../../writer/row-difference.ts";
import { countPairs, imageKeys, type ImageKeys } from "../../writer/row-images.ts";
import { keepDeleted } from "../history/soft-deletes.ts";
import type { StagedFile } from "../../writer/staged-file.ts";
import type { SeeingRun } from "../run/sync-run.ts";
import type { SyncTarget } from "../run/sync-target.ts";
import type { TableChange } from "../../writer/table-change.ts";
import type { Sides } from "./table-sides.ts";

interface FoundDifference {
  readonly target: SyncTarget;
  readonly sides: Sides;
  readonly difference: RowDifference;
  /** The table's whole new content, when it replaces the current content. */
  readonly replaceBy?: readonly StagedFile[] | undefined;
}

export interface AppliedDifference {
  readonly change: TableChange;
  /** Changed rows for the history; undefined when the table has none. */
  readonly images: readonly StagedFile[] | undefined;
  /**
   * Number of keys that are both removed and added. Undefined for a keyless table, or when there are too many to count.
   */
  readonly rowsUpdated: number | undefined;
}

/** Writes the files that a difference requires, for the table and for its history. */
export async function applyDifference(
  run: SeeingRun,
  { target, sides, difference, replaceBy }: FoundDifference,
): Promise<AppliedDifference> {
  const { history, follow } = target;
  const parts = { ...sides, difference };
  const { keyColumns } = sides;
  const isPaired = history !== undefined || follow.deletedAt !== undefined || isCountable(difference);
  return using(openCleanup(), async (cleanup) => {
    const pairs = keyColumns && isPaired ? cleanup.use(await imageKeys(parts, keyColumns)) : undefined;
    const rowsUpdated = pairs && (await countPairs(sides.engine, pairs));
    const images = history && (await imagesOf(run, { history, parts, pairs }));
    if (replaceBy !== undefined) return { change: replaced(replaceBy), images, rowsUpdated };
    const { deletedAt } = sides;
    if (deletedAt === undefined) return { change: await merge(run, { target, parts }), images, rowsUpdated };
    const { places } = cleanup.use(await keepDeleted({ ...parts, deletedAt }, pairs));
    const marks = { column: deletedAt, places, at: run.seen.at };
    return { change: await merge(run, { target, parts, marks }), images, rowsUpdated };
  });
}

interface Images {
  readonly history: HistoryTarget;
  readonly parts: Sides & { readonly difference: RowDifference };
  readonly pairs: ImageKeys | undefined;
}

/** If soft deletes were just switched off, rows marked as deleted are not removals: the history already has them. */
async function imagesOf(run: SeeingRun, { history, parts, pairs }: Images): Promise<readonly StagedFile[]> {
  const { endedMarks: deletedAt } = parts;
  if (deletedAt === undefined) return writeHistory(run, { history, parts, pairs });
  return differenceImages(run, { history, sides: { ...parts, deletedAt } });
}

/** Most keys to hold in memory when counting updates. */
const mostCounted = 200_000;

function isCountable({ rowsAdded, rowsRemoved }: RowDifference): boolean {
  return rowsAdded > 0 && rowsRemoved > 0 && rowsAdded + rowsRemoved <= mostCounted;
}

function replaced(files: readonly StagedFile[]): TableChange {
  return { add: files, deletes: [], remove: "all" };
}

interface Merged {
  readonly target: SyncTarget;
  readonly parts: Sides & { readonly difference: RowDifference };
  readonly marks?: MergeParts["marks"];
}

function merge(run: SeeingRun, { target, parts, marks }: Merged): Promise<TableChange> {
  return mergeRows({
    ...parts,
    marks,
    formatVersion: target.layout.formatVersion,
    schema: target.follow.schema,
    layout: target.layout.files,
    scratchDirectory: run.config.scratchDirectory,
    smallFileBytes: run.config.smallFileBytes,
    newFile: (extension) => run.newFile(target.location, extension),
    reach: (point) => run.reach(point),
  });
}
