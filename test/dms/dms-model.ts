/**
 * Says what must be in the lake: applies what DMS files say, one row after the other, as somebody would do it by hand,
 * and says which tables stop. It shares no code with the product, and it reads no bytes.
 */
import type { DmsFile } from "./dms-task.ts";
import type { Cell, Cells } from "./dms-table.ts";
import type { DmsRow } from "./write-dms-file.ts";

export interface DmsModel {
  /**
   * Looks at the files as they are now. Files of a new full load replace a table's rows; then files of changes that
   * were not read before are applied in the order of their names, without those from before that full load. A table
   * whose files are gone stays as it is until it is loaded again, and so do tables that share transactions with it;
   * they are in the answer, with the code of the error.
   */
  read(files: readonly DmsFile[], isMeant?: (table: string) => boolean): ReadonlyMap<string, string>;
  /** The next read applies the files of changes after this one again; a table without a key is read whole. */
  readAgain(table: string, after: string): void;
  /** The next read loads the table again. If its files are gone, it begins anew with those that are there. */
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
  /** Files of the full load, each with its version; undefined before the first read. */
  loaded: readonly string[] | undefined;
  /** Files of changes up to this time are older than the full load. */
  loadedAfter: string;
  /** Paths of files of changes that were applied. */
  readonly read: Set<string>;
  /** Those of them that are applied again. */
  readonly repeated: Set<string>;
  /** The time of the last of them; empty if there is none. */
  last: string;
  /** Somebody wants it loaded again: if its files are gone, it begins anew. */
  again: boolean;
  /** Its changes are applied again, which takes all of its files where there is no key. */
  whole: boolean;
  count: number;
}

/** A table with the files that may be about it. */
interface Own {
  readonly name: string;
  readonly table: ModelTable;
  readonly loads: readonly DmsFile[];
  /** In the order of their times. */
  readonly changes: readonly DmsFile[];
}

const vanished = "SOURCE_FILES_VANISHED";
const held = "SOURCE_TRANSACTION_HELD";

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
  /** Begins with the full load, or with nothing. */
  function begin({ table, loads }: Own): void {
    table.rows = new Map();
    table.read.clear();
    table.repeated.clear();
    for (const row of loads.flatMap(({ rows }) => rows)) apply(table, row);
  }
  function bring(own: Own): void {
    const { table, loads, changes, name } = own;
    if (isReload(own)) table.loadedAfter = reloadedAfter(own);
    else if (isEmptied(own)) table.loadedAfter = isTogether(own) ? table.last : "";
    if (table.loaded === undefined || isReload(own) || needsAll(own)) begin(own);
    table.loaded = loads.map(versionOf);
    table.again = table.whole = false;
    for (const { path, rows } of changes) {
      const isRead = table.read.has(path) && !table.repeated.has(path);
      if (isRead || timeOf(path) <= table.loadedAfter) continue;
      table.read.add(path);
      for (const row of rows) if (row.table === name) apply(table, row);
    }
    table.repeated.clear();
    table.last = later(table.loadedAfter, ...[...table.read].map(timeOf));
  }
  return {
    read(files, isMeant = () => true) {
      const names = new Set([...tables.keys(), ...files.flatMap(({ rows }) => rows.map(({ table }) => table))]);
      const all = [...names].filter(isMeant).map((name) => ownFiles(files, { name, table: tableOf(name) }));
      const stopped = new Set(all.filter(isStopped));
      const waiting = sharing(all, stopped);
      for (const own of all) if (!stopped.has(own) && !waiting.has(own)) bring(own);
      const failed = [...stopped].map(({ name }) => [name, vanished] as const);
      return new Map([...failed, ...[...waiting].map(({ name }) => [name, held] as const)]);
    },
    readAgain(name, after) {
      const table = tableOf(name);
      if (keys[name] === undefined) table.whole = true;
      else for (const path of table.read) if (timeOf(path) > timeOf(after)) table.repeated.add(path);
    },
    loadAgain(name) {
      tableOf(name).again = true;
    },
    readFiles: (name) => [...tableOf(name).read].map(fileName),
    rows: (name, columns) =>
      [...tableOf(name).rows.values()].map((cells) => columns.map((column) => cells.get(column) ?? null)),
    columns: (name) => [...tableOf(name).columns],
  };
}

