/**
 * Brings one table to the run's cut by its cursor: reads the rows whose growing column is above the lake's highest value less the
 * overlap, and merges them by key. Rows that were deleted, or whose key moved, stay in the lake: a comparison finds those.
 */
import { using } from "../base/cleanup.ts";
import { must } from "../base/must.ts";
import { duckdbType } from "../engine/duckdb-type.ts";
import { readDataFilesSql } from "../engine/read-data-files.ts";
import { withMoreMemory } from "../engine/with-more-memory.ts";
import { cursorUnit, type CaptureMode } from "./capture-mode.ts";
import { applyDifference } from "./apply-difference.ts";
import { changed, unchanged, type LoadResult } from "./load-result.ts";
import { inexactCounter, readRange } from "./read-range.ts";
import type { WholeTable } from "./read-whole-table.ts";
import { compareRows } from "./row-difference.ts";
import type { SyncRun } from "./sync-run.ts";
import type { SyncTarget } from "./sync-target.ts";
import { openSides, type Sides } from "./table-sides.ts";

export interface CursorLoad {
  readonly target: SyncTarget;
  readonly cursor: Extract<CaptureMode, { mode: "cursor" }>;
}

/** Undefined where there is nothing to begin from: an empty lake table. */
export async function loadSince(run: SyncRun, load: CursorLoad): Promise<LoadResult | undefined> {
  const { target, cursor } = load;
  const current = must(target.current, "a lake table to merge into");
  const from = await lowerBound(run, { ...load, sides: await openSides(run, { target, current, files: [] }) });
  if (from === undefined) return undefined;
  const range = run.cut.since(cursor.column, from);
  const inexact = inexactCounter();
  const read = await readRange(run, { target, range, task: target.lakeLabel, total: undefined, inexact });
  const table = { ...read, inexact: inexact.counts() };
  const sides = await openSides(run, { target, current, files: table.files });
  const result = await withMoreMemory(sides.engine, () =>
    mergeByKey(run, { target, table, sides: { ...sides, keys: sides.keyColumns } }),
  );
  await run.objects.delete(table.files.map(({ location }) => location));
  return result;
}

interface BoundParts extends CursorLoad {
  readonly sides: Sides;
}

/** Of what the lake has, less the overlap: as the source's `since` takes it. */
async function lowerBound(run: SyncRun, { target, cursor, sides }: BoundParts): Promise<string | undefined> {
  const field = target.follow.schema.fields.find(({ name }) => name === cursor.column);
  const type = String(must(field, "the cursor's column").type);
  const column = { fieldId: field?.id ?? 0, name: "value", sqlType: duckdbType(type) };
  const { engine } = sides;
  const { rows } = await engine.run(
    `select ${boundSql(type, cursor.overlap)} from (${readDataFilesSql({ files: sides.live, columns: [column] })}) data`,
    { signal: run.signal },
  );
  const [bound] = rows[0] ?? [];
  return bound === null || bound === undefined ? undefined : String(bound);
}

function boundSql(type: string, overlap: number): string {
  switch (cursorUnit(type)) {
    case "seconds":
      return `strftime(max(value)::timestamp - to_seconds(${overlap}), '%Y-%m-%d %H:%M:%S.%f')`;
    case "days":
      return `strftime(max(value) - ${overlap}, '%Y-%m-%d')`;
    default:
      return `(max(value)::hugeint - ${overlap})::varchar`;
  }
}

async function mergeByKey(
  run: SyncRun,
  { target, table, sides }: { target: SyncTarget; table: WholeTable; sides: Sides },
): Promise<LoadResult> {
  const { difference: found } = await compareRows(sides);
  const { standing } = target;
  const outcome = { target, fingerprint: undefined, digest: undefined };
  if (found === undefined)
    return unchanged(run, {
      ...outcome,
      table: { ...table, rows: standing?.rows ?? 0 },
      reason: "no row is new by its cursor",
    });
  return using(found, async (difference) => {
    const applied = await applyDifference(run, { target, sides, difference });
    const { rowsAdded, rowsRemoved } = difference;
    const rows = (standing?.rows ?? 0) + rowsAdded - rowsRemoved;
    return changed(run, { ...outcome, table: { ...table, rows }, content: { ...applied, rowsAdded, rowsRemoved } });
  });
}
