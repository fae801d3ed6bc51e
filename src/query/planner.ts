/**
 * Finds the files that a statement needs: conditions in WHERE that compare a column of one table with literals become
 * filters for the catalog's planning. This is not an optimiser: DuckDB still evaluates every condition, and filters
 * only leave files unopened.
 * Invariant: sound. A filter passes every row that can reach the result; when in doubt there is no filter.
 */
import type { GatedStatement } from "./gate.ts";
import type { Comparison, Expression } from "../iceberg/expression.ts";
import { allOf, anyOf } from "../iceberg/combine-expressions.ts";
import { literalFor } from "./filter-literal.ts";
import type { FromItem, SelectScope } from "./select-scope.ts";
import type { TableReference } from "./table-reference.ts";
import { kindOf, nodeOf, nodesOf, textOf, textsOf, type TreeNode } from "./syntax-tree.ts";
import type { QueryColumn } from "./query-column.ts";

type KnownColumns = ReadonlyMap<TableReference, { readonly columns: readonly QueryColumn[] }>;

/** The filter for each mention of a table; a mention without a filter needs every file. */
export function planFilters(statement: GatedStatement, tables: KnownColumns): ReadonlyMap<TableReference, Expression> {
  const filters = new Map<TableReference, Expression>();
  for (const select of statement.selects) {
    if (select.from.length > mostItems) continue;
    const owners = ownersOf(select, tables);
    for (const item of select.from) {
      if (item.table === undefined || !item.prunable) continue;
      const filter = translate(select.where, { select, item, owners });
      if (filter !== undefined) filters.set(item.table, filter);
    }
  }
  return filters;
}

/**
 * With more relations than this in one FROM, all files are read, because each condition is examined once per relation.
 */
const mostItems = 64;

interface Translation {
  readonly select: SelectScope;
  readonly item: FromItem;
  readonly owners: Owners;
}

/** Columns by lower-case name, each with its relation. */
type Owners = ReadonlyMap<string, readonly { readonly item: FromItem; readonly column: QueryColumn }[]>;

function ownersOf({ from }: SelectScope, tables: KnownColumns): Owners {
  const owned = from.flatMap((item) => {
    const columns = item.table === undefined ? [] : (tables.get(item.table)?.columns ?? []);
    return columns.map((column) => ({ item, column }));
  });
  return Map.groupBy(owned, ({ column }) => column.name.toLowerCase());
}

function translate(condition: TreeNode, into: Translation): Expression | undefined {
  const type = textOf(condition, "type");
  const children = nodesOf(condition, "children");
  if (type === "CONJUNCTION_AND") return allOf(children.map((child) => translate(child, into)));
  if (type === "CONJUNCTION_OR") return anyOf(children.map((child) => translate(child, into)));
  switch (kindOf(condition)) {
    case "COMPARISON":
      return comparison(condition, into);
    case "BETWEEN":
      return between(condition, into);
    case "OPERATOR":
      return operator(condition, into);
    case "FUNCTION":
      return prefix(condition, into);
    default:
      return undefined;
  }
}

const comparisons: Readonly<Record<string, Comparison | undefined>> = {
  COMPARE_EQUAL: "eq",
  COMPARE_LESSTHAN: "lt",
  COMPARE_LESSTHANOREQUALTO: "lt-eq",
  COMPARE_GREATERTHAN: "gt",
  COMPARE_GREATERTHANOREQUALTO: "gt-eq",
};

const mirrored: Readonly<Record<Comparison, Comparison>> = {
  eq: "eq",
  lt: "gt",
  "lt-eq": "gt-eq",
  gt: "lt",
  "gt-eq": "lt-eq",
};

function comparison(condition: TreeNode, into: Translation): Expression | undefined {
  const op = comparisons[textOf(condition, "type") ?? ""];
  const [left, right] = [nodeOf(condition, "left"), nodeOf(condition, "right")];
  if (op === undefined || left === undefined || right === undefined) return undefined;
  return (
    literalFilter({ operand: left, op, literal: right }, into) ??
    literalFilter({ operand: right, op: mirrored[op], literal: left }, into)
  );
}

