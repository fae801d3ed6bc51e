/**
 * Brings a lake table to a difference of rows by touching only what it must: the rows that come go into a new data file, those
 * that go are named by position in a delete file, and files where little would be left are rewritten instead.
 * Invariant: one copy of a removed row goes for each that the difference counts, whichever; equality deletes are never written.
 */
import type { LocalFile } from "../catalog/local-files.ts";
import { copyDataFile } from "../engine/copy-data-file.ts";
import { isFloat, quoteName, quoteText } from "../engine/duckdb-type.ts";
import type { Engine } from "../engine/engine.ts";
import { deletedPlacesSql, readDataFilesSql, type ReadColumn } from "../engine/read-data-files.ts";
import { filePathId, positionId } from "../iceberg/position-deletes.ts";
import type { Schema } from "../iceberg/schema.ts";
import type { CrashPoint } from "./crash-points.ts";
import { planMerge, type MergeFile, type MergePlan } from "./merge-plan.ts";
import type { DifferenceParts, RowDifference } from "./row-difference.ts";
import { comingRows, goingRows } from "./row-images.ts";
import type { StagedFile } from "./staged-file.ts";
import type { LocatedDraft } from "./sync-run.ts";
import type { StagedDeletes, TableChange } from "./table-change.ts";

export interface MergeParts extends DifferenceParts {
  readonly schema: Schema;
  readonly live: readonly LocalFile[];
  readonly difference: RowDifference;
  readonly smallFileBytes: number;
  /** Rows of `going` that stay, marked. */
  readonly marks?: { readonly column: ReadColumn; readonly places: string; readonly at: Date } | undefined;
  newFile(): Promise<LocatedDraft>;
  reach(point: CrashPoint): void;
}

export async function mergeRows(parts: MergeParts): Promise<TableChange> {
  const files = await countGone(parts);
  const deleteFiles = new Set(parts.live.flatMap(({ deletes }) => deletes));
  const { smallFileBytes } = parts;
  const plan = planMerge({ files, deleteFiles: deleteFiles.size, smallFileBytes });
  const data = await writeRows(parts, plan);
  parts.reach("rows-published");
  const deletes = await writeDeletes(parts, plan);
  parts.reach("deletes-published");
  return {
    add: data === undefined ? [] : [data],
    deletes: deletes === undefined ? [] : [deletes],
    remove: new Set([...plan.rewrite, ...(plan.replaceDeletes ? deleteLocations(parts.live) : [])]),
  };
}

function deleteLocations(live: readonly LocalFile[]): readonly string[] {
  return live.flatMap(({ deleteFiles }) => deleteFiles.map(({ filePath }) => filePath));
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
async function writeRows(parts: MergeParts, plan: MergePlan): Promise<StagedFile | undefined> {
  const { engine, live, difference, marks, schema, signal } = parts;
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
  if (relations.length === 0) return undefined;
  const draft = await parts.newFile();
  try {
    const written = await copyDataFile({
      engine,
      columns: columns.map(({ fieldId, name, sqlType }, index) => ({
        fieldId,
        isFloat: isFloat(sqlType),
        name: schema.fields[index]?.name ?? name,
        expression: quoteName(name),
      })),
      relation: `(${relations.join(" union all ")}) rows`,
      path: draft.path,
      groupRows: mergedGroupRows,
      signal,
    });
    return await publishRows(draft, written);
  } catch (failure) {
    await draft.discard();
    throw failure;
  }
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

async function publishRows(
  draft: LocatedDraft,
  { rowCount, sizeBytes, columns }: Omit<StagedFile, "location">,
): Promise<StagedFile | undefined> {
  if (rowCount === 0) {
    await draft.discard();
    return undefined;
  }
  await draft.publish();
  return { location: draft.location, rowCount, sizeBytes, columns };
}

/** Sorted by file and position (spec: "Position Delete Files"); those of the delete files it replaces included. */
async function writeDeletes(parts: MergeParts, plan: MergePlan): Promise<StagedDeletes | undefined> {
  const { engine, live, difference, signal } = parts;
  const kept = live
    .map(({ location }, index) => ({ location, number: index + 1 }))
    .filter(({ location }) => !plan.rewrite.has(location));
  if (kept.length === 0) return undefined;
  const names = kept.map(({ number, location }) => `(${number}, ${quoteText(location)})`).join(", ");
  const places = [
    `select file, row from ${difference.going}`,
    ...(plan.replaceDeletes ? [deletedPlacesSql(live)] : []),
  ];
  const relation = `(select names.location as file_path, places.row as pos
    from (${places.join(" union all ")}) places join (values ${names}) names(number, location) on places.file = names.number
    order by file_path, pos) deletes`;
  const { rows } = await engine.run(`select min(file_path), max(file_path) from ${relation}`, { signal });
  const [firstFile, lastFile] = rows[0] ?? [];
  if (typeof firstFile !== "string" || typeof lastFile !== "string") return undefined;
  const draft = await parts.newFile();
  try {
    const { rowCount, sizeBytes } = await copyDataFile({
      engine,
      columns: [
        { fieldId: filePathId, name: "file_path", expression: "file_path" },
        { fieldId: positionId, name: "pos", expression: "pos" },
      ],
      relation,
      path: draft.path,
      groupRows: 122_880,
      signal,
    });
    await draft.publish();
    return { location: draft.location, rowCount, sizeBytes, firstFile, lastFile };
  } catch (failure) {
    await draft.discard();
    throw failure;
  }
}
