/**
 * Rewrites the small, large and worn files of a table with the rows they have now. In one commit that changes no row,
 * it adds the new files and removes the old ones and the delete files that are no longer needed.
 * Invariant: as many rows are written as there were. If another writer changed the same files in the meantime, nothing
 * is done.
 */
import { must } from "../base/must.ts";
import { sumOf } from "../base/sum.ts";
import { uuidv7 } from "../base/uuid.ts";
import type { CatalogTable } from "../catalog/catalog.ts";
import { tableLabel } from "../catalog/table-name.ts";
import { checkLayout, commitAnew, isConflict, type CommitAttempt } from "../catalog/commit-anew.ts";
import { commit } from "../catalog/commit.ts";
import { tableFiles } from "../catalog/table-files.ts";
import { localDeletes, localFiles } from "../catalog/local-files.ts";
import { readColumn } from "../catalog/read-column.ts";
import { shapedFiles } from "../catalog/shaped-files.ts";
import { copyDataFiles, publishAll, type CopyDataFiles, type FileDraft } from "../engine/copy-data-files.ts";
import { isFloat, quoteName } from "../engine/duckdb-type.ts";
import { deletedPlacesSql, lastUpdatedColumn, readDataFilesSql, rowIdColumn } from "../engine/read-data-files.ts";
import type { ReadColumn } from "../engine/read-column.ts";
import { withMoreMemory } from "../engine/with-more-memory.ts";
import { HeadgateError } from "../errors.ts";
import { validateCommit } from "../iceberg/commit-validation.ts";
import { fileKey, type DataFile } from "../iceberg/data-file.ts";
import { partitionKey } from "../iceberg/partition-spec.ts";
import { planScan, type ScanFile } from "../iceberg/scan.ts";
import type { Snapshot } from "../iceberg/snapshot.ts";
import { currentSchema, currentSnapshot } from "../iceberg/table-metadata.ts";
import { applyUpdates, layoutUpdates, type TableUpdate } from "../iceberg/table-update.ts";
import { stagedFile, type StagedFile } from "../writer/staged-file.ts";
import { tableLayout, usualLayout } from "../writer/table-layout.ts";
import { writeTable } from "../writer/write-table.ts";
import { bytesLeft, filesToRemove, planUpkeep, type Rewrite, type UpkeepPlan } from "./maintenance-plan.ts";
import { keepsVariants, whyNotRewritten } from "./rewritable.ts";
import type { UpkeepRun } from "./upkeep-run.ts";

/** About the size of the largest files that loads make. */
const usualTargetBytes = 128 * 1024 * 1024;

export interface PlannedCompaction {
  readonly plan: UpkeepPlan;
  readonly live: readonly ScanFile[];
  /** Every delete file, including those that no longer apply to any file. */
  readonly deletes: readonly DataFile[];
}

/** Reads metadata and delete files but no data, and writes nothing. */
export async function planCompaction(run: UpkeepRun, table: CatalogTable): Promise<PlannedCompaction> {
  const { metadata } = table;
  const scan = { metadata, snapshot: currentSnapshot(metadata), filter: undefined };
  const { files: live, deletes } = await planScan(tableFiles(run.catalog, table).io, scan);
  const deleted = await deletedRows(run, table, live);
  const plan = planUpkeep({
    files: live.map(({ dataFile, deletes: applied }) => ({
      location: dataFile.filePath,
      partition: partitionKey(dataFile),
      sizeBytes: Number(dataFile.fileSizeInBytes),
      rows: Number(dataFile.recordCount),
      deletedRows: deleted.get(dataFile.filePath) ?? 0,
      hasValueDeletes: applied.some(({ file }) => file.content === "equality-deletes"),
    })),
    targetBytes: Number(metadata.properties["write.target-file-size-bytes"] ?? usualTargetBytes),
    budgetBytes: run.limits.budgetBytes,
  });
  const whyNot = whyNotRewritten(currentSchema(metadata));
  if (whyNot === undefined || plan.rewrites.length === 0) return { plan, live, deletes };
  run.report({ kind: "note", text: `${tableLabel(table)} keeps its files: ${whyNot}` });
  return { plan: { ...plan, rewrites: [] }, live, deletes };
}

