/** Names and texts as PostgreSQL writes them in statements, and as people read them in errors. */
import type { TableName } from "../../sync/source.ts";

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteTable({ schema, name }: TableName): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}

/** A text in a statement, whatever the server takes a backslash for. */
export function quoteText(text: string): string {
  return `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

export function placeOfTable({ schema, name }: TableName): string {
  return `${schema}.${name}`;
}
