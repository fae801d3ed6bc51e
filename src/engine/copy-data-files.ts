/**
 * Writes the rows of a relation as data files of the lake, one per partition or several of about one size. The files
 * are Parquet; their columns have names and Iceberg field ids, and the statistics needed for manifest entries are
 * returned.
 */
import { randomBytes } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { quoteName, quoteText } from "./duckdb-type.ts";
import { moveFile } from "../base/move-file.ts";
import { must } from "../base/must.ts";
import { sumOf } from "../base/sum.ts";
import type { Engine, EngineRow } from "./engine.ts";
import { HeadgateError } from "../errors.ts";
import type { FileLayout, LayoutColumn } from "./file-layout.ts";

export interface FileColumn {
  readonly name: string;
  readonly fieldId: number;
  /** A SQL expression over the relation. */
  readonly expression: string;
  /** Whether the values are of type float or double. */
  readonly isFloat?: boolean | undefined;
  readonly isVariant?: boolean | undefined;
  /** The fields of a struct, the `element` of a list, or the `key` and `value` of a map. Parts have no statistics. */
  readonly parts?: readonly FilePart[] | undefined;
}

/** A part of a column, under the name it has in the relation's type. */
export interface FilePart {
  readonly name: string;
  readonly fieldId: number;
  readonly parts?: readonly FilePart[] | undefined;
}

export interface ColumnStatistics {
  readonly fieldId: number;
  readonly sizeBytes: number;
  /** Includes nulls and NaN. */
  readonly valueCount: number;
  readonly nullCount: number;
  /** Absent for types that have no NaN. */
  readonly hasNan?: boolean | undefined;
  /** The value in DuckDB's text form, or `x y` for a geometry. Absent if unknown (long texts, no values). */
  readonly lower?: string | undefined;
  readonly upper?: string | undefined;
}

export interface CopiedFile {
  readonly rowCount: number;
  readonly sizeBytes: number;
  readonly columns: readonly ColumnStatistics[];
  /** One value for each partition column of the layout, as text. */
  readonly partition: readonly (string | null)[];
  /** Whether the rows are in the layout's order. */
  readonly isSorted: boolean;
}

/** A file in progress: it is written to a local path and then published or discarded. */
export interface FileDraft {
  readonly path: string;
  publish(): Promise<void>;
  discard(): Promise<void>;
}

export interface WrittenFile<Draft extends FileDraft> {
  readonly draft: Draft;
  readonly file: CopiedFile;
}

export interface CopyDataFiles<Draft extends FileDraft> {
  readonly engine: Engine;
  readonly columns: readonly FileColumn[];
  /** A relation as it may follow `from` in SQL. */
  readonly relation: string;
  readonly layout: FileLayout;
  /** Directory for files that do not have their final path yet. */
  readonly scratchDirectory: string;
  /** Rows per row group. One thread holds a whole row group in memory. */
  readonly groupRows: number;
  /**
   * Approximate target file size in bytes; a partition becomes as many files as it needs. Undefined for one file per
   * partition.
   */
  readonly fileBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Limits the copy to the partitions in this share, by the hash of their values. */
  readonly share?: Share;
  newFile(): Promise<Draft>;
}

type Share = { readonly number: number; readonly of: number } | undefined;

/**
 * Returns the drafts, which the caller must publish; there are none if the relation has no rows.
 * Throws DISK_FULL, SQL_FAILED when a value does not fit its type, SQL_OUT_OF_MEMORY, ENGINE_LOST.
 */
export async function copyDataFiles<Draft extends FileDraft>(
  request: CopyDataFiles<Draft>,
): Promise<readonly WrittenFile<Draft>[]> {
  const written: WrittenFile<Draft>[] = [];
  try {
    for (const part of await apartFromAbsent(request)) written.push(...(await copyPart(part)));
    return written;
  } catch (failure) {
    await discardAll(written);
    throw failure;
  }
}

/**
 * Where a row has no variant, DuckDB 1.5.5 writes the variant null, which other readers treat as a value. So rows
 * without a variant go into separate files that do not have the column.
 */
