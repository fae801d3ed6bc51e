/**
 * A file with the transactions of all tables, understood by itself: how its fields are divided, and which tables have
 * rows in it. Each of its rows begins with the operation, the table and the schema, and it never has a header.
 */
import { HeadgateError } from "../../errors.ts";
import type { ForeignFile } from "../../objects/foreign-files.ts";
import type { CsvMarks } from "./csv-records.ts";
import { fileInvalid } from "./file-invalid.ts";
import { lookAt, type LookedAt, type Looking } from "./looked-at.ts";
import { transactionWidths, type TransactionWidths } from "./transaction-widths.ts";

/** The fields before the values of a row. */
export const transactionFields = ["op", "table", "schema"].length;

export interface TransactionsFile {
  readonly looked: LookedAt;
  readonly marks: CsvMarks;
  readonly widths: TransactionWidths;
}

/** Throws SOURCE_FILE_INVALID if some of its rows name no table, and what opening the file throws. */
export async function lookAtTransactions(
  looking: Looking,
  file: ForeignFile,
  set: { readonly delimiter?: string | undefined; readonly quote?: string | undefined } = {},
): Promise<TransactionsFile> {
  const looked = await lookAt(looking, file);
  const delimiter = set.delimiter ?? delimiterOf(looked.text ?? "");
  let failure: unknown;
  for (const quote of set.quote === undefined ? ['"', ""] : [set.quote])
    try {
      const marks = { delimiter, quote };
      const widths = await countTransactions(looking, looked, marks);
      checkRows(file, widths);
      return { looked, marks, widths };
    } catch (thrown) {
      failure ??= thrown;
    }
  throw failure;
}

/** Counts each file once for the same marks. Throws SOURCE_FILE_INVALID. */
export function countTransactions(
  { widths }: Looking,
  { file, path, isGzip }: LookedAt,
  { delimiter, quote }: CsvMarks,
): Promise<TransactionWidths> {
  const key = JSON.stringify([path, delimiter, quote]);
  const counting = widths.get(key) ?? transactionWidths({ path, place: file.path, isGzip, delimiter, quote });
  widths.set(key, counting);
  return counting.catch((failure: unknown) => {
    throw fileInvalid(failure, new Map([[path, file.path]]));
  });
}

/** Throws SOURCE_FILE_INVALID for a row that ends before its table is named. */
export function checkNamed({ path }: ForeignFile, { firstShort }: TransactionWidths): void {
  if (firstShort === undefined) return;
  throw new HeadgateError("SOURCE_FILE_INVALID", {
    place: `${path}, row ${firstShort}`,
    message: "the row names no table",
  });
}

/**
 * Throws SOURCE_FILE_INVALID for a row with more or fewer values than the table has columns. `widths` has the first row
 * with each number of fields.
 */
export function checkWidths(
  widths: ReadonlyMap<number, number>,
  { file, columns }: { file: ForeignFile; columns: number },
): void {
  for (const [width, row] of widths) {
    if (width === columns + transactionFields) continue;
    throw new HeadgateError("SOURCE_FILE_INVALID", {
      place: `${file.path}, row ${row}`,
      message: `the row has ${width - transactionFields} values, and the table has ${columns} columns`,
    });
  }
}

function checkRows(file: ForeignFile, widths: TransactionWidths): void {
  checkNamed(file, widths);
  if (widths.isSound) return;
  const message = "it has rows that do not begin with an operation (I, U or D), or a quote that is never closed";
  throw new HeadgateError("SOURCE_FILE_INVALID", { place: file.path, message });
}

/** The marks between the operation and the name of the table. */
function delimiterOf(text: string): string {
  return /^[IUD]([^\p{L}\p{N}_$#@"\r\n]{1,4})/u.exec(text)?.[1] ?? ",";
}
