/**
 * Brings a lake table to a difference of rows by touching only what it must: the rows that come go into a new data file, those
 * that go are named by position in a delete file, and files where little would be left are rewritten instead.
 * Invariant: one copy of a removed row goes for each that the difference counts, whichever; equality deletes are never written.
 */
import { randomBytes } from "node:crypto";
import type { LocalFile } from "../catalog/local-files.ts";
import { copyDataFile } from "../engine/copy-data-file.ts";
import { isFloat, quoteName, quoteText } from "../engine/duckdb-type.ts";
import type { Engine } from "../engine/engine.ts";
import { readDataFilesSql, type ReadFile } from "../engine/read-data-files.ts";
import { filePathId, positionId } from "../iceberg/position-deletes.ts";
import type { Schema } from "../iceberg/schema.ts";
import type { CrashPoint } from "./crash-points.ts";
import { planMerge, type MergeFile, type MergePlan } from "./merge-plan.ts";
import { freshRows, liveRows, type DifferenceParts, type RowDifference } from "./row-difference.ts";
import type { StagedFile } from "./staged-file.ts";
import type { LocatedDraft } from "./sync-run.ts";
import type { StagedDeletes, TableChange } from "./table-change.ts";

export interface MergeParts extends DifferenceParts {
  readonly schema: Schema;
  readonly live: readonly LocalFile[];
  readonly difference: RowDifference;
  readonly smallFileBytes: number;
  newFile(): Promise<LocatedDraft>;
  reach(point: CrashPoint): void;
}

export async function mergeRows(parts: MergeParts): Promise<TableChange> {
  const gone = await findGone(parts);
  try {
    const files = await countGone(parts, gone);
    const deleteFiles = new Set(parts.live.flatMap(({ deletes }) => deletes));
    const { smallFileBytes } = parts;
    const plan = planMerge({ files, deleteFiles: deleteFiles.size, smallFileBytes });
    const data = await writeRows(parts, { gone, plan });
    parts.reach("rows-published");
    const deletes = await writeDeletes(parts, { gone, plan });
    parts.reach("deletes-published");
    return {
      add: data === undefined ? [] : [data],
      deletes: deletes === undefined ? [] : [deletes],
      remove: new Set([...plan.rewrite, ...(plan.replaceDeletes ? deleteLocations(parts.live) : [])]),
    };
  } finally {
    await parts.engine.run(`drop table if exists ${gone}`);
  }
}

function deleteLocations(live: readonly LocalFile[]): readonly string[] {
  return live.flatMap(({ deleteFiles }) => deleteFiles.map(({ filePath }) => filePath));
}

/** A table of the engine with the places (`file`, `row`) of the rows that go: of equal rows as many as the difference says. */
async function findGone(parts: MergeParts): Promise<string> {
  const { engine, difference, signal } = parts;
  const table = `gone_${randomBytes(8).toString("hex")}`;
  const rows = liveRows(parts, { whole: true });
  await engine.run(
    `create table ${table} as select file, row from (
       select live.file, live.row, difference.n, row_number() over (partition by live.h, live.g) as copy
       from (select h, g, file, row from (${rows}) hashed) live
       join ${difference.table} difference on live.h = difference.h and live.g = difference.g and difference.n < 0)
     where copy <= -n`,
    { signal },
  );
  return table;
}

async function countGone({ engine, live, signal }: MergeParts, gone: string): Promise<readonly MergeFile[]> {
  const now = await counts(engine, `select file, count(*) from ${gone} group by file`, signal);
  const marked = live.filter(({ deletes }) => deletes.length > 0);
  const left =
    marked.length === 0
      ? new Map<string, number>()
      : await counts(
          engine,
          `select file, count(*) from (${readDataFilesSql({ files: marked, columns: [], places: true })}) group by file`,
          signal,
        );
  return live.map(({ path, location, deletes, dataFile }) => {
    const rows = Number(dataFile.recordCount);
    return {
      location,
      sizeBytes: Number(dataFile.fileSizeInBytes),
      rows,
      deletedBefore: deletes.length === 0 ? 0 : rows - (left.get(path) ?? 0),
      deletedNow: now.get(path) ?? 0,
    };
  });
}

async function counts(engine: Engine, sql: string, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const { rows } = await engine.run(sql, { signal });
  return new Map(rows.map(([file, count]) => [String(file), Number(count)]));
}

interface Writing {
  readonly gone: string;
  readonly plan: MergePlan;
}

/** The rows that come, and what is left of the files that are rewritten. */
async function writeRows(parts: MergeParts, { gone, plan }: Writing): Promise<StagedFile | undefined> {
  const { engine, columns, live, difference, schema, signal } = parts;
  const names = columns.map(({ name }) => quoteName(name)).join(", ");
  const rewritten = live.filter(({ location }) => plan.rewrite.has(location));
  const coming = `select ${names} from (
      select fresh.*, difference.n, row_number() over (partition by fresh.h, fresh.g) as copy
      from (${freshRows(parts, { whole: true })}) fresh
      join ${difference.table} difference on fresh.h = difference.h and fresh.g = difference.g and difference.n > 0)
    where copy <= n`;
  const staying = `select ${names} from (${readDataFilesSql({ files: rewritten, columns, places: true })}) data
    anti join ${gone} gone on data.file = gone.file and data.row = gone.row`;
  const relations = [...(difference.rowsAdded > 0 ? [coming] : []), ...(rewritten.length > 0 ? [staying] : [])];
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
async function writeDeletes(parts: MergeParts, { gone, plan }: Writing): Promise<StagedDeletes | undefined> {
  const { engine, live, signal } = parts;
  const kept = live.filter(({ location }) => !plan.rewrite.has(location));
  if (kept.length === 0) return undefined;
  const names = kept.map(({ path, location }) => `(${quoteText(path)}, ${quoteText(location)})`).join(", ");
  const marked = plan.replaceDeletes ? kept.filter(({ deletes }) => deletes.length > 0) : [];
  const places = [`select file, row from ${gone}`, ...(marked.length > 0 ? [deletedPlaces(marked)] : [])];
  const relation = `(select names.location as file_path, places.row as pos
    from (${places.join(" union all ")}) places join (values ${names}) names(path, location) on places.file = names.path
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

/** Rows that are there and not read: what the delete files of these files name. */
function deletedPlaces(files: readonly ReadFile[]): string {
  const all = readDataFilesSql({ files: files.map((file) => ({ ...file, deletes: [] })), columns: [], places: true });
  return `select data.file, data.row from (${all}) data
    anti join (${readDataFilesSql({ files, columns: [], places: true })}) left_over
    on data.file = left_over.file and data.row = left_over.row`;
}
