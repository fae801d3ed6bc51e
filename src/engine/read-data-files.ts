/**
 * Data files as a relation. Columns are found by Iceberg field id: renamed columns are found, added columns have their
 * default in older files, widened columns are cast. Deleted rows are left out, whether by position, by deletion vector
 * or by value.
 */
import { must } from "../base/must.ts";
import { sumOf } from "../base/sum.ts";
import { quoteName, quoteText } from "./duckdb-type.ts";
import type { ReadColumn, SourceColumn } from "./read-column.ts";
import { shapedColumn, shapedSource, type FileShape } from "./file-shape.ts";

/** A Parquet file. */
export interface CountedFile {
  readonly path: string;
  /** The row count in its metadata. If it is known for all files, joins are ordered by it. */
  readonly recordCount?: number | undefined;
}

/** The deleted rows of a data file. */
export interface DeletedRows {
  /** The data file's location as position delete files name it. */
  readonly location: string;
  /** The position delete files that may name rows of it. */
  readonly deletes: readonly CountedFile[];
  /** Path of a Parquet file with one column `pos`, which contains the positions in its deletion vector. */
  readonly vector?: string | undefined;
}

export interface ReadFile extends DeletedRows, CountedFile {
  /** Deletes by value that apply to the file. */
  readonly byValue?: ValueDeletes | undefined;
  /** Given if columns cannot be found by field ids alone. */
  readonly shape?: FileShape | undefined;
  /** Undefined if rows have no ids (before format version 3). */
  readonly lineage?: RowLineage | undefined;
  /** Columns that are not in the file, by field id, with the text of the value that all its rows have. */
  readonly constants?: Readonly<Record<number, string | null>> | undefined;
}

/** Row lineage that rows inherit from their file. */
export interface RowLineage {
  /** Id of the file's first row; the ids of the others follow. */
  readonly firstRowId: bigint;
  /** Sequence number of the commit that wrote the file. */
  readonly sequence: bigint;
}

export interface ValueDeletes {
  /** Sequence number of the data file. Deletes of later commits apply to it. */
  readonly sequence: bigint;
  /** Equal for all files of one partition. */
  readonly partition: string;
  readonly files: readonly ValueDeleteFile[];
}

/** A file of deleted rows: every row that equals one of them in its columns is deleted. */
export interface ValueDeleteFile extends CountedFile {
  readonly columns: readonly ReadColumn[];
  readonly sequence: bigint;
  /** Undefined if the deletes apply to rows of every partition. */
  readonly partition: string | undefined;
}

/** Columns that rows keep when they move to another file (spec: "Row Lineage"). */
export const rowIdColumn: ReadColumn = { fieldId: 2147483540, name: "_row_id", sqlType: "bigint" };
export const lastUpdatedColumn: ReadColumn = {
  fieldId: 2147483539,
  name: "_last_updated_sequence_number",
  sqlType: "bigint",
};

interface Reading {
  readonly files: readonly ReadFile[];
  readonly columns: readonly ReadColumn[];
  /**
   * Adds the place of each row: `file`, the file's number in this list (counted from 1), and `row` (counted from 0).
   */
  readonly placesIn?: readonly ReadFile[] | undefined;
  /** Path of a Parquet file without rows. DuckDB 1.5.5 plans statements better with it, in two places below. */
  readonly rowlessFile?: string | undefined;
}

/** Returns a select statement; without files it selects from an empty relation with the same columns. */
export function readDataFilesSql({ files, columns, placesIn, rowlessFile }: Reading): string {
  const groups = Map.groupBy(files, groupKey);
  const parts = [...groups.values()].flatMap((group) => {
    const list = outputs(columns, group, placesIn);
    const rows = `${relation(group, { columns, rowlessFile })} data${withoutDeleted(group)}`;
    return [...assumedDeleted(group, { columns, rowlessFile }), rows].map((from) => `select ${list} from ${from}`);
  });
  return parts.length === 0 ? nothing(columns, placesIn !== undefined) : parts.join(" union all ");
}

/** Files with equal keys are read in the same way. The grouping keeps files without deletes free of their cost. */
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

/** The columns read from files have internal names, so that none is confused with the place of a row. */
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

