/**
 * The rows of some of a table's files as one select statement, in the lake's types and in the order in which they
 * apply. Files with the same columns are read together.
 * Invariant: a value is converted without loss or not at all, and a row with another number of fields is never read.
 */
import { duckdbType, quoteName, quoteText } from "../../engine/duckdb-type.ts";
import { quotePath } from "../../engine/quote-path.ts";
import { HeadgateError } from "../../errors.ts";
import { mapLimit } from "../../base/limit.ts";
import { must } from "../../base/must.ts";
import { conversion, type Conversion } from "../../ingest/import/convert-value.ts";
import { typeOfEngine } from "../../ingest/import/found-type.ts";
import type { ForeignFile } from "../../objects/foreign-files.ts";
import type { FileRows, SourceTable } from "../../sync/source.ts";
import { csvRelation } from "./csv-relation.ts";
import { endsWithLine, gzipEndsWithLine } from "./file-beginning.ts";
import { fileInvalid } from "./file-invalid.ts";
import { cutOff, fileShape, type FileShape } from "./file-shape.ts";
import { isLoad } from "./layout.ts";
import { lookAt, type Looking } from "./looked-at.ts";
import type { Reading } from "./reading.ts";
import { tableKey, type TransactionWidths } from "./transaction-widths.ts";
import { checkNamed, checkWidths, countTransactions, transactionFields } from "./transactions-file.ts";

export interface RowParts {
  readonly table: SourceTable;
  readonly reading: Reading;
  /** In the order in which they apply. */
  readonly files: readonly ForeignFile[];
}

/** A file whose rows are read, and its place among the files. */
interface ReadFile {
  readonly file: ForeignFile;
  readonly number: number;
  readonly path: string;
  readonly shape: FileShape;
  readonly widths: TransactionWidths | undefined;
}

/** Files that are opened at the same time. */
const openedAtOnce = 8;

/** Undefined if the files have no rows. Throws SOURCE_FILE_INVALID, and what opening a file throws. */
export async function rowFiles(looking: Looking, parts: RowParts): Promise<FileRows | undefined> {
  const opened = await mapLimit([...parts.files.entries()], openedAtOnce, ([number, file]) =>
    openFile(looking, { file, number, ...parts }),
  );
  const read = opened.filter((file) => file !== undefined);
  const groups = [...Map.groupBy(read, ({ shape }) => JSON.stringify(shape)).values()].map((files) =>
    groupOf(files, parts),
  );
  if (groups.length === 0) return undefined;
  const locations = new Map(read.map(({ path, file }) => [path, file.path]));
  const sql = groups.map((group) => group.sql).join(" union all ");
  const placeOf = async (file: number, row: number): Promise<string> => {
    const engine = await looking.engine();
    const before = `select count(*) from (${sql}) rows where file = ${file} and row <= ${row}`;
    const count = (await engine.run(before)).rows[0]?.[0];
    return `${parts.files[file]?.path ?? ""}, row ${String(count)}`;
  };
  return {
    sql,
    placeOf,
    async explain(failure) {
      if (failure instanceof HeadgateError && failure.code === "SQL_FAILED") {
        const misfit = await findMisfit(looking, { groups, parts, placeOf }).catch(() => undefined);
        if (misfit !== undefined) return misfit;
      }
      return fileInvalid(failure, locations);
    },
  };
}

async function openFile(
  looking: Looking,
  { file, number, reading, table }: { file: ForeignFile; number: number; reading: Reading; table: SourceTable },
): Promise<ReadFile | undefined> {
  const looked = await lookAt(looking, file);
  const shape = fileShape(looked, reading);
  if (shape === undefined) return undefined;
  const { path } = looked;
  if (shape.format !== "parquet") await checkEnd(file, { path, isGzip: shape.isGzip });
  if (shape.format !== "transactions") return { file, number, path, shape, widths: undefined };
  const widths = await countTransactions(looking, looked, reading);
  checkNamed(file, widths);
  const own = widths.byTable.get(tableKey(table.name.name, table.name.schema));
  if (own === undefined) return undefined;
  checkWidths(own, { file, columns: shape.columns.length });
  return { file, number, path, shape, widths };
}

