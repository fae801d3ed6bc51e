/**
 * Data files as a relation: columns found by Iceberg field id (renamed ones are found, added ones are null in older files,
 * widened ones cast), rows that position delete files name left out.
 */
import { sumOf } from "../base/sum.ts";
import { quoteName, quoteText } from "./duckdb-type.ts";

export interface ReadFile {
  /** Where its bytes are on this machine. */
  readonly path: string;
  /** As delete files name it. */
  readonly location: string;
  /** Paths of the position delete files that may name rows of it. */
  readonly deletes: readonly string[];
  /** As its metadata says; where it is known of all files, joins are ordered by it. */
  readonly recordCount?: number | undefined;
}

export interface ReadColumn {
  readonly fieldId: number;
  /** The relation's name for it. */
  readonly name: string;
  /** As DuckDB writes it. */
  readonly sqlType: string;
}

interface Reading {
  readonly files: readonly ReadFile[];
  readonly columns: readonly ReadColumn[];
  /** Adds the place of each row: `file`, the file's number in this list (counted from 1), and `row` (counted from 0). */
  readonly placesIn?: readonly ReadFile[] | undefined;
}

/** A select statement; an empty relation of the same columns when there are no files. */
export function readDataFilesSql({ files, columns, placesIn }: Reading): string {
  const list = outputs(columns, placesIn);
  const whole = files.filter(({ deletes }) => deletes.length === 0);
  const partial = files.filter(({ deletes }) => deletes.length > 0);
  const parts = [
    ...(whole.length === 0 ? [] : [`select ${list} from ${relation(whole, columns)} data`]),
    ...(partial.length === 0 ? [] : [`select ${list} from ${withoutDeleted(partial, columns)}`]),
  ];
  return parts.length === 0 ? nothing(columns, placesIn !== undefined) : parts.join(" union all ");
}

function nothing(columns: readonly ReadColumn[], places: boolean): string {
  const typed = columns.map(({ name, sqlType }) => `null::${sqlType} as ${quoteName(name)}`);
  return `select ${[...typed, ...(places ? ["null::integer as file", "null::bigint as row"] : [])].join(", ")} where false`;
}

/** The file's columns have names of their own, so that none is called like the place of a row. */
function outputs(columns: readonly ReadColumn[], numbered: readonly ReadFile[] | undefined): string {
  const named = columns.map(({ fieldId, name }) => `data.f${fieldId} as ${quoteName(name)}`);
  if (numbered === undefined) return named.join(", ");
  const paths = numbered.map(({ path }) => quoteText(path)).join(", ");
  const places = [`list_position([${paths}], data.filename)::integer as file`, "data.file_row_number as row"];
  return [...named, ...places].join(", ");
}

function relation(files: readonly ReadFile[], columns: readonly ReadColumn[]): string {
  const fields = columns.map(({ fieldId, sqlType }) => ({ fieldId, name: `f${fieldId}`, sqlType }));
  // A file's own columns would show without a schema, and could be called like the place of a row.
  if (fields.length === 0) fields.push({ fieldId: 0, name: "f0", sqlType: "boolean" });
  return readParquet(files, fields);
}

/** With a schema given, DuckDB 1.5.5 opens no file before it has planned, and takes every relation for an empty one. */
function readParquet(
  files: readonly { readonly path: string; readonly recordCount?: number | undefined }[],
  columns: readonly ReadColumn[],
): string {
  const schema = columns.map(
    ({ fieldId, name, sqlType }) =>
      `${fieldId}: {name: ${quoteText(name)}, type: ${quoteText(sqlType)}, default_value: null}`,
  );
  const list = files.map(({ path }) => quoteText(path)).join(", ");
  const rows = sumOf(files, ({ recordCount = Number.NaN }) => recordCount);
  const known = rows > 0 ? `, explicit_cardinality = ${rows}` : "";
  return `read_parquet([${list}], schema = map {${schema.join(", ")}}, filename = true, file_row_number = true${known})`;
}

/** Columns of position delete files (spec: "Position Delete Files"). */
const deleteColumns: readonly ReadColumn[] = [
  { fieldId: 2147483546, name: "file_path", sqlType: "varchar" },
  { fieldId: 2147483545, name: "pos", sqlType: "bigint" },
];

function deleteFilesOf(files: readonly ReadFile[]): readonly { readonly path: string }[] {
  return [...new Set(files.flatMap(({ deletes }) => deletes))].map((path) => ({ path }));
}

function withoutDeleted(files: readonly ReadFile[], columns: readonly ReadColumn[]): string {
  const deletes = deleteFilesOf(files);
  const names = files.map(({ path, location }) => `(${quoteText(location)}, ${quoteText(path)})`).join(", ");
  return `${relation(files, columns)} data
    anti join (select names.path, deleted.pos from ${readParquet(deletes, deleteColumns)} deleted
      join (values ${names}) names(location, path) on deleted.file_path = names.location) gone
    on data.filename = gone.path and data.file_row_number = gone.pos`;
}

/** A select statement: the places of rows that are there and not read, since position delete files name them, once each. */
export function deletedPlacesSql(files: readonly ReadFile[]): string {
  const named = files.flatMap(({ location, deletes }, index) =>
    deletes.map((path) => `(${quoteText(path)}, ${quoteText(location)}, ${index + 1})`),
  );
  if (named.length === 0) return "select null::integer as file, null::bigint as row where false";
  const deletes = deleteFilesOf(files);
  return `select distinct names.number::integer as file, deleted.pos as row from ${readParquet(deletes, deleteColumns)} deleted
    join (values ${named.join(", ")}) names(path, location, number)
      on deleted.filename = names.path and deleted.file_path = names.location`;
}