/** The files of the group are read in the same way. */
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

/** The value that a row inherits from its file if it has none of its own (spec: "Row Lineage"). */
function inheritedSql({ fieldId }: ReadColumn, group: readonly ReadFile[]): string | undefined {
  const known = (value: (lineage: RowLineage) => bigint): string => {
    const values = group.map(({ lineage }) => (lineage === undefined ? "null" : value(lineage)));
    return `${ofFile(values, "data.")}::bigint`;
  };
  if (fieldId === rowIdColumn.fieldId) return `${known(({ firstRowId }) => firstRowId)} + data.file_row_number`;
  return fieldId === lastUpdatedColumn.fieldId ? known(({ sequence }) => sequence) : undefined;
}

/** Picks, from a list with one value per file, the value of the row's file. */
function ofFile(values: readonly (bigint | number | string)[], relationPrefix = ""): string {
  return `[${values.join(", ")}][(${relationPrefix}file_index + 1)::bigint]`;
}

type Relation = Pick<Reading, "columns" | "rowlessFile">;

/** A file with at most this many rows is read quickly enough by one thread. */
const rowsOfAThread = 50_000;

/**
 * DuckDB does not know the row groups of a single file when it counts threads, so only one would read it. Two files are
 * read by all threads.
 */
function relation(files: readonly ReadFile[], { columns, rowlessFile }: Relation): string {
  const isLone = files.length === 1 && (files[0]?.recordCount ?? 0) > rowsOfAThread;
  const others = isLone && rowlessFile !== undefined ? [{ path: rowlessFile, recordCount: 0 }] : [];
  return readParquet([...files, ...others], sourceColumns(files, columns));
}

/** The share of rows that DuckDB expects an anti-join to keep when it orders joins. */
const assumedLeft = 1 / 5;

/**
 * Deletes keep nearly all rows. Adds an empty relation with a fake row count, so that DuckDB does not underestimate the
 * anti-join and orders joins as without deletes.
 */
function assumedDeleted(files: readonly ReadFile[], { columns, rowlessFile }: Relation): readonly string[] {
  const antiJoins = (hasPositions(files[0]) ? 1 : 0) + valueDeleteGroups(files).length;
  const rows = sumOf(files, ({ recordCount = Number.NaN }) => recordCount) * (1 - assumedLeft ** antiJoins);
  if (rowlessFile === undefined || !(rows > 0)) return [];
  const counted = { path: rowlessFile, recordCount: Math.round(rows) };
  return [`${readParquet([counted], sourceColumns(files, columns))} data`];
}

/** Includes the columns that deletes by value compare. */
function sourceColumns(files: readonly ReadFile[], columns: readonly ReadColumn[]): readonly SourceColumn[] {
  const compared = valueDeletesOf(files).flatMap((file) => file.columns);
  const wanted = new Map([...compared, ...columns].map((column) => [column.fieldId, column]));
  const list = [...wanted.values()].filter(({ unreadable }) => unreadable === undefined);
  const shape = files[0]?.shape;
  return list.map((column) => shapedSource(column, shape));
}

/**
 * With an explicit schema, DuckDB 1.5.5 opens no file before it has planned, and would assume that every relation is
 * empty.
 */
function readParquet(files: readonly CountedFile[], columns: readonly SourceColumn[]): string {
  // Without a schema, the file's own columns would appear, and one could have the same name as the place of a row.
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

/** Select statements for `file` (the number in this list, counted from 0) and `row`. */
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

/**
 * With more files, a join is faster if the file stores the names without a dictionary. With a dictionary, each name is
 * looked up only once.
 */
const mostLookedUp = 100;

/** A select statement for `number` (null for files that are not in the list) and `pos`. */
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

/**
 * One anti-join for each set of compared columns: a row is deleted if it equals one that a later commit deletes (spec:
 * "Equality Delete Files").
 */
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

/** A select statement for the places of rows that position deletes or deletion vectors name, each once. */
export function deletedPlacesSql(files: readonly DeletedRows[]): string {
  const places = goneSql(files);
  if (places.length === 0) return "select null::integer as file, null::bigint as row where false";
  return `select distinct (file + 1)::integer as file, row from (${places.join(" union all ")}) gone`;
}
