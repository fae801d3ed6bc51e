/**
 * Says what must be in the lake: applies what DMS files say, one row after the other, as somebody would do it by hand.
 * It shares no code with the product, and it reads no bytes.
 */
import type { DmsFile } from "./dms-task.ts";
import type { Cell, Cells } from "./dms-table.ts";
import type { DmsRow } from "./write-dms-file.ts";

export interface DmsModel {
  /**
   * Looks at the files as they are now. New full-load files replace a table's rows; then files of changes that were not
   * read before are applied in the order of their names. Files that are no longer there change nothing.
   */
  read(files: readonly DmsFile[], isMeant?: (table: string) => boolean): void;
  /** Applies the named table's files of changes again, beginning with the file after this one. */
  readAgain(table: string, after: string | undefined): void;
  /** The values of each row in the order of `columns`; absent values are null. */
  rows(table: string, columns: readonly string[]): readonly (readonly Cell[])[];
  columns(table: string): readonly string[];
}

interface ModelTable {
  /** By key; rows of a table without a key are counted through. */
  rows: Map<string, Cells>;
  readonly columns: Set<string>;
  /** The full-load files that its rows come from, with their versions. */
  loaded: string;
  /** Names of files of changes that were applied. */
  readonly read: Set<string>;
  count: number;
}

/** `keys`: by table, the columns of its key; undefined for a table without one. */
export function openDmsModel(keys: Readonly<Record<string, readonly string[] | undefined>>): DmsModel {
  const tables = new Map<string, ModelTable>();

  function tableOf(name: string): ModelTable {
    const known = tables.get(name);
    const table = known ?? { rows: new Map(), columns: new Set(), loaded: "", read: new Set(), count: 0 };
    tables.set(name, table);
    return table;
  }
  function apply(table: ModelTable, { op, cells, table: name }: DmsRow): void {
    for (const column of cells.keys()) table.columns.add(column);
    const key = keys[name];
    const id = key === undefined ? String(table.count++) : JSON.stringify(key.map((column) => cells.get(column)));
    if (op === "D") table.rows.delete(id);
    else table.rows.set(id, cells);
  }
  function load(name: string, files: readonly DmsFile[]): void {
    const table = tableOf(name);
    const loads = files.filter(({ stage, rows }) => stage === "load" && rows.some((row) => row.table === name));
    const found = loads.map(({ path, version }) => `${path} ${version}`).join("\n");
    if (loads.length === 0 || found === table.loaded) return;
    table.loaded = found;
    table.rows = new Map();
    for (const row of loads.flatMap(({ rows }) => rows)) apply(table, row);
  }
  function follow(name: string, files: readonly DmsFile[]): void {
    const table = tableOf(name);
    for (const { path, rows } of changesOf(name, files)) {
      if (table.read.has(path)) continue;
      table.read.add(path);
      for (const row of rows) if (row.table === name) apply(table, row);
    }
  }
  let last: readonly DmsFile[] = [];
  return {
    read(files, isMeant = () => true) {
      last = files;
      const names = new Set(files.flatMap(({ rows }) => rows.map(({ table }) => table)));
      for (const name of [...names].filter(isMeant)) {
        load(name, files);
        follow(name, files);
      }
    },
    readAgain(name, after) {
      const table = tableOf(name);
      const again = changesOf(name, last).filter(({ path }) => after === undefined || fileName(path) > after);
      for (const { path } of again) table.read.delete(path);
    },
    rows: (name, columns) =>
      [...tableOf(name).rows.values()].map((cells) => columns.map((column) => cells.get(column) ?? null)),
    columns: (name) => [...tableOf(name).columns],
  };
}

/** In the order in which they are applied: by the time in their names, whatever folder they are in. */
function changesOf(name: string, files: readonly DmsFile[]): readonly DmsFile[] {
  return files
    .filter(({ stage, rows }) => stage === "changes" && rows.some(({ table }) => table === name))
    .toSorted((left, right) => (fileName(left.path) < fileName(right.path) ? -1 : 1));
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
