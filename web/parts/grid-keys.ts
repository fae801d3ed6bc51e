/** The work of the keys in a grid: move to a cell, choose a range of cells, and copy it as lines with tabs, as spreadsheets take it. */
import type { KeyboardEvent } from "react";
import { formatJson, type Json } from "../../src/base/json.ts";
import type { Column } from "../../src/client/api-client.ts";

export interface Cell {
  readonly row: number;
  /** Its place on the screen, where pinned columns come first. */
  readonly column: number;
}

export interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** All cells between two corners. */
export interface Range {
  readonly from: Cell;
  readonly to: Cell;
}

export function rangeOf(one: Cell, other: Cell): Range {
  const [rows, columns] = [
    [one.row, other.row],
    [one.column, other.column],
  ] as const;
  return {
    from: { row: Math.min(...rows), column: Math.min(...columns) },
    to: { row: Math.max(...rows), column: Math.max(...columns) },
  };
}

export function isIn({ from, to }: Range, { row, column }: Cell): boolean {
  return row >= from.row && row <= to.row && column >= from.column && column <= to.column;
}

export function target(event: KeyboardEvent, { row, column }: Cell, { rows, columns }: Size): Cell | undefined {
  const far = event.ctrlKey || event.metaKey;
  switch (event.key) {
    case "ArrowDown":
      return { row: far ? rows : row + 1, column };
    case "ArrowUp":
      return { row: far ? 0 : row - 1, column };
    case "ArrowRight":
      return { row, column: far ? columns : column + 1 };
    case "ArrowLeft":
      return { row, column: far ? 0 : column - 1 };
    case "Home":
      return { row: far ? 0 : row, column: 0 };
    case "End":
      return { row: far ? rows : row, column: columns };
    case "PageDown":
      return { row: row + 15, column };
    case "PageUp":
      return { row: row - 15, column };
    default:
      return undefined;
  }
}

export function isCopy(event: KeyboardEvent): boolean {
  return (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "c" && getSelection()?.isCollapsed !== false;
}

interface Copying {
  /** In the order of the screen. */
  readonly columns: readonly Column[];
  readonly order: readonly number[];
  readonly rows: readonly (readonly Json[])[];
  readonly withHeader: boolean;
}

export function copiedText({ from, to }: Range, { columns, order, rows, withHeader }: Copying): string {
  const places = order.slice(from.column, to.column + 1);
  const head = withHeader ? [places.map((place) => columns[place]?.name ?? "")] : [];
  const values = rows.slice(from.row, to.row + 1).map((row) => places.map((place) => copiedValue(row[place])));
  const lines = [...head, ...values];
  const isOne = places.length === 1 && values.length === 1;
  return lines.map((line) => line.map((text) => (isOne ? text : inLine(text))).join("\t")).join("\n");
}

function copiedValue(value: Json | undefined): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : formatJson(value);
}

function inLine(text: string): string {
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