async function apartFromAbsent<Draft extends FileDraft>(
  request: CopyDataFiles<Draft>,
): Promise<readonly CopyDataFiles<Draft>[]> {
  const { engine, columns, relation, signal } = request;
  const variants = columns.filter(({ isVariant }) => isVariant === true);
  if (variants.length === 0) return [request];
  const absent = variants.map(({ expression }) => `${expression} is null`);
  const { rows } = await engine.run(`select distinct ${absent.join(", ")} from ${relation}`, { signal });
  return rows.map((isAbsent) => ({
    ...request,
    columns: columns.filter((column) => isAbsent[variants.indexOf(column)] !== true),
    relation: `(from ${relation} where ${absent.map((one, index) => `(${one}) = ${isAbsent[index] === true}`).join(" and ")}) present`,
  }));
}

async function copyPart<Draft extends FileDraft>(
  request: CopyDataFiles<Draft>,
): Promise<readonly WrittenFile<Draft>[]> {
  const { layout, fileBytes } = request;
  const partition = fileBytes === undefined ? undefined : await onlyPartition(request);
  if (partition !== undefined)
    return copyToFolder({ ...request, layout: { ...layout, partitions: [] } }, () => partition);
  if (layout.partitions.length === 0) return copyWhole(request);
  return copyPartitions({ ...request, fileBytes: undefined });
}

/**
 * The engine holds a block of 256 KB for every partition that it writes at once (DuckDB 1.5.5), however few rows it
 * has.
 */
const mostPartitionsAtOnce = 200;

/** Writes one share of the partitions after the other if there are too many for the engine's memory. */
async function copyPartitions<Draft extends FileDraft>(
  request: CopyDataFiles<Draft>,
): Promise<readonly WrittenFile<Draft>[]> {
  const { count, areLong } = await countPartitions(request);
  const longTexts = areLong ? await readLongTexts(request) : new Map<string, string>();
  const partition = (row: EngineRow): Partition => partitionOf(row, longTexts);
  const shares = Math.ceil(count / mostPartitionsAtOnce);
  if (shares <= 1) return copyToFolder(request, partition);
  const written: WrittenFile<Draft>[] = [];
  try {
    for (let number = 0; number < shares; number++)
      written.push(...(await copyToFolder({ ...request, share: { number, of: shares } }, partition)));
    return written;
  } catch (failure) {
    await discardAll(written);
    throw failure;
  }
}

interface PartitionCount {
  readonly count: number;
  readonly areLong: boolean;
}

async function countPartitions(request: CopyDataFiles<FileDraft>): Promise<PartitionCount> {
  const { engine, relation, layout, columns, signal } = request;
  const named = distinctNames(columns);
  const values = partitionTexts(named, layout);
  const isLong = values.map((text) => `strlen(${text}) > ${folderNameBytes}`).join(" or ");
  const { rows } = await engine.run(
    `select count(*), coalesce(bool_or(is_long), false) from (
      select distinct ${values.join(", ")}, ${isLong} as is_long from (select ${columnList(named)} from ${relation}) rows
    ) found`,
    { signal },
  );
  return { count: Number(rows[0]?.[0]), areLong: rows[0]?.[1] === true };
}

/** The texts that are too long for the name of a folder, by the digests that stand for them there. */
async function readLongTexts(request: CopyDataFiles<FileDraft>): Promise<ReadonlyMap<string, string>> {
  const { engine, relation, layout, columns, signal } = request;
  const named = distinctNames(columns);
  const texts = partitionTexts(named, layout).join(", ");
  const { rows } = await engine.run(
    `select distinct sha256(text), text from (
      select unnest([${texts}]) as text from (select ${columnList(named)} from ${relation}) rows
    ) texts where strlen(text) > ${folderNameBytes}`,
    { signal },
  );
  return new Map(rows.map(([digest, text]) => [String(digest), String(text)]));
}

function partitionTexts(named: readonly NamedColumn[], { partitions }: FileLayout): readonly string[] {
  return partitions.map((column) => `(${columnOf(named, column)})::varchar`);
}

