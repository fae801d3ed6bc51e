/**
 * Applies a difference of rows to a lake table and touches only what it must: new rows go into a new data file, deleted
 * rows are named by position in a delete file or in deletion vectors, and files that would have few rows left are
 * rewritten instead.
 * Invariant: for each removed row that the difference counts, one copy is deleted; which one does not matter. Equality
 * deletes are never written.
 */
import type { LocalFile } from "../catalog/local-files.ts";
import { copyDataFiles, publishAll } from "../engine/copy-data-files.ts";
import type { FileLayout } from "../engine/file-layout.ts";
import { isFloat, quoteName } from "../engine/duckdb-type.ts";
import type { Engine } from "../engine/engine.ts";
import { deletedPlacesSql, lastUpdatedColumn, readDataFilesSql, rowIdColumn } from "../engine/read-data-files.ts";
import type { ReadColumn } from "../engine/read-column.ts";
import type { FormatVersion } from "../iceberg/format-version.ts";
import { partitionKey } from "../iceberg/partition-spec.ts";
import type { Schema } from "../iceberg/schema.ts";
import type { CrashPoint } from "./crash-points.ts";
import { planMerge, type MergeFile, type MergePlan } from "./merge-plan.ts";
import type { DifferenceParts, RowDifference } from "./row-difference.ts";
import { comingRows, goingRows, rowsWithout } from "./row-images.ts";
import type { DeleteParts } from "./staged-deletes.ts";
import { stagedFile, type StagedFile } from "./staged-file.ts";
import type { TableChange } from "./table-change.ts";
import { writeDeletionVectors } from "./write-deletion-vectors.ts";
import { writePositionDeletes } from "./write-position-deletes.ts";

export interface MergeParts extends DifferenceParts, DeleteParts {
  /** The format version that the table will have. */
  readonly formatVersion: FormatVersion;
  readonly schema: Schema;
  readonly live: readonly LocalFile[];
  readonly difference: RowDifference;
  readonly layout: FileLayout;
  readonly smallFileBytes: number;
  /** Rows of `going` that are not deleted but get a value in `column` (soft deletes). */
  readonly marks?: { readonly column: ReadColumn; readonly places: string; readonly at: Date } | undefined;
  reach(point: CrashPoint): void;
}

export async function mergeRows(parts: MergeParts): Promise<TableChange> {
  const files = await countGone(parts);
  const { smallFileBytes, formatVersion } = parts;
  const deleteFiles = formatVersion === 3 ? 0 : mostDeleteFiles(parts.live);
  const plan = planMerge({ files, deleteFiles, smallFileBytes });
  const add = await writeRows(parts, plan);
  parts.reach("rows-published");
  const { deletes, replaced } =
    formatVersion === 3 ? await writeDeletionVectors(parts, plan.rewrite) : await writePositionDeletes(parts, plan);
  parts.reach("deletes-published");
  return { add, deletes, remove: new Set([...plan.rewrite, ...replaced]) };
}

/** The number of delete files in the partition that has the most. */
function mostDeleteFiles(live: readonly LocalFile[]): number {
  const groups = Map.groupBy(live, ({ dataFile }) => partitionKey(dataFile));
  return Math.max(0, ...[...groups.values()].map((group) => new Set(group.flatMap(({ deletes }) => deletes)).size));
}

/** For each live file, how many rows are deleted already and how many are deleted now. */
async function countGone({ engine, live, difference, signal }: MergeParts): Promise<readonly MergeFile[]> {
  const now = await counts(engine, `select file, count(*) from ${difference.going} group by file`, signal);
  const before = await counts(
    engine,
    `select file, count(*) from (${deletedPlacesSql(live)}) deleted group by file`,
    signal,
  );
  return live.map(({ location, dataFile }, index) => ({
    location,
    partition: partitionKey(dataFile),
    sizeBytes: Number(dataFile.fileSizeInBytes),
    rows: Number(dataFile.recordCount),
    deletedBefore: before.get(index + 1) ?? 0,
    deletedNow: now.get(index + 1) ?? 0,
  }));
}

async function counts(engine: Engine, sql: string, signal: AbortSignal): Promise<ReadonlyMap<number, number>> {
  const { rows } = await engine.run(sql, { signal });
  return new Map(rows.map(([file, count]) => [Number(file), Number(count)]));
}

/** Writes the new rows and the remaining rows of the files that are rewritten. */
async function writeRows(parts: MergeParts, plan: MergePlan): Promise<readonly StagedFile[]> {
  const { engine, live, difference, marks, schema, layout, scratchDirectory, newFile, signal } = parts;
  const columns = [
    ...parts.columns,
    ...(parts.deletedAt === undefined ? [] : [parts.deletedAt]),
    ...(movesRows(parts, plan) ? [rowIdColumn, lastUpdatedColumn] : []),
  ];
  const names = columns.map(({ name }) => quoteName(name)).join(", ");
  const rewritten = live.filter(({ location }) => plan.rewrite.has(location));
  const staying = rowsWithout(difference.going, readDataFilesSql({ files: rewritten, columns, placesIn: live }));
  const relations = [
    ...(difference.rowsAdded > 0 ? [`select ${names} from (${await comingRows(parts, columns)}) data`] : []),
    ...(marks === undefined ? [] : [await markedRows(parts, marks)]),
    ...(plan.rewrite.size > 0 ? [`select ${names} from (${staying}) data`] : []),
  ];
  if (relations.length === 0) return [];
  const files = await copyDataFiles({
    engine,
    columns: columns.map(({ fieldId, name, sqlType }, index) => ({
      fieldId,
      isFloat: isFloat(sqlType),
      isVariant: sqlType === "variant",
      name: schema.fields[index]?.name ?? name,
      expression: quoteName(name),
    })),
    relation: `(${relations.join(" union all ")}) rows`,
    layout,
    scratchDirectory,
    groupRows: mergedGroupRows,
    newFile,
    signal,
  });
  await publishAll(files);
  return files.map(stagedFile);
}

/** Whether rows that already have an id move to another file. New rows have no id yet (spec: "Row Lineage"). */
function movesRows({ formatVersion, marks }: MergeParts, { rewrite }: MergePlan): boolean {
  return formatVersion === 3 && (rewrite.size > 0 || marks !== undefined);
}

/** The marked rows keep their ids and count as updated now. */
async function markedRows(
  parts: MergeParts,
  { column, places, at }: NonNullable<MergeParts["marks"]>,
): Promise<string> {
  const names = parts.columns.map(({ name }) => quoteName(name)).join(", ");
  const isNumbered = parts.formatVersion === 3;
  return `select ${names}, to_timestamp(${at.getTime() / 1000}) as ${quoteName(column.name)}
    ${isNumbered ? `, ${quoteName(rowIdColumn.name)}, null::bigint as ${quoteName(lastUpdatedColumn.name)}` : ""}
    from (${await goingRows(parts, [...parts.columns, ...(isNumbered ? [rowIdColumn] : [])])}) data
    semi join ${places} kept on data.file = kept.file and data.row = kept.row`;
}

/** Rows may be wide, and nothing here knows how wide. A small row group limits memory, and a merge writes few rows. */
const mergedGroupRows = 61_440;
