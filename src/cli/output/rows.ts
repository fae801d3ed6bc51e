/**
 * Shows a list of Headgate's own records (tables, runs, sources) as a table; the first record's keys are the columns.
 */
import { shortInstant } from "./short-instant.ts";
import { renderTable, type TableColumn } from "./table.ts";
import { colorsOf, widthOf, type TextStream } from "./terminal.ts";

interface RowsOptions {
  /** Columns that are never narrowed. */
  readonly whole?: readonly string[] | undefined;
  /** Columns that are shown on a line of their own below the row. */
  readonly below?: readonly string[] | undefined;
  /** The text to show when there are no rows. */
  readonly none?: string | undefined;
  /** Leaves out columns for which there is no room, in place of showing them on lines below each row. */
  readonly isBrief?: boolean | undefined;
}

/** A name or an instant is readable in so many cells; less would show only how it begins. */
const readable = 24;

/** Shows numbers with thousands separators, truth as yes or no, instants in UTC to the second, and empty cells for missing values. */
export function printRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  stream: TextStream = process.stdout,
  { whole = [], below = [], none = "nothing to show", isBrief = false }: RowsOptions = {},
): void {
  const [first] = rows;
  if (first === undefined) return void stream.write(`${colorsOf(stream).dim(none)}\n`);
  const columns = Object.keys(first).map((name): TableColumn => ({
    name,
    align: isNumeric(rows, name) ? "right" : "left",
    isWhole: whole.includes(name),
    isBelow: below.includes(name),
    least: readable,
  }));
  const cells = rows.map((row) => columns.map(({ name }) => show(row[name])));
  const width = widthOf(stream);
  stream.write(
    renderTable({ columns, rows: cells, width, overflow: isBrief ? "count" : "follow", colors: colorsOf(stream) }),
  );
}

function isNumeric(rows: readonly Readonly<Record<string, unknown>>[], name: string): boolean {
  const values = rows.map((row) => row[name]).filter((value) => value !== null && value !== undefined);
  return values.length > 0 && values.every((value) => typeof value === "number" || typeof value === "bigint");
}

function show(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number" || typeof value === "bigint") return value.toLocaleString("en");
  if (value instanceof Date) return shortInstant(value.toISOString());
  return typeof value === "object" ? JSON.stringify(value) : shortInstant(String(value));
}