async function checkEnd(file: ForeignFile, { path, isGzip }: { path: string; isGzip: boolean }): Promise<void> {
  const isWhole = await (isGzip ? gzipEndsWithLine(path) : endsWithLine(path, file.size)).catch((failure: unknown) => {
    throw fileInvalid(failure, new Map([[path, file.path]]));
  });
  if (!isWhole) throw cutOff(file.path);
}

interface Group {
  readonly sql: string;
  /** A relation with `op`, `file`, `row` and the values as they are in the files. */
  readonly raw: string;
  readonly conversions: readonly (Conversion | undefined)[];
  readonly isOfLoad: boolean;
}

function groupOf(files: readonly ReadFile[], { table, reading }: RowParts): Group {
  const { shape } = must(files[0], "a file");
  const conversions = table.columns.map(({ name, lakeType }) => conversionOf(name, { lakeType, shape, reading }));
  const values = table.columns.map(
    ({ lakeType }, index) => `${conversions[index]?.sql ?? `null::${duckdbType(lakeType)}`} as c${index}`,
  );
  const raw = rawRows(files, { table, reading });
  const isOfLoad = files.every(({ file }) => isLoad(file.path));
  const checkedOp = `case when op in ${knownOps(isOfLoad)} then op else error('unknown operation') end as op`;
  const sql = `select ${[checkedOp, "file", "row", ...values].join(", ")} from ${raw} raw`;
  return { sql, raw, conversions, isOfLoad };
}

function knownOps(isOfLoad: boolean): string {
  return isOfLoad ? "('I')" : "('I', 'U', 'D')";
}

/** Undefined for a column that the files do not have. */
function conversionOf(
  name: string,
  { lakeType, shape, reading }: { lakeType: string; shape: FileShape; reading: Reading },
): Conversion | undefined {
  if (name === keptOp && reading.keep.includes("op")) return { sql: "op", misfit: undefined, shown: "op" };
  const at = shape.columns.findIndex((column) => column.name === name);
  if (at === -1) return undefined;
  const engineType = shape.columns[at]?.engineType;
  const type = engineType === undefined ? "string" : typeOfEngine(engineType);
  const found = conversion({ reference: `v${at}`, type, engineType }, lakeType);
  return engineType === undefined ? { ...found, sql: quickSql(`v${at}`, { lakeType, sql: found.sql }) } : found;
}

/** A text that has lost nothing for certain is cast; only others need the slower, careful way. */
function quickSql(reference: string, { lakeType, sql }: { lakeType: string; sql: string }): string {
  const value = `try_cast(${reference} as ${duckdbType(lakeType)})`;
  const isSure = sureSql(reference, { lakeType, value });
  return isSure === undefined ? sql : `case when ${isSure} then ${value} else ${sql} end`;
}

/** A cheap condition for texts that are certainly cast without loss: the engine would write the value in the same way. */
function sureSql(reference: string, { lakeType, value }: { lakeType: string; value: string }): string | undefined {
  if (lakeType === "double") return sureDouble(reference);
  if (lakeType === "timestamp")
    return `case strlen(${reference}) when 19 then ${value}::varchar else strftime(${value}, '%Y-%m-%d %H:%M:%S.%f') end = ${reference}`;
  return /^(int|long|date|decimal\(.*\))$/.test(lakeType) ? `${value}::varchar = ${reference}` : undefined;
}

/** A double keeps every number of fifteen digits. */
function sureDouble(reference: string): string {
  return `strlen(${reference}) <= 15 and regexp_full_match(${reference}, '-?\\d+(\\.\\d+)?')`;
}

/** The name of the column that keeps the operation, which is DMS's own. */
export const keptOp = "Op";

