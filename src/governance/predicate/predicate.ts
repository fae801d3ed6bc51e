/**
 * A row filter bound to field ids. It cannot fail when it is evaluated: it compares columns with constants of the
 * column's own type and calls nothing.
 */
export type Predicate =
  | { readonly op: "and" | "or"; readonly terms: readonly Predicate[] }
  | { readonly op: "not"; readonly term: Predicate }
  | { readonly op: Comparator; readonly column: BoundColumn; readonly value: Operand }
  /** `principal.groups` as the list means the names of the reader's groups. */
  | { readonly op: "in"; readonly column: BoundColumn; readonly values: readonly Operand[] | "groups" }
  | { readonly op: "between"; readonly column: BoundColumn; readonly least: Operand; readonly most: Operand }
  /** As in SQL: `%` for any text, `_` for one character, `\` before one of these three for the character itself. */
  | { readonly op: "like"; readonly column: BoundColumn; readonly pattern: Operand }
  | { readonly op: "is-null"; readonly column: BoundColumn }
  /** `true` for all rows, `false` for none; null for none even under NOT, as a comparison with null in SQL. */
  | { readonly op: "constant"; readonly value: boolean | null };

export type Comparator = "=" | "<>" | "<" | "<=" | ">" | ">=";

export interface BoundColumn {
  readonly fieldId: number;
  /** Iceberg primitive type at the time of binding. */
  readonly type: string;
}

/** A constant as text that the column's type can hold, or a text about the reader; a missing attribute is null. */
export type Operand = { readonly literal: string } | { readonly attribute: string };

/** The facts about a reader that a predicate may use. */
export interface ReaderFacts {
  readonly attributes: Readonly<Record<string, string>>;
  /** Names of the reader's groups. */
  readonly groups: readonly string[];
}
