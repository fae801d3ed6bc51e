/**
 * Makes a relation of files that are read in the same way: columns `c0`, `c1` … and `origin`, the path of the row's
 * file.
 */
import { formatJson, type Json } from "../../base/json.ts";
import { quoteName, quoteText } from "../../engine/duckdb-type.ts";
import type { Type } from "../../iceberg/type.ts";
import type { ImportFile } from "./import-file.ts";
import type { Shape } from "./shape.ts";

/** How the fields of a CSV file are separated. */
export interface Dialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  readonly skippedLines: number;
  readonly hasHeader: boolean;
  /** The text that begins a comment; undefined when there are no comments. */
  readonly comment: string | undefined;
  readonly encoding: "utf-8" | "utf-16";
}

/** How to read CSV files, as far as the user specified it. */
export interface CsvOptions {
  readonly delimiter?: string | undefined;
  /** The text that begins a comment; a comment lasts to the end of its line. */
  readonly comment?: string | undefined;
  /** Number of lines above the header or, without one, above the first row. */
  readonly skipLines?: number | undefined;
}

export interface FileColumn {
  /** The name in the file. */
  readonly name: string;
  readonly type: Type;
  /** The engine's type, for Parquet. Values of other formats are texts or nested. */
  readonly engineType?: string | undefined;
  /** Describes the values of a text or JSON column. */
  readonly shape?: Shape | undefined;
  /** For a nested JSON column. */
  readonly structure?: Json | undefined;
  /** Why the column has this type, if that may surprise. */
  readonly because?: string | undefined;
}

export interface Reading extends Pick<ImportFile, "format" | "isGzip"> {
  /** For CSV. */
  readonly dialect?: Dialect | undefined;
  readonly columns: readonly FileColumn[];
  /** Bytes of the longest line, for rewritten JSON. */
  readonly longestLine?: number | undefined;
}

/** A relation that can follow `from`. */
export function relationSql(reading: Reading, paths: readonly string[]): string {
  const list = `[${paths.map(quoteText).join(", ")}]`;
  switch (reading.format) {
    case "parquet":
      return parquetSql(reading, list);
    case "csv":
      return csvSql(reading, list);
    case "json":
      return jsonSql(reading, list);
  }
}

/** States the compression explicitly, because the names of copies do not tell it. */
export function compressionSql({ isGzip }: Pick<ImportFile, "isGzip">): string {
  return `compression = '${isGzip ? "gzip" : "uncompressed"}'`;
}

function parquetSql({ columns }: Reading, list: string): string {
  const named = columns.map(({ name }, index) => `${quoteName(name)} as c${index}, `).join("");
  return `(select ${named}${originName} as origin from read_parquet(${list}, filename = '${originName}'))`;
}

/** A name that no file is likely to use for a column. */
const originName = "headgate_origin";

function csvSql(reading: Reading, list: string): string {
  const { dialect, columns } = reading;
  const types = columns.map((_column, index) => `c${index}: 'varchar'`).join(", ");
  const names = columns.map((_column, index) => `c${index}, `).join("");
  return `(select ${names}${originName} as origin from read_csv(${list}, auto_detect = false, columns = {${types}},
    ${dialect === undefined ? "" : `${dialectSql(dialect)},`} allow_quoted_nulls = false, filename = '${originName}', ${compressionSql(reading)}))`;
}

function dialectSql({ delimiter, quote, escape, skippedLines, hasHeader, comment, encoding }: Dialect): string {
  const texts = { delim: delimiter, quote, escape, encoding, ...(comment !== undefined && { comment }) };
  const list = Object.entries(texts).map(([name, text]) => `${name} = ${quoteText(text)}`);
  return [...list, `skip = ${skippedLines}`, `header = ${hasHeader}`].join(", ");
}

/** For files that rewrite-json.ts wrote: each line is a list with the text of each column. */
function jsonSql({ columns, longestLine = 0 }: Reading, list: string): string {
  const values = columns.map(({ structure }, index) =>
    structure === undefined
      ? `texts[${index + 1}] as c${index}, `
      : `json_transform_strict(texts[${index + 1}], ${quoteText(formatJson(structure))}) as c${index}, `,
  );
  const pointers = columns.map((_column, index) => quoteText(`/${index}`)).join(", ");
  const texts = columns.length === 0 ? "[]::varchar[]" : `json_extract_string(json, [${pointers}])`;
  const longest = Math.max(usualLine, longestLine + 1024);
  return `(select ${values.join("")}origin from (select ${originName} as origin, ${texts} as texts
    from read_json_objects(${list}, format = 'newline_delimited', filename = '${originName}', compression = 'uncompressed',
      maximum_object_size = ${longest}) objects(json, ${originName})))`;
}

/** The engine's default. */
const usualLine = 16_777_216;