function rawRows(files: readonly ReadFile[], { table, reading }: Pick<RowParts, "table" | "reading">): string {
  const { shape, file: first } = must(files[0], "a file");
  // Programs that put files together write null for the operation that a full load does not say.
  const given = (op: string): string => (isLoad(first.path) ? `coalesce(${op}, 'I')` : op);
  const numbers = `${numberOfFile(files)}::integer as file`;
  const paths = files.map(({ path }) => path);
  if (shape.format === "parquet") {
    const op = shape.hasOp ? `${given(quoteName(keptOp))} as op` : "'I' as op";
    const values = shape.columns.map(({ name }, index) => `${quoteName(name)} as v${index}`);
    const list = [op, numbers, "file_row_number + 1 as row", ...values].join(", ");
    return `(select ${list} from read_parquet([${paths.map(quotePath).join(", ")}], hive_partitioning = false))`;
  }
  const before = shape.format === "transactions" ? transactionFields : shape.hasOp ? 1 : 0;
  const values = shape.columns.map((_column, index) => `f${index + before} as v${index}`);
  const op = shape.hasOp ? `${given("f0")} as op` : "'I' as op";
  const width = Math.max(shape.columns.length + before, ...files.map(({ widths }) => widths?.widest ?? 0));
  const relation = csvRelation({ paths, width, shape, reading });
  const list = [op, numbers, "row_number() over () as row", ...values];
  if (shape.format === "csv") return `(select ${list.join(", ")} from ${relation})`;
  const { schema, name } = table.name;
  const isOwn = `of_table = ${quoteText(name)} and of_schema = ${quoteText(schema)}`;
  return `(from (select ${[...list, "f1 as of_table", "f2 as of_schema"].join(", ")} from ${relation}) where ${isOwn})`;
}

/** A list of numbers costs a tenth of the time in which a thousand files are read, so it is used only where it is needed. */
function numberOfFile(files: readonly ReadFile[]): string {
  const isInTurn = files.every(({ number }, index) => number === index);
  return isInTurn ? "file_index" : `[${files.map(({ number }) => number).join(", ")}][(file_index + 1)::bigint]`;
}

interface Misfitting {
  readonly groups: readonly Group[];
  readonly parts: RowParts;
  readonly placeOf: FileRows["placeOf"];
}

/** The error for the first row with a value that does not fit its column, or with an unknown operation. */
async function findMisfit(
  { engine }: Looking,
  { groups, parts, placeOf }: Misfitting,
): Promise<HeadgateError | undefined> {
  const { columns } = parts.table;
  for (const { raw, conversions, isOfLoad } of groups) {
    const doubtful = conversions.flatMap((found, index) => (found?.misfit === undefined ? [] : [{ ...found, index }]));
    const which = doubtful.map(({ misfit, index }) => `when ${misfit} then ${index}`).join(" ");
    const value = doubtful.map(({ misfit, shown }) => `when ${misfit} then ${shown}`).join(" ");
    const badOp = `op is null or op not in ${knownOps(isOfLoad)}`;
    const { rows } = await (
      await engine()
    ).run(
      `select file, row, which, value from (select file, row, case when ${badOp} then -1 ${which} end as which,
        case when ${badOp} then op ${value} end as value from ${raw}) where which is not null order by file, row limit 1`,
    );
    const [file, row, column, text] = rows[0] ?? [];
    if (file === undefined) continue;
    const place = await placeOf(Number(file), Number(row));
    const found = columns[Number(column)];
    if (found === undefined) return isOfLoad ? noInsert(place) : noOperation(place);
    return misfitError(place, { ...found, text: String(text) });
  }
  return undefined;
}

function noOperation(place: string): HeadgateError {
  return new HeadgateError("SOURCE_FILE_INVALID", { place, message: "the operation is none of I, U and D" });
}

function noInsert(place: string): HeadgateError {
  return new HeadgateError("SOURCE_FILE_INVALID", {
    place,
    message: `the operation is not I, which it is in every row of a full load`,
    remedy:
      'if the table has a column of that name itself, name it as the files do: `headgate table set <database.table> --reading \'{"columns": [{"name": "op"}]}\'`',
  });
}

function misfitError(
  place: string,
  { name, lakeType, text }: { name: string; lakeType: string; text: string },
): HeadgateError {
  return new HeadgateError("SOURCE_FILE_INVALID", {
    place: `${place}, column ${name}`,
    message: `a value is no ${lakeType}`,
    quoted: `"${text.slice(0, 100)}" is no ${lakeType}`,
    remedy: `set another type for the column: \`headgate table set <database.table> --reading '{"columns": [{"name": ${JSON.stringify(name)}, "type": "string"}]}'\``,
  });
}