/** The number of rows deleted by position, by the location of the data file. */
async function deletedRows(
  run: UpkeepRun,
  table: CatalogTable,
  live: readonly ScanFile[],
): Promise<ReadonlyMap<string, number>> {
  const files = live.filter(({ deletes }) => deletes.length > 0);
  const { metadata } = table;
  const deletes = await localDeletes(tableFiles(run.catalog, table), { table: tableLabel(table), metadata, files });
  if (deletes.length === 0) return new Map();
  const engine = await run.loadEngine();
  const { rows } = await engine.run(`select file, count(*) from (${deletedPlacesSql(deletes)}) deleted group by file`);
  return new Map(rows.map(([file, count]) => [deletes[Number(file) - 1]?.location ?? "", Number(count)]));
}

export interface Compacted {
  /** The planned rewrites that were done. */
  readonly rewrites: readonly Rewrite[];
  readonly filesBefore: number;
  readonly filesAfter: number;
  readonly bytesWritten: number;
}

/** Throws COMMIT_CONFLICT when another writer changed the same files. */
export async function compactTable(
  run: UpkeepRun,
  table: CatalogTable,
  { plan, live, deletes }: PlannedCompaction,
): Promise<Compacted> {
  const added: StagedFile[] = [];
  const rewrites: Rewrite[] = [];
  for (const rewrite of plan.rewrites) {
    run.signal.throwIfAborted();
    const files = await rewriteFiles(run, table, { rewrite, live });
    if (files !== undefined) rewrites.push(rewrite);
    added.push(...(files ?? []));
    const why = files === undefined ? "variants of another writer are left as they are" : rewrite.why;
    run.report({ kind: "note", text: `${tableLabel(table)}: ${why}` });
  }
  const remove = filesToRemove(rewrites, { files: live, deletes });
  run.reach("compacted");
  if (rewrites.length > 0) await commitCompaction(run, table, { added, remove, live });
  return {
    rewrites,
    filesBefore: live.length,
    filesAfter: live.filter(({ dataFile }) => !remove.has(dataFile.filePath)).length + added.length,
    bytesWritten: added.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}

/** Rows may be wide, and nothing here knows how wide, so a row group has at most this many rows. */
const groupRows = 61_440;
/** A file ends with a whole row group. With at least this many groups per file, no file becomes much too large. */
const groupsOfPart = 4;

function sizesOf({ files, becomes }: Rewrite): Pick<CopyDataFiles<FileDraft>, "groupRows" | "fileBytes"> {
  if (becomes === 1) return { groupRows };
  const rows = sumOf(files, (file) => file.rows - file.deletedRows);
  const groupsOfAll = becomes * groupsOfPart;
  return {
    groupRows: Math.min(groupRows, Math.ceil(rows / groupsOfAll)),
    fileBytes: Math.ceil(bytesLeft(files) / becomes),
  };
}

/** Returns undefined, and writes nothing, if some values would change by being rewritten. */
async function rewriteFiles(
  run: UpkeepRun,
  table: CatalogTable,
  { rewrite, live }: { rewrite: Rewrite; live: readonly ScanFile[] },
): Promise<readonly StagedFile[] | undefined> {
  const { metadata, location } = table;
  const engine = await run.loadEngine();
  const schema = currentSchema(metadata);
  const going = new Set(rewrite.files.map((file) => file.location));
  const local = await localFiles(tableFiles(run.catalog, table), {
    table: tableLabel(table),
    metadata,
    files: live.filter(({ dataFile }) => going.has(dataFile.filePath)),
  });
  if (!(await keepsVariants(engine, { schema, paths: local.map(({ path }) => path) }))) return undefined;
  const files = await shapedFiles(engine, { metadata, files: local });
  // A column of type unknown has no values and is not stored in files.
  const fields = schema.fields.filter(({ type }) => type !== "unknown");
  const columns = [
    ...fields.map((field): ReadColumn => ({ ...readColumn(field), name: `c${field.id}` })),
    ...(metadata.formatVersion === 3 ? [rowIdColumn, lastUpdatedColumn] : []),
  ];
  const written = await withMoreMemory(engine, () =>
    copyDataFiles({
      engine,
      columns: columns.map(({ fieldId, name, sqlType, parts }, index) => ({
        fieldId,
        parts,
        name: fields[index]?.name ?? name,
        expression: quoteName(name),
        isFloat: isFloat(sqlType),
        isVariant: sqlType === "variant",
      })),
      relation: `(${readDataFilesSql({ files, columns })}) rows`,
      layout: tableLayout(usualLayout, { schema, metadata }).files,
      scratchDirectory: run.config.scratchDirectory,
      ...sizesOf(rewrite),
      newFile: () => run.newFile(location),
      signal: run.signal,
    }),
  );
  await publishAll(written);
  const wanted = sumOf(rewrite.files, ({ rows, deletedRows: gone }) => rows - gone);
  const found = sumOf(written, ({ file }) => file.rowCount);
  // Only now is it known how many rows are deleted by value.
  const isKnown = rewrite.files.every(({ hasValueDeletes }) => !hasValueDeletes);
  if (isKnown ? found !== wanted : found > wanted)
    throw new Error(`${wanted} rows should have been rewritten, but ${found} were`);
  return written.map(stagedFile);
}

interface Compaction {
  readonly added: readonly StagedFile[];
  /** Keys of files (`fileKey`). */
  readonly remove: ReadonlySet<string>;
  /** The files that the plan was made from. */
  readonly live: readonly ScanFile[];
}

/** Commits on top of other writers' commits, as long as those left these files alone. Throws COMMIT_CONFLICT. */
export async function commitCompaction(run: UpkeepRun, table: CatalogTable, compaction: Compaction): Promise<void> {
  const planned = must(currentSnapshot(table.metadata), "a snapshot with files");
  try {
    await commitAnew(run.catalog, {
      table,
      uuid: run.run,
      attempt: async (attempt) => {
        if (attempt.table !== table) await checkUntouched(run, { planned: table, present: attempt.table, compaction });
        await commitOnce(run, attempt, { ...compaction, planned });
      },
    });
  } catch (failure) {
    if (isConflict(failure)) await run.objects.delete(compaction.added.map(({ location }) => location));
    throw failure;
  }
}

interface Untouched {
  readonly planned: CatalogTable;
  readonly present: CatalogTable;
  readonly compaction: Compaction;
}

async function checkUntouched(run: UpkeepRun, { planned, present, compaction }: Untouched): Promise<void> {
  const { remove, live } = compaction;
  checkLayout(planned.metadata, present);
  const removed = live.filter(({ dataFile }) => remove.has(fileKey(dataFile)));
  const data = new Set(removed.map(({ dataFile }) => fileKey(dataFile)));
  const conflict = await validateCommit(tableFiles(run.catalog, present).io, {
    planned: planned.metadata,
    present: present.metadata,
    operation: {
      kind: "rewrite",
      removed,
      removedDeletes: remove.difference(data),
      addedSpecId: addedSpecId(present),
    },
  });
  if (conflict === undefined) return;
  const { reason, snapshotId, filePath } = conflict;
  throw new HeadgateError("COMMIT_CONFLICT", {
    place: tableLabel(planned),
    message: snapshotId === undefined ? reason : `snapshot ${snapshotId} ${reason}: ${filePath}`,
  });
}

/** The table's layout without fields of columns that have been dropped. */
function presentLayout({ metadata }: CatalogTable): readonly TableUpdate[] {
  const { spec, sortOrder } = tableLayout(usualLayout, { schema: currentSchema(metadata), metadata });
  return layoutUpdates(spec, sortOrder);
}

function addedSpecId(table: CatalogTable): number {
  const updates = presentLayout(table);
  return applyUpdates(table.metadata, { updates, previousFile: undefined, now: Date.now() }).defaultSpecId;
}

/**
 * The rows keep what is known about them; only their files change. The new files get the sequence number of the
 * snapshot that was read, so that deletes by value which another writer has added since still apply to their rows.
 */
async function commitOnce(
  run: UpkeepRun,
  { table, ...writing }: CommitAttempt,
  { added, remove, planned }: Compaction & { readonly planned: Snapshot },
): Promise<void> {
  const { id: tableId, metadata } = table;
  const rows = {
    add: added,
    dataSequenceNumber: planned.sequenceNumber,
    remove,
    operation: "replace",
    summary: { "headgate.run": run.run },
  } as const;
  const step = await writeTable({ table: { current: table, updates: presentLayout(table) }, rows }, writing);
  run.reach("compaction-written");
  const snapshotId = must(step.snapshotId, "the snapshot of a compaction");
  await commit(run.catalog, {
    id: uuidv7(),
    runId: run.run,
    summary: `maintenance of ${step.label}`,
    steps: [step],
    positions: [],
    within: async (transaction) => {
      for (const knows of ["positions", "hashed_spans"] as const)
        await transaction
          .updateTable(knows)
          .set({ snapshot_id: snapshotId })
          .where("table_id", "=", tableId)
          .where("snapshot_id", "=", metadata.currentSnapshotId ?? 0n)
          .execute();
      await transaction
        .updateTable("positions")
        .set({ history_snapshot_id: snapshotId })
        .where("table_id", "=", tableId)
        .where("history_snapshot_id", "=", metadata.currentSnapshotId ?? 0n)
        .execute();
    },
  });
}
