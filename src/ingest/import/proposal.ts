/**
 * A proposal for an import: one schema for all files, with notes about everything that was uncertain. It is approved by
 * its digest.
 */
import { createHash } from "node:crypto";
import { sumOf } from "../../base/sum.ts";
import type { FormatVersion } from "../../iceberg/format-version.ts";
import { isPrimitive, type Type } from "../../iceberg/type.ts";
import { describeType, isSameType, settled, wider } from "./found-type.ts";
import type { FoundFiles } from "./import-file.ts";
import type { FoundFile } from "./found-file.ts";
import { mergedShape, reasonFor, takesShape, typeOfShape } from "./shape.ts";
import { sourceColumns, type SourceColumn } from "./source-column.ts";

export interface FoundColumn {
  readonly key: string;
  /** As the first file spells it. */
  readonly name: string;
  readonly type: Type;
  readonly notes: readonly string[];
}

export interface ProposedColumn {
  readonly name: string;
  /** `long`, `struct<a: long>`. */
  readonly type: string;
  readonly nullable: true;
  /** Why the column is as it is, if that was uncertain. */
  readonly notes: readonly string[];
}

export interface Proposal {
  /** Digest of the columns found and of the files. */
  readonly digest: string;
  /** `database.table`. */
  readonly table: string;
  readonly location: string;
  readonly columns: readonly ProposedColumn[];
  readonly files: readonly { readonly location: string; readonly size: number; readonly rows: number }[];
  readonly bytes: number;
  readonly rows: number;
  readonly notes: readonly string[];
}

/** In the order in which they first appear in the files. */
export function foundColumns(files: readonly FoundFile[]): readonly FoundColumn[] {
  const byKey = new Map<string, Seen[]>();
  for (const file of files)
    for (const column of sourceColumns(file)) {
      const seen = byKey.get(column.key) ?? [];
      seen.push({ column, file });
      byKey.set(column.key, seen);
    }
  return [...byKey].map(([key, seen]) => mergedColumn(key, { seen, files: files.filter(hasColumns).length }));
}

/** Empty files tell nothing about columns. */
function hasColumns({ reading }: FoundFile): boolean {
  return reading.columns.length > 0;
}

interface Seen {
  readonly column: SourceColumn;
  readonly file: FoundFile;
}

function mergedColumn(key: string, { seen, files }: { seen: readonly Seen[]; files: number }): FoundColumn {
  const { type: merged, reason } = mergedType(seen.map(({ column }) => column));
  const name = seen[0]?.column.name ?? key;
  const others = [...new Set(seen.map(({ column }) => column.name))].filter((other) => other !== name);
  const reasons = [...new Set([...seen.flatMap(({ column: { because } }) => because ?? []), ...(reason ?? [])])];
  const missing = files - seen.filter(({ file }) => hasColumns(file)).length;
  return {
    key,
    name,
    type: settled(merged),
    notes: [
      ...reasons,
      ...typeNotes(merged, seen),
      ...(others.length === 0 ? [] : [`is also written ${others.join(", ")}: one column`]),
      ...(missing === 0 ? [] : [`is not in ${missing} of ${files} files: null there`]),
    ],
  };
}

/**
 * For texts and JSON, the type that fits all values together; then the narrowest type that also holds the types of
 * other files.
 */
function mergedType(columns: readonly SourceColumn[]): { readonly type: Type; readonly reason: readonly string[] } {
  const shapes = columns.flatMap(({ shape }) => shape ?? []);
  const shape = shapes.length === 0 ? undefined : shapes.reduce(mergedShape);
  const own = shape === undefined ? "unknown" : typeOfShape(shape);
  const others = columns.filter((column) => column.shape === undefined);
  const type = others.reduce<Type>((both, column) => wider(both, column.type), own);
  const reason = shape === undefined ? undefined : reasonFor(shape);
  const isTaken = isPrimitive(type) || shapes.every((each) => takesShape(settled(type), each));
  return { type: isTaken ? type : "string", reason: reason === undefined ? [] : [reason] };
}

function typeNotes(merged: Type, seen: readonly Seen[]): readonly string[] {
  if (merged === "unknown") return ["has no value in any file: text"];
  const first = seen.find(({ column }) => column.type !== "unknown");
  const other = seen.find(
    ({ column: { type } }) => type !== "unknown" && !isSameType(type, first?.column.type ?? type),
  );
  if (first === undefined || other === undefined) return [];
  const [own, its] = [first, other].map(({ column, file }) => `${describeType(column.type)} in ${file.location}`);
  return [`is ${own} and ${its}: ${describeType(settled(merged))}`];
}

export function columnOf({ name, type, notes }: Pick<FoundColumn, "name" | "type" | "notes">): ProposedColumn {
  return { name, type: describeType(type), nullable: true, notes };
}

