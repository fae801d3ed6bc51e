/** CSV files as a relation of texts: columns `f0`, `f1` … as the files have them, and the engine's `file_index`. */
import { quoteText } from "../../engine/duckdb-type.ts";
import { quotePath } from "../../engine/quote-path.ts";
import { longestRow } from "./file-beginning.ts";
import type { FileShape } from "./file-shape.ts";
import type { Reading } from "./reading.ts";

interface CsvRelation {
  readonly paths: readonly string[];
  /** Number of columns in the files. */
  readonly width: number;
  readonly shape: Pick<FileShape, "format" | "isGzip" | "lineEnd">;
  readonly reading: Pick<Reading, "delimiter" | "quote" | "null" | "header">;
}

/** A relation that can follow `from`. Rows that are shorter than the widest are allowed in files of all tables only. */
export function csvRelation(csv: CsvRelation): string {
  const { width, reading } = csv;
  return width === 1 && reading.null !== "" ? oneColumn(csv) : readCsv(csv, quoteText(reading.null));
}

/**
 * The engine leaves out empty lines, which are empty texts in a table of one column, unless empty texts are null. So it
 * reads the file twice, with one and with two texts for null, to tell an empty text from null.
 */
function oneColumn(csv: CsvRelation): string {
  const texts = `select f0 as text, file_index as place from ${readCsv(csv, "['']")}`;
  const values = `select f0 as value from ${readCsv(csv, `['', ${quoteText(csv.reading.null)}]`)}`;
  return `(select case when text is null then '' else value end as f0, place as file_index from (${texts}) texts positional join (${values}) found)`;
}

function readCsv({ paths, width, shape: { format, isGzip, lineEnd }, reading }: CsvRelation, nulls: string): string {
  const list = paths.map(quotePath).join(", ");
  const columns = Array.from({ length: width }, (_, index) => `f${index}: 'varchar'`).join(", ");
  const { delimiter, quote, header } = reading;
  const isOfAllTables = format === "transactions";
  const options = {
    delim: quoteText(delimiter),
    quote: quoteText(quote),
    escape: quoteText(quote),
    nullstr: nulls,
    header: String(header && !isOfAllTables),
    new_line: lineEnd === "\n" ? "'\\n'" : "'\\r\\n'",
    // The engine would take rows of 2 MB only, with buffers of the same size.
    max_line_size: String(longestRow),
    buffer_size: String(2 * longestRow),
    compression: quoteText(isGzip ? "gzip" : "uncompressed"),
    ...(isOfAllTables && { null_padding: "true", parallel: "false" }),
  };
  const told = Object.entries(options).map(([name, value]) => `${name} = ${value}`);
  return `read_csv([${list}], auto_detect = false, hive_partitioning = false, allow_quoted_nulls = false, columns = {${columns}}, ${told.join(", ")})`;
}
