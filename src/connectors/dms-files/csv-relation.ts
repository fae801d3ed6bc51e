/** CSV files as a relation of texts: columns `f0`, `f1` … as the files have them, and the engine's `file_index`. */
import { quoteText } from "../../engine/duckdb-type.ts";
import { quotePath } from "../../engine/quote-path.ts";
import type { FileShape } from "./file-shape.ts";
import type { Reading } from "./reading.ts";

interface CsvRelation {
  readonly paths: readonly string[];
  /** Number of columns in the files. */
  readonly width: number;
  readonly shape: Pick<FileShape, "format" | "isGzip" | "lineEnd">;
  readonly reading: Pick<Reading, "delimiter" | "quote" | "null" | "header">;
}

/** In bytes. Large objects (LOB) can be so long; the engine would take 2 MB only, with buffers of the same size. */
const longestRow = 16 * 1024 * 1024;

/** A relation that can follow `from`. Rows that are shorter than the widest are allowed in files of all tables only. */
export function csvRelation({ paths, width, shape: { format, isGzip, lineEnd }, reading }: CsvRelation): string {
  const list = paths.map(quotePath).join(", ");
  const columns = Array.from({ length: width }, (_, index) => `f${index}: 'varchar'`).join(", ");
  const { delimiter, quote, null: nullText, header } = reading;
  const isOfAllTables = format === "transactions";
  const options = {
    delim: quoteText(delimiter),
    quote: quoteText(quote),
    escape: quoteText(quote),
    nullstr: quoteText(nullText),
    header: String(header && !isOfAllTables),
    new_line: lineEnd === "\n" ? "'\\n'" : "'\\r\\n'",
    max_line_size: String(longestRow),
    buffer_size: String(2 * longestRow),
    compression: quoteText(isGzip ? "gzip" : "uncompressed"),
    ...(isOfAllTables && { null_padding: "true", parallel: "false" }),
  };
  const told = Object.entries(options).map(([name, value]) => `${name} = ${value}`);
  return `read_csv([${list}], auto_detect = false, hive_partitioning = false, allow_quoted_nulls = false, columns = {${columns}}, ${told.join(", ")})`;
}
