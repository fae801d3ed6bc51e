/** The columns of one file, by name or by their number, and whether its rows begin with an operation. */
import { HeadgateError } from "../../errors.ts";
import { csvRecords, lineEndOf } from "./csv-records.ts";
import { isTransactions } from "./layout.ts";
import type { LookedAt, ParquetField } from "./looked-at.ts";
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
  if (text === undefined) return parquetShape(fields);
  const lineEnd = lineEndOf(text, reading);
  const columns = reading.columns.map(({ name }) => ({ name }));
  if (isTransactions(file.path)) return { format: "transactions", isGzip, lineEnd, hasOp: true, columns };
  if (text === "") return undefined;
  const [first] = csvRecords(text, reading, 1);
  if (first === undefined) throw cutOff(file.path);
  if (!reading.header) return { format: "csv", isGzip, lineEnd, ...withoutHeader(looked, { first, reading }) };
  const hasOp = isOp(first[0]);
  return { format: "csv", isGzip, lineEnd, hasOp, columns: first.slice(hasOp ? 1 : 0).map((name) => ({ name })) };
}

export function parquetShape(fields: readonly ParquetField[]): FileShape {
  const hasOp = isOp(fields[0]?.name);
  return { format: "parquet", isGzip: false, lineEnd: "\n", hasOp, columns: hasOp ? fields.slice(1) : fields };
}

/** The name that DMS gives to the column with the operation. */
export function isOp(name: string | undefined): boolean {
  return name?.toLowerCase() === "op";
}

/** The error for a file whose last row is not complete. */
export function cutOff(place: string): HeadgateError {
  return new HeadgateError("SOURCE_FILE_INVALID", { place, message: "the file ends in the middle of a row" });
}

function withoutHeader(
  { file }: LookedAt,
  { first, reading }: { first: readonly string[]; reading: Reading },
): Pick<FileShape, "hasOp" | "columns"> {
  const columns = reading.columns.map(({ name }) => ({ name }));
  if (first.length === columns.length) return { hasOp: false, columns };
  if (first.length === columns.length + 1) return { hasOp: true, columns };
  throw new HeadgateError("SOURCE_FILE_INVALID", {
    place: `${file.path}, line 1`,
    message: `it has ${first.length} columns without names, and the table has ${columns.length}: nothing says which one is new or gone`,
    remedy:
      "tell the columns of these files with `headgate table set <database.table> --reading '{\"columns\": […]}'` and load the table again, or let DMS write names (AddColumnName=true)",
  });
}
