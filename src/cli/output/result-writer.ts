/**
 * Writes the result of a query as it arrives. `table` buffers what it will show, because it must know the widths. The
 * other formats buffer nothing: `csv`; `ndjson`, one object per line; `json`, one document `{"columns": […], "rows":
 * [{…}], …summary}`.
 */
import { formatJson } from "../../base/json.ts";
import { formatCsvRecord } from "./csv.ts";
import { rowFormatter } from "./json.ts";
import { resultText, type ResultColumn, type ResultValue } from "./result-value.ts";
import { count, renderTable } from "./table.ts";
import { colorsOf, widthOf, writeAll, type TextStream } from "./terminal.ts";

export const resultFormats = ["table", "csv", "json", "ndjson"] as const;
export type ResultFormat = (typeof resultFormats)[number];

export type ResultRow = readonly ResultValue[];

/** Call `begin` with the columns first, then `rows`, then `end`. */
export interface ResultWriter {
  begin(columns: readonly ResultColumn[]): void;
  /** Resolves when the stream accepts more. */
  rows(rows: readonly ResultRow[]): Promise<void>;
  /** `summary` is added to the JSON document and, as a remark, below the table. */
  end(summary: ResultSummary): void;
}

export interface ResultSummary {
  readonly filesRead?: number | undefined;
  readonly filesSkipped?: number | undefined;
  readonly seconds?: number | undefined;
  /** Only in the JSON document; below a table they would be taken for its rows. */
  readonly warnings?: readonly string[] | undefined;
}

export interface ResultWriterOptions {
  readonly stream: TextStream;
  readonly format: ResultFormat;
  /** The most rows that a table shows; the rest are counted. */
  readonly shownRows?: number | undefined;
}

export function openResultWriter({ stream, format, shownRows = 200 }: ResultWriterOptions): ResultWriter {
  if (format === "csv") return csvWriter(stream);
  if (format === "ndjson") return linesWriter(stream);
  return format === "json" ? documentWriter(stream) : tableWriter(stream, shownRows);
}

/** Writes an item of a streamed result: its columns, or some of its rows. */
export async function writeItem(writer: ResultWriter, item: unknown): Promise<void> {
  const { columns, rows } = item as { columns?: ResultColumn[]; rows?: ResultRow[] };
  if (columns !== undefined) writer.begin(columns);
  if (rows !== undefined) await writer.rows(rows);
}

function csvWriter(stream: TextStream): ResultWriter {
  return {
    begin: (columns) => void stream.write(formatCsvRecord(columns.map(({ name }) => name))),
    rows: (rows) => writeAll(stream, rows.map(formatCsvRecord).join("")),
    end: () => {},
  };
}

function linesWriter(stream: TextStream): ResultWriter {
  let format = rowFormatter([]);
  return {
    begin: (columns) => void (format = rowFormatter(columns)),
    rows: (rows) => writeAll(stream, rows.map((row) => `${format(row)}\n`).join("")),
    end: () => {},
  };
}

function documentWriter(stream: TextStream): ResultWriter {
  let format = rowFormatter([]);
  let separator = "\n";
  return {
    begin(columns) {
      format = rowFormatter(columns);
      stream.write(`{"columns":${formatJson(columns)},\n"rows":[`);
    },
    rows(rows) {
      if (rows.length === 0) return Promise.resolve();
      const text = separator + rows.map(format).join(",\n");
      separator = ",\n";
      return writeAll(stream, text);
    },
    end: (summary) => void stream.write(`\n],\n"summary":${formatJson(summary)}}\n`),
  };
}

function tableWriter(stream: TextStream, shownRows: number): ResultWriter {
  const kept: ResultRow[] = [];
  let columns: readonly ResultColumn[] = [];
  let total = 0;
  return {
    begin: (given) => void (columns = given),
    async rows(rows) {
      total += rows.length;
      kept.push(...rows.slice(0, Math.max(0, shownRows - kept.length)));
    },
    end(summary) {
      const colors = colorsOf(stream);
      const headings = columns.map(({ name, type }) => ({ name, type: type.toLowerCase(), align: alignOf(type) }));
      stream.write(
        renderTable({
          columns: headings,
          rows: kept.map((row) => row.map((value, index) => cellText(value, columns[index]))),
          width: widthOf(stream),
          colors,
        }),
      );
      stream.write(`${colors.dim(remark({ total, shown: kept.length, summary }))}\n`);
    },
  };
}

function remark({ total, shown, summary }: { total: number; shown: number; summary: ResultSummary }): string {
  const { filesRead, filesSkipped = 0, seconds } = summary;
  const rows =
    shown < total ? `${count(total, "row")}, the first ${shown.toLocaleString("en")} shown` : count(total, "row");
  const files =
    filesRead === undefined
      ? []
      : [`${count(filesRead, "file")} read${filesSkipped > 0 ? `, ${filesSkipped.toLocaleString("en")} skipped` : ""}`];
  return [rows, ...files, ...(seconds === undefined ? [] : [`${seconds.toFixed(seconds < 10 ? 2 : 1)} s`])].join(" · ");
}

function alignOf(type: string): "left" | "right" {
  return /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL)\b(?!.*\[)/i.test(type) ? "right" : "left";
}

/** As in JSON and CSV, except that a moment has a space, as people write it. */
function cellText(value: ResultValue, column: ResultColumn | undefined): string | null {
  const text = resultText(value);
  return text !== null && column?.type.startsWith("TIMESTAMP") === true ? text.replace("T", " ") : text;
}
