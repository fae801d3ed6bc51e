/** Names as PostgreSQL writes them in statements, and as people read them in errors. */
import type { TableName } from "../../sync/source.ts";

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteTable({ schema, name }: TableName): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}

export function placeOfTable({ schema, name }: TableName): string {
  return `${schema}.${name}`;
}
