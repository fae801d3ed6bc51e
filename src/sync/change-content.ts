/**
 * From what was read to what changes in the lake: nothing where the rows are equal as multisets; the rows that differ where they
 * are few; the whole content where they are many, or nothing is there yet.
 */
import { using } from "../base/cleanup.ts";
import { must } from "../base/must.ts";
import { sumOf } from "../base/sum.ts";
import type { CatalogTable } from "../catalog/catalog.ts";
import { fileIO } from "../catalog/file-io.ts";
import { localFiles, type LocalFile } from "../catalog/local-files.ts";
import { duckdbType } from "../engine/duckdb-type.ts";
import type { ReadColumn, ReadFile } from "../engine/read-data-files.ts";
import { withMoreMemory } from "../engine/with-more-memory.ts";
import { planScan } from "../iceberg/scan.ts";
import { currentSnapshot } from "../iceberg/table-metadata.ts";
import type { NestedField } from "../iceberg/type.ts";
import { writeHistory } from "./change-history.ts";
import { mergeRows, type MergeParts } from "./merge-rows.ts";
import { compareRows, type DifferenceParts, type RowDifference } from "./row-difference.ts";
import { imageKeys } from "./row-images.ts";
import { deletedAtColumn, keepDeleted } from "./soft-deletes.ts";
import type { StagedFile } from "./staged-file.ts";
import type { SyncRun } from "./sync-run.ts";
import type { SyncTarget } from "./sync-target.ts";
import type { TableChange } from "./table-change.ts";

export interface ContentChange {
  /** Undefined: no row differs. */
  readonly change: TableChange | undefined;
  readonly rowsAdded: number;
  readonly rowsRemoved: number;
  /** Of the rows that the table shall have; see row-difference.ts. */
  readonly digest: string;
  /** For the history of its changes, where it is kept. */
  readonly images: StagedFile | undefined;
}

export interface ContentParts {
  readonly target: SyncTarget;
  readonly current: CatalogTable;
  /** The table's whole content, newly read. */
  readonly files: readonly StagedFile[];
}

/** Throws DISK_FULL, DATA_FILE_MISSING, ENGINE_LOST. */
export async function changeContent(run: SyncRun, parts: ContentParts): Promise<ContentChange> {
  const sides = await openSides(run, parts);
  return withMoreMemory(sides.engine, () => changeBetween(run, { ...parts, sides }));
}

export interface Sides extends DifferenceParts {
  readonly live: readonly LocalFile[];
  /** Columns of the source's key; undefined for a table without. */
  readonly keyColumns: readonly ReadColumn[] | undefined;
}

/** The lake's rows and those that were read, in the columns of the schema the table shall have. */
export async function openSides(run: SyncRun, { target, current, files }: ContentParts): Promise<Sides> {
  return {
    engine: await run.loadEngine(),
    ...sourceColumns(target),
    live: await liveFiles(run, { target, current }),
    fresh: await freshFiles(run, files),
    signal: run.signal,
  };
}

async function changeBetween(run: SyncRun, parts: ContentParts & { sides: Sides }): Promise<ContentChange> {
  const { files, sides, target } = parts;
  const { digest, difference: found } = await compareRows(sides, run.verify ? undefined : knownDigest(target));
  if (found === undefined) return { change: undefined, rowsAdded: 0, rowsRemoved: 0, digest, images: undefined };
  return using(found, async (difference) => {
    const { rowsAdded, rowsRemoved } = difference;
    const replaceBy = isWorthReplacing(run, { target, difference, files }) ? files : undefined;
    const applied = await applyDifference(run, { target, sides, difference, replaceBy });
    return { ...applied, rowsAdded, rowsRemoved, digest };
  });
}

interface FoundDifference {
  readonly target: SyncTarget;
  readonly sides: Sides;
  readonly difference: RowDifference;
  /** The table's whole content, where it takes the place of what is there. */
  readonly replaceBy?: readonly StagedFile[] | undefined;
}

