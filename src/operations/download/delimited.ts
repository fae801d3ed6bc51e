/**
 * Rows as the lines of a text file: CSV by RFC 4180, or a JSON document per line. In CSV, null is an empty field and the
 * empty text a quoted one. A spreadsheet would run a text that begins like a formula, so such a text gets an apostrophe in
 * front, unless the file is for programs, which need it as it is stored.
 */
import { formatJson } from "../../base/json.ts";
import type { EngineColumn, EngineValue } from "../../engine/engine-protocol.ts";
import { isNumberType } from "./number-type.ts";

export type RowWriter = (row: readonly EngineValue[]) => string;

export interface Lines {
  readonly head: string;
  readonly line: RowWriter;
}

export function csvLines(columns: readonly EngineColumn[], { asStored }: { readonly asStored: boolean }): Lines {
  const guards = columns.map(({ type }) => !asStored && !isNumberType(type));
  const line = (values: readonly EngineValue[], isGuarded: (place: number) => boolean): string =>
    `${values.map((value, place) => field(value, isGuarded(place))).join(",")}\r\n`;
  return {
    head: line(
      columns.map(({ name }) => name),
      () => !asStored,
    ),
    line: (row) => line(row, (place) => guards[place] === true),
  };
}

export function jsonLines(columns: readonly EngineColumn[]): Lines {
  // Written by hand, because an object would keep one of two columns of the same name only.
  const names = columns.map(({ name }) => formatJson(name));
  const member = (value: EngineValue, place: number): string => `${names[place]}:${formatJson(value)}`;
  return { head: "", line: (row) => `{${row.map(member).join(",")}}\n` };
}

/** Beginnings of a text that spreadsheets take for a formula. */
const formula = /^[\s]*[=+\-@\t\r\n|%]/;

export function guarded(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

function field(value: EngineValue, isGuarded: boolean): string {
  if (value === null) return "";
  const plain = typeof value === "string" ? value : formatJson(value);
  const text = isGuarded ? guarded(plain) : plain;
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
