/**
 * Finds how a table's files are read by looking at some of them: delimiter, header, columns and their types. What
 * somebody set is taken as it is. Values are only looked at, and none is kept.
 */
import { sumOf } from "../../base/sum.ts";
import type { Engine } from "../../engine/engine.ts";
import { typeOfEngine, wider } from "../../ingest/import/found-type.ts";
import { HeadgateError } from "../../errors.ts";
import type { GivenColumn } from "../../sync/source.ts";
import { addShapes, typesOfShapes, typeText, type ColumnShapes, type SampledRows } from "./column-shapes.ts";
import { csvRecords } from "./csv-records.ts";
import { csvRelation } from "./csv-relation.ts";
import { fileShape, type FileShape } from "./file-shape.ts";
import { isLoad } from "./layout.ts";
import type { LookedAt } from "./looked-at.ts";
import { beginWithOp, beginWithOperations, isOp, operations } from "./operations.ts";
import { withSetColumns, type KnownReading, type Reading, type ReadingColumn } from "./reading.ts";

/** Some of a table's files, the oldest first. */
export interface Samples {
  readonly loads: readonly LookedAt[];
  readonly changes: readonly LookedAt[];
}

/** Undefined if the files have no rows. Throws SOURCE_FILE_INVALID. */
export async function findReading(
  engine: () => Promise<Engine>,
  { samples, known }: { samples: Samples; known: KnownReading },
): Promise<Reading | undefined> {
  const marks = findMarks(samples, known);
  const given = marks.header ? undefined : known.columns?.map(({ name }) => name);
  const names = given ?? columnNames(samples, { ...marks, columns: known.columns });
  if (names === undefined) return noRows(samples);
  const untyped = names.map((name): ReadingColumn => ({ name, type: "string" }));
  const types = await findTypes(engine, { samples, reading: { ...marks, columns: untyped } });
  const found = names.map((name): ReadingColumn => ({ name, type: types.get(name) ?? "string" }));
  checkSet(found, marks.header ? known.columns : undefined);
  return { ...marks, columns: withSetColumns(found, { header: marks.header, set: known.columns }) };
}

/** Throws SETTING_INVALID for a column that the files do not have. */
function checkSet(found: readonly ReadingColumn[], set: readonly GivenColumn[] = []): void {
  const missing = set.find(({ name }) => !found.some((column) => column.name === name));
  if (missing === undefined) return;
  const message = `the files have no column ${missing.name}; they have ${found.map(({ name }) => name).join(", ")}`;
  throw new HeadgateError("SETTING_INVALID", { place: "reading, columns", message });
}

/** Undefined if the files are empty. Throws SOURCE_FILE_INVALID for one that has no row although it is not empty. */
function noRows({ loads, changes }: Samples): undefined {
  const endless = [...loads, ...changes].find(({ text = "" }) => text !== "");
  if (endless === undefined) return undefined;
  throw new HeadgateError("SOURCE_FILE_INVALID", {
    place: `${endless.file.path}, row 1`,
    message: "the first row has no end, as when a quote is never closed",
    remedy:
      'set an empty `quote` for files without quotes (Rfc4180=false): `headgate table set <database.table> --reading \'{"quote": ""}\'`',
  });
}

type Marks = Omit<Reading, "columns">;
/** Columns that somebody has set, or that were found before. */
type NamedMarks = Marks & Pick<KnownReading, "columns">;

function findMarks(samples: Samples, known: KnownReading): Marks {
  const texts = [...samples.loads, ...samples.changes].flatMap(({ text }) => (text === undefined ? [] : [text]));
  const quote = known.quote ?? '"';
  const delimiter = known.delimiter ?? findDelimiter(texts, quote);
  return {
    delimiter,
    quote,
    header: known.header ?? findHeader(texts, { delimiter, quote }),
    null: known.null ?? "NULL",
    timestamp: known.timestamp ?? null,
    keep: known.keep ?? [],
  };
}

const usualDelimiters = [",", ";", "\t", "|", "\u0001"];

/** The delimiter by which most records of the files have the same number of fields, and more than one. */
function findDelimiter(texts: readonly string[], quote: string): string {
  const found = usualDelimiters.map((delimiter) => {
    const beginnings = texts.map((text) => csvRecords(text, { delimiter, quote }, 20).map(({ length }) => length));
    return { delimiter, agreeing: sumOf(beginnings, agreeing), width: Math.max(0, ...beginnings.flat()) };
  });
  const [best] = found.toSorted((left, right) => right.agreeing - left.agreeing || right.width - left.width);
  return best === undefined || best.agreeing === 0 ? "," : best.delimiter;
}

/** How many of these widths are the most frequent one; none if that is 1. */
function agreeing(widths: readonly number[]): number {
  const counts = [...Map.groupBy(widths, (width) => width)].map(([width, same]) => (width > 1 ? same.length : 0));
  return Math.max(0, ...counts);
}

/**
 * A first line that begins with `Op`, that two files share, or that has names above numbers and times. Parquet always
 * has names.
 */
