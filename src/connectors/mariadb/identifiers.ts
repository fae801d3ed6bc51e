/**
 * Names and literals as SQL text. Strings are sent as hexadecimal, so that the session's escaping rules do not matter.
 */
import type { TableName } from "../../sync/source.ts";

export function quoteName(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

export function quoteTable({ schema, name }: TableName): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}

/** For people, in errors and reports. */
export function displayTable({ schema, name }: TableName): string {
  return `${schema}.${name}`;
}
