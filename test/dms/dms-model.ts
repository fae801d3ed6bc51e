/**
 * Says what must be in the lake: applies what DMS files say, one row after the other, as somebody would do it by hand.
 * It shares no code with the product, and it reads no bytes.
 */
import type { DmsFile } from "./dms-task.ts";
import type { Cell, Cells } from "./dms-table.ts";
import type { DmsRow } from "./write-dms-file.ts";

export interface DmsModel {
  /**
   * Looks at the files as they are now. Files of a new full load replace a table's rows; then files of changes that
   * were not read before are applied in the order of their names, without those from before that full load. A table
   * whose last file is gone stays as it is until it is loaded again; it is named in the answer.
   */
  read(files: readonly DmsFile[], isMeant?: (table: string) => boolean): ReadonlySet<string>;
  /** The next read applies the files of changes after this one again; a table without a key is read whole. */
  readAgain(table: string, after: string): void;
  /** The next read loads the table again. */
  loadAgain(table: string): void;
  /** The files of changes that the table's rows come from, by name. */
  readFiles(table: string): readonly string[];
  /** The values of each row in the order of `columns`; absent values are null. */
  rows(table: string, columns: readonly string[]): readonly (readonly Cell[])[];
  columns(table: string): readonly string[];
}

interface ModelTable {
  /** By key; rows of a table without a key are counted through. */
  rows: Map<string, Cells>;
  readonly columns: Set<string>;
  /** Files of the full load, with their versions; undefined before the first read. */
  loaded: string | undefined;
  /** Files of changes up to this version are older than the full load. */
  loadedAfter: number;
  /** Names of files of changes that were applied. */
  readonly read: Set<string>;
  count: number;
}

/** `keys`: by table, the columns of its key; undefined for a table without one. */
export function openDmsModel(keys: Readonly<Record<string, readonly string[] | undefined>>): DmsModel {
  const tables = new Map<string, ModelTable>();

  function tableOf(name: string): ModelTable {
    const known = tables.get(name) ?? emptyTable();
    tables.set(name, known);
    return known;
  }
  function apply(table: ModelTable, { op, cells, table: name }: DmsRow): void {
    for (const column of cells.keys()) table.columns.add(column);
    const key = keys[name];
    const id = key === undefined ? String(table.count++) : JSON.stringify(key.map((column) => cells.get(column)));
    if (op === "D") table.rows.delete(id);
    else table.rows.set(id, cells);
  }
  function load(table: ModelTable, files: readonly DmsFile[]): void {
    const loads = files.filter(({ stage }) => stage === "load").toSorted((left, right) => left.version - right.version);
    const found = loads.map(({ path, version }) => `${path} ${version}`).join("\n");
    if (found === table.loaded || (table.loaded !== undefined && loads.length === 0)) return;
    const isReload = table.loaded !== undefined && table.loaded !== "again";
    if (isReload) table.loadedAfter = (loads[0]?.version ?? 1) - 1;
    table.loaded = found;
    table.rows = new Map();
    table.read.clear();
    for (const row of loads.flatMap(({ rows }) => rows)) apply(table, row);
  }
  function follow(name: string, files: readonly DmsFile[]): void {
    const table = tableOf(name);
    for (const { path, rows, version } of inOrder(files)) {
      if (table.read.has(path) || version <= table.loadedAfter) continue;
      table.read.add(path);
      for (const row of rows) if (row.table === name) apply(table, row);
    }
  }
  return {
    read(files, isMeant = () => true) {
      const names = new Set([...tables.keys(), ...files.flatMap(({ rows }) => rows.map(({ table }) => table))]);
      const stopped = new Set<string>();
      for (const name of [...names].filter(isMeant)) {
        const own = files.filter(({ rows }) => rows.some(({ table }) => table === name));
        if (isGone(tableOf(name), own)) stopped.add(name);
        else {
          load(tableOf(name), own);
          follow(name, own);
        }
      }
      return stopped;
    },
    readAgain(name, after) {
      const table = tableOf(name);
      if (keys[name] === undefined) table.loaded = "again";
      else for (const path of table.read) if (fileName(path) > fileName(after)) table.read.delete(path);
    },
    loadAgain(name) {
      tableOf(name).loaded = "again";
    },
    readFiles: (name) => [...tableOf(name).read].map(fileName),
    rows: (name, columns) =>
      [...tableOf(name).rows.values()].map((cells) => columns.map((column) => cells.get(column) ?? null)),
    columns: (name) => [...tableOf(name).columns],
  };
}

function emptyTable(): ModelTable {
  return { rows: new Map(), columns: new Set(), loaded: undefined, loadedAfter: 0, read: new Set(), count: 0 };
}

/** Whether the last file that was read is gone, and there is no new full load. */
function isGone({ loaded, read, loadedAfter }: ModelTable, own: readonly DmsFile[]): boolean {
  if (loaded === undefined) return false;
  const loads = own.filter(({ stage }) => stage === "load");
  const isNew = loads.some(({ path, version }) => !loaded.split("\n").includes(`${path} ${version}`));
  if (isNew && loaded !== "again") return false;
  const last = [...read].toSorted((left, right) => (fileName(left) < fileName(right) ? -1 : 1)).at(-1);
  if (last !== undefined) return !own.some(({ path }) => path === last);
  return loads.length === 0 && (loaded !== "" || loadedAfter > 0);
}

/** Files of changes in the order in which they are applied: by the time in their names, whatever folder they are in. */
function inOrder(files: readonly DmsFile[]): readonly DmsFile[] {
  return files
    .filter(({ stage }) => stage === "changes")
    .toSorted((left, right) => (timeOf(left.path) < timeOf(right.path) ? -1 : 1));
}

function timeOf(path: string): string {
  return fileName(path).replaceAll(/\D/g, "");
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
