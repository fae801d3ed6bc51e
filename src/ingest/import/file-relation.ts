/** Files that are read in the same way as a relation: columns `c0`, `c1` … and `origin`, the path of the row's file. */
import { formatJson, type Json } from "../../base/json.ts";
import { quoteName, quoteText } from "../../engine/duckdb-type.ts";
import type { Type } from "../../iceberg/type.ts";
import type { ImportFile } from "./import-file.ts";
import type { Shape } from "./shape.ts";

/** How fields are told apart in a file of CSV. */
export interface Dialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  readonly skippedLines: number;
  readonly hasHeader: boolean;
  /** The text that begins a comment; undefined where there are none. */
  readonly comment: string | undefined;
  readonly encoding: "utf-8" | "utf-16";
}

/** How files of CSV are to be read, where somebody said it. */
export interface CsvOptions {
  readonly delimiter?: string | undefined;
  /** The text that begins a comment, which lasts to the end of its line. */
  readonly comment?: string | undefined;
  /** Lines above the header, or above the first row. */
  readonly skipLines?: number | undefined;
}

export interface FileColumn {
  /** As the file has it. */
  readonly name: string;
  readonly type: Type;
  /** As the engine calls it: of Parquet. The values of other formats are texts, or nested. */
  readonly engineType?: string | undefined;
  /** The values of a column of texts or of JSON, described. */
  readonly shape?: Shape | undefined;
  /** Of a nested column of JSON. */
  readonly structure?: Json | undefined;
  /** Why the type is what it is, where that could surprise. */
  readonly because?: string | undefined;
}

export interface Reading extends Pick<ImportFile, "format" | "isGzip"> {
  /** Of CSV. */
  readonly dialect?: Dialect | undefined;
  readonly columns: readonly FileColumn[];
  /** Bytes of the longest line, where JSON was rewritten. */
  readonly longestLine?: number | undefined;
}

/** An expression for what follows `from`. */
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

/** For files that end alike whatever their copies are called. */
export function compressionSql({ isGzip }: Pick<ImportFile, "isGzip">): string {
  return `compression = '${isGzip ? "gzip" : "uncompressed"}'`;
}

function parquetSql({ columns }: Reading, list: string): string {
  const named = columns.map(({ name }, index) => `${quoteName(name)} as c${index}, `).join("");
  return `(select ${named}${originName} as origin from read_parquet(${list}, filename = '${originName}'))`;
}

/** Not a name that a file has for a column. */
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

/** Files that rewrite-json.ts made: each line a list with the text of each column. */
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

/** As the engine has it. */
const usualLine = 16_777_216;
