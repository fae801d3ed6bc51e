/**
 * Describes a table: its columns follow from how its files are read, which is found once and kept. Later only the
 * newest unread file is looked at, for columns that came or went.
 * Invariant: a table without unread files is described without opening a file.
 */
import { HeadgateError } from "../../errors.ts";
import { mapLimit } from "../../base/limit.ts";
import { toHeadgateError } from "../../base/present-error.ts";
import type { DescribedTable, KnownTable, SourceColumn, SourceTable, TableName } from "../../sync/source.ts";
import type { ForeignFile } from "../../objects/foreign-files.ts";
import { isTransactions, type TableFiles } from "./layout.ts";
import { fileShape } from "./file-shape.ts";
import { columnNames, findReading, type Samples } from "./find-reading.ts";
import { loadState } from "./full-load.ts";
import { lookAt, type LookedAt, type Looking } from "./looked-at.ts";
import { ends } from "./ends.ts";
import { unreadFiles } from "./next-files.ts";
import { hadFullLoad, parsePosition, type FilesPosition } from "./position.ts";
import { formatReading, parseReading, withSetColumns, type KnownReading, type Reading } from "./reading.ts";
import { findSharedReading } from "./find-shared-reading.ts";
import { keptOp } from "./row-files.ts";
import { tableKey } from "./transaction-widths.ts";
import { lookAtTransactions } from "./transactions-file.ts";

interface DescribeParts {
  readonly name: TableName;
  /** Undefined if the listing has no file of the table. */
  readonly files: TableFiles | undefined;
  readonly known: KnownTable | undefined;
}

/** The failure becomes the table's obstacle, unless no table could be described. */
export async function describeTable(looking: Looking, { name, files, known }: DescribeParts): Promise<DescribedTable> {
  try {
    const reading = files === undefined ? rememberedReading(name, known) : await readingOf(looking, { files, known });
    return presentTable(name, reading);
  } catch (failure) {
    const { code, message, place, remedy } = toHeadgateError(failure);
    if (code === "SOURCE_UNREACHABLE" || code === "SOURCE_LOGIN_REFUSED" || code === "INTERNAL") throw failure;
    return {
      name,
      kind: "table",
      obstacle: { code, message: place === undefined ? message : `${message} (${place})`, remedy },
    };
  }
}

/** The description of a table without files; the plan says what that means for its rows. Throws SOURCE_TABLE_NOT_FOUND. */
function rememberedReading({ schema, name }: TableName, known: KnownTable | undefined): Reading {
  const frozen = frozenReading(known?.incarnation);
  if (frozen === undefined) throw new HeadgateError("SOURCE_TABLE_NOT_FOUND", { place: `${schema}.${name}` });
  return withSet(frozen, parseReading(known?.reading));
}

function checkPlaces({ name: { schema, name }, misplaced }: TableFiles): void {
  if (misplaced === undefined) return;
  throw new HeadgateError("SOURCE_TABLE_UNFIT", {
    place: `${schema}.${name}`,
    message: `${misplaced.path} is neither in the folder of a table nor in one of a date below it`,
    remedy: "let the address lead to the folder that has a folder for each schema (BucketFolder of the DMS endpoint)",
  });
}

async function readingOf(
  looking: Looking,
  { files, known }: { files: TableFiles; known: KnownTable | undefined },
): Promise<Reading> {
  checkPlaces(files);
  const set = parseReading(known?.reading);
  const frozen = frozenReading(known?.incarnation);
  const position = known?.position === undefined ? undefined : parsePosition(known.position);
  const unread = unreadFiles(files, position, await loadState(looking, files, position));
  if (frozen !== undefined && !isFirstLoad(files, position)) {
    const samples = await lookAtSome(looking, {
      loads: unread.loads.slice(0, 1),
      changes: withoutTransactions(unread.changes).slice(-1),
    });
    return withSet(await followed(looking, { frozen, samples, changes: unread.changes }), set);
  }
  const found = (await ownReading(looking, { files, set })) ?? (await sharedReading(looking, { files, set }));
  if (found !== undefined) return found;
  const { schema, name } = files.name;
  if (!files.hasFolder) throw new HeadgateError("SOURCE_TABLE_NOT_FOUND", { place: `${schema}.${name}` });
  throw new HeadgateError("SOURCE_TABLE_UNFIT", {
    place: `${schema}.${name}`,
    message: "its files have no rows yet, so that nothing tells its columns",
    remedy: "wait for rows, or tell the columns with `headgate table set <database.table> --reading <json>`",
  });
}

/** A table that only files of whole transactions had, and whose full load may say more about its columns. */
function isFirstLoad({ loads }: TableFiles, position: FilesPosition | undefined): boolean {
  if (position === undefined || loads.length === 0 || hadFullLoad(position)) return false;
  return position.file !== null && isTransactions(position.file);
}

interface FindParts {
  readonly files: TableFiles;
  readonly set: KnownReading;
}

