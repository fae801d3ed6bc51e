/**
 * Reads a whole table from its files: the rows of the full load, and after them the last change of each key. The engine
 * reads the files where they are and writes published data files that no snapshot lists yet.
 */
import { openCleanup, using, type Cleanup } from "../../base/cleanup.ts";
import { must } from "../../base/must.ts";
import { sumOf } from "../../base/sum.ts";
import { copyDataFiles, publishAll } from "../../engine/copy-data-files.ts";
import { duckdbType, isFloat } from "../../engine/duckdb-type.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ReadColumn } from "../../engine/read-column.ts";
import { readDataFilesSql } from "../../engine/read-data-files.ts";
import { withMoreMemory } from "../../engine/with-more-memory.ts";
import { formatType } from "../../iceberg/type.ts";
import type { LocatedDraft } from "../../objects/object-store.ts";
import { stagedFile, type StagedFile } from "../../writer/staged-file.ts";
import { sourceColumns } from "../compare/table-sides.ts";
import type { FilePlan, FileRows } from "../source.ts";
import type { CutRun } from "../run/sync-run.ts";
import type { SyncTarget } from "../run/sync-target.ts";
import { hasKeyTwice } from "./has-key-twice.ts";
import { keyColumns, lastChanges } from "./last-changes.ts";
import type { ReadRange } from "./read-range.ts";

interface FilesParts {
  readonly target: SyncTarget;
  readonly files: FilePlan;
  /** The name of this read in the progress display. */
  readonly task: string;
}

/** Leaves no file behind when it throws. Throws SOURCE_KEY_NEEDED, SOURCE_FILE_INVALID. */
export async function readFiles(run: CutRun, { target, files, task }: FilesParts): Promise<ReadRange> {
  const loaded = await run.inReader(() => files.loaded());
  const changes = await run.inReader(() => files.changed());
  const engine = await run.loadEngine();
  const read = await withMoreMemory(engine, async () => {
    const parts = { engine, target, loaded, changes };
    const written = await writeState(run, parts);
    if (loaded === undefined || !(await hasDoubles(run, { ...parts, files: written }))) return written;
    await run.objects.delete(written.map(({ location }) => location));
    return writeState(run, { ...parts, loaded: undefined, changes: oneAfterTheOther(loaded, changes) });
  });
  const rows = sumOf(read, ({ rowCount }) => rowCount);
  run.countRows(rows);
  run.report({ kind: "rows", task, rows, total: undefined });
  return { rows, files: read };
}

interface StateParts {
  readonly engine: Engine;
  readonly target: SyncTarget;
  readonly loaded: FileRows | undefined;
  readonly changes: FileRows | undefined;
}

function writeState(run: CutRun, parts: StateParts): Promise<readonly StagedFile[]> {
  return using(openCleanup(), async (cleanup) => {
    const relation = await stateSql(run, { ...parts, cleanup });
    return writeRows(run, { ...parts, relation });
  });
}

/** The table's rows in the columns `c0`, `c1` …: those of the full load that no change replaced, and those of changes. */
async function stateSql(
  run: CutRun,
  { engine, target, loaded, changes, cleanup }: StateParts & { cleanup: Cleanup },
): Promise<string> {
  const values = target.table.columns.map((_column, index) => `c${index}`).join(", ");
  if (changes === undefined)
    return loaded === undefined ? nothing(target) : `select ${values} from (${loaded.sql}) loaded`;
  const last = cleanup.use(await lastChanges(run, { engine, target, changes }));
  const columns = numberedColumns(target);
  const rows = readDataFilesSql({ files: last.files, columns });
  if (loaded === undefined) return rows;
  const keys = target.key?.map((key) => must(columns[target.table.columns.findIndex(({ name }) => name === key)], key));
  const changed = keys && last.keys?.(keys);
  const equal = (keys ?? []).map(({ name }) => `loaded.${name} = changed.${name}`).join(" and ");
  const others = changed === undefined ? "" : ` anti join (${changed}) changed on ${equal}`;
  return `select ${values} from (${loaded.sql}) loaded${others} union all ${rows}`;
}

/** The columns of the source as the relations of files name them: `c0`, `c1` …. */
function numberedColumns(target: SyncTarget): readonly ReadColumn[] {
  return sourceColumns(target).columns.map((column, index) => ({ ...column, name: `c${index}` }));
}

function nothing({ table }: SyncTarget): string {
  const values = table.columns.map(({ lakeType }, index) => `null::${duckdbType(lakeType)} as c${index}`);
  return `select ${values.join(", ")} where false`;
}

/** Rows per row group; their width is not known here. */
const groupRows = 122_880;
const usualFileBytes = 128 * 1024 * 1024;

async function writeRows(
  run: CutRun,
  { engine, target, relation, loaded, changes }: StateParts & { readonly relation: string },
): Promise<readonly StagedFile[]> {
  const { follow, layout, location } = target;
  const drafts: LocatedDraft[] = [];
  try {
    const written = await copyDataFiles({
      engine,
      columns: target.table.columns.map((_column, index) => {
        const { id = 0, name = "", type = "string" } = follow.schema.fields[index] ?? {};
        return { fieldId: id, name, expression: `c${index}`, isFloat: isFloat(formatType(type)) };
      }),
      relation: `(${relation}) rows`,
      layout: layout.files,
      scratchDirectory: run.config.scratchDirectory,
      groupRows,
      fileBytes: layout.files.targetBytes ?? usualFileBytes,
      signal: run.signal,
      newFile: async () => {
        const draft = await run.newFile(location);
        drafts.push(draft);
        return draft;
      },
    });
    await publishAll(written);
    return written.map(stagedFile);
  } catch (failure) {
    await run.objects.delete(drafts.map((draft) => draft.location));
    run.signal.throwIfAborted();
    throw (await (loaded ?? changes)?.explain(failure)) ?? failure;
  }
}

/** Whether the full load has two rows with one key, as when parts of it were written again. */
async function hasDoubles(
  { objects, signal }: CutRun,
  { engine, target, files }: StateParts & { readonly files: readonly StagedFile[] },
): Promise<boolean> {
  const columns = keyColumns(target);
  if (columns === undefined || files.length === 0) return false;
  const read = await Promise.all(
    files.map(async ({ location }) => ({ location, path: await objects.localPath(location), deletes: [] })),
  );
  return hasKeyTwice(engine, { relation: readDataFilesSql({ files: read, columns }), columns, signal });
}

/** More files than any table has. */
const afterLoads = 1_000_000_000;

/** The rows of the full load as the first changes. */
function oneAfterTheOther(loaded: FileRows, changes: FileRows | undefined): FileRows {
  if (changes === undefined) return loaded;
  const isOfLoad = (file: number): boolean => file < afterLoads;
  const later = `select replaced.op, (replaced.file + ${afterLoads})::integer as file, replaced.row, replaced.* exclude (op, file, row) from (${changes.sql}) replaced`;
  return {
    sql: `${loaded.sql} union all ${later}`,
    placeOf: (file, row) => (isOfLoad(file) ? loaded.placeOf(file, row) : changes.placeOf(file - afterLoads, row)),
    explain: async (failure) => changes.explain(await loaded.explain(failure)),
  };
}
