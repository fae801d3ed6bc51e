/**
 * CSV by RFC 4180: comma, CR LF, quotes where needed. Null is an empty field and an empty text is `""`, so that the two
 * stay distinct; PostgreSQL, DuckDB and pandas read it back the same way.
 */
import { resultText, type ResultValue } from "./result-value.ts";

/** One record with its line end. */
export function formatCsvRecord(values: readonly ResultValue[]): string {
  return `${values.map(field).join(",")}\r\n`;
}

function field(value: ResultValue): string {
  const text = resultText(value);
  if (text === null) return "";
  return text === "" || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
