/**
 * A question about tables as people build it step by step, without SQL. It is kept as it is with the query that it became,
 * so everything in it is plain data; `question-sql.ts` makes the statement.
 */

export interface Question {
  /** The names of the database and of the table. */
  readonly table: TableName;
  readonly joins: readonly Join[];
  readonly filters: readonly Filter[];
  readonly groups: readonly Group[];
  /** Without groups and measures, the rows themselves. */
  readonly measures: readonly Measure[];
  readonly sort: Sort | undefined;
  readonly limit: number;
}

export interface TableName {
  readonly database: string;
  readonly name: string;
}

/** Adds the columns of the one row of another table that a column refers to. */
export interface Join {
  readonly table: TableName;
  /** The column here, of the first table or of one that is joined before. */
  readonly from: ColumnName;
  /** The key of the other table. */
  readonly key: string;
}

/** `at` is 0 for the first table, 1 for the first that is joined, and so on. */
export interface ColumnName {
  readonly at: number;
  readonly column: string;
}

export type Kind = "number" | "text" | "time" | "date" | "truth" | "other";

export interface Filter {
  readonly on: ColumnName;
  readonly kind: Kind;
  readonly test: Test;
  /** Each as it was typed. */
  readonly values: readonly string[];
}

export type Test =
  | "is"
  | "is not"
  | "contains"
  | "begins with"
  | "at least"
  | "at most"
  | "between"
  | "is empty"
  | "is not empty"
  | "last days";

export interface Group {
  readonly on: ColumnName;
  readonly kind: Kind;
  readonly by: "value" | "hour" | "day" | "week" | "month" | "quarter" | "year";
}

export interface Measure {
  readonly how: "count" | "distinct" | "sum" | "average" | "least" | "most";
  /** Not for `count`, which counts rows. */
  readonly on?: ColumnName | undefined;
}

export interface Sort {
  /** The place of the column in the result. */
  readonly place: number;
  readonly isDescending: boolean;
}

/** The most rows that are shown; the page says when there are more. */
export const mostShown = 2_000;

export function begun(table: TableName): Question {
  return { table, joins: [], filters: [], groups: [], measures: [], sort: undefined, limit: mostShown };
}

/** How many values a test takes. */
export function valuesOf(test: Test): 0 | 1 | 2 {
  if (test === "is empty" || test === "is not empty") return 0;
  return test === "between" ? 2 : 1;
}

const testsOf: Readonly<Record<Kind, readonly Test[]>> = {
  number: ["is", "is not", "at least", "at most", "between", "is empty", "is not empty"],
  text: ["is", "is not", "contains", "begins with", "is empty", "is not empty"],
  time: ["last days", "at least", "at most", "between", "is empty", "is not empty"],
  date: ["last days", "is", "at least", "at most", "between", "is empty", "is not empty"],
  truth: ["is", "is empty", "is not empty"],
  other: ["is empty", "is not empty"],
};

export function testsFor(kind: Kind): readonly Test[] {
  return testsOf[kind];
}

/** From the Iceberg type on one line. */
export function kindOf(type: string): Kind {
  if (/^(int|long|float|double|decimal)/.test(type)) return "number";
  if (/^(string|uuid)/.test(type)) return "text";
  if (type === "date") return "date";
  if (type.startsWith("timestamp")) return "time";
  return type === "boolean" ? "truth" : "other";
}
