/** Makes a cut visible: the next metadata of every changed table, then one catalog commit with all pointers and positions. */
import { uuidv7 } from "../base/uuid.ts";
import { commit, movePositions, type CatalogCommit, type TableStep } from "../catalog/commit.ts";
import { fileIO } from "../catalog/file-io.ts";
import { metadataLocation, metadataVersion, newTable } from "../iceberg/new-table.ts";
import { produceSnapshot, type ProducedSnapshot } from "../iceberg/snapshot-producer.ts";
import { defaultSpec, formatTableMetadata, type TableMetadata } from "../iceberg/table-metadata.ts";
import { applyUpdates, type TableUpdate } from "../iceberg/table-update.ts";
import { mapLimit } from "../base/limit.ts";
import type { LakeTarget } from "./lake-target.ts";
import { forgetPlans } from "./load-plan.ts";
import type { LoadResult } from "./load-result.ts";
import { deletesEntry } from "./staged-deletes.ts";
import { manifestEntry } from "./staged-file.ts";
import type { SyncRun } from "./sync-run.ts";
import type { TableChange } from "./table-change.ts";

/** Returns the commit's id, or null when no table changed. Throws COMMIT_CONFLICT, COMMIT_UNKNOWN. */
export async function commitCut(run: SyncRun, results: readonly LoadResult[]): Promise<string | null> {
  const changed = results.flatMap(changesOf);
  run.signal.throwIfAborted();
  const steps = await mapLimit(changed, 8, (change) => tableStep(run, change));
  const snapshots = new Map(steps.map(({ tableId, snapshotId }) => [tableId, snapshotId]));
  const positions = results.map((result) => positionOf(run, result, snapshots));
  if (changed.length === 0) {
    await movePositions(run.db, positions);
    run.reach("positions-moved");
    return null;
  }
  const id = uuidv7();
  await commit(run.db, {
    id,
    runId: run.run,
    summary: `sync of ${run.source.name}: ${changed.length} tables`,
    steps,
    positions,
    within: async (transaction) => {
      await forgetPlans(
        transaction,
        changed.map(({ target }) => target.tableId),
      );
      run.reach("commit-open");
    },
  });
  run.reach("committed");
  return id;
}

interface Changed {
  readonly target: LakeTarget;
  /** `schema.name` in the source. */
  readonly sourceLabel: string;
  readonly change: TableChange;
}

/** Of the table and of its history. */
function changesOf({ target, change, history }: LoadResult): readonly Changed[] {
  const { sourceLabel } = target;
  return [
    ...(change === undefined ? [] : [{ target, sourceLabel, change }]),
    ...(history === undefined ? [] : [{ ...history, sourceLabel }]),
  ];
}

function positionOf(
  { cut }: SyncRun,
  { target, report, change, fingerprint, digest }: LoadResult,
  snapshots: ReadonlyMap<string, bigint | undefined>,
): CatalogCommit["positions"][number] {
  return {
    table_id: target.tableId,
    source_id: target.sourceId,
    source_schema: target.table.name.schema,
    source_name: target.table.name.name,
    position: cut.position,
    row_count: BigInt(report.rows),
    shape: target.shape,
    fingerprint: fingerprint ?? null,
    content_digest: digest ?? null,
    full_load_at: isFullLoad(target, change) ? new Date() : null,
    snapshot_id: snapshots.get(target.tableId) ?? target.current?.metadata.currentSnapshotId ?? null,
  };
}

function isFullLoad({ current }: LakeTarget, change: TableChange | undefined): boolean {
  return change !== undefined && (current === undefined || change.remove === "all");
}

async function tableStep(run: SyncRun, changed: Changed): Promise<TableStep> {
  const { target, change } = changed;
  const { tableId, current, name, location, lakeLabel } = target;
  const now = Date.now();
  const base = evolve(target, { properties: tableProperties(run, changed), now });
  const produced = isOfFiles(change) ? await produce(run, base, { target, change, now }) : undefined;
  const next = applyUpdates(base, { updates: produced?.updates ?? [], previousFile: undefined, now });
  const to = metadataLocation(next, {
    version: current === undefined ? 0 : metadataVersion(current.metadataLocation) + 1,
    uuid: run.run,
  });
  run.reach("manifests-written");
  await run.objects.put(to, Buffer.from(formatTableMetadata(next)));
  run.reach("metadata-written");
  const create =
    current === undefined
      ? { databaseId: await run.catalog.ensureDatabase(name.database), name: name.table, location }
      : undefined;
  return {
    tableId,
    label: lakeLabel,
    from: current?.metadataLocation,
    to,
    snapshotId: next.currentSnapshotId,
    create,
  };
}

/** A table is made with a snapshot even when it is empty, so that there is a first state to ask for. */
function isOfFiles({ add, deletes, remove }: TableChange): boolean {
  return remove === "all" || add.length + deletes.length + remove.size > 0;
}

function produce(
  run: SyncRun,
  base: TableMetadata,
  { target, change, now }: Pick<Changed, "target" | "change"> & { now: number },
): Promise<ProducedSnapshot> {
  const layout = { schema: target.follow.schema, spec: defaultSpec(base), sortOrderId: base.defaultSortOrderId };
  return produceSnapshot(fileIO(run.objects), base, {
    add: [...change.add.map((file) => manifestEntry(file, layout)), ...change.deletes.map(deletesEntry)],
    remove: change.remove,
    uuid: run.run,
    summary: { "headgate.run": run.run, "headgate.position": run.cut.position },
    now,
  });
}

/** The table with its schema and properties brought up to date, before the snapshot. */
function evolve(
  { current, tableId, location, follow, layout }: LakeTarget,
  { properties, now }: { properties: Readonly<Record<string, string>>; now: number },
): TableMetadata {
  const { schema, lastColumnId } = follow;
  const { formatVersion, spec, sortOrder } = layout;
  if (current === undefined)
    return newTable({ uuid: tableId, location, schema, formatVersion, spec, sortOrder, properties, now });
  const updates: TableUpdate[] = [
    { action: "upgrade-format-version", formatVersion },
    { action: "set-schema", schema, lastColumnId },
    { action: "set-partition-spec", spec },
    { action: "set-sort-order", order: sortOrder },
    { action: "set-properties", properties },
  ];
  return applyUpdates(current.metadata, { updates, previousFile: current.metadataLocation, now });
}

/** The position is stored with the data it covers: it survives in the table whatever happens to this catalog. */
function tableProperties(run: SyncRun, { target, sourceLabel }: Changed): Readonly<Record<string, string>> {
  return {
    ...target.properties,
    ...target.layout.properties,
    "headgate.source": run.source.name,
    "headgate.source-table": sourceLabel,
    "headgate.position": run.cut.position,
  };
}