/** By the files in the table's folder. Undefined if they have no rows. */
async function ownReading(looking: Looking, { files, set }: FindParts): Promise<Reading | undefined> {
  if (!files.hasFolder) return undefined;
  const samples = await lookAtSome(looking, {
    loads: ends(files.loads),
    changes: ends(withoutTransactions(files.changes)),
  });
  return findReading(looking.engine, { samples, known: set });
}

/** By the table's rows in files of whole transactions. Undefined if there are none. */
async function sharedReading(looking: Looking, { files, set }: FindParts): Promise<Reading | undefined> {
  const { name, schema } = files.name;
  const { tables } = await looking.occurring(files.changes.filter(({ path }) => isTransactions(path)));
  const table = tables.get(tableKey(name, schema));
  if (table === undefined) return undefined;
  const samples = await mapLimit(table.files, openedAtOnce, (file) => lookAtTransactions(looking, file, set));
  return findSharedReading(looking.engine, { name: files.name, samples, known: set });
}

function frozenReading(incarnation: string | undefined): Reading | undefined {
  return incarnation === undefined ? undefined : (parseReading(incarnation) as Reading);
}

/** The columns of the newest unread file, if its columns have names. Types that are known stay, and may only widen. */
async function followed(
  looking: Looking,
  { frozen, samples, changes }: { frozen: Reading; samples: Samples; changes: readonly ForeignFile[] },
): Promise<Reading> {
  const all = [...samples.loads, ...samples.changes];
  const hasNames = all.length > 0 && all.every(({ text }) => text === undefined || frozen.header);
  if (!hasNames) return frozen;
  for (const looked of all) fileShape(looked, frozen);
  const same = knownColumns(samples, frozen);
  if (same !== undefined) return { ...frozen, columns: same };
  const known: KnownReading = { ...frozen, columns: undefined };
  const seen = await findReading(looking.engine, { samples, known });
  if (seen === undefined) return frozen;
  const isNew = seen.columns.some(({ name }) => !frozen.columns.some((column) => column.name === name));
  const more = isNew
    ? await lookAtSome(looking, {
        loads: samples.loads.map(({ file }) => file),
        changes: ends(withoutTransactions(changes)),
      })
    : samples;
  const found = isNew ? ((await findReading(looking.engine, { samples: more, known })) ?? seen) : seen;
  return { ...frozen, columns: found.columns.map((column) => ({ ...column, type: widened(column, frozen) })) };
}

/** The columns that CSV files name, if all are known: then no value has to be looked at. Undefined otherwise. */
function knownColumns(samples: Samples, frozen: Reading): Reading["columns"] | undefined {
  const all = [...samples.loads, ...samples.changes];
  if (all.some(({ text }) => text === undefined)) return undefined;
  const columns = columnNames(samples, frozen)?.map((name) => frozen.columns.find((column) => column.name === name));
  return columns?.every((column) => column !== undefined) === true ? columns : undefined;
}

const widenings: Readonly<Record<string, readonly string[]>> = { int: ["long"], float: ["double"] };

function widened({ name, type }: Reading["columns"][number], { columns }: Reading): string {
  const before = columns.find((column) => column.name === name)?.type;
  if (before === undefined) return type;
  return widenings[before]?.includes(type) === true ? type : before;
}

function withSet(found: Reading, set: KnownReading): Reading {
  const header = set.header ?? found.header;
  return {
    columns: withSetColumns(found.columns, { header, set: set.columns }),
    header,
    delimiter: set.delimiter ?? found.delimiter,
    quote: set.quote ?? found.quote,
    null: set.null ?? found.null,
    timestamp: set.timestamp ?? found.timestamp,
    keep: set.keep ?? found.keep,
  };
}

function withoutTransactions(files: readonly ForeignFile[]): readonly ForeignFile[] {
  return files.filter(({ path }) => !isTransactions(path));
}

const openedAtOnce = 4;

async function lookAtSome(
  looking: Looking,
  { loads, changes }: { loads: readonly ForeignFile[]; changes: readonly ForeignFile[] },
): Promise<Samples> {
  const look = (files: readonly ForeignFile[]): Promise<readonly LookedAt[]> =>
    mapLimit(files, openedAtOnce, (file) => lookAt(looking, file));
  return { loads: await look(loads), changes: await look(changes) };
}

function presentTable(name: TableName, reading: Reading): SourceTable {
  const { columns, timestamp, keep } = reading;
  const own = columns.filter((column) => column.name !== timestamp || keep.includes("timestamp"));
  const op = keep.includes("op") ? [presentColumn({ name: keptOp, type: "string" })] : [];
  const incarnation = formatReading(reading);
  return { name, kind: "table", columns: [...op, ...own.map(presentColumn)], incarnation, inFiles: true };
}

function presentColumn({ name, type }: Reading["columns"][number]): SourceColumn {
  const staged = { physical: "bytes", logical: { kind: "utf8" } } as const;
  return { name, identity: name, sourceType: type, nullable: true, lakeType: type, staged };
}
