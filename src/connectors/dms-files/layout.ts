/**
 * The layout of the files that AWS DMS writes: which file belongs to which table, and in which order its files apply.
 * It knows names only and opens nothing.
 * Invariant: two change files are ordered by the time in their names, whatever folder a date partition puts them in.
 */
import type { TableName } from "../../sync/source.ts";
import type { ForeignFile } from "../../objects/foreign-files.ts";
import { isDated, isDateOfFile } from "./date-folders.ts";

export interface TableFiles {
  readonly name: TableName;
  /** False for a table that can only occur in files of whole transactions. */
  readonly hasFolder: boolean;
  /** Files of the full load, the oldest first: where two have one key, the row that was written later holds. */
  readonly loads: readonly ForeignFile[];
  /** Files of changes in the order in which they apply, those of whole transactions among them. */
  readonly changes: readonly ForeignFile[];
  /** A change file that is not where those of a table are, which means that the address leads to the wrong folder. */
  readonly misplaced: ForeignFile | undefined;
  /** A file of the full load is still being written, or was so a moment ago. */
  readonly isLoading: boolean;
}

export interface Layout {
  /** Sorted by schema and name. */
  readonly tables: readonly TableFiles[];
  /** Files with the transactions of all tables (`PreserveTransactions`), in order. */
  readonly transactions: readonly ForeignFile[];
}

/** Which files are not complete yet, as far as their names cannot tell. */
export interface Settling {
  /** Whether the file may still be growing, so that neither it nor a later file of changes can be read. */
  readonly isGrowing?: (file: ForeignFile) => boolean;
  /** A full load is complete once none of its files was written later. */
  readonly settledAt?: Date;
}

const loadName = /^(?:SEGMENT[0-9A-Z]+_)?LOAD[0-9A-F]{8}\.(?:csv|parquet)(?:\.gz)?$/i;
const changeName = /^\d{8}-\d{9,10}\.(?:csv|parquet)(?:\.gz)?$/i;
const transactionsName = /^CDC_TXN-\d{17,18}\.csv(?:\.gz)?$/i;

export function isLoad(path: string): boolean {
  return loadName.test(baseName(path));
}

export function isTransactions(path: string): boolean {
  return transactionsName.test(baseName(path));
}

/** The files of one folder in the folder of a schema. */
interface Found {
  readonly loads: ForeignFile[];
  readonly changes: ForeignFile[];
  misplaced?: ForeignFile | undefined;
}

export function layoutOf(files: Iterable<ForeignFile>, settling: Settling = {}): Layout {
  const found = new Map<string, Found>();
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
  const tables = [...found].map(([key, own]): TableFiles => {
    const [schema = "", name = ""] = key.split("/");
    own.misplaced ??= inDateOfSchema(name, own);
    return tableFiles({ schema, name }, { found: own, transactions, settling });
  });
  return { tables: tables.sort(byName), transactions: grown(transactions, settling) };
}

/** A change file, if all of them are in a date partition where the folder of a table should be. */
function inDateOfSchema(name: string, { loads, changes }: Found): ForeignFile | undefined {
  const areOfDate = changes.every(({ path }) => {
    const folders = path.split("/").slice(2, -1);
    return isDateOfFile([name, ...folders], baseName(path));
  });
  return loads.length === 0 && areOfDate ? changes[0] : undefined;
}

/** The files of a table that has no folder: those of whole transactions, whether or not they have rows of it. */
export function tableWithoutFolder(name: TableName, transactions: readonly ForeignFile[]): TableFiles {
  return { name, hasFolder: false, loads: [], changes: transactions, misplaced: undefined, isLoading: false };
}

function tableFiles(
  name: TableName,
  { found, transactions, settling }: { found: Found; transactions: readonly ForeignFile[]; settling: Settling },
): TableFiles {
  const { loads, changes, misplaced } = found;
  const { isGrowing = () => false, settledAt } = settling;
  return {
    name,
    hasFolder: true,
    loads: loads.filter((file) => !isGrowing(file)).sort(byWriting),
    changes: grown([...changes, ...transactions].sort(byTime), settling),
    misplaced,
    isLoading: loads.some((file) => isGrowing(file) || (settledAt !== undefined && file.modifiedAt > settledAt)),
  };
}

/** The files before the first one that may still be growing. */
function grown(changes: readonly ForeignFile[], { isGrowing = () => false }: Settling): readonly ForeignFile[] {
  const first = changes.findIndex(isGrowing);
  return first === -1 ? changes : changes.slice(0, first);
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

export function byName({ name: left }: TableFiles, { name: right }: TableFiles): number {
  return compare(left.schema, right.schema) || compare(left.name, right.name);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