function emptyTable(): ModelTable {
  const [columns, read, repeated] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const nothing = { rows: new Map(), columns, read, repeated };
  return { ...nothing, loaded: undefined, loadedAfter: "", last: "", again: false, whole: false, count: 0 };
}

/** Files of whole transactions may be about every table. */
function ownFiles(files: readonly DmsFile[], { name, table }: Pick<Own, "name" | "table">): Own {
  const own = files.filter(({ path }) => isShared(path) || path.split("/")[1] === name);
  const loads = own.filter(({ stage }) => stage === "load").toSorted((left, right) => left.version - right.version);
  const changes = own.filter(({ stage }) => stage === "changes");
  return {
    name,
    table,
    loads,
    changes: changes.toSorted((left, right) => compare(timeOf(left.path), timeOf(right.path))),
  };
}

function isShared(path: string): boolean {
  return fileName(path).startsWith("CDC_TXN-");
}

function isTogether({ changes }: Own): boolean {
  return changes.some(({ path }) => isShared(path));
}

function versionOf({ path, version }: DmsFile): string {
  return `${path} ${version}`;
}

function isReload({ table: { loaded }, loads }: Own): boolean {
  return loaded !== undefined && loads.some((file) => !loaded.includes(versionOf(file)));
}

/** Changes that were read, or were written before the new full load, are in it. */
function reloadedAfter({ table: { last, loaded = [] }, loads, changes }: Own): string {
  const begun = loads.find((file) => !loaded.includes(versionOf(file)))?.version ?? 0;
  return later(last, ...changes.filter(({ version }) => version < begun).map(({ path }) => timeOf(path)));
}

/** A truncated table, of which somebody has said that it begins anew with what is there. */
function isEmptied(own: Own): boolean {
  const { table, loads, changes } = own;
  if (!table.again || table.loaded === undefined || loads.length > 0) return false;
  if (isTogether(own)) return table.loaded.length > 0;
  return !changes.some(({ path }) => timeOf(path) > table.loadedAfter && timeOf(path) <= table.last);
}

/** A file that was not read, with a time before the last one that was. */
function isLate({ table, changes }: Own): boolean {
  return changes.some(({ path }) => {
    const time = timeOf(path);
    return time > table.loadedAfter && time < table.last && !table.read.has(path);
  });
}

function needsAll(own: Own): boolean {
  return own.table.again || own.table.whole || isLate(own);
}

function isStopped(own: Own): boolean {
  const { table, loads, changes } = own;
  if (table.loaded === undefined || isReload(own) || isEmptied(own)) return false;
  if (isTogether(own) && table.loaded.length > 0 && loads.length === 0) return true;
  const isThere = (path: string): boolean => changes.some((file) => file.path === path);
  const lost = [...table.read].filter((path) => !isThere(path));
  if (lost.some((path) => timeOf(path) === table.last)) return true;
  if (table.last === "" && loads.length === 0 && table.loaded.length > 0) return true;
  return needsAll(own) && (lost.length > 0 || loads.length < table.loaded.length);
}

/** Tables that share files of whole transactions with stopped ones, directly or through others. */
function sharing(all: readonly Own[], stopped: ReadonlySet<Own>): ReadonlySet<Own> {
  const found = new Set<Own>();
  let isMore = true;
  while (isMore) {
    const before = found.size;
    for (const own of all)
      if (!stopped.has(own) && [...stopped, ...found].some((other) => other !== own && areTogether(own, other)))
        found.add(own);
    isMore = found.size > before;
  }
  return found;
}

function areTogether(left: Own, right: Own): boolean {
  const others = new Set(unread(right));
  return unread(left).some((path) => others.has(path));
}

/** Files of whole transactions that have rows of the table and are not applied. */
function unread(own: Own): readonly string[] {
  const { table, changes, name } = own;
  const isWhole = needsAll(own);
  return changes
    .filter(({ path, rows }) => isShared(path) && rows.some((row) => row.table === name))
    .filter(({ path }) => isWhole || !table.read.has(path) || table.repeated.has(path))
    .filter(({ path }) => timeOf(path) > table.loadedAfter)
    .map(({ path }) => path);
}

function later(...times: readonly string[]): string {
  return times.toSorted(compare).at(-1) ?? "";
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function timeOf(path: string): string {
  return fileName(path).replaceAll(/\D/g, "");
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
