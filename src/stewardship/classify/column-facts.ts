/** The facts that the rules of all classes need about a column, computed once: its words, its kind, its different values. */
import type { ColumnSample } from "./column-sample.ts";
import { nameWords, type NameWords } from "./name-pieces.ts";
import { noSiblings, type Siblings } from "./siblings.ts";

export interface Surroundings {
  readonly table: NameWords;
  /** The names of all columns of the table, by the names as they are written. */
  readonly columns: ReadonlyMap<string, NameWords>;
}

export function surroundings(table: string, columns: readonly string[]): Surroundings {
  return { table: nameWords(table), columns: new Map(columns.map((name) => [name, nameWords(name)])) };
}

export interface ColumnFacts {
  readonly name: NameWords;
  readonly table: NameWords;
  readonly neighbours: readonly NameWords[];
  /** Evidence from the values of the other columns; none while the column is looked at by itself. */
  readonly siblings: Siblings;
  readonly kind: "text" | "whole number" | "date" | "moment" | "other";
  /** Different values without white space around them, at most some hundred. */
  readonly values: readonly string[];
  /** How many rows were looked at. */
  readonly rows: number;
  /** How many of them had a value. */
  readonly filled: number;
}

const mostValues = 300;

export function columnFacts(column: ColumnSample, { table, columns }: Surroundings): ColumnFacts {
  const filled = column.values.filter((value) => value.trim() !== "");
  return {
    name: columns.get(column.name) ?? nameWords(column.name),
    table,
    neighbours: [...columns].filter(([name]) => name !== column.name).map(([, words]) => words),
    siblings: noSiblings,
    kind: kindOf(column.type),
    values: spread([...new Set(filled.map((value) => value.trim()))]),
    rows: column.rows,
    filled: filled.length,
  };
}

/** Every n-th value, because the first ones may all come from the same place of the table. */
function spread(values: readonly string[]): readonly string[] {
  const step = values.length / mostValues;
  return step <= 1 ? values : Array.from({ length: mostValues }, (_, at) => values[Math.floor(at * step)] ?? "");
}

function kindOf(type: string): ColumnFacts["kind"] {
  if (type === "string" || type === "nested") return "text";
  if (type === "int" || type === "long" || /^decimal\(\d+, ?0\)$/.test(type)) return "whole number";
  if (type === "date") return "date";
  return type.startsWith("timestamp") ? "moment" : "other";
}

/** The share of the values for which it is true; 0 if there are none. */
export function rateOf(values: readonly string[], isIt: (value: string) => boolean): number {
  return values.length === 0 ? 0 : values.filter(isIt).length / values.length;
}
