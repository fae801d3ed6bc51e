/** A result as JSON: rows are objects by column name, with exact values as in result-value.ts. */
import { formatJson } from "../../base/json.ts";
import { uniqueNames, type ResultColumn, type ResultValue } from "./result-value.ts";

/** One object, on one line. */
export function rowFormatter(columns: readonly ResultColumn[]): (row: readonly ResultValue[]) => string {
  const names = uniqueNames(columns.map(({ name }) => name)).map((name) => JSON.stringify(name));
  return (row) => `{${names.map((name, index) => `${name}:${formatJson(row[index] ?? null)}`).join(",")}}`;
}
