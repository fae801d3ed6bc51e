/**
 * The numbers of fields that rows have in files with the transactions of all tables. The engine reads these files with
 * missing fields filled up, so this is where a row that is cut off is found.
 */
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { HeadgateError } from "../../errors.ts";
import type { TableName } from "../../sync/source.ts";
import type { CsvMarks } from "./csv-records.ts";
import { byteOrderMark } from "./file-beginning.ts";
import { operations } from "./operations.ts";

export interface TransactionWidths {
  readonly widest: number;
  /** The first row that does not even name a table. */
  readonly firstShort: number | undefined;
  /** Whether every row begins with an operation, and all quotes are closed. */
  readonly isSound: boolean;
  /** By table and schema: the number of fields of each width, and the line of the first row that has it. */
  readonly byTable: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

export function tableKey(table: string, schema: string): string {
  return JSON.stringify([table, schema]);
}

export function namesOfKey(key: string): TableName {
  const [name = "", schema = ""] = JSON.parse(key) as string[];
  return { schema, name };
}

interface Counted extends CsvMarks {
  readonly path: string;
  /** The file's name for people. */
  readonly place: string;
  /** The longest row that is held in memory, in characters. */
  readonly longest?: number;
  readonly isGzip: boolean;
}

export async function transactionWidths({
  path,
  place,
  isGzip,
  delimiter,
  quote,
  longest = mostCharacters,
}: Counted): Promise<TransactionWidths> {
  const bytes = createReadStream(path);
  const plain: Readable = isGzip ? bytes.pipe(createGunzip()) : bytes;
  bytes.once("error", (failure) => plain.destroy(failure));
  const byTable = new Map<string, Map<number, number>>();
  let widest = 0;
  let firstShort: number | undefined;
  let areOperations = true;
  let last = "";
  let row = 0;
  const endless = (): HeadgateError =>
    new HeadgateError("SOURCE_FILE_INVALID", {
      place: `${place}, row ${row + 1}`,
      message: `the row has no end within ${longest} characters, as when quotes are never closed`,
      remedy: "set an empty `quote` for files without quotes (Rfc4180=false)",
    });
  for await (const line of rowsOf(plain.setEncoding("utf8"), { quote, longest, endless })) {
    row++;
    last = line;
    const fields = splitRow(line, { delimiter, quote });
    widest = Math.max(widest, fields.length);
    if (fields.length < 3) firstShort ??= row;
    areOperations &&= operations.has(unquoted(fields[0] ?? "", quote));
    const key = tableKey(unquoted(fields[1] ?? "", quote), unquoted(fields[2] ?? "", quote));
    const widths = byTable.get(key) ?? new Map<number, number>();
    if (!widths.has(fields.length)) widths.set(fields.length, row);
    byTable.set(key, widths);
  }
  return { widest, firstShort, isSound: areOperations && isClosed(last, quote), byTable };
}

/** The engine reads no row of this length. */
const mostCharacters = 32 * 1024 * 1024;

/** Rows without their line ends. A line end within quotes belongs to its row. */
async function* rowsOf(
  texts: AsyncIterable<string>,
  { quote, longest, endless }: { quote: string; longest: number; endless: () => HeadgateError },
): AsyncIterable<string> {
  let row = "";
  let isQuoted = false;
  let isFirst = true;
  for await (const text of texts) {
    let from = isFirst && text.startsWith(byteOrderMark) ? byteOrderMark.length : 0;
    isFirst = false;
    for (let at = 0; at < text.length; at++) {
      const character = text[at];
      if (quote !== "" && character === quote) isQuoted = !isQuoted;
      if (character !== "\n" || isQuoted) continue;
      yield (row + text.slice(from, at)).replace(/\r$/, "");
      row = "";
      from = at + 1;
    }
    row += text.slice(from);
    if (row.length > longest) throw endless();
  }
  if (row !== "") yield row;
}

/** Only the last row can have a quote that is never closed. */
function isClosed(row: string, quote: string): boolean {
  return quote === "" || row.split(quote).length % 2 === 1;
}

/** The fields with their quotes. */
function splitRow(line: string, { delimiter, quote }: CsvMarks): readonly string[] {
  if (quote === "" || !line.includes(quote)) return line.split(delimiter);
  const fields = [""];
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    if (line[at] === quote) isQuoted = !isQuoted;
    if (!isQuoted && line.startsWith(delimiter, at)) {
      fields.push("");
      at += delimiter.length - 1;
    } else fields[fields.length - 1] += line[at] ?? "";
  }
  return fields;
}

function unquoted(field: string, quote: string): string {
  if (quote === "" || !field.startsWith(quote)) return field;
  return field.slice(1, -1).replaceAll(quote + quote, quote);
}
