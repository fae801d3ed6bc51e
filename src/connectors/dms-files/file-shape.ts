/** The columns of one file, by name or by their number, and whether its rows begin with an operation. */
import { HeadgateError } from "../../errors.ts";
import { csvRecords, lineEndOf } from "./csv-records.ts";
import { isLoad, isTransactions } from "./layout.ts";
import type { LookedAt, ParquetField } from "./looked-at.ts";
import { beginWithOp, beginWithOperations } from "./operations.ts";
import type { Reading } from "./reading.ts";

export interface FileShape {
  readonly format: "csv" | "parquet" | "transactions";
  readonly isGzip: boolean;
  readonly lineEnd: "\n" | "\r\n";
  readonly hasOp: boolean;
  /** The columns without the operation. */
  readonly columns: readonly ShapeColumn[];
}

/** `engineType` is that of Parquet; values of CSV are texts. */
export type ShapeColumn = Omit<ParquetField, "engineType"> & { readonly engineType?: string | undefined };

/** Undefined for a file without rows. Throws SOURCE_FILE_INVALID if the columns of the file are not those of the table. */
export function fileShape(looked: LookedAt, reading: Reading): FileShape | undefined {
  const { text, isGzip, fields, file } = looked;
  if (text === undefined) return parquetShape(checkedFields(file.path, fields), { file, reading });
  const lineEnd = lineEndOf(text, reading);
  const columns = reading.columns.map(({ name }) => ({ name }));
  if (isTransactions(file.path)) return { format: "transactions", isGzip, lineEnd, hasOp: true, columns };
  if (text === "") return undefined;
  const [first] = csvRecords(text, reading, 1);
  if (first === undefined) throw cutOff(file.path);
  if (!reading.header) return { format: "csv", isGzip, lineEnd, ...withoutHeader(looked, { first, reading }) };
  const hasOp = beginWithOp(first, { isLoad: isLoad(file.path), columns: reading.columns });
  if (!hasOp && !first.some((name) => reading.columns.some((column) => column.name === name)))
    throw withoutNames(file.path);
  return { format: "csv", isGzip, lineEnd, hasOp, columns: first.slice(hasOp ? 1 : 0).map((name) => ({ name })) };
}

/** Names under which the engine tells where a row stands. A column of that name would be taken for the row's place. */
const engineNames = new Set(["file_index", "file_row_number"]);

function checkedFields(path: string, fields: readonly ParquetField[]): readonly ParquetField[] {
  const taken = fields.find(({ name }) => engineNames.has(name.toLowerCase()));
  if (taken === undefined) return fields;
  throw new HeadgateError("SOURCE_TABLE_UNFIT", {
    place: path,
    message: `no column of a Parquet file can have the name ${taken.name}`,
    remedy: "rename the column by a transformation rule of the DMS task, or let DMS write CSV",
  });
}

function parquetShape(
  fields: readonly ParquetField[],
  { file, reading: { columns } }: { file: LookedAt["file"]; reading: Reading },
): FileShape {
  const names = fields.map(({ name }) => name);
  const hasOp = beginWithOp(names, { isLoad: isLoad(file.path), columns });
  return { format: "parquet", isGzip: false, lineEnd: "\n", hasOp, columns: hasOp ? fields.slice(1) : fields };
}

/** Values are never taken for the names of columns, which everybody may see. */
function withoutNames(path: string): HeadgateError {
  return new HeadgateError("SOURCE_FILE_INVALID", {
    place: `${path}, line 1`,
    message: "it names none of the table's columns, and other files begin with names",
    remedy: "let DMS write names into all files (AddColumnName=true)",
  });
}

/** The error for a file whose last row is not complete. */
export function cutOff(place: string): HeadgateError {
  return new HeadgateError("SOURCE_FILE_INVALID", { place, message: "the file ends in the middle of a row" });
}

/** In files of changes, a field less may be a column less, with the operation in the place of the first column. */
function withoutHeader(
  { file, text = "" }: LookedAt,
  { first, reading }: { first: readonly string[]; reading: Reading },
): Pick<FileShape, "hasOp" | "columns"> {
  const columns = reading.columns.map(({ name }) => ({ name }));
  const isMarked = (): boolean => beginWithOperations(csvRecords(text, reading, 1_000));
  const isShort = first.length === columns.length && columns.length > 1 && !isLoad(file.path) && isMarked();
  if (first.length === columns.length && !isShort) return { hasOp: false, columns };
  if (first.length === columns.length + 1) return { hasOp: true, columns };
  throw new HeadgateError("SOURCE_FILE_INVALID", {
    place: `${file.path}, line 1`,
    message: `it has ${first.length} ${isShort ? "fields with the operation" : "columns"}, without names, and the table has ${columns.length}: nothing says which one is new or gone`,
    remedy:
      "tell the columns of these files with `headgate table set <database.table> --reading '{\"columns\": […]}'` and load the table again, or let DMS write names (AddColumnName=true)",
  });
}
