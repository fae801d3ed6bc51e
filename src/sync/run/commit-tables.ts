/**
 * Makes the results for tables visible: writes the next metadata of every changed table, then makes one catalog commit
 * with all pointers and positions. It does not matter here how the tables were read, because each result says which
 * state of the source it has.
 */
import type { Kysely, Transaction } from "kysely";
import { uuidv7 } from "../../base/uuid.ts";
import type { CatalogTable } from "../../catalog/catalog.ts";
import { attemptUuid, isConflict, movedTable, undoable } from "../../catalog/commit-anew.ts";
import { tableObjects } from "../../catalog/table-files.ts";
import { commit, movePositions, type CatalogCommit, type TableStep } from "../../catalog/commit.ts";
import type { Tables } from "../../db/tables.ts";
import type { HeadgateError } from "../../errors.ts";
import type { FileIO } from "../../iceberg/file-io.ts";
import { compressedMetadata } from "../../iceberg/metadata-file.ts";
import { newTable } from "../../iceberg/new-table.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import { layoutUpdates, schemaUpdates } from "../../iceberg/table-update.ts";
import { layoutRequirements, unmetRequirement } from "../../iceberg/table-requirement.ts";
import { mapLimit } from "../../base/limit.ts";
import type { LakeTarget } from "./lake-target.ts";
import { saveKnownSpans } from "../load/known-spans.ts";
import { forgetPlans } from "../load/load-plan.ts";
import type { LoadResult } from "../load/load-result.ts";
import { writeTable, type RowChange, type TableWrite } from "../../writer/write-table.ts";
import type { Position } from "../source.ts";
import type { SyncRun } from "./sync-run.ts";
import { sweepTable } from "./sweep-runs.ts";
import type { TableChange } from "../../writer/table-change.ts";
import { giveHistoryTags } from "../history/history-tags.ts";
import { keepRules } from "./keep-rules.ts";
import { failedTable, type Attempt } from "./table-failure.ts";

/** A result, a table that failed earlier, or a table with nothing to commit. */
type Loaded = Attempt<LoadResult | undefined>;

export interface CommittedTables<L extends Loaded> {
  /** The commit's id, or null if no table changed. */
  readonly commit: string | null;
  /** In the order given. A table whose metadata could not be written has failed; the others are committed. */
  readonly tables: readonly (L | Failed)[];
}

type Failed = Extract<Attempt<unknown>, { failed: unknown }>;

/** Finds the tables that must not become visible because others have failed, by their places, with the error of each. */
export type Hold = (tables: readonly Loaded[]) => Promise<ReadonlyMap<number, HeadgateError>>;

/** Throws COMMIT_CONFLICT, COMMIT_UNKNOWN. */
export async function commitTables<L extends Loaded>(
  run: SyncRun,
  loaded: readonly L[],
  hold?: Hold,
): Promise<CommittedTables<L>> {
  run.signal.throwIfAborted();
  const tables = await withoutHeld(run, await prepareEach(run, loaded), hold);
  const results = tables.flatMap(({ result }) => result ?? []);
  const id = await commitAll(run, { results, prepared: tables.flatMap(({ prepared }) => prepared) });
  return { commit: id, tables: tables.map(({ outcome }) => outcome) };
}

/** A table whose metadata cannot be written has failed. */
function prepareEach<L extends Loaded>(run: SyncRun, loaded: readonly L[]): Promise<readonly PreparedTable<L>[]> {
  return mapLimit(loaded, preparedAtOnce, async (table): Promise<PreparedTable<L>> => {
    const result = "done" in table ? table.done : undefined;
    if (result === undefined) return { outcome: table, result, prepared: [] };
    try {
      return { outcome: table, result, prepared: await prepareAll(run, changesOf(result)) };
    } catch (failure) {
      return failedToPrepare(run, result, failure);
    }
  });
}

async function failedToPrepare(run: SyncRun, { target }: LoadResult, failure: unknown): Promise<PreparedTable<never>> {
  const failed = failedTable(run, target, failure);
  await sweepTable(run, target);
  return { outcome: { failed }, result: undefined, prepared: [] };
}

async function withoutHeld<L extends Loaded>(
  run: SyncRun,
  tables: readonly PreparedTable<L>[],
  hold: Hold | undefined,
): Promise<readonly PreparedTable<L>[]> {
  const held = await hold?.(tables.map(({ outcome }) => outcome));
  if (held === undefined || held.size === 0) return tables;
  return mapLimit(tables, preparedAtOnce, async (table, index) => {
    const error = held.get(index);
    if (error === undefined || table.result === undefined) return table;
    return failedToPrepare(run, table.result, error);
  });
}