type Partition = CopiedFile["partition"];

/** Returns undefined if the rows belong to several partitions, or if there are no rows. */
async function onlyPartition(request: CopyDataFiles<FileDraft>): Promise<Partition | undefined> {
  const { engine, relation, layout, signal } = request;
  if (layout.partitions.length === 0) return [];
  const named = distinctNames(request.columns);
  const values = partitionTexts(named, layout);
  const { rows } = await engine.run(
    `select distinct ${values.join(", ")} from (select ${columnList(named)} from ${relation}) rows limit 2`,
    { signal },
  );
  const [only, second] = rows;
  return second === undefined ? (only as Partition | undefined) : undefined;
}

function partitionOf([, , , , , partitionKeys]: EngineRow, longTexts: ReadonlyMap<string, string>): Partition {
  const keys = (partitionKeys ?? []) as unknown as readonly { readonly value: string | null }[];
  return keys.map(({ value }) => {
    if (value === null) return null;
    const text = value.slice(1);
    return value.startsWith("d") ? must(longTexts.get(text), "a text that was read before") : text;
  });
}

/**
 * The engine makes folders from the values. With a letter in front, no text is mistaken for null or for another folder.
 * A file system takes names of 255 bytes, and the engine writes some bytes as three, so a digest stands for a long
 * text.
 */
function folderName(text: string): string {
  return `case when strlen(${text}) > ${folderNameBytes} then 'd' || sha256(${text}) else 'v' || ${text} end`;
}

const folderNameBytes = 64;

/**
 * Throws if a draft cannot be published. Files published before that remain, but no snapshot lists them, and a sweep
 * finds them by their run.
 */
export async function publishAll<Draft extends FileDraft>(files: readonly WrittenFile<Draft>[]): Promise<void> {
  try {
    for (const { draft } of files) await draft.publish();
  } catch (failure) {
    await discardAll(files);
    throw failure;
  }
}

async function discardAll(files: readonly WrittenFile<FileDraft>[]): Promise<void> {
  for (const { draft } of files) await draft.discard();
}

async function copyWhole<Draft extends FileDraft>(
  request: CopyDataFiles<Draft>,
): Promise<readonly WrittenFile<Draft>[]> {
  const draft = await request.newFile();
  try {
    const named = distinctNames(request.columns);
    const [row] = await copy(request, { named, path: draft.path });
    const file = await copiedFile(row ?? [], { named, path: draft.path, partition: [] });
    const isSorted = request.layout.sort.length > 0;
    if (file.rowCount > 0) return [{ draft, file: { ...file, isSorted } }];
    await draft.discard();
    return [];
  } catch (failure) {
    await draft.discard();
    throw failure;
  }
}

