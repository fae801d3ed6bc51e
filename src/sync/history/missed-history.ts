/**
 * Changes that are missing from a table's history because something that writes no history changed the table: another
 * engine, or a change made while the history was switched off. Their images are written before those of the run.
 * Invariant: after every run, the table's state when the history began plus the history equals the table.
 */
import { using } from "../../base/cleanup.ts";
import type { LocalFile } from "../../catalog/local-files.ts";
import { withMoreMemory } from "../../engine/with-more-memory.ts";
import { currentSchema, currentSnapshot, schemaOfSnapshot, snapshotById } from "../../iceberg/table-metadata.ts";
import type { Schema } from "../../iceberg/schema.ts";
import type { Snapshot } from "../../iceberg/snapshot.ts";
import type { CatalogTable } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import type { ReadColumn } from "../../engine/read-column.ts";
import { writeHistory, type HistoryPlace, type HistoryRun } from "./change-history.ts";
import { compareRows } from "../../writer/row-difference.ts";
import { imageKeys } from "../../writer/row-images.ts";
import { deletedAtColumn, deletedAtProperty } from "./soft-deletes.ts";
import type { StagedFile } from "../../writer/staged-file.ts";
import type { SyncContext } from "../run/sync-context.ts";
import type { SeeingRun } from "../run/sync-run.ts";
import type { SyncTarget } from "../run/sync-target.ts";
import { filesOfState, sourceColumns, type Sides } from "../compare/table-sides.ts";

export interface MissedHistory {
  readonly images: readonly StagedFile[];
  /** Which changes can no longer be reconstructed. */
  readonly caution?: string | undefined;
}

/** Undefined when the history is up to date with the table. */
export async function missedHistory(run: SeeingRun, target: SyncTarget): Promise<MissedHistory | undefined> {
  const { current, history, standing } = target;
  const at = standing?.historySnapshotId;
  if (current === undefined || history?.current === undefined || at === undefined) return undefined;
  const { metadata } = current;
  if (at === metadata.currentSnapshotId) return undefined;
  const from = snapshotById(metadata, at);
  if (from === undefined)
    return { images: [], caution: `${history.lakeLabel} lacks the changes that others made since` };
  const to = currentSnapshot(metadata);
  return { images: await imagesBetween(run, { table: current, ...sourceColumns(target), history, from, to }) };
}

interface Between {
  readonly table: CatalogTable;
  readonly columns: readonly ReadColumn[];
  readonly keyColumns: readonly ReadColumn[] | undefined;
  readonly history: HistoryPlace;
  readonly from: Snapshot | undefined;
  readonly to: Snapshot | undefined;
}

export type ImageRun = HistoryRun & Pick<SyncContext, "catalog" | "objects" | "loadEngine"> & Pick<SeeingRun, "signal">;

/** Writes the images that lead from one state of a table to another, in the columns given. */
export async function imagesBetween(run: ImageRun, parts: Between): Promise<readonly StagedFile[]> {
  const { table, columns, keyColumns, history, from, to } = parts;
  const { metadata } = table;
  const before = await rowsOf(run, { table, snapshot: from, schema: from && schemaOfSnapshot(metadata, from) });
  const after = await rowsOf(run, { table, snapshot: to, schema: currentSchema(metadata) });
  const engine = await run.loadEngine();
  const sides = {
    engine,
    columns,
    keyColumns,
    live: before.files,
    deletedAt: before.deletedAt,
    fresh: after.files,
    freshDeletedAt: after.deletedAt,
    signal: run.signal,
  };
  return withMoreMemory(engine, () => differenceImages(run, { history, sides }));
}

interface StateOfTable {
  readonly table: CatalogTable;
  readonly snapshot: Snapshot | undefined;
  /** Undefined when the state has no rows. */
  readonly schema: Schema | undefined;
}

/** Rows marked as deleted count as removed when the state has the column that marks them. */
async function rowsOf(
  run: ImageRun,
  { table, snapshot, schema }: StateOfTable,
): Promise<{ readonly files: readonly LocalFile[]; readonly deletedAt: ReadColumn | undefined }> {
  const { metadata } = table;
  const files = await filesOfState(run, { label: tableLabel(table), table, snapshot });
  const marks = schema?.fields.find(({ id }) => String(id) === metadata.properties[deletedAtProperty]);
  return { files, deletedAt: marks && deletedAtColumn(marks) };
}

/** Empty when both sides are equal. */
export async function differenceImages(
  run: HistoryRun,
  { history, sides }: { history: HistoryPlace; sides: Sides },
): Promise<readonly StagedFile[]> {
  const { difference: found } = await compareRows(sides);
  if (found === undefined) return [];
  return using(found, async (difference) => {
    const parts = { ...sides, difference };
    if (sides.keyColumns === undefined) return writeHistory(run, { history, parts, pairs: undefined });
    return using(imageKeys(parts, sides.keyColumns), (pairs) => writeHistory(run, { history, parts, pairs }));
  });
}
