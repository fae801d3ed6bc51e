/**
 * Brings a lake table to a difference of rows by touching only what it must: the rows that come go into a new data file, those
 * that go are named by position in a delete file, and files where little would be left are rewritten instead.
 * Invariant: one copy of a removed row goes for each that the difference counts, whichever; equality deletes are never written.
 */
import { must } from "../base/must.ts";
import type { LocalFile } from "../catalog/local-files.ts";
import { copyDataFiles, publishAll } from "../engine/copy-data-files.ts";
import { plainLayout, type FileLayout } from "../engine/file-layout.ts";
import { isFloat, quoteName, quoteText } from "../engine/duckdb-type.ts";
import type { Engine } from "../engine/engine.ts";
import { deletedPlacesSql, readDataFilesSql, type ReadColumn } from "../engine/read-data-files.ts";
import type { DataFile } from "../iceberg/data-file.ts";
import { partitionKey } from "../iceberg/partition-spec.ts";
import { filePathId, positionId } from "../iceberg/position-deletes.ts";
import type { Schema } from "../iceberg/schema.ts";
import type { CrashPoint } from "./crash-points.ts";
import { planMerge, type MergeFile, type MergePlan } from "./merge-plan.ts";
import type { DifferenceParts, RowDifference } from "./row-difference.ts";
import { comingRows, goingRows } from "./row-images.ts";
import { stagedFile, type StagedFile } from "./staged-file.ts";
import type { LocatedDraft } from "./sync-run.ts";
import type { StagedDeletes, TableChange } from "./table-change.ts";

export interface MergeParts extends DifferenceParts {
  readonly schema: Schema;
  readonly live: readonly LocalFile[];
  readonly difference: RowDifference;
  readonly layout: FileLayout;
  readonly scratchDirectory: string;
  readonly smallFileBytes: number;
  /** Rows of `going` that stay, marked. */
  readonly marks?: { readonly column: ReadColumn; readonly places: string; readonly at: Date } | undefined;
  newFile(): Promise<LocatedDraft>;
  reach(point: CrashPoint): void;
}

export async function mergeRows(parts: MergeParts): Promise<TableChange> {
  const files = await countGone(parts);
  const { smallFileBytes } = parts;
  const plan = planMerge({ files, deleteFiles: mostDeleteFiles(parts.live), smallFileBytes });
  const add = await writeRows(parts, plan);
  parts.reach("rows-published");
  const deletes = await writeDeletes(parts, plan);
  parts.reach("deletes-published");
  return {
    add,
    deletes,
    remove: new Set([...plan.rewrite, ...(plan.replaceDeletes ? deleteLocations(parts.live) : [])]),
  };
}

/** Of deletes by position: those by value, of other writers, stay. */
function deleteLocations(live: readonly LocalFile[]): readonly string[] {
  return live
    .flatMap(({ deleteFiles }) => deleteFiles)
    .filter(({ content }) => content === "position-deletes")
    .map(({ filePath }) => filePath);
}

/** Of one partition. */
function mostDeleteFiles(live: readonly LocalFile[]): number {
  const groups = Map.groupBy(live, ({ dataFile }) => partitionKey(dataFile));
  return Math.max(0, ...[...groups.values()].map((group) => new Set(group.flatMap(({ deletes }) => deletes)).size));
}

/** Of each live file, how many rows went before and go now. */
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

