/**
 * Data files as a relation: columns found by Iceberg field id (renamed ones are found, added ones have their default in older
 * files, widened ones are cast), rows that deletes name left out: by position, by deletion vector, by value.
 */
import { must } from "../base/must.ts";
import { sumOf } from "../base/sum.ts";
import { quoteName, quoteText } from "./duckdb-type.ts";
import type { ReadColumn, SourceColumn } from "./read-column.ts";
import { shapedColumn, shapedSource, type FileShape } from "./file-shape.ts";

/** A Parquet file. */
export interface CountedFile {
  readonly path: string;
  /** As its metadata says; where it is known of all files, joins are ordered by it. */
  readonly recordCount?: number | undefined;
}

/** What of a data file's rows is gone. */
export interface DeletedRows {
  /** As position delete files name the data file. */
  readonly location: string;
  /** The position delete files that may name rows of it. */
  readonly deletes: readonly CountedFile[];
  /** Path of a Parquet file of one column `pos`: the positions its deletion vector holds. */
  readonly vector?: string | undefined;
}

export interface ReadFile extends DeletedRows, CountedFile {
  /** Deletes by value that apply to it. */
  readonly byValue?: ValueDeletes | undefined;
  /** Where columns are not found by field ids alone. */
  readonly shape?: FileShape | undefined;
  /** Undefined where rows have no ids (before format version 3). */
  readonly lineage?: RowLineage | undefined;
  /** Columns that are not in the file, by field id: the text of the one value that all its rows have. */
  readonly constants?: Readonly<Record<number, string | null>> | undefined;
}

/** What rows have that no column of the file tells. */
export interface RowLineage {
  /** Of the file's first row; the others follow. */
  readonly firstRowId: bigint;
  /** Of the commit that wrote the file. */
  readonly sequence: bigint;
}

export interface ValueDeletes {
  /** Of the data file: deletes of later commits apply. */
  readonly sequence: bigint;
  /** Files of one partition have the same. */
  readonly partition: string;
  readonly files: readonly ValueDeleteFile[];
}

/** A file of rows: what is equal to one of them in its columns is gone. */
export interface ValueDeleteFile extends CountedFile {
  readonly columns: readonly ReadColumn[];
  readonly sequence: bigint;
  /** Undefined: rows of every partition are meant. */
  readonly partition: string | undefined;
}

/** What rows take along to another file (spec: "Row Lineage"). */
export const rowIdColumn: ReadColumn = { fieldId: 2147483540, name: "_row_id", sqlType: "bigint" };
export const lastUpdatedColumn: ReadColumn = {
  fieldId: 2147483539,
  name: "_last_updated_sequence_number",
  sqlType: "bigint",
};

interface Reading {
  readonly files: readonly ReadFile[];
  readonly columns: readonly ReadColumn[];
  /** Adds the place of each row: `file`, the file's number in this list (counted from 1), and `row` (counted from 0). */
  readonly placesIn?: readonly ReadFile[] | undefined;
  /** Path of a Parquet file without rows, with which statements are planned better; DuckDB 1.5.5 needs it in two places below. */
  readonly rowlessFile?: string | undefined;
}

/** A select statement; an empty relation of the same columns when there are no files. */
export function readDataFilesSql({ files, columns, placesIn, rowlessFile }: Reading): string {
  const groups = Map.groupBy(files, groupKey);
  const parts = [...groups.values()].flatMap((group) => {
    const list = outputs(columns, group, placesIn);
    const rows = `${relation(group, { columns, rowlessFile })} data${withoutDeleted(group)}`;
    return [...assumedDeleted(group, { columns, rowlessFile }), rows].map((from) => `select ${list} from ${from}`);
  });
  return parts.length === 0 ? nothing(columns, placesIn !== undefined) : parts.join(" union all ");
}

/** Files that are read in the same way, so that those without deletes cost nothing more. */
function groupKey(file: ReadFile): string {
  const { byValue, shape, constants = {} } = file;
  return JSON.stringify([hasPositions(file), (byValue?.files.length ?? 0) > 0, shape ?? null, Object.keys(constants)]);
}

function hasPositions(file: DeletedRows | undefined): boolean {
  return file !== undefined && (file.deletes.length > 0 || file.vector !== undefined);
}

function nothing(columns: readonly ReadColumn[], places: boolean): string {
  const typed = columns.map(({ name, sqlType }) => `null::${sqlType} as ${quoteName(name)}`);
  return `select ${[...typed, ...(places ? ["null::integer as file", "null::bigint as row"] : [])].join(", ")} where false`;
}

/** The file's columns have names of their own, so that none is called like the place of a row. */
function outputs(
  columns: readonly ReadColumn[],
  group: readonly ReadFile[],
  numbered: readonly ReadFile[] | undefined,
): string {
  const named = columns.map((column) => `${columnSql(column, group)} as ${quoteName(column.name)}`);
  if (numbered === undefined) return named.join(", ");
  const numbers = new Map(numbered.map(({ path }, index) => [path, index + 1]));
  const list = group.map(({ path }) => must(numbers.get(path), "a file's number"));
  return [...named, `${ofFile(list, "data.")}::integer as file`, "data.file_row_number as row"].join(", ");
}

