/** Names and literals as SQL text. Strings travel as hexadecimal, so that no escaping rule of a session matters. */
import type { TableName } from "../../sync/source.ts";

export function quoteName(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

export function quoteTable({ schema, name }: TableName): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}

/** For people: errors and reports. */
export function displayTable({ schema, name }: TableName): string {
  return `${schema}.${name}`;
}
