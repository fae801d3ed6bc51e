/**
 * Rolls a table of a source back to an earlier state and writes the resulting changes into the table's history, in one
 * commit. The caller decides which states may be rolled back to.
 * Invariant: before and after, the table's state when the history began plus the history equals the table.
 */
import { must } from "../../base/must.ts";
import { uuidv7 } from "../../base/uuid.ts";
import type { CatalogTable } from "../../catalog/catalog.ts";
import { commit, type TableStep } from "../../catalog/commit.ts";
import { isConflict, undoable } from "../../catalog/commit-anew.ts";
import { snapshotById, type TableMetadata } from "../../iceberg/table-metadata.ts";
import { applyUpdates, type TableUpdate } from "../../iceberg/table-update.ts";
import { keptHistory, type KeptHistory } from "./kept-history.ts";
import { imagesBetween, type ImageRun } from "./missed-history.ts";
import type { StagedFile } from "../../writer/staged-file.ts";
import { writeTable } from "../../writer/write-table.ts";
import type { SyncContext } from "../run/sync-context.ts";

export interface RollBack {
  readonly table: CatalogTable;
  /**
   * The updates that roll the table back; called again when another writer commits first. Empty when nothing needs to
   * be done.
   */
  updates(table: CatalogTable): readonly TableUpdate[];
  readonly summary: string;
  readonly signal: AbortSignal;
}

const attempts = 4;

/** Throws COMMIT_CONFLICT when other writers commit first every time, and what `updates` throws. */
export async function rollBack(context: SyncContext, asked: RollBack): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rollBackOnce(context, asked);
    } catch (failure) {
      if (!isConflict(failure) || attempt === attempts) throw failure;
    }
  }
}

async function rollBackOnce(context: SyncContext, asked: RollBack): Promise<void> {
  const { catalog, objects } = context;
  const entry = (await catalog.entries()).find(({ id }) => id === asked.table.id);
  const table = await catalog.load(must(entry, "a table that is there"));
  const updates = asked.updates(table);
  if (updates.length === 0) return;
  const id = uuidv7();
  const next = applyUpdates(table.metadata, { updates, previousFile: table.metadataLocation, now: Date.now() });
  const history = await keptHistory(context, table);
  const drafted: string[] = [];
  const { io, undo } = undoable(objects);
  try {
    const images =
      history === undefined ? [] : await imagesOf(context, { ...asked, id, table, next, history, drafted });
    const steps = [await writeTable({ table: { current: table, updates }, rows: undefined }, { io, uuid: id })];
    if (history !== undefined && images.length > 0) {
      const rows = { add: images, remove: new Set<string>() };
      steps.push(await writeTable({ table: { current: history.table, updates: [] }, rows }, { io, uuid: id }));
    }
    await commitBack(context, { id, summary: asked.summary, steps, isRecorded: history !== undefined });
  } catch (failure) {
    if (isConflict(failure)) await undo();
    if (isConflict(failure)) await objects.delete(drafted);
    throw failure;
  }
}

interface ImageParts extends RollBack {
  readonly id: string;
  readonly next: TableMetadata;
  readonly history: KeptHistory;
  /** Collects the locations of the files that are written. */
  readonly drafted: string[];
}

function imagesOf(context: SyncContext, parts: ImageParts): Promise<readonly StagedFile[]> {
  const { id, table, next, history, drafted, signal } = parts;
  const run: ImageRun = {
    ...context,
    signal,
    seen: { position: history.position, at: new Date() },
    reach: () => {},
    async newFile(location) {
      const file = `${location}/data/${id}-${drafted.length}.parquet`;
      drafted.push(file);
      return { ...(await context.objects.draft(file)), location: file };
    },
  };
  const { columns, keyColumns, place, snapshotId = table.metadata.currentSnapshotId } = history;
  const stateOf = (snapshot: bigint | undefined) =>
    snapshot === undefined ? undefined : snapshotById(table.metadata, snapshot);
  const [from, to] = [stateOf(snapshotId), stateOf(next.currentSnapshotId)];
  return imagesBetween(run, { table, columns, keyColumns, history: place, from, to });
}

interface CommitParts {
  readonly id: string;
  readonly summary: string;
  readonly steps: readonly TableStep[];
  /** Whether the history already has the changes of this commit. */
  readonly isRecorded: boolean;
}

async function commitBack({ catalog }: SyncContext, { id, summary, steps, isRecorded }: CommitParts): Promise<void> {
  const [own] = steps;
  await commit(catalog, {
    id,
    runId: undefined,
    summary,
    steps,
    positions: [],
    within: async (transaction) => {
      if (!isRecorded || own?.snapshotId === undefined) return;
      await transaction
        .updateTable("positions")
        .set({ history_snapshot_id: own.snapshotId })
        .where("table_id", "=", own.tableId)
        .execute();
    },
  });
}
