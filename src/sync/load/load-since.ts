/**
 * Brings one table to the run's cut by its cursor: reads the rows whose growing column is above the lake's highest
 * value minus the overlap, and merges them by key. Rows that were deleted, or whose key changed, stay in the lake until
 * a comparison finds them.
 * Invariant: when cursor or key may be ambiguous, nothing is merged and the obstacle is reported.
 */
import { using } from "../../base/cleanup.ts";
import { must } from "../../base/must.ts";
import { withMoreMemory } from "../../engine/with-more-memory.ts";
import type { CaptureMode } from "../settings/capture-mode.ts";
import { applyDifference } from "../compare/apply-difference.ts";
import { cursorColumn, lakeExtent, movedBack } from "./cursor-bound.ts";
import { ambiguousKeys } from "./cursor-keys.ts";
import { changed, unchanged, type LoadResult } from "./load-result.ts";
import { inexactCounter, readRange } from "./read-range.ts";
import type { WholeTable } from "./read-whole-table.ts";
import { compareRows } from "../../writer/row-difference.ts";
import type { CutRun } from "../run/sync-run.ts";
import type { SyncTarget } from "../run/sync-target.ts";
import { openSides, type Sides } from "../compare/table-sides.ts";

export interface CursorLoad {
  readonly target: SyncTarget;
  readonly cursor: Extract<CaptureMode, { mode: "cursor" }>;
}

/** The table's change, or why the cursor cannot tell it. */
export type SinceLoad = LoadResult | { readonly obstacle: string };

export async function loadSince(run: CutRun, load: CursorLoad): Promise<SinceLoad> {
  const { target, cursor } = load;
  const current = must(target.current, "a lake table to merge into");
  const column = cursorColumn(target, cursor.column);
  const lake = await openSides(run, { target, current, files: [] });
  const extent = await lakeExtent(lake, { column, overlap: cursor.overlap, at: run.seen.at });
  if (extent === undefined)
    return { obstacle: `the lake has no row with a value of ${cursor.column} to continue from` };
  if (!(await hasUniqueKey(run, target))) return { obstacle: `the key ${target.key?.join(", ")} is not unique` };
  const inexact = inexactCounter();
  const range = run.cut.since(cursor.column, extent.from);
  const read = await readRange(run, { target, range, task: target.lakeLabel, total: undefined, inexact });
  const table = { ...read, inexact: inexact.counts() };
  const opened = await openSides(run, { target, current, files: table.files });
  const sides = { ...opened, keys: opened.keyColumns };
  const result = await withMoreMemory(sides.engine, async (): Promise<SinceLoad> => {
    const obstacle = (await movedBack(sides, { column, extent })) ?? (await ambiguousKeys(sides));
    return obstacle === undefined ? mergeByKey(run, { target, table, sides }) : { obstacle };
  });
  await run.objects.delete(table.files.map(({ location }) => location));
  return result;
}

/** The source enforces its own keys; a key that somebody configured has to be checked for duplicates. */
async function hasUniqueKey({ cut, inReader }: CutRun, { table, key = [] }: SyncTarget): Promise<boolean> {
  if (table.key?.every((name) => key.includes(name)) === true) return true;
  return !(await inReader(() => cut.hasDuplicates(table, key)));
}

async function mergeByKey(
  run: CutRun,
  { target, table, sides }: { target: SyncTarget; table: WholeTable; sides: Sides },
): Promise<LoadResult> {
  const { difference: found } = await compareRows(sides);
  const { standing } = target;
  const outcome = { target, fingerprint: undefined, digest: undefined, isWhole: false };
  if (found === undefined)
    return unchanged(run, {
      ...outcome,
      table: { ...table, rows: standing?.rows ?? 0 },
      reason: "the cursor found no new row",
    });
  return using(found, async (difference) => {
    const applied = await applyDifference(run, { target, sides, difference });
    const { rowsAdded, rowsRemoved } = difference;
    const rows = (standing?.rows ?? 0) + rowsAdded - rowsRemoved;
    return changed(run, { ...outcome, table: { ...table, rows }, content: { ...applied, rowsAdded, rowsRemoved } });
  });
}
