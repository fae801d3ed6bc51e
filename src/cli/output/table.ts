/**
 * A table for people: aligned columns, numbers on the right, null distinct from text, fitted to the terminal's width.
 * For machines there are CSV and JSON, which shorten nothing.
 */
import { displayWidth, escapeControls, pad, truncate } from "./display-text.ts";
import type { Colors } from "./terminal.ts";

export interface TableColumn {
  readonly name: string;
  /** Shown below the name; absent in Headgate's own lists. */
  readonly type?: string | undefined;
  readonly align: "left" | "right";
  /** Never narrowed, because a shortened id is useless. */
  readonly isWhole?: boolean | undefined;
  /** Cells that a value keeps at least when the table is narrowed; eight by default. */
  readonly least?: number | undefined;
  /** Always shown wrapped on a line of its own below the row, for example an error. */
  readonly isBelow?: boolean | undefined;
}

export interface Table {
  readonly columns: readonly TableColumn[];
  /** Cells as text; null means null. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** Terminal cells; undefined: nothing is shortened. */
  readonly width: number | undefined;
  /** How to treat columns that do not fit: leave them out and count them, or show them on lines below each row. */
  readonly overflow?: "count" | "follow" | undefined;
  readonly colors: Colors;
}

const gap = "  ";
const narrowest = 8;

/** The lines of the table, each with a line feed; a last line tells how many columns did not fit. */
export function renderTable(table: Table): string {
  const measured = measure(table);
  const follows = table.overflow === "follow";
  const wanted = measured.filter(({ isBelow }) => isBelow !== true);
  const isTight = table.width !== undefined && wholeWidth(wanted) > table.width;
  // Empty columns of a list are the first to give room; those of a result are a part of the answer.
  const beside =
    isTight && follows ? wanted.filter(({ index }) => table.rows.some((row) => row[index] !== "")) : wanted;
  const columns = fit(beside, table.width);
  const below = [
    ...(follows ? beside.slice(columns.length).filter(({ index }) => says(table.rows, index)) : []),
    ...measured.filter(({ isBelow }) => isBelow === true),
  ];
  const lines = [
    ...header(columns, table.colors),
    ...table.rows.flatMap((row) => [
      renderRow(row, { columns, table }),
      ...renderBelow(row, { columns: below, table }),
    ]),
  ];
  const hidden = follows ? 0 : beside.length - columns.length;
  if (hidden > 0) lines.push(table.colors.dim(`… and ${count(hidden, "column")} too wide for this terminal`));
  return `${lines.join("\n")}\n`;
}

/** A column of zeros is worth no line below each row. */
function says(rows: Table["rows"], index: number): boolean {
  return rows.some((row) => row[index] !== "0");
}