interface Proposing extends Pick<Proposal, "table" | "location"> {
  readonly files: readonly FoundFile[];
  readonly columns: readonly FoundColumn[];
  readonly shown: readonly ProposedColumn[];
  readonly passedOver: FoundFiles["passedOver"];
  /** For a new table. */
  readonly formatVersion?: FormatVersion | undefined;
}

export function propose(proposing: Proposing): Proposal {
  const { table, location, files, columns, shown } = proposing;
  return {
    digest: digestOf({ table, location, files, columns }),
    table,
    location,
    columns: shown,
    files: files.map(({ location: at, size, rows }) => ({ location: at, size, rows })),
    bytes: sumOf(files, ({ size }) => size),
    rows: sumOf(files, ({ rows }) => rows),
    notes: [...notesOf(proposing), ...fileNotes(files)],
  };
}

function digestOf({
  table,
  location,
  files,
  columns,
}: Pick<Proposing, "table" | "location" | "files" | "columns">): string {
  const listed = files.map(({ location: at, size, modifiedAt, reading: { dialect } }) => [
    at,
    size,
    modifiedAt?.getTime() ?? null,
    dialect === undefined
      ? null
      : [dialect.hasHeader, dialect.delimiter, dialect.quote, dialect.skippedLines, dialect.comment ?? null],
  ]);
  const typed = columns.map(({ key, name, type }) => [key, name, describeType(type)]);
  const hash = createHash("sha256").update(JSON.stringify([table, location, typed, listed]));
  return hash.digest("hex").slice(0, 32);
}

const mostNotes = 20;

/** The notes of the files, and how many more there are. */
export function fileNotes(files: readonly Pick<FoundFile, "notes">[]): readonly string[] {
  const notes = files.flatMap((file) => file.notes ?? []);
  const more = notes.length - mostNotes;
  return more > 0 ? [...notes.slice(0, mostNotes), `${more} more notes of this kind`] : notes;
}

/** Notes about how the fields of CSV files are separated. */
function delimiterNotes(files: readonly FoundFile[]): readonly string[] {
  const found = Map.groupBy(
    files.filter(({ reading: { columns } }) => columns.length > 1),
    ({ reading: { dialect } }) => dialect?.delimiter,
  );
  const named = [...found].flatMap(([delimiter, own]) =>
    delimiter === undefined ? [] : [`${delimiter === "\t" ? "tabs" : delimiter} in ${own.length} files`],
  );
  return named.length === 0
    ? []
    : [`fields of CSV are separated by ${named.join(", ")} (--delimiter sets another text)`];
}

/** Notes about quotes that differ from RFC 4180, because apostrophes around a value may belong to it. */
function quoteNotes(files: readonly FoundFile[]): readonly string[] {
  const quoted = files.filter(
    ({ reading: { dialect } }) => dialect !== undefined && !["", '"'].includes(dialect.quote),
  );
  return quoted.map(
    ({ location, reading }) => `values of ${location} are quoted with ${reading.dialect?.quote}, which is removed`,
  );
}

function notesOf({ files, shown, passedOver, formatVersion }: Proposing): readonly string[] {
  const texts = files.filter(({ format }) => format !== "parquet");
  const csv = files.find(({ reading }) => reading.dialect !== undefined);
  const cut = files.filter(({ reading }) => (reading.dialect?.skippedLines ?? 0) > 0);
  const commented = csv?.reading.dialect?.comment;
  const inPath = [...new Set(files.flatMap(({ partition }) => partition.map(([name]) => name)))];
  const isGuessed = texts.length > 0 && shown.some(({ type }) => type === "double");
  return [
    ...(csv?.reading.dialect?.hasHeader === true
      ? ["the first line of CSV names the columns (else: --no-header)"]
      : []),
    ...(isGuessed
      ? ["numbers with a fraction are double; decimal keeps every digit: --type '<column>=decimal(12,2)'"]
      : []),
    ...delimiterNotes(files),
    ...quoteNotes(files),
    ...(commented === undefined ? [] : [`what follows ${commented} on a line of CSV is a comment, and is passed over`]),
    ...cut.map(
      ({ location, reading }) =>
        `the first ${reading.dialect?.skippedLines} lines of ${location} are passed over: they are unlike the rest (else: --skip-lines 0)`,
    ),
    ...(inPath.length === 0 ? [] : [`from the paths, also where files have them: ${inPath.join(", ")}`]),
    ...(formatVersion === 3 ? ["its types need Iceberg's format version 3, which not every reader has"] : []),
    ...(passedOver === 0 ? [] : [`${passedOver} files are passed over: their names are none that are read`]),
  ];
}