/** Of files that are read in the same way. */
function columnSql(column: ReadColumn, group: readonly ReadFile[]): string {
  const { shape, constants } = group[0] ?? {};
  if (column.unreadable !== undefined) return `error(${quoteText(column.unreadable)})::${column.sqlType}`;
  const inherited = inheritedSql(column, group);
  if (inherited !== undefined) return `coalesce(${shapedColumn(column, shape)}, ${inherited})`;
  if (constants === undefined || !(column.fieldId in constants)) return shapedColumn(column, shape);
  const texts = group.map((file) => file.constants?.[column.fieldId] ?? null);
  return `${ofFile(
    texts.map((text) => (text === null ? "null" : quoteText(text))),
    "data.",
  )}::${column.sqlType}`;
}

/** What a row has of its file where it has none of its own (spec: "Row Lineage"). */
function inheritedSql({ fieldId }: ReadColumn, group: readonly ReadFile[]): string | undefined {
  const known = (value: (lineage: RowLineage) => bigint): string => {
    const values = group.map(({ lineage }) => (lineage === undefined ? "null" : value(lineage)));
    return `${ofFile(values, "data.")}::bigint`;
  };
  if (fieldId === rowIdColumn.fieldId) return `${known(({ firstRowId }) => firstRowId)} + data.file_row_number`;
  return fieldId === lastUpdatedColumn.fieldId ? known(({ sequence }) => sequence) : undefined;
}

/** Of a list with a value for each file of a relation, that of the row's file. */
function ofFile(values: readonly (bigint | number | string)[], relationPrefix = ""): string {
  return `[${values.join(", ")}][(${relationPrefix}file_index + 1)::bigint]`;
}

type Relation = Pick<Reading, "columns" | "rowlessFile">;

/** Of a file with fewer, one thread reads all in no time. */
const rowsOfAThread = 50_000;

/** A file alone is read by one thread, since its row groups are not known when the threads are counted: two are read by all. */
function relation(files: readonly ReadFile[], { columns, rowlessFile }: Relation): string {
  const isLone = files.length === 1 && (files[0]?.recordCount ?? 0) > rowsOfAThread;
  const others = isLone && rowlessFile !== undefined ? [{ path: rowlessFile, recordCount: 0 }] : [];
  return readParquet([...files, ...others], sourceColumns(files, columns));
}

/** What an anti join leaves of the rows, as far as joins are ordered by it. */
const assumedLeft = 1 / 5;

/**
 * Deletes leave nearly all rows. A relation of those that are taken to go, and are not there, comes first: so the whole counts what it
 * holds, and joins are ordered as without deletes.
 */
function assumedDeleted(files: readonly ReadFile[], { columns, rowlessFile }: Relation): readonly string[] {
  const antiJoins = (hasPositions(files[0]) ? 1 : 0) + valueDeleteGroups(files).length;
  const rows = sumOf(files, ({ recordCount = Number.NaN }) => recordCount) * (1 - assumedLeft ** antiJoins);
  if (rowlessFile === undefined || !(rows > 0)) return [];
  const counted = { path: rowlessFile, recordCount: Math.round(rows) };
  return [`${readParquet([counted], sourceColumns(files, columns))} data`];
}

/** With those columns too that deletes by value compare. */
function sourceColumns(files: readonly ReadFile[], columns: readonly ReadColumn[]): readonly SourceColumn[] {
  const compared = valueDeletesOf(files).flatMap((file) => file.columns);
  const wanted = new Map([...compared, ...columns].map((column) => [column.fieldId, column]));
  const list = [...wanted.values()].filter(({ unreadable }) => unreadable === undefined);
  const shape = files[0]?.shape;
  return list.map((column) => shapedSource(column, shape));
}

/** With a schema given, DuckDB 1.5.5 opens no file before it has planned, and takes every relation for an empty one. */
function readParquet(files: readonly CountedFile[], columns: readonly SourceColumn[]): string {
  // A file's own columns would show without a schema, and could be called like the place of a row.
  const found = columns.length > 0 ? columns : [{ key: "0", name: "f0", sqlType: "boolean" }];
  const schema = found.map(({ key, name, sqlType, initialDefault }) => {
    const value = initialDefault === undefined ? "null" : quoteText(initialDefault);
    return `${key}: {name: ${quoteText(name)}, type: ${quoteText(sqlType)}, default_value: ${value}}`;
  });
  const list = files.map(({ path }) => quoteText(path)).join(", ");
  const rows = sumOf(files, ({ recordCount = Number.NaN }) => recordCount);
  const known = rows > 0 ? `, explicit_cardinality = ${rows}` : "";
  return `read_parquet([${list}], schema = map {${schema.join(", ")}}${known})`;
}

function withoutDeleted(files: readonly ReadFile[]): string {
  const places = goneSql(files);
  const positions =
    places.length === 0
      ? ""
      : ` anti join (${places.join(" union all ")}) gone
          on data.file_index = gone.file and data.file_row_number = gone.row`;
  return positions + withoutEqual(files);
}