/** `1 row`, `2,000 rows`. */
export function count(number: number | bigint, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 || number === 1n ? "" : "s"}`;
}

interface FittedColumn extends TableColumn {
  readonly index: number;
  readonly width: number;
  /** The width below which the column is not narrowed; its name then takes several lines. */
  readonly floor: number;
}

function measure({ columns, rows }: Table): readonly FittedColumn[] {
  return columns.map((column, index) => {
    const name = escapeControls(column.name);
    const content = rows
      .map((row) => displayWidth(cellText(row[index] ?? null)))
      .reduce((one, other) => Math.max(one, other), displayWidth(column.type ?? ""));
    const word = Math.max(...name.split(" ").map(displayWidth));
    const needed = Math.max(content, word);
    const floor = column.isWhole === true ? needed : Math.min(needed, column.least ?? narrowest);
    return { ...column, name, index, width: Math.max(content, displayWidth(name)), floor };
  });
}

/** Narrows the widest columns first, then leaves out the last ones. */
function fit(columns: readonly FittedColumn[], width: number | undefined): readonly FittedColumn[] {
  if (width === undefined) return columns;
  let shown = columns.length;
  while (shown > 1 && leastWidth(columns.slice(0, shown)) > width) shown--;
  const kept = columns.slice(0, shown);
  const [only] = kept;
  if (only !== undefined && shown === 1)
    return [{ ...only, width: only.isWhole === true ? only.width : Math.min(only.width, width) }];
  const limit = widestAllowed(kept, width - gap.length * (shown - 1));
  return kept.map((column) => ({ ...column, width: narrowed(column, limit) }));
}

function wholeWidth(columns: readonly FittedColumn[]): number {
  return columns.reduce((sum, { width }) => sum + width, gap.length * (columns.length - 1));
}

function leastWidth(columns: readonly FittedColumn[]): number {
  return columns.reduce((sum, { floor }) => sum + floor, gap.length * (columns.length - 1));
}

/** The largest width per column with which all of them fit into `room`. */
function widestAllowed(columns: readonly FittedColumn[], room: number): number {
  const total = (limit: number): number => columns.reduce((sum, column) => sum + narrowed(column, limit), 0);
  let limit = Math.max(...columns.map(({ width }) => width));
  while (limit > 1 && total(limit) > room) limit--;
  return limit;
}

function narrowed({ width, floor }: FittedColumn, limit: number): number {
  return Math.max(floor, Math.min(width, limit));
}

function header(columns: readonly FittedColumn[], colors: Colors): string[] {
  const line = (text: (column: FittedColumn, position: number) => string, style: (text: string) => string): string =>
    columns
      .map((column, position) => style(pad(truncate(text(column, position), column.width), column)))
      .join(gap)
      .trimEnd();
  const names = columns.map(({ name, width }) => nameLines(name, width));
  const height = Math.max(...names.map(({ length }) => length));
  const lines = Array.from({ length: height }, (_, row) =>
    line((_column, position) => names[position]?.at(row - height) ?? "", colors.bold),
  );
  if (columns.some(({ type }) => type !== undefined)) lines.push(line(({ type }) => type ?? "", colors.dim));
  return [...lines, columns.map(({ width }) => colors.dim("─".repeat(width))).join(gap)];
}

/** The name of a column on as many lines as a narrow column needs, broken between words. */
function nameLines(name: string, width: number): readonly string[] {
  if (displayWidth(name) <= width) return [name];
  const lines: string[] = [];
  for (const word of name.split(" ")) {
    const longer = `${lines.at(-1) ?? ""} ${word}`;
    if (lines.length > 0 && displayWidth(longer) <= width) lines.splice(-1, 1, longer);
    else lines.push(word);
  }
  return lines;
}

function renderRow(
  row: readonly (string | null)[],
  { columns, table }: { columns: readonly FittedColumn[]; table: Table },
): string {
  return columns
    .map((column) => {
      const value = row[column.index] ?? null;
      const text = pad(truncate(cellText(value), column.width), column);
      return value === null ? table.colors.dim(text) : text;
    })
    .join(gap)
    .trimEnd();
}

/** `name value` for each column with a value, on as many lines as needed. */
function renderBelow(
  row: readonly (string | null)[],
  { columns, table }: { columns: readonly FittedColumn[]; table: Table },
): readonly string[] {
  const said = columns.flatMap(({ name, index }) => {
    const value = row[index] ?? "";
    return value === "" ? [] : [`${name} ${escapeControls(value)}`];
  });
  const indent = "    ";
  const room = table.width === undefined ? undefined : Math.max(20, table.width - indent.length);
  return wrap(said.join(" · "), room).map((line) => table.colors.dim(`${indent}${line}`));
}

/** Breaks at spaces if possible. */
export function wrap(text: string, width: number | undefined): readonly string[] {
  if (text === "") return [];
  if (width === undefined) return [text];
  const lines: string[] = [];
  let left = text;
  while (displayWidth(left) > width) {
    const head = truncate(left, width + 1).slice(0, -1);
    const space = head.lastIndexOf(" ");
    const end = space > width / 3 ? space : Math.max(1, head.length);
    lines.push(left.slice(0, end).trimEnd());
    left = left.slice(end).trimStart();
  }
  return [...lines, left];
}

/** Null is shown as NULL, and a text that reads NULL is quoted. */
function cellText(value: string | null): string {
  if (value === null) return "NULL";
  return value === "NULL" ? "'NULL'" : escapeControls(value);
}