function findHeader(texts: readonly string[], marks: Pick<Reading, "delimiter" | "quote">): boolean {
  if (texts.length === 0) return true;
  const beginnings = texts.map((text) => csvRecords(text, marks, 20)).filter(({ length }) => length > 0);
  const firsts = beginnings.map(([first = []]) => first);
  if (firsts.some(([name]) => isOp(name))) return true;
  if (firsts.length === 0 || beginnings.some(beginWithOperations) || !firsts.every(areNames)) return false;
  const [first = []] = firsts;
  checkTelling(beginnings);
  const isShared = firsts.length > 1 && firsts.every((other) => other.join("\n") === first.join("\n"));
  return isShared || beginnings.some(([, ...rest]) => first.some((_name, at) => areNoNames(rest, at)));
}

/** Throws SOURCE_TABLE_UNFIT for a single line that may be names as well as values. */
function checkTelling(beginnings: readonly (readonly (readonly string[])[])[]): void {
  if (beginnings.length > 1 || beginnings[0]?.length !== 1) return;
  throw new HeadgateError("SOURCE_TABLE_UNFIT", {
    message: "its files have one line, and nothing tells whether that line has the names of the columns or a row",
    remedy:
      "wait for rows, or say it: `headgate table set <database.table> --reading '{\"header\": true}'`, or false for a row",
  });
}

function areNames(record: readonly string[]): boolean {
  return record.every((name) => /^\p{L}[\p{L}\d_$# -]*$/u.test(name)) && new Set(record).size === record.length;
}

/** Numbers and times, perhaps among values that are absent. What is absent everywhere says nothing about the column. */
function areNoNames(records: readonly (readonly string[])[], at: number): boolean {
  const isNumber = (value: string): boolean => /^[-+\d]/.test(value);
  const values = records.map((record) => record[at] ?? "");
  return values.some(isNumber) && values.every((value) => isNumber(value) || value === "" || value === "NULL");
}

/** Undefined if there are no rows. */
export function columnNames(samples: Samples, marks: NamedMarks): readonly string[] | undefined {
  return marks.header ? givenNames(samples, marks) : numberedNames(samples, marks);
}

/** The names of the newest file: a column that it lacks was dropped. */
function givenNames({ loads, changes }: Samples, marks: NamedMarks): readonly string[] | undefined {
  const names = [...changes.toReversed(), ...loads.toReversed()].map(({ text, fields, file }) => {
    const own = text === undefined ? fields.map(({ name }) => name) : (csvRecords(text, marks, 1)[0] ?? []);
    return own.slice(beginWithOp(own, { isLoad: isLoad(file.path), columns: marks.columns }) ? 1 : 0);
  });
  return names.find(({ length }) => length > 0);
}

/** Files of the full load tell how many columns there are; files of changes may have the operation in front. */
function numberedNames({ loads, changes }: Samples, marks: Marks): readonly string[] | undefined {
  const load = firstRecords(loads, marks);
  const change = firstRecords(changes, marks);
  const own = load.length > 0 ? load : change;
  const width = own[0]?.length;
  if (width === undefined) return undefined;
  const marked = own.filter(([first = ""]) => operations.has(first)).length;
  const isMarked = load.length > 0 ? areInserts(load) && isWide(change, width) : marked * 2 > own.length;
  return Array.from({ length: width - (isMarked ? 1 : 0) }, (_, index) => `column${index}`);
}

/** A full load has no other operation. */
function areInserts(load: readonly (readonly string[])[]): boolean {
  return load.every(([first]) => first === "I");
}

function isWide(change: readonly (readonly string[])[], width: number): boolean {
  return change.length === 0 || change[0]?.length === width;
}

function firstRecords(looked: readonly LookedAt[], marks: Marks): readonly (readonly string[])[] {
  return looked.flatMap(({ text = "" }) => csvRecords(text, marks, 1_000));
}

interface TypeParts {
  readonly samples: Samples;
  readonly reading: Reading;
}

/** The type that holds the values seen in each column, by name. */
async function findTypes(
  engine: () => Promise<Engine>,
  { samples, reading }: TypeParts,
): Promise<ReadonlyMap<string, string>> {
  const shapes: ColumnShapes = new Map();
  const types = new Map<string, string>();
  for (const looked of [...samples.loads, ...samples.changes]) {
    const shape = fileShape(looked, reading);
    if (shape === undefined || shape.format === "transactions") continue;
    if (shape.format === "parquet") addParquetTypes(types, shape);
    else await addShapes(shapes, await engine(), sampledRows(looked, { shape, reading }));
  }
  for (const [name, type] of typesOfShapes(shapes)) types.set(name, type);
  return types;
}

function sampledRows(looked: LookedAt, { shape, reading }: { shape: FileShape; reading: Reading }): SampledRows {
  const { columns, hasOp } = shape;
  const first = hasOp ? 1 : 0;
  return {
    looked,
    columns,
    first,
    relation: csvRelation({ paths: [looked.path], width: columns.length + first, shape, reading }),
  };
}

function addParquetTypes(types: Map<string, string>, { columns }: FileShape): void {
  for (const { name, engineType = "VARCHAR" } of columns) {
    const [before, type] = [types.get(name), typeOfEngine(engineType)];
    types.set(name, typeText(before === undefined ? type : wider(before, type)));
  }
}
