/**
 * A DMS task that writes a few tables into a directory, as it would into a bucket: full loads, files of changes, and
 * what it does with files when tables are truncated or loaded again. It knows what each of its files says (`DmsFile`),
 * so that a model can apply them without parsing. Its clock is its own.
 */
import { mkdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../soak/random.ts";
import { dateFolder, isWritten, type DmsSettings, type Stage } from "./dms-settings.ts";
import { openDmsTable, type Cells, type Change, type DmsColumn, type DmsTable, type KeyKind } from "./dms-table.ts";
import { dmsFile, readable, transactionFile, type DmsRow } from "./write-dms-file.ts";

export interface DmsFile {
  /** Below the task's folder. */
  readonly path: string;
  readonly stage: Stage;
  /** A file that is written over has a higher one. */
  readonly version: number;
  /** In the order of the file, with the values that a reader can see. */
  readonly rows: readonly DmsRow[];
}

interface TaskParts {
  readonly folder: string;
  readonly settings: DmsSettings;
  readonly random: Random;
  /** By name, with the kind of key. */
  readonly tables: Readonly<Record<string, KeyKind>>;
  readonly schema?: string;
  /** Somebody gives the names and types of columns that files do not name. */
  readonly isGiven?: boolean;
  /** Tables without a full load, which occur only in files of whole transactions. */
  readonly withoutFolder?: ReadonlySet<string>;
}

export interface DmsTask {
  readonly settings: DmsSettings;
  readonly isGiven: boolean;
  readonly withoutFolder: ReadonlySet<string>;
  readonly tables: readonly DmsTable[];
  /** All files that are there now. */
  files(): readonly DmsFile[];
  /** Whether new columns can be told: without a header, nobody could name them. */
  readonly canAddColumns: boolean;
  /** Rows from before the task began, which only a full load has. */
  fill(table: DmsTable, count: number): void;
  /** Random changes that no file has yet. */
  change(count: number, of?: DmsTable): void;
  /**
   * Writes the table's rows as full-load files, in place of earlier ones. With `overlap`, so many changes are in these
   * files and in the changes that follow.
   */
  load(table: DmsTable, options?: { readonly overlap?: number }): Promise<void>;
  /** Writes the changes since the last call. */
  flush(): Promise<void>;
  /** Keeps files of the changes since the last call back, under their names, so that they arrive late. */
  withhold(): Promise<void>;
  /** Lets the files arrive that were kept back. Returns whether there were any. */
  deliver(): Promise<boolean>;
  /** A lifecycle rule of the bucket removes files. */
  lose(paths: readonly string[]): Promise<void>;
  /** The bucket is copied in place: its files are the same, and their times are new. */
  copy(): Promise<void>;
  addColumn(table: DmsTable): Promise<void>;
  /** As DMS does by default: all files of the table go. */
  truncate(table: DmsTable): Promise<void>;
}

/** Times of files are this exact; a full load has none in common with files of changes. */
const clockTickMs = 20;

interface Withheld {
  readonly path: string;
  readonly content: Buffer;
  readonly about: Omit<DmsFile, "path" | "version">;
}

interface Pending extends Change {
  readonly table: DmsTable;
  readonly columns: readonly DmsColumn[];
  readonly time: Date;
}

export function openDmsTask({
  folder,
  settings,
  random,
  tables,
  schema = "shop",
  isGiven = false,
  withoutFolder = new Set(),
}: TaskParts): DmsTask {
  let withheld: Withheld[] | undefined;
  const late: Withheld[] = [];
  const files = new Map<string, DmsFile>();
  const opened = Object.entries(tables).map(([name, key]) =>
    openDmsTable({ random, schema, name, key, anyText: settings.rfc4180, nulls: ["", "NULL"] }),
  );
  let now = Date.UTC(2024, 0, 30, 21, 0, 0, 123);
  let version = 0;
  let pending: Pending[] = [];

  function later(): Date {
    now += 1 + random.below(3 * 3_600_000);
    return new Date(now);
  }
  async function put(path: string, content: Buffer, about: Withheld["about"]): Promise<void> {
    if (withheld !== undefined) return void withheld.push({ path, content, about });
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    // An object of a bucket appears whole.
    const draft = `${folder}.draft`;
    await writeFile(draft, content);
    await rename(draft, target);
    files.set(path, { ...about, path, version: ++version });
  }
  async function removeFiles(table: DmsTable, isMeant: (file: DmsFile) => boolean): Promise<void> {
    const below = `${table.schema}/${table.name}/`;
    for (const file of [...files.values()].filter(({ path }) => path.startsWith(below)).filter(isMeant)) {
      await rm(join(folder, file.path));
      files.delete(file.path);
    }
  }
  function rowOf({ table, columns, time, op, cells }: Pending): DmsRow {
    const seen = [...cells].map(([name, cell]) => [name, readable(settings, cell)] as const);
    return { op, cells: new Map(seen), columns, schema: table.schema, table: table.name, time: timeText(time) };
  }
  function note(table: DmsTable, change: Change | undefined, time: Date): void {
    if (change === undefined || !isWritten(settings, change.op)) return;
    pending.push({ ...change, table, columns: table.columns, time });
  }
  function changeOne(table: DmsTable, time: Date): void {
    const what = random.pick(["insert", "insert", "update", "update", "remove"] as const);
    note(table, table.key === undefined ? table.insert() : table[what](), time);
  }
  async function loadPart(table: DmsTable, prefix: string, rows: readonly Cells[]): Promise<void> {
    const time = later();
    const about = { settings, stage: "load", columns: table.columns } as const;
    for (let at = 0, number = 1; at < rows.length; at += settings.rowsPerFile, number++) {
      const some = rows.slice(at, at + settings.rowsPerFile);
      const seen = some.map((cells) => rowOf({ op: "I", cells, table, columns: table.columns, time }));
      const counter = number.toString(16).toUpperCase().padStart(8, "0");
      const path = `${table.schema}/${table.name}/${prefix}LOAD${counter}${extension(settings)}`;
      const written = seen.map((row, index) => ({ ...row, cells: some[index] ?? row.cells }));
      await put(path, await dmsFile({ ...about, rows: written }), { stage: "load", rows: seen });
    }
  }
  async function writeChanges(some: readonly Pending[], path: string, isTogether: boolean): Promise<void> {
    const written = some.map((change) => ({ ...rowOf(change), cells: change.cells }));
    const columns = some[0]?.columns ?? [];
    const bytes = isTogether
      ? transactionFile(settings, written)
      : await dmsFile({ settings, stage: "changes", columns, rows: written });
    await put(path, bytes, { stage: "changes", rows: some.map(rowOf) });
  }
  async function flush(): Promise<void> {
    const written = pending;
    pending = [];
    if (written.length === 0) return;
    const time = later();
    if (settings.preserveTransactionsIn !== undefined) {
      const name = `${settings.preserveTransactionsIn}/CDC_TXN-${digits(time).replace("-", "")}.csv`;
      return writeChanges(written, name + (settings.compressionType === "GZIP" ? ".gz" : ""), true);
    }
    for (const [table, some] of Map.groupBy(written, (change) => change.table)) {
      const { datePartition } = settings;
      const committed = some[0]?.time ?? time;
      const inside = datePartition === undefined ? "" : `${dateFolder(datePartition, committed)}/`;
      const name = `${table.schema}/${table.name}/${inside}${digits(time)}${extension(settings)}`;
      await writeChanges(some, name, false);
    }
  }
  async function deliver(): Promise<boolean> {
    const arriving = late.splice(0);
    for (const { path, content, about } of arriving) await put(path, content, about);
    return arriving.length > 0;
  }
  return {
    settings,
    isGiven,
    withoutFolder,
    tables: opened,
    files: () => [...files.values()],
    canAddColumns:
      settings.preserveTransactionsIn === undefined && (settings.dataFormat === "parquet" || settings.addColumnName),
    fill(table, count) {
      for (let row = 0; row < count; row++) table.insert();
    },
    change(count, of) {
      const time = later();
      for (let change = 0; change < count; change++) changeOne(of ?? random.pick(opened), time);
    },
    async load(table, { overlap = 0 } = {}) {
      await flush();
      await deliver();
      await removeFiles(table, ({ stage }) => stage === "load");
      await delay(clockTickMs);
      for (let change = 0; change < overlap; change++) changeOne(table, later());
      for (const [prefix, rows] of partsOf(settings, table.rows(), random)) await loadPart(table, prefix, rows);
      await delay(clockTickMs);
    },
    flush,
    async withhold() {
      withheld = late;
      await flush();
      withheld = undefined;
    },
    deliver,
    async lose(paths) {
      for (const path of paths) {
        await rm(join(folder, path));
        files.delete(path);
      }
    },
    async copy() {
      await delay(clockTickMs);
      const copied = new Date();
      for (const path of files.keys()) await utimes(join(folder, path), copied, copied);
      await delay(clockTickMs);
    },
    async addColumn(table) {
      await flush();
      table.addColumn();
    },
    async truncate(table) {
      await flush();
      await deliver();
      table.clear();
      await removeFiles(table, () => true);
    },
  };
}

/** Rows of a full load by what the names of their files begin with. */
function partsOf(
  { fullLoad }: DmsSettings,
  rows: readonly Cells[],
  random: Random,
): ReadonlyMap<string, readonly Cells[]> {
  const prefixes = {
    whole: [""],
    "segment names": ["SEGMENT1_", "SEGMENT2_", "SEGMENTZ_"],
    "segment folders": ["custom_segment1/", "custom_segment2/"],
    "partition folders": ["p2023/", "p2024/"],
  }[fullLoad];
  return Map.groupBy(rows, () => random.pick(prefixes));
}

function extension({ dataFormat, compressionType }: DmsSettings): string {
  if (dataFormat === "parquet") return ".parquet";
  return compressionType === "GZIP" ? ".csv.gz" : ".csv";
}

/** `20240131-101112123`. */
function digits(time: Date): string {
  return time
    .toISOString()
    .replaceAll(/[-:.Z]/g, "")
    .replace("T", "-");
}

/** `2024-01-31 10:11:12.123000`. */
function timeText(time: Date): string {
  return time.toISOString().replace("T", " ").replace("Z", "000");
}
