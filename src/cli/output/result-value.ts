/**
 * The values of a query's result as they are sent and shown. Exact in every format: whole numbers of any size are
 * numbers (`bigint` beyond 2^53), decimals are texts that keep their scale (`"12.50"`), floats are numbers, or `"NaN"`,
 * `"Infinity"`, `"-Infinity"`, dates and times are ISO 8601 texts (an instant in UTC, ending in Z), and bytes are
 * hexadecimal digits. Lists are arrays, structs are objects, maps are lists of `{ key, value }`.
 */
import { formatJson } from "../../base/json.ts";

export type ResultValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly ResultValue[]
  | { readonly [name: string]: ResultValue };

export interface ResultColumn {
  readonly name: string;
  /** As DuckDB writes it: `DECIMAL(12,2)`. */
  readonly type: string;
}

/** As text, for a table cell or a CSV field. Null stays null; nested values are JSON. */
export function resultText(value: ResultValue): string | null {
  if (value === null || typeof value === "string") return value;
  return typeof value === "object" ? formatJson(value) : String(value);
}

/** Names as keys of one object: a repeated name gets `_1`, `_2` … */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names);
  const seen = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let number = 1; seen.has(unique) || (unique !== name && taken.has(unique)); number++)
      unique = `${name}_${number}`;
    seen.add(unique);
    return unique;
  });
}
