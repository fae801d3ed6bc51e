/**
 * The layout of the files that AWS DMS writes: which file belongs to which table, and in which order its files apply.
 * It knows names only and opens nothing.
 * Invariant: two change files are ordered by the time in their names, whatever folder a date partition puts them in.
 */
import type { TableName } from "../../sync/source.ts";
import type { ForeignFile } from "../../objects/foreign-files.ts";

export interface TableFiles {
  readonly name: TableName;
  /** Files of the full load, the oldest first: where two have one key, the row that was written later holds. */
  readonly loads: readonly ForeignFile[];
  /** Files of changes in the order in which they apply, those of whole transactions among them. */
  readonly changes: readonly ForeignFile[];
  /** A change file in a folder that is no date, which means that the address leads to the wrong folder. */
  readonly misplaced: ForeignFile | undefined;
}

export interface Layout {
  /** Sorted by schema and name. */
  readonly tables: readonly TableFiles[];
  /** Files with the transactions of all tables (`PreserveTransactions`), in order. */
  readonly transactions: readonly ForeignFile[];
}

const loadName = /^(?:SEGMENT[0-9A-Z]+_)?LOAD[0-9A-F]{8}\.(?:csv|parquet)(?:\.gz)?$/i;
const changeName = /^\d{8}-\d{9,10}\.(?:csv|parquet)(?:\.gz)?$/i;
const transactionsName = /^CDC_TXN-\d{17,18}\.csv(?:\.gz)?$/i;
/** Folders of every `DatePartitionSequence` and `DatePartitionDelimiter`: `2024/01/31/10`, `01-2024-31`, `202401`. */
const dateFolders = /^\d{2,10}(?:[/_-]\d{2,4})*$/;

export function isLoad(path: string): boolean {
  return loadName.test(baseName(path));
}

export function isTransactions(path: string): boolean {
  return transactionsName.test(baseName(path));
}

export function layoutOf(files: Iterable<ForeignFile>): Layout {
  const found = new Map<string, { loads: ForeignFile[]; changes: ForeignFile[]; misplaced?: ForeignFile }>();
  const transactions: ForeignFile[] = [];
  for (const file of files) {
    const [schema = "", table = "", ...rest] = file.path.split("/");
    const name = baseName(file.path);
    if (transactionsName.test(name)) transactions.push(file);
    if (rest.length === 0 || !(loadName.test(name) || changeName.test(name))) continue;
    const key = `${schema}/${table}`;
    const known = found.get(key) ?? { loads: [], changes: [] };
    found.set(key, known);
    if (loadName.test(name)) known.loads.push(file);
    else if (isDated(rest.slice(0, -1))) known.changes.push(file);
    else known.misplaced ??= file;
  }
  transactions.sort(byTime);
  const tables = [...found].map(([key, { loads, changes, misplaced }]): TableFiles => {
    const [schema = "", name = ""] = key.split("/");
    const inOrder = [...changes, ...transactions].sort(byTime);
    return { name: { schema, name }, loads: loads.sort(byWriting), changes: inOrder, misplaced };
  });
  return { tables: tables.sort(byName), transactions };
}

function isDated(folders: readonly string[]): boolean {
  return folders.length === 0 || dateFolders.test(folders.join("/"));
}

/** `sales/product/2024/01/20240131-101500123.csv` → `20240131-101500123.csv`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The time in the name of a change file as digits, which compare as texts. */
export function timeOf(path: string): string {
  const [stem = ""] = baseName(path).split(".");
  return stem.replaceAll(/\D/g, "");
}

function byTime(left: ForeignFile, right: ForeignFile): number {
  return compare(timeOf(left.path), timeOf(right.path)) || compare(left.path, right.path);
}

function byWriting(left: ForeignFile, right: ForeignFile): number {
  return left.modifiedAt.getTime() - right.modifiedAt.getTime() || compare(left.path, right.path);
}

function byName({ name: left }: TableFiles, { name: right }: TableFiles): number {
  return compare(left.schema, right.schema) || compare(left.name, right.name);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