/** Both bounds or none, because DuckDB chooses one type for all three operands. */
function between(condition: TreeNode, into: Translation): Expression | undefined {
  const [operand, lower, upper] = ["input", "lower", "upper"].map((key) => nodeOf(condition, key));
  if (operand === undefined || lower === undefined || upper === undefined) return undefined;
  const least = literalFilter({ operand, op: "gt-eq", literal: lower }, into);
  const most = literalFilter({ operand, op: "lt-eq", literal: upper }, into);
  return least === undefined || most === undefined ? undefined : allOf([least, most]);
}

function literalFilter(
  { operand, op, literal }: { operand: TreeNode; op: Comparison; literal: TreeNode },
  into: Translation,
): Expression | undefined {
  const column = columnOf(operand, into);
  if (column === undefined || typeof column.type !== "string") return undefined;
  const value = literalFor(literal, column.type);
  return value === undefined ? undefined : { op, fieldId: column.fieldId, value };
}

function operator(condition: TreeNode, into: Translation): Expression | undefined {
  const [operand, ...rest] = nodesOf(condition, "children");
  const column = operand === undefined ? undefined : columnOf(operand, into);
  if (column === undefined) return undefined;
  const type = textOf(condition, "type");
  // DuckDB treats a variant that holds null as SQL NULL; statistics count it as a value.
  if (column.type === "variant") return undefined;
  if (type === "OPERATOR_IS_NULL") return { op: "is-null", fieldId: column.fieldId };
  if (type === "OPERATOR_IS_NOT_NULL") return { op: "not-null", fieldId: column.fieldId };
  return type === "COMPARE_IN" ? oneOf(column, rest) : undefined;
}

function oneOf({ fieldId, type }: QueryColumn, literals: readonly TreeNode[]): Expression | undefined {
  if (typeof type !== "string") return undefined;
  const values = literals.map((literal) => literalFor(literal, type)).filter((value) => value !== undefined);
  return values.length === literals.length && mixesNoTypes(literals) ? { op: "in", fieldId, values } : undefined;
}

/**
 * False when the literals have several types: DuckDB then chooses one type for all, including the column, as in `n in
 * (1, '2')`.
 */
function mixesNoTypes(literals: readonly TreeNode[]): boolean {
  const kinds = literals.map(
    (literal) => textOf(nodeOf(nodeOf(literal, "value"), "type"), "id") ?? textOf(nodeOf(literal, "cast_type"), "id"),
  );
  return new Set(kinds).size === 1;
}

/** `c like 'abc%'`, `starts_with(c, 'abc')`, `c ^@ 'abc'`. */
function prefix(condition: TreeNode, into: Translation): Expression | undefined {
  const [operand, pattern, more] = nodesOf(condition, "children");
  if (operand === undefined || pattern === undefined || more !== undefined) return undefined;
  const column = columnOf(operand, into);
  const text = column?.type === "string" ? literalFor(pattern, "string") : undefined;
  if (column === undefined || typeof text !== "string") return undefined;
  const value = prefixOf(textOf(condition, "function_name") ?? "", text);
  return value === undefined || value === "" ? undefined : { op: "starts-with", fieldId: column.fieldId, value };
}

function prefixOf(name: string, text: string): string | undefined {
  if (["^@", "starts_with", "prefix"].includes(name.toLowerCase())) return text;
  return name === "~~" ? text.split(/[%_]/u, 1)[0] : undefined;
}

/** The column, if the expression is a column of this table and cannot mean anything else. */
function columnOf(expression: TreeNode, { select, item, owners }: Translation): QueryColumn | undefined {
  if (kindOf(expression) !== "COLUMN_REF") return undefined;
  const [first, second, more] = textsOf(expression, "column_names").map((name) => name.toLowerCase());
  if (first === undefined || more !== undefined) return undefined;
  const named = owners.get(second ?? first) ?? [];
  const own = named.filter((owner) => owner.item === item);
  if (second === undefined && (select.taken.has(first) || own.length < named.length)) return undefined;
  if (
    second !== undefined &&
    !isOnlyOne(
      select.from.filter(({ name }) => name === first),
      item,
    )
  )
    return undefined;
  const [found, another] = own;
  return another === undefined && found?.column.isAltered !== true ? found?.column : undefined;
}

function isOnlyOne(items: readonly FromItem[], item: FromItem): boolean {
  return items.length === 1 && items[0] === item;
}
