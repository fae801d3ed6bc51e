/**
 * The last change of each key in change files: what the rows of these keys are after all of them. The files are read
 * once, into a scratch file of all changes; a second one names the places of those that do not hold.
 * Without a key, every change has to be an insert, and all are kept.
 */
import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { must } from "../../base/must.ts";
import { copyDataFiles, type FileColumn } from "../../engine/copy-data-files.ts";
import { isFloat, quoteText } from "../../engine/duckdb-type.ts";
import type { Engine } from "../../engine/engine.ts";
import { plainLayout } from "../../engine/file-layout.ts";
import type { ReadColumn } from "../../engine/read-column.ts";
import { readDataFilesSql, type ReadFile } from "../../engine/read-data-files.ts";
import { HeadgateError } from "../../errors.ts";
import { sourceColumns } from "../compare/table-sides.ts";
import type { FileRows } from "../source.ts";
import type { CutRun } from "../run/sync-run.ts";
import type { SyncTarget } from "../run/sync-target.ts";

export interface LastChanges extends AsyncDisposable {
  /** Number of changes that count: the last of each key, or all without a key. */
  readonly read: number;
  /** Scratch files with the rows that there are afterwards, under the table's field ids. */
  readonly files: readonly ReadFile[];
  /** The columns of the key in all changes; undefined without a key. */
  readonly keys: ((columns: readonly ReadColumn[]) => string) | undefined;
}

interface LastParts {
  readonly engine: Engine;
  readonly target: SyncTarget;
  readonly changes: FileRows;
}

type LastRun = Pick<CutRun, "signal"> & { readonly config: Pick<CutRun["config"], "scratchDirectory"> };

/** Throws SOURCE_KEY_NEEDED, SOURCE_FILE_INVALID. */
export async function lastChanges(run: LastRun, parts: LastParts): Promise<LastChanges> {
  const paths: string[] = [];
  const newPath = (): string => {
    const path = join(run.config.scratchDirectory, `changes-${randomBytes(8).toString("hex")}.parquet`);
    paths.push(path);
    return path;
  };
  const dispose = async (): Promise<void> => {
    await Promise.all(paths.map((path) => rm(path, { force: true })));
  };
  try {
    const all = await stageChanges(run, { ...parts, newPath });
    await checkKeys({ ...parts, all });
    const { files, read } = await withoutReplaced(run, { ...parts, all, newPath });
    const keys = parts.target.key && ((columns: readonly ReadColumn[]) => readDataFilesSql({ files: all, columns }));
    return { read, files, keys, [Symbol.asyncDispose]: dispose };
  } catch (failure) {
    await dispose();
    throw failure;
  }
}

/** The columns of the key among all columns of the source, in the key's order; undefined without a key. */
export function keyColumns(target: SyncTarget): readonly ReadColumn[] | undefined {
  const { columns } = sourceColumns(target);
  return target.key?.map((key) => {
    const at = target.table.columns.findIndex(({ name }) => name === key);
    return must(columns[at], "a column of the key");
  });
}

interface StageParts extends LastParts {
  newPath(): string;
}

/** Rows per row group; their width is not known here. */
const groupRows = 61_440;

/** No files if there are no changes. */
async function stageChanges(
  { config: { scratchDirectory }, signal }: LastRun,
  { engine, target, changes, newPath }: StageParts,
): Promise<readonly ReadFile[]> {
  const values = sourceColumns(target).columns.map(({ fieldId, sqlType }, index): FileColumn => ({
    fieldId,
    name: `f${fieldId}`,
    expression: `c${index}`,
    isFloat: isFloat(sqlType),
  }));
  const marks = markColumns.map(({ fieldId, name, of }): FileColumn => ({ fieldId, name, expression: of }));
  try {
    const written = await copyDataFiles({
      engine,
      columns: [...marks, ...values],
      relation: `(${changes.sql}) changes`,
      layout: { ...plainLayout, compression: "snappy" },
      scratchDirectory,
      groupRows,
      newFile: async () => scratchFile(newPath()),
      signal,
    });
    return written.map(({ draft: { path }, file: { rowCount } }) => ({
      path,
      location: path,
      deletes: [],
      recordCount: rowCount,
    }));
  } catch (failure) {
    signal.throwIfAborted();
    throw await changes.explain(failure);
  }
}

/** Columns of the scratch file that the table does not have, and their names in the rows of the files. */
const markColumns = [
  { fieldId: 2_000_000_001, name: "op", sqlType: "varchar", of: "op" },
  { fieldId: 2_000_000_002, name: "part", sqlType: "integer", of: "file" },
  { fieldId: 2_000_000_003, name: "line", sqlType: "bigint", of: "row" },
] as const;

function scratchFile(path: string) {
  return { path, publish: () => Promise.resolve(), discard: () => rm(path, { force: true }) };
}

interface AllChanges extends LastParts {
  readonly all: readonly ReadFile[];
}

/** Finds the places of changes that a later one replaces, and of deletes. */
async function withoutReplaced(
  { signal }: LastRun,
  { engine, target, all, newPath }: AllChanges & StageParts,
): Promise<Pick<LastChanges, "files" | "read">> {
  const [file] = all;
  const { recordCount: count = 0 } = file ?? {};
  const keys = keyColumns(target);
  if (file === undefined || keys === undefined) return { files: all, read: count };
  const path = newPath();
  const rows = readDataFilesSql({ files: all, columns: [...markColumns, ...keys], placesIn: all });
  const later = `row_number() over (partition by ${keys.map(({ name }) => name).join(", ")} order by part desc, line desc)`;
  await engine.run(
    `copy (select row as pos, nth > 1 as is_replaced from (select row, op, ${later} as nth from (${rows}) rows)
       where nth > 1 or op = 'D') to ${quoteText(path)} (format parquet)`,
    { signal },
  );
  const { rows: found } = await engine.run(
    `select count(*), count(*) filter (is_replaced) from read_parquet(${quoteText(path)})`,
  );
  const [gone, replaced] = (found[0] ?? []).map(Number);
  const vector = gone === 0 ? undefined : path;
  return { files: gone === count ? [] : [{ ...file, vector }], read: count - (replaced ?? 0) };
}

async function checkKeys({ engine, target, changes, all }: AllChanges): Promise<void> {
  const keys = keyColumns(target);
  const isUnclear = keys === undefined ? "op <> 'I'" : keys.map(({ name }) => `${name} is null`).join(" or ");
  const relation = readDataFilesSql({ files: all, columns: [...markColumns, ...(keys ?? [])] });
  const { rows } = await engine.run(
    `select part, line, op from (${relation}) changes where ${isUnclear} order by part, line limit 1`,
  );
  const [file, row, op] = rows[0] ?? [];
  if (file === undefined) return;
  const place = await changes.placeOf(Number(file), Number(row));
  if (keys === undefined) {
    const message = `it ${op === "D" ? "deletes" : "updates"} a row, and ${target.lakeLabel} has no key`;
    const remedy = `name the columns that identify a row: \`headgate table set ${target.lakeLabel} --key <column>\``;
    throw new HeadgateError("SOURCE_KEY_NEEDED", { place, message, remedy });
  }
  const message = `the key ${target.key?.join(", ") ?? ""} has no value, so that nothing says which row is meant`;
  throw new HeadgateError("SOURCE_KEY_NEEDED", { place, message });
}
