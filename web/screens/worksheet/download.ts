/** All rows of a statement as a file, run again under the same rights and without the limit of what is shown. */
import { formatJson, type Json } from "../../../src/base/json.ts";
import { api } from "../../api/client.ts";
import type { Outcome } from "./run-statement.ts";

type Format = "csv" | "json";

export async function download({ text, asOf }: Outcome, format: Format): Promise<void> {
  const parts: string[] = [];
  let names: readonly string[] = [];
  await api.sql(
    { sql: text, ...(asOf === undefined ? {} : { asOf }) },
    {
      onItem: (item) => {
        if ("columns" in item) {
          names = item.columns.map(({ name }) => name);
          if (format === "csv") parts.push(csvLine(names));
        } else parts.push(item.rows.map((row) => (format === "csv" ? csvLine(row) : jsonLine(names, row))).join(""));
      },
    },
  );
  const type = format === "csv" ? "text/csv" : "application/x-ndjson";
  save(new Blob(parts, { type }), `result.${format === "csv" ? "csv" : "jsonl"}`);
}

function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** RFC 4180. Null is an empty field, the empty text a quoted one. */
function csvLine(values: readonly Json[]): string {
  return `${values.map(csvField).join(",")}\r\n`;
}

function csvField(value: Json): string {
  if (value === null) return "";
  const text = typeof value === "string" ? value : formatJson(value);
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function jsonLine(names: readonly string[], row: readonly Json[]): string {
  return `${formatJson(Object.fromEntries(names.map((name, place) => [name, row[place] ?? null])))}\n`;
}
