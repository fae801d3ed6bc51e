/**
 * What a difference of rows does to a lake table: rows merged or its content replaced, deleted rows kept where that is asked
 * for, and the images of the change written for its history. Nothing is visible yet.
 */
import { openCleanup, using } from "../base/cleanup.ts";
import { writeHistory } from "./change-history.ts";
import { mergeRows, type MergeParts } from "./merge-rows.ts";
import type { RowDifference } from "./row-difference.ts";
import { imageKeys } from "./row-images.ts";
import { keepDeleted } from "./soft-deletes.ts";
import type { StagedFile } from "./staged-file.ts";
import type { SyncRun } from "./sync-run.ts";
import type { SyncTarget } from "./sync-target.ts";
import type { TableChange } from "./table-change.ts";
import type { Sides } from "./table-sides.ts";

interface FoundDifference {
  readonly target: SyncTarget;
  readonly sides: Sides;
  readonly difference: RowDifference;
  /** The table's whole content, where it takes the place of what is there. */
  readonly replaceBy?: readonly StagedFile[] | undefined;
}

export interface AppliedDifference {
  readonly change: TableChange;
  /** For the history, where it is kept. */
  readonly images: readonly StagedFile[] | undefined;
}

/** Writes what a difference means for the table and for the history of its changes. */
export async function applyDifference(
  run: SyncRun,
  { target, sides, difference, replaceBy }: FoundDifference,
): Promise<AppliedDifference> {
  const { history, follow } = target;
  const parts = { ...sides, difference };
  if (history === undefined && follow.deletedAt === undefined)
    return {
      change: replaceBy === undefined ? await merge(run, { target, parts }) : replaced(replaceBy),
      images: undefined,
    };
  const { keyColumns } = sides;
  return using(openCleanup(), async (cleanup) => {
    const pairs = keyColumns && cleanup.use(await imageKeys(parts, keyColumns));
    const images = history && (await writeHistory(run, { history, parts, pairs }));
    if (replaceBy !== undefined) return { change: replaced(replaceBy), images };
    const { deletedAt } = sides;
    if (deletedAt === undefined) return { change: await merge(run, { target, parts }), images };
    const { places } = cleanup.use(await keepDeleted({ ...parts, deletedAt }, pairs));
    const marks = { column: deletedAt, places, at: run.openedAt };
    return { change: await merge(run, { target, parts, marks }), images };
  });
}

function replaced(files: readonly StagedFile[]): TableChange {
  return { add: files, deletes: [], remove: "all" };
}

interface Merged {
  readonly target: SyncTarget;
  readonly parts: Sides & { readonly difference: RowDifference };
  readonly marks?: MergeParts["marks"];
}

function merge(run: SyncRun, { target, parts, marks }: Merged): Promise<TableChange> {
  return mergeRows({
    ...parts,
    marks,
    schema: target.follow.schema,
    layout: target.layout.files,
    scratchDirectory: run.config.scratchDirectory,
    smallFileBytes: run.config.smallFileBytes,
    newFile: () => run.newFile(target.location),
    reach: (point) => run.reach(point),
  });
}
