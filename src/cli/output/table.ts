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
  const beside = measured.filter(({ isBelow }) => isBelow !== true);
  const columns = fit(beside, table.width);
  const follows = table.overflow === "follow";
  const below = [
    ...(follows ? beside.slice(columns.length) : []),
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

/** `1 row`, `2,000 rows`. */
export function count(number: number | bigint, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 || number === 1n ? "" : "s"}`;
}

interface FittedColumn extends TableColumn {
  readonly index: number;
  readonly width: number;
}

function measure({ columns, rows }: Table): readonly FittedColumn[] {
  return columns.map((column, index) => {
    const name = escapeControls(column.name);
    const cells = rows.map((row) => displayWidth(cellText(row[index] ?? null)));
    const width = cells.reduce(
      (one, other) => Math.max(one, other),
      Math.max(displayWidth(name), displayWidth(column.type ?? "")),
    );
    return { ...column, name, index, width };
  });
}

/** Narrows the widest columns first, then leaves out the last ones. */
function fit(columns: readonly FittedColumn[], width: number | undefined): readonly FittedColumn[] {
  if (width === undefined) return columns;
  let room = width;
  let shown = columns.length;
  while (shown > 1 && leastWidth(columns.slice(0, shown)) > room) shown--;
  const kept = columns.slice(0, shown);
  room -= gap.length * (shown - 1);
  const limit = widestAllowed(kept, room);
  return kept.map((column) => (column.isWhole === true ? column : { ...column, width: Math.min(column.width, limit) }));
}

function leastWidth(columns: readonly FittedColumn[]): number {
  const least = ({ width, isWhole }: FittedColumn): number => (isWhole === true ? width : Math.min(width, narrowest));
  return columns.reduce((sum, column) => sum + least(column), gap.length * (columns.length - 1));
}

/** The largest width per column with which all of them fit into `room`. */
function widestAllowed(columns: readonly FittedColumn[], room: number): number {
  const narrowed = (limit: number, { width, isWhole }: FittedColumn): number =>
    isWhole === true ? width : Math.min(width, limit);
  const total = (limit: number): number => columns.reduce((sum, column) => sum + narrowed(limit, column), 0);
  let limit = Math.max(...columns.map(({ width }) => width));
  while (limit > narrowest && total(limit) > room) limit--;
  return columns.length === 1 ? Math.min(limit, Math.max(1, room)) : Math.max(limit, 1);
}

function header(columns: readonly FittedColumn[], colors: Colors): string[] {
  const line = (text: (column: FittedColumn) => string, style: (text: string) => string): string =>
    columns
      .map((column) => style(pad(truncate(text(column), column.width), column)))
      .join(gap)
      .trimEnd();
  const lines = [line(({ name }) => name, colors.bold)];
  if (columns.some(({ type }) => type !== undefined)) lines.push(line(({ type }) => type ?? "", colors.dim));
  return [...lines, columns.map(({ width }) => colors.dim("─".repeat(width))).join(gap)];
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
