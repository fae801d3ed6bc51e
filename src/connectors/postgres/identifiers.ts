/** Names and texts as PostgreSQL statements write them, and as people read them in errors. */
import type { TableName } from "../../sync/source.ts";

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteTable({ schema, name }: TableName): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}

/** A text literal, independent of the server's setting for backslashes. */
export function quoteText(text: string): string {
  return `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

export function placeOfTable({ schema, name }: TableName): string {
  return `${schema}.${name}`;
}
