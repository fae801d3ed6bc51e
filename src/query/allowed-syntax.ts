/**
 * The syntax that a governed statement may use, in the names of DuckDB 1.5's syntax tree. Everything else is refused,
 * including what a later DuckDB adds: review it, decide, and add it here.
 */

export const queryKinds: ReadonlySet<string> = new Set(["SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE"]);

/** Kinds of relations in FROM. A SHOW_REF is allowed only with a query: `describe t`, `summarize t`. */
export const relationKinds: ReadonlySet<string> = new Set([
  "BASE_TABLE",
  "EMPTY",
  "EXPRESSION_LIST",
  "JOIN",
  "PIVOT",
  "SHOW_REF",
  "SUBQUERY",
  "TABLE_FUNCTION",
]);

/** Classes of expressions. PARAMETER is missing on purpose, because nothing supplies values yet. */
export const expressionClasses: ReadonlySet<string> = new Set([
  "BETWEEN",
  "CASE",
  "CAST",
  "COLLATE",
  "COLUMN_REF",
  "COMPARISON",
  "CONJUNCTION",
  "CONSTANT",
  "FUNCTION",
  "LAMBDA",
  "OPERATOR",
  "POSITIONAL_REFERENCE",
  "STAR",
  "SUBQUERY",
  "WINDOW",
]);

/** Parts of queries that are neither a relation nor an expression. */
const partKinds: readonly string[] = [
  "DISTINCT_MODIFIER",
  "LIMIT_MODIFIER",
  "LIMIT_PERCENT_MODIFIER",
  "ORDER_MODIFIER",
  "ORDER_DEFAULT",
  "ORDER_ASCENDING",
  "ORDER_DESCENDING",
  "ASCENDING",
  "DESCENDING",
];

/** Forms of types in casts and constants. */
const typeInfoKinds: readonly string[] = [
  "ANY_TYPE_INFO",
  "ARRAY_TYPE_INFO",
  "DECIMAL_TYPE_INFO",
  "ENUM_TYPE_INFO",
  "GENERIC_TYPE_INFO",
  "INTEGER_LITERAL_TYPE_INFO",
  "LIST_TYPE_INFO",
  "STRING_TYPE_INFO",
  "STRUCT_TYPE_INFO",
  "UNBOUND_TYPE_INFO",
  "USER_TYPE_INFO",
];

export const structureKinds: ReadonlySet<string> = new Set([...partKinds, ...typeInfoKinds]);

/** Functions that are allowed in FROM. None of them reads a table or a file by name. */
export const tableFunctions: ReadonlySet<string> = new Set([
  "generate_series",
  "json_each",
  "json_tree",
  "range",
  "repeat",
  "unnest",
]);