/** The engine chooses names for the files in a folder; each file is then moved to a draft of its own. */
async function copyToFolder<Draft extends FileDraft>(
  request: CopyDataFiles<Draft>,
  partition: (row: EngineRow) => Partition,
): Promise<readonly WrittenFile<Draft>[]> {
  const path = join(request.scratchDirectory, `files-${randomBytes(8).toString("hex")}`);
  const written: WrittenFile<Draft>[] = [];
  try {
    const named = distinctNames(request.columns);
    const rows = await copy(request, { named, path });
    const isSorted = keepsOrder(request, sumOf(rows, countOf));
    for (const row of rows) {
      const made = String(row[0]);
      const file = await copiedFile(row, { named, path: made, partition: partition(row) });
      if (file.rowCount === 0) continue;
      const draft = await request.newFile();
      written.push({ draft, file: { ...file, isSorted } });
      await moveFile(made, draft.path);
    }
    return written;
  } catch (failure) {
    await discardAll(written);
    throw failure;
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

/**
 * DuckDB 1.5.5 writes partitions each time it holds this many rows, and later rows do not always end up behind earlier
 * ones.
 */
const flushedRows = 524_288;

function keepsOrder({ layout }: CopyDataFiles<FileDraft>, rows: number): boolean {
  return layout.sort.length > 0 && (layout.partitions.length === 0 || rows <= flushedRows);
}

interface Copying {
  readonly named: readonly NamedColumn[];
  readonly path: string;
}

/**
 * When DuckDB 1.5.5 looks up values in a dictionary, it confuses −0 with 0, so files that contain −0 are written
 * without dictionaries. They are rare: the first attempt stops at the first −0.
 */
async function copy(request: CopyDataFiles<FileDraft>, { named, path }: Copying): Promise<readonly EngineRow[]> {
  try {
    return await copyOnce(request, { named: named.map(withoutNegativeZero), path, share: dictionaryShare });
  } catch (failure) {
    if (!isNegativeZero(failure)) throw failure;
    await rm(path, { recursive: true, force: true });
    return copyOnce(request, { named, path, share: 0 });
  }
}

const negativeZero = "negative zero in a column of floats";

function withoutNegativeZero(column: NamedColumn): NamedColumn {
  const { isFloat, expression } = column;
  if (isFloat !== true) return column;
  const checked = `case when ${expression} = 0 and signbit(${expression}) then error(${quoteText(negativeZero)}) else ${expression} end`;
  return { ...column, expression: checked };
}

function isNegativeZero(failure: unknown): boolean {
  return failure instanceof HeadgateError && failure.quoted?.includes(negativeZero) === true;
}

interface CopyingOnce extends Copying {
  /** See `dictionaryShare`. */
  readonly share: number;
}

async function copyOnce(
  request: CopyDataFiles<FileDraft>,
  { named, path, share }: CopyingOnce,
): Promise<readonly EngineRow[]> {
  const { engine, relation, layout, groupRows, fileBytes, signal } = request;
  const ids = named.map((column) => fieldIdSql({ ...column, name: column.fileName })).join(", ");
  const rows = laidOut(`select ${columnList(named)} from ${relation}`, {
    named,
    layout,
    isSplit: fileBytes !== undefined,
    share: request.share,
  });
  const level = layout.compression === "zstd" ? `, compression_level ${compressionLevel}` : "";
  const { rows: files } = await engine.run(
    `copy (${rows.sql}) to ${quoteText(path)} (
    format parquet, geoparquet_version 'NONE', compression ${layout.compression}${level}, row_group_size ${groupRows},
    row_group_size_bytes ${rowGroupBytes}, dictionary_size_limit ${Math.ceil(groupRows * share)}, field_ids {${ids}}, return_stats
    ${fileBytes === undefined ? "" : `, file_size_bytes ${fileBytes}`}
    ${rows.partitions.length === 0 ? "" : `, partition_by (${rows.partitions.join(", ")})`})`,
    { signal },
  );
  return files;
}

function columnList(named: readonly NamedColumn[]): string {
  return named.map(({ expression, fileName }) => `${expression} as ${quoteName(fileName)}`).join(",\n  ");
}

function columnOf(named: readonly NamedColumn[], { fieldId, sql }: LayoutColumn): string {
  return sql(quoteName(must(named.find((column) => column.fieldId === fieldId)?.fileName, "a column of the layout")));
}

function fieldIdSql({ name, fieldId, parts = [] }: FilePart): string {
  const ids =
    parts.length === 0 ? fieldId : `{${[`__duckdb_field_id: ${fieldId}`, ...parts.map(fieldIdSql)].join(", ")}}`;
  return `${quoteName(name)}: ${ids}`;
}

/** The rows in the layout's order, with its partition columns. */
function laidOut(
  rows: string,
  {
    named,
    layout,
    isSplit,
    share,
  }: { named: readonly NamedColumn[]; layout: FileLayout; isSplit: boolean; share: Share },
): { readonly sql: string; readonly partitions: readonly string[] } {
  const { partitions, sort } = layout;
  if (partitions.length + sort.length === 0) return { sql: rows, partitions: [] };
  let prefix = "partition_";
  while (named.some(({ fileName }) => fileName.toLowerCase().startsWith(prefix))) prefix = `_${prefix}`;
  const names = partitions.map((_, index) => quoteName(`${prefix}${index}`));
  const texts = partitionTexts(named, layout);
  const added = texts.map((text, index) => `, ${folderName(text)} as ${names[index]}`).join("");
  const within = share === undefined ? "" : ` where hash(${texts.join(", ")}) % ${share.of} = ${share.number}`;
  const orders = sort.map((column) => `${columnOf(named, column)} ${column.direction} nulls ${column.nulls}`);
  const sql = `select laid_out.*${added} from (${rows}) laid_out${within} order by ${[...names, ...orders].join(", ")}`;
  const isOrderedApart = isSplit || (names.length > 0 && orders.length > 0);
  return { sql: isOrderedApart ? inTurn(sql, `${prefix}row`) : sql, partitions: names };
}

/**
 * Rows that are numbered are written one after the other. Otherwise DuckDB 1.5.5 lets threads alternate between files,
 * even with an order.
 */
function inTurn(rows: string, count: string): string {
  const counted = `select ordered.*, row_number() over () as ${quoteName(count)} from (${rows}) ordered`;
  return `select counted.* exclude (${quoteName(count)}) from (${counted}) counted where ${quoteName(count)} > 0`;
}

/** Ends a row group early when a few rows have many bytes, because the engine counts rows by the thousand. */
const rowGroupBytes = 32 * 1024 * 1024;
/**
 * The fastest level: the files are a twentieth larger than with the usual level, for a fifth less work
 * (bench/full-load).
 */
const compressionLevel = 1;
/**
 * A column with more distinct values than this share of the row group's rows is written without a dictionary, because
 * looking for repeated values would cost more than it saves.
 */
const dictionaryShare = 1 / 16;

interface NamedColumn extends FileColumn {
  readonly fileName: string;
}

/** DuckDB does not tell apart names that differ only by case. Readers use field ids, so a suffix does no harm. */
function distinctNames(columns: readonly FileColumn[]): readonly NamedColumn[] {
  const taken = new Set<string>();
  return columns.map((column) => {
    const fileName =
      taken.has(column.name.toLowerCase()) || column.name === "" ? `${column.name}_${column.fieldId}` : column.name;
    taken.add(fileName.toLowerCase());
    return { ...column, fileName };
  });
}

function countOf([, count]: EngineRow): number {
  return Number(count ?? 0);
}

interface StatisticEntry {
  readonly key: string;
  readonly value: readonly { readonly key: string; readonly value: string }[];
}

async function copiedFile(
  row: EngineRow,
  { named, path, partition }: Copying & Pick<CopiedFile, "partition">,
): Promise<Omit<CopiedFile, "isSorted">> {
  const [, , , , columnStatistics] = row;
  const byName = new Map(
    (columnStatistics as unknown as StatisticEntry[]).map(({ key, value }) => [
      key,
      new Map(value.map((entry) => [entry.key, entry.value])),
    ]),
  );
  const { size } = await stat(path);
  return {
    rowCount: countOf(row),
    sizeBytes: size,
    columns: named.flatMap(({ fieldId, fileName }) => {
      const known = byName.get(quoteName(fileName));
      return known === undefined ? [] : [columnStatistic(fieldId, known)];
    }),
    partition,
  };
}

function columnStatistic(fieldId: number, known: ReadonlyMap<string, string>): ColumnStatistics {
  const nan = known.get("has_nan");
  return {
    fieldId,
    sizeBytes: Number(known.get("column_size_bytes") ?? 0),
    valueCount: Number(known.get("num_values") ?? 0),
    nullCount: Number(known.get("null_count") ?? 0),
    hasNan: nan === undefined ? undefined : nan === "true",
    lower: known.get("min") ?? corner(known, "min"),
    upper: known.get("max") ?? corner(known, "max"),
  };
}

/** One corner of the bounding box of geometries. */
function corner(known: ReadonlyMap<string, string>, side: "min" | "max"): string | undefined {
  const [x, y] = [known.get(`bbox_x${side}`), known.get(`bbox_y${side}`)];
  return x === undefined || y === undefined ? undefined : `${x} ${y}`;
}