/** Columns of position delete files (spec: "Position Delete Files"). */
const deleteColumns: readonly SourceColumn[] = [
  { key: "2147483546", name: "file_path", sqlType: "varchar" },
  { key: "2147483545", name: "pos", sqlType: "bigint" },
];

/** Select statements of `file` (the number in this list, counted from 0) and `row`. */
function goneSql(files: readonly DeletedRows[]): readonly string[] {
  const named = files.flatMap(({ location, deletes }, number) => (deletes.length > 0 ? [{ location, number }] : []));
  const deleteFiles = distinctByPath(files.flatMap(({ deletes }) => deletes));
  const byFile = `select number::ubigint as file, pos as row from (${placesSql(named, deleteFiles)}) places where number is not null`;
  const vectors = files.flatMap(({ vector }, number) => (vector === undefined ? [] : [{ vector, number }]));
  const numbers = ofFile(vectors.map(({ number }) => number));
  const byVector = `select ${numbers}::ubigint as file, pos as row
    from read_parquet([${vectors.map(({ vector }) => quoteText(vector)).join(", ")}])`;
  return [...(deleteFiles.length === 0 ? [] : [byFile]), ...(vectors.length === 0 ? [] : [byVector])];
}

interface NumberedFile {
  readonly location: string;
  readonly number: number;
}

/** Of more, a join is faster where the names have no dictionary in the file; where they have one, a name is looked up once. */
const mostLookedUp = 100;

/** A select statement of `number` (null for files that are not among them) and `pos`. */
function placesSql(named: readonly NumberedFile[], deleteFiles: readonly CountedFile[]): string {
  const deleted = readParquet(deleteFiles, deleteColumns);
  const [locations, numbers] = [named.map(({ location }) => quoteText(location)), named.map(({ number }) => number)];
  if (named.length <= mostLookedUp)
    return `select [${numbers.join(", ")}][list_position([${locations.join(", ")}], file_path)] as number, pos from ${deleted}`;
  const names = locations.map((location, index) => `(${location}, ${numbers[index]})`);
  return `select number, pos from ${deleted} join (values ${names.join(", ")}) names(location, number) on file_path = location`;
}

function valueDeletesOf(files: readonly ReadFile[]): readonly ValueDeleteFile[] {
  return distinctByPath(files.flatMap(({ byValue }) => byValue?.files ?? []));
}

function distinctByPath<File extends CountedFile>(files: readonly File[]): readonly File[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

/** For each set of compared columns: a row goes that is equal to one deleted by a later commit (spec: "Equality Delete Files"). */
function withoutEqual(files: readonly ReadFile[]): string {
  return valueDeleteGroups(files)
    .map((deletes, index) => antiJoin({ files, deletes, alias: `equal${index}` }))
    .join("");
}

function valueDeleteGroups(files: readonly ReadFile[]): readonly (readonly ValueDeleteFile[])[] {
  const kind = ({ columns, partition }: ValueDeleteFile): string =>
    JSON.stringify([columns.map(({ fieldId }) => fieldId), partition === undefined]);
  return [...Map.groupBy(valueDeletesOf(files), kind).values()];
}

interface AntiJoin {
  readonly files: readonly ReadFile[];
  readonly deletes: readonly ValueDeleteFile[];
  readonly alias: string;
}

function antiJoin({ files, deletes, alias }: AntiJoin): string {
  const { columns, partition } = must(deletes[0], "a file of deletes");
  const places = [...new Set(deletes.map((file) => file.partition))];
  const placeOf = (key: string | undefined): number => (partition === undefined ? 0 : places.indexOf(key));
  const names = columns.map(({ fieldId }) => `f${fieldId}`);
  const equal = columns.map((column) => `${columnSql(column, files)} is not distinct from ${alias}.f${column.fieldId}`);
  const dataPlaces = ofFile(
    files.map(({ byValue }) => placeOf(byValue?.partition)),
    "data.",
  );
  const dataSequences = ofFile(
    files.map(({ byValue }) => byValue?.sequence ?? 0n),
    "data.",
  );
  return ` anti join (select ${names.join(", ")}, ${ofFile(deletes.map((file) => placeOf(file.partition)))} as place,
      max(${ofFile(deletes.map(({ sequence }) => sequence))}) as until
      from ${readParquet(
        deletes,
        columns.map((column) => shapedSource(column, undefined)),
      )} group by all) ${alias}
    on ${equal.join(" and ")} and ${dataPlaces} = ${alias}.place and ${dataSequences} < ${alias}.until`;
}

/** A select statement: the places of rows that are there and not read, since position deletes name them, once each. */
export function deletedPlacesSql(files: readonly DeletedRows[]): string {
  const places = goneSql(files);
  if (places.length === 0) return "select null::integer as file, null::bigint as row where false";
  return `select distinct (file + 1)::integer as file, row from (${places.join(" union all ")}) gone`;
}