interface PreparedTable<L> {
  readonly outcome: L | Failed;
  readonly result: LoadResult | undefined;
  readonly prepared: readonly Prepared[];
}

/** Prepares a table and its history together, or neither. */
async function prepareAll(run: SyncRun, changes: readonly Changed[]): Promise<readonly Prepared[]> {
  const prepared: Prepared[] = [];
  for (const change of changes) prepared.push(await prepare(run, change, run.run));
  return prepared;
}

async function commitAll(
  run: SyncRun,
  { results, prepared: first }: { results: readonly LoadResult[]; prepared: readonly Prepared[] },
): Promise<string | null> {
  if (first.length === 0) {
    await saveAllKnown(run.db, { results, steps: [] });
    await movePositions(run.db, positionsOf(results, []));
    run.reach("positions-moved");
    return null;
  }
  let prepared = first;
  for (let tried = 0; ; tried++) {
    try {
      return await commitPrepared(run, results, prepared);
    } catch (failure) {
      if (!isConflict(failure) || tried === mostRetries) throw failure;
      run.catalog.log("retry", { what: "commit", run: run.run, attempt: tried + 1, because: failure.message });
      prepared = await preparedAnew(run, prepared, { failure, uuid: attemptUuid(run.run, tried + 1) });
    }
  }
}

const preparedAtOnce = 8;
/** The usual value of `commit.retry.num-retries`; no single table of a commit can decide this for all. */
const mostRetries = 4;

async function commitPrepared(
  run: SyncRun,
  results: readonly LoadResult[],
  prepared: readonly Prepared[],
): Promise<string> {
  const id = uuidv7();
  const steps = prepared.map(({ step }) => step);
  await commit(run.catalog, {
    id,
    runId: run.run,
    summary: `sync of ${run.source.name}: ${steps.length} tables`,
    steps,
    positions: positionsOf(results, steps),
    within: async (transaction) => {
      await forgetPlans(
        transaction,
        steps.map(({ tableId }) => tableId),
      );
      await saveAllKnown(transaction, { results, steps });
      run.reach("commit-open");
    },
  });
  run.reach("committed");
  return id;
}

/** A table's next metadata, already written. */
interface Prepared {
  readonly changed: Changed;
  readonly step: TableStep;
  undo(): Promise<void>;
}

async function prepare(run: SyncRun, changed: Changed, uuid: string): Promise<Prepared> {
  const { current } = changed.target;
  const { io, undo } = undoable(current === undefined ? run.objects : tableObjects(run.objects, current));
  return { changed, undo, step: await writeStep(run, changed, { io, uuid }) };
}

/**
 * Prepares again after others moved a table's pointer but left its rows, files and columns alone, for instance by
 * naming a state, setting properties or expiring snapshots. The comparison with the source then still holds. In any
 * other case it throws the failure.
 */
async function preparedAnew(
  run: SyncRun,
  prepared: readonly Prepared[],
  { failure, uuid }: { failure: HeadgateError; uuid: string },
): Promise<readonly Prepared[]> {
  const moved = await mapLimit(prepared, preparedAtOnce, async ({ changed: { target } }) =>
    target.current === undefined ? undefined : movedTable(run.catalog, target.current),
  );
  const isSound = prepared.every(({ changed: { target } }, index) => isAsItWas(target, moved[index]));
  if (!isSound || moved.every((current) => current === undefined)) throw failure;
  return mapLimit(prepared, preparedAtOnce, async (one, index) => {
    const [{ changed, undo }, current] = [one, moved[index]];
    if (current === undefined) return one;
    await undo();
    return prepare(run, { ...changed, target: { ...changed.target, current } }, uuid);
  });
}

function isAsItWas({ current: before }: LakeTarget, now: CatalogTable | undefined): boolean {
  if (before === undefined || now === undefined) return true;
  const { formatVersion, currentSnapshotId: snapshotId } = before.metadata;
  const main = { type: "assert-ref-snapshot-id", ref: "main", snapshotId } as const;
  const unmet = unmetRequirement(now.metadata, [...layoutRequirements(before.metadata), main]);
  return unmet === undefined && now.metadata.formatVersion === formatVersion;
}

interface Changed {
  readonly target: LakeTarget;
  /** `schema.name` in the source. */
  readonly sourceLabel: string;
  /** Position of the source's log. */
  readonly position: Position;
  readonly change: TableChange;
}

/** The changes of the table and of its history. */
function changesOf({ target, seen: { position }, change, history }: LoadResult): readonly Changed[] {
  const { sourceLabel } = target;
  return [
    ...(change === undefined ? [] : [{ target, sourceLabel, position, change }]),
    ...(history === undefined || history === "left" ? [] : [{ ...history, sourceLabel, position }]),
  ];
}