/** Writes what a difference means for the table and for the history of its changes. */
export async function applyDifference(
  run: SyncRun,
  { target, sides, difference, replaceBy }: FoundDifference,
): Promise<Pick<ContentChange, "change" | "images"> & { change: TableChange }> {
  const { history, follow } = target;
  const parts = { ...sides, difference };
  if (history === undefined && follow.deletedAt === undefined)
    return {
      change: replaceBy === undefined ? await merge(run, { target, parts }) : replaced(replaceBy),
      images: undefined,
    };
  const { keyColumns } = sides;
  await using stack = new AsyncDisposableStack();
  const pairs = keyColumns && stack.use(await imageKeys(parts, keyColumns));
  const images = history && (await writeHistory(run, { history, parts, pairs }));
  if (replaceBy !== undefined) return { change: replaced(replaceBy), images };
  const { deletedAt } = sides;
  if (deletedAt === undefined) return { change: await merge(run, { target, parts }), images };
  const kept = stack.use(await keepDeleted({ ...parts, deletedAt }, pairs));
  const marks = { column: deletedAt, places: kept.places, at: run.openedAt };
  return { change: await merge(run, { target, parts, marks }), images };
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
    smallFileBytes: run.config.smallFileBytes,
    newFile: () => run.newFile(target.location),
    reach: (point) => run.reach(point),
  });
}

/** What is known of the lake's rows without reading them: only where nobody wrote to the table, and its columns stay. */
function knownDigest({ standing, current, follow }: SyncTarget): string | undefined {
  if (follow.changes.length > 0 || standing?.snapshotId !== current?.metadata.currentSnapshotId) return undefined;
  return standing?.digest;
}

/** Of a table's rows: with more of them new, the files that were read are taken as they are. */
const replaceShare = 0.3;

/** Never where deleted rows are kept: they are only there. */
function isWorthReplacing(
  { config, full }: SyncRun,
  { target, difference, files }: { target: SyncTarget; difference: RowDifference; files: readonly StagedFile[] },
): boolean {
  if (target.follow.deletedAt !== undefined) return false;
  if (full) return true;
  const bytes = sumOf(files, ({ sizeBytes }) => sizeBytes);
  return (
    bytes <= config.smallFileBytes || difference.rowsAdded > sumOf(files, ({ rowCount }) => rowCount) * replaceShare
  );
}

/** The table's current files with their deletes. */
export async function liveFiles(
  { objects }: SyncRun,
  { target, current }: { target: SyncTarget; current: CatalogTable },
): Promise<readonly LocalFile[]> {
  const { files } = await planScan(fileIO(objects), {
    metadata: current.metadata,
    snapshot: currentSnapshot(current.metadata),
    filter: undefined,
  });
  return localFiles(objects, { table: target.lakeLabel, files });
}

async function freshFiles({ objects }: SyncRun, files: readonly StagedFile[]): Promise<readonly ReadFile[]> {
  return Promise.all(
    files.map(async ({ location }) => ({ location, path: await objects.localPath(location), deletes: [] })),
  );
}

/** The source's columns under names of their own, those of its key among them, and the column that marks deleted rows. */
export function sourceColumns({ follow, table }: SyncTarget): Pick<Sides, "columns" | "keyColumns" | "deletedAt"> {
  const { schema, deletedAt } = follow;
  const fields = schema.fields.filter(({ id }) => id !== deletedAt?.id);
  return {
    columns: readColumns(fields),
    keyColumns: table.key && readColumns(fields.filter(({ name }) => table.key?.includes(name))),
    deletedAt: deletedAt && deletedAtColumn(deletedAt),
  };
}

function readColumns(fields: readonly NestedField[]): readonly ReadColumn[] {
  return fields.map(({ id, type }) => ({
    fieldId: id,
    name: `c${id}`,
    sqlType: duckdbType(must(typeof type === "string" ? type : undefined, "a column of a primitive type")),
  }));
}
