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
import { findReading, type Samples } from "./find-reading.ts";
import { lookAt, type LookedAt, type Looking } from "./looked-at.ts";
import { unreadFiles } from "./next-files.ts";
import { parsePosition } from "./position.ts";
import { formatReading, parseReading, withSetColumns, type KnownReading, type Reading } from "./reading.ts";
import { keptOp } from "./row-files.ts";

interface DescribeParts {
  readonly name: TableName;
  /** Undefined if the listing has no file of the table. */
  readonly files: TableFiles | undefined;
  readonly known: KnownTable | undefined;
}

/** The failure becomes the table's obstacle, unless no table could be described. */
export async function describeTable(looking: Looking, { name, files, known }: DescribeParts): Promise<DescribedTable> {
  try {
    checkFiles(files, { name, known });
    const reading = await readingOf(looking, { files, known });
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

function checkFiles(
  files: TableFiles | undefined,
  { name, known }: Pick<DescribeParts, "name" | "known">,
): asserts files is TableFiles {
  const place = `${name.schema}.${name.name}`;
  if (files === undefined)
    throw new HeadgateError(known?.position === undefined ? "SOURCE_TABLE_NOT_FOUND" : "SOURCE_FILES_VANISHED", {
      place,
    });
  if (files.misplaced === undefined) return;
  throw new HeadgateError("SOURCE_TABLE_UNFIT", {
    place,
    message: `${files.misplaced.path} is in a folder that is no date`,
    remedy: "let the address lead to the folder that has a folder for each schema (BucketFolder of the DMS endpoint)",
  });
}

async function readingOf(
  looking: Looking,
  { files, known }: { files: TableFiles; known: KnownTable | undefined },
): Promise<Reading> {
  const set = parseReading(known?.reading);
  const frozen = frozenReading(known?.incarnation);
  const position = known?.position === undefined ? undefined : parsePosition(known.position);
  const unread = unreadFiles(files, position);
  if (frozen !== undefined) {
    const samples = await lookAtSome(looking, {
      loads: unread.loads.slice(0, 1),
      changes: withoutTransactions(unread.changes).slice(-1),
    });
    return withSet(await followed(looking, { frozen, samples, changes: unread.changes }), set);
  }
  const samples = await lookAtSome(looking, {
    loads: ends(files.loads),
    changes: ends(withoutTransactions(files.changes)),
  });
  const found = await findReading(looking.engine, { samples, known: set });
  if (found !== undefined) return found;
  const { schema, name } = files.name;
  throw new HeadgateError("SOURCE_TABLE_UNFIT", {
    place: `${schema}.${name}`,
    message: "its files have no rows yet, so that nothing tells its columns",
    remedy: "wait for rows, or tell the columns with `headgate table set <database.table> --reading <json>`",
  });
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

/** Files looked at from the beginning and from the end of a list. */
const fewFiles = 4;

function ends(files: readonly ForeignFile[]): readonly ForeignFile[] {
  return files.length <= 2 * fewFiles ? files : [...files.slice(0, fewFiles), ...files.slice(-fewFiles)];
}

async function lookAtSome(
  looking: Looking,
  { loads, changes }: { loads: readonly ForeignFile[]; changes: readonly ForeignFile[] },
): Promise<Samples> {
  const look = (files: readonly ForeignFile[]): Promise<readonly LookedAt[]> =>
    mapLimit(files, fewFiles, (file) => lookAt(looking, file));
  return { loads: await look(loads), changes: await look(changes) };
}

function presentTable(name: TableName, reading: Reading): SourceTable {
  const { columns, timestamp, keep } = reading;
  const own = columns.filter((column) => column.name !== timestamp || keep.includes("timestamp"));
  const op = keep.includes("op") ? [presentColumn({ name: keptOp, type: "string" })] : [];
  return { name, kind: "table", columns: [...op, ...own.map(presentColumn)], incarnation: formatReading(reading) };
}

function presentColumn({ name, type }: Reading["columns"][number]): SourceColumn {
  const staged = { physical: "bytes", logical: { kind: "utf8" } } as const;
  return { name, identity: name, sourceType: type, nullable: true, lakeType: type, staged };
}