/** The rows that come, and what is left of the files that are rewritten. */
async function writeRows(parts: MergeParts, plan: MergePlan): Promise<readonly StagedFile[]> {
  const { engine, live, difference, marks, schema, layout, scratchDirectory, newFile, signal } = parts;
  const columns = [...parts.columns, ...(parts.deletedAt === undefined ? [] : [parts.deletedAt])];
  const names = columns.map(({ name }) => quoteName(name)).join(", ");
  const rewritten = live.filter(({ location }) => plan.rewrite.has(location));
  const staying = `from (${readDataFilesSql({ files: rewritten, columns, placesIn: live })}) data
    anti join ${difference.going} places on data.file = places.file and data.row = places.row`;
  const relations = [
    ...(difference.rowsAdded > 0 ? [`select ${names} from (${await comingRows(parts, columns)}) data`] : []),
    ...(marks === undefined ? [] : [await markedRows(parts, marks)]),
    ...(plan.rewrite.size > 0 ? [`select ${names} ${staying}`] : []),
  ];
  if (relations.length === 0) return [];
  const files = await copyDataFiles({
    engine,
    columns: columns.map(({ fieldId, name, sqlType }, index) => ({
      fieldId,
      isFloat: isFloat(sqlType),
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

async function markedRows(
  parts: MergeParts,
  { column, places, at }: NonNullable<MergeParts["marks"]>,
): Promise<string> {
  const names = parts.columns.map(({ name }) => quoteName(name)).join(", ");
  return `select ${names}, to_timestamp(${at.getTime() / 1000}) as ${quoteName(column.name)}
    from (${await goingRows(parts, parts.columns)}) data
    semi join ${places} kept on data.file = kept.file and data.row = kept.row`;
}

/** Rows may be wide and nothing here knows how wide: a small group bounds memory, and few rows come in a merge. */
const mergedGroupRows = 61_440;

/** A delete file names files of one partition (spec: "Scan Planning"). */
async function writeDeletes(parts: MergeParts, plan: MergePlan): Promise<readonly StagedDeletes[]> {
  const places = await deletedPlaces(parts, plan);
  const kept = parts.live
    .map(({ location, dataFile }, index) => ({ location, dataFile, number: index + 1 }))
    .filter(({ location, number }) => !plan.rewrite.has(location) && places.files.has(number));
  const groups = Map.groupBy(kept, ({ dataFile }) => partitionKey(dataFile));
  const written: StagedDeletes[] = [];
  for (const group of groups.values()) written.push(...(await writeGroup(parts, { group, places: places.sql })));
  return written;
}

/** The places that go, those of the delete files that are replaced included, and which files have any. */
async function deletedPlaces({ engine, live, difference, signal }: MergeParts, plan: MergePlan) {
  const selects = [
    `select file, row from ${difference.going}`,
    ...(plan.replaceDeletes ? [deletedPlacesSql(live)] : []),
  ];
  const sql = selects.join(" union all ");
  const { rows } = await engine.run(`select distinct file from (${sql}) places`, { signal });
  return { sql, files: new Set(rows.map(([file]) => Number(file))) };
}

interface DeleteGroup {
  readonly group: readonly { readonly location: string; readonly number: number; readonly dataFile: DataFile }[];
  readonly places: string;
}

/** Sorted by file and position (spec: "Position Delete Files"). */
async function writeGroup(parts: MergeParts, { group, places }: DeleteGroup): Promise<readonly StagedDeletes[]> {
  const { engine, scratchDirectory, newFile, signal } = parts;
  const names = group.map(({ number, location }) => `(${number}, ${quoteText(location)})`).join(", ");
  const files = await copyDataFiles({
    engine,
    columns: [
      { fieldId: filePathId, name: "file_path", expression: "file_path" },
      { fieldId: positionId, name: "pos", expression: "pos" },
    ],
    relation: `(select names.location as file_path, places.row as pos
      from (${places}) places join (values ${names}) names(number, location) on places.file = names.number
      order by file_path, pos) deletes`,
    layout: plainLayout,
    scratchDirectory,
    groupRows: 122_880,
    newFile,
    signal,
  });
  await publishAll(files);
  const locations = group.map(({ location }) => location).toSorted(byBytes);
  return files.map(({ draft, file: { rowCount, sizeBytes } }) => ({
    location: draft.location,
    rowCount,
    sizeBytes,
    firstFile: must(locations[0], "a file that is named"),
    lastFile: must(locations.at(-1), "a file that is named"),
    specId: must(group[0], "a file of the partition").dataFile.specId,
    partition: must(group[0], "a file of the partition").dataFile.partition,
  }));
}

function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