function positionsOf(results: readonly LoadResult[], steps: readonly TableStep[]): CatalogCommit["positions"] {
  return results.map((result) => positionOf(result, snapshotAfter(result, steps)));
}

/** The current snapshot of the lake table after the commit. */
function snapshotAfter({ target }: LoadResult, steps: readonly TableStep[]): bigint | null {
  const step = steps.find(({ tableId }) => tableId === target.tableId);
  return step?.snapshotId ?? target.current?.metadata.currentSnapshotId ?? null;
}

async function saveAllKnown(
  db: Kysely<Tables> | Transaction<Tables>,
  { results, steps }: { results: readonly LoadResult[]; steps: readonly TableStep[] },
): Promise<void> {
  for (const result of results) await saveKnownSpans(db, result, snapshotAfter(result, steps));
}

function positionOf(
  { target, seen, report, change, history, fingerprint, digest, isWhole, comparedAt }: LoadResult,
  snapshotId: bigint | null,
): CatalogCommit["positions"][number] {
  const isRecorded = target.history !== undefined && history !== "left";
  return {
    table_id: target.tableId,
    source_id: target.sourceId,
    source_schema: target.table.name.schema,
    source_name: target.table.name.name,
    position: seen.position,
    row_count: BigInt(report.rows),
    shape: target.shape,
    fingerprint: fingerprint ?? null,
    content_digest: digest ?? null,
    compared_whole: isWhole,
    compared_at: comparedAt ?? seen.at,
    history_snapshot_id: isRecorded ? snapshotId : (target.standing?.historySnapshotId ?? null),
    full_load_at: isFullLoad(target, change) ? new Date() : null,
    snapshot_id: snapshotId,
  };
}

function isFullLoad({ current }: LakeTarget, change: TableChange | undefined): boolean {
  return change !== undefined && (current === undefined || change.remove === "all");
}

async function writeStep(
  run: SyncRun,
  changed: Changed,
  writing: { readonly io: FileIO; readonly uuid: string },
): Promise<TableStep> {
  const onManifests = (): void => run.reach("manifests-written");
  const write = { table: await tableOf(run, changed), rows: rowsOf(run, changed) };
  const step = await writeTable(write, { ...writing, onManifests });
  run.reach("metadata-written");
  return step;
}

/**
 * A new table gets a snapshot even when it is empty, so that its first state can be queried. A change of columns also
 * makes a snapshot, so that each state has the columns that the table had then.
 */
function rowsOf({ run }: SyncRun, { target, position, change }: Changed): RowChange | undefined {
  const { add, deletes, remove } = change;
  const isOfFiles = remove === "all" || add.length + deletes.length + remove.size > 0;
  if (!isOfFiles && target.follow.changes.length === 0) return undefined;
  return { ...change, summary: { "headgate.run": run, "headgate.position": position } };
}

/** The table with its new schema, layout and properties. */
async function tableOf(run: SyncRun, changed: Changed): Promise<TableWrite["table"]> {
  const { current, name, tableId, location, lakeLabel, follow, layout } = changed.target;
  const { schema, lastColumnId } = follow;
  const { formatVersion, spec, sortOrder } = layout;
  const properties = tableProperties(run, changed);
  if (current !== undefined) {
    const { fields: before } = currentSchema(current.metadata);
    await keepRules(run.db, { tableId, before, after: schema.fields });
    return {
      current,
      updates: [
        { action: "upgrade-format-version", formatVersion },
        ...schemaUpdates(schema, lastColumnId),
        ...layoutUpdates(spec, sortOrder),
        { action: "set-properties", updates: properties },
      ],
    };
  }
  const own = { ...compressedMetadata, ...properties };
  const now = Date.now();
  const databaseId = await run.catalog.ensureDatabase(name.database, run.source.id);
  await giveHistoryTags(run.catalog, { tableId, properties: changed.target.properties ?? {}, fields: schema.fields });
  return {
    metadata: newTable({ uuid: tableId, location, schema, formatVersion, spec, sortOrder, properties: own, now }),
    label: lakeLabel,
    create: { databaseId, name: name.name, location },
  };
}

/** The position is stored in the table with the data it covers, so that it survives the loss of this catalog. */
function tableProperties(run: SyncRun, { target, sourceLabel, position }: Changed): Readonly<Record<string, string>> {
  return {
    ...target.properties,
    ...target.layout.properties,
    "headgate.source": run.source.name,
    "headgate.source-table": sourceLabel,
    "headgate.position": position,
  };
}
