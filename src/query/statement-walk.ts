/**
 * Walks the syntax tree of one SELECT: checks every node against the allowed syntax and collects the references to
 * tables. It tells names of WITH clauses from tables by DuckDB's own scope rules. If a scope rule were ever wrong,
 * nothing would leak: a name taken for a table must exist in the lake, and a name taken for a WITH clause finds nothing
 * else in the instance that runs the statement.
 */
import type { Json } from "../base/json.ts";
import { HeadgateError } from "../errors.ts";
import { closestFunction, isAllowedFunction } from "./allowed-functions.ts";
import { expressionClasses, queryKinds, relationKinds, structureKinds, tableFunctions } from "./allowed-syntax.ts";
import { readAtClause } from "./as-of.ts";
import { foldName, isEngineName } from "./fold-name.ts";
import { nameScope, type NameScope } from "./name-scope.ts";
import { describeSelect, type SelectScope } from "./select-scope.ts";
import { invalid, notAllowed } from "./sql-refusal.ts";
import { byteOffsets, describePosition } from "./sql-text.ts";
import { asNode, locationOf, nodeOf, nodesOf, textOf, textsOf, type TreeNode } from "./syntax-tree.ts";
import type { TableReference } from "./table-reference.ts";

export interface GatedTree {
  /** Every mention, in the order of the text. */
  readonly tables: readonly TableReference[];
  /** Every SELECT with a WHERE, for pruning. */
  readonly selects: readonly SelectScope[];
  /** Constructs that turn column names into values or patterns: `COLUMNS (…)`, a row as a whole. */
  readonly namesAsValues: readonly string[];
}

/** Throws SQL_NOT_ALLOWED, or SQL_INVALID for an AT clause without a valid time or version. */
export function walkStatement(sql: string, statement: TreeNode): GatedTree {
  const found: Found = {
    sql,
    offsetOf: byteOffsets(sql),
    nodes: 0,
    references: new Map(),
    selects: [],
    relations: new Set(),
    lone: new Set(),
    using: [],
  };
  walkQuery(statement, { found, scope: nameScope() });
  return {
    tables: [...found.references.values()].sort((one, other) => one.offset - other.offset),
    selects: found.selects.map((select) => describeSelect(select, found.references)),
    namesAsValues: [...found.using, ...wholeRows(found)],
  };
}

/** Finds a row used as a value: `select t from t`, `to_json(t)`. */
function wholeRows({ relations, lone }: Found): readonly string[] {
  return [...lone].some((name) => relations.has(name)) ? ["a row as a whole"] : [];
}

interface Found {
  readonly sql: string;
  /** UTF-16 offset of a byte offset. */
  offsetOf(byte: number): number;
  /** Number of nodes walked so far. */
  nodes: number;
  readonly references: Map<TreeNode, TableReference>;
  readonly selects: TreeNode[];
  /** Names of relations, in lower case. */
  readonly relations: Set<string>;
  /** Unqualified column names, in lower case. */
  readonly lone: Set<string>;
  /** Constructs that turn names into values or patterns. */
  readonly using: string[];
}

/** A statement with more parts is refused, because each part costs time and memory in every later step. */
const mostNodes = 200_000;

interface Walk {
  readonly found: Found;
  /** Names of WITH clauses visible here: `[name]`, or `[recurring, name]` for the state of a recursion. */
  readonly scope: NameScope;
}

function walkQuery(node: TreeNode, walk: Walk): void {
  if (!queryKinds.has(textOf(node, "type") ?? "")) throw refuseKind(node, walk);
  walk.scope.within(() => {
    enterWith(node, walk);
    if (node["type"] === "RECURSIVE_CTE_NODE") return walkRecursion(node, walk);
    if (node["type"] === "SELECT_NODE" && node["where_clause"] !== undefined) walk.found.selects.push(node);
    walkMembers(node, { walk, except: ["cte_map"] });
  });
}

/** A WITH clause sees only the clauses before it. */
function enterWith(query: TreeNode, walk: Walk): void {
  for (const entry of nodesOf(nodeOf(query, "cte_map"), "map")) {
    const name = textOf(entry, "key");
    if (name === undefined) throw notAllowed("a WITH clause of unknown form");
    checkScopeName(name);
    walkValue(entry["value"], walk);
    walk.scope.enter([name]);
  }
}

/** In the first part of a recursion, the name means the table; in the second part, the recursion itself. */
function walkRecursion(node: TreeNode, walk: Walk): void {
  const name = textOf(node, "cte_name");
  if (name === undefined) throw notAllowed("a recursion of unknown form");
  walkMembers(node, { walk, except: ["cte_map", "right"] });
  walk.scope.within(() => {
    walk.scope.enter([name]);
    walk.scope.enter(["recurring", name]);
    walkValue(node["right"], walk);
  });
}

function walkValue(value: Json | undefined, walk: Walk): void {
  if (Array.isArray(value)) for (const item of value as readonly Json[]) walkValue(item, walk);
  const node = asNode(value);
  if (node !== undefined) walkNode(node, walk);
}

function walkNode(node: TreeNode, walk: Walk): void {
  if (++walk.found.nodes > mostNodes)
    throw notAllowed(`a statement of more than ${mostNodes.toLocaleString("en")} parts`);
  const expression = textOf(node, "class");
  if (expression !== undefined) return walkExpression(node, { expression, walk });
  const kind = textOf(node, "type");
  if (kind === undefined) return walkMembers(node, { walk });
  if (queryKinds.has(kind)) return walkQuery(node, walk);
  if (relationKinds.has(kind)) return walkRelation(node, { kind, walk });
  if (!structureKinds.has(kind)) throw refuseKind(node, walk);
  walkMembers(node, { walk });
}

function walkExpression(node: TreeNode, { expression, walk }: { expression: string; walk: Walk }): void {
  if (!expressionClasses.has(expression)) throw refuseKind(node, walk);
  if (expression === "FUNCTION" || expression === "WINDOW") checkFunction(node, walk);
  noteNames(node, { expression, found: walk.found });
  walkMembers(node, { walk });
}

function noteNames(node: TreeNode, { expression, found }: { expression: string; found: Found }): void {
  const [name, more] = textsOf(node, "column_names");
  if (expression === "COLUMN_REF" && name !== undefined && more === undefined) found.lone.add(foldName(name));
  if (expression === "STAR" && node["expr"] !== undefined) found.using.push("COLUMNS (…)");
}

function walkRelation(node: TreeNode, { kind, walk }: { kind: string; walk: Walk }): void {
  const named = textOf(node, "alias") ?? textOf(node, "table_name");
  if (named !== undefined) walk.found.relations.add(foldName(named));
  if (kind === "PIVOT") walk.found.using.push("PIVOT or UNPIVOT");
  if (kind === "BASE_TABLE") noteTable(node, walk);
  if (kind === "SHOW_REF" && nodeOf(node, "query") === undefined)
    throw notAllowed("SHOW", placeOf(node, walk), showRemedy);
  if (kind !== "TABLE_FUNCTION") return walkMembers(node, { walk, except: ["at_clause"] });
  checkTableFunction(node, walk);
  walkMembers(node, { walk, except: ["function"] });
  walkMembers(nodeOf(node, "function") ?? {}, { walk });
}

const showRemedy =
  "list the tables with `headgate table list`, and the columns of one with `headgate table show <table>` or DESCRIBE SELECT * FROM …";

function walkMembers(node: TreeNode, { walk, except = [] }: { walk: Walk; except?: readonly string[] }): void {
  for (const [key, value] of Object.entries(node)) if (!except.includes(key)) walkValue(value, walk);
}

function noteTable(node: TreeNode, walk: Walk): void {
  const parts = ["catalog_name", "schema_name", "table_name"].flatMap((key) => textOf(node, key) ?? []);
  const at = nodeOf(node, "at_clause");
  const location = locationOf(node);
  if (parts.length === 0 || location === undefined) throw notAllowed("a table reference of unknown form");
  if (walk.scope.has(parts)) {
    if (at !== undefined) throw notAllowed("AT on a name of a WITH clause", placeOf(node, walk));
    return;
  }
  walk.found.references.set(node, {
    parts,
    at: at === undefined ? undefined : readAtClause(at, () => placeOf(node, walk)),
    offset: walk.found.offsetOf(location),
  });
}

function checkFunction(node: TreeNode, walk: Walk): void {
  const name = textOf(node, "function_name") ?? "";
  if (isAllowedFunction(name)) return;
  if (name.includes("`")) throw backticks(walk);
  const meant = closestFunction(name);
  const remedy = meant === undefined ? undefined : `did you mean ${meant}?`;
  throw notAllowed(`the function ${name}`, placeOf(node, walk), remedy);
}

/** The engine takes a backtick for an operator, and a name in backticks for two of them. */
function backticks({ found: { sql } }: Walk): HeadgateError {
  const place = describePosition(sql, sql.indexOf("`"));
  return invalid("a name stands in backticks", place, 'put it in double quotes: "name"');
}

function checkTableFunction(node: TreeNode, walk: Walk): void {
  const name = textOf(nodeOf(node, "function"), "function_name") ?? "";
  if (!tableFunctions.has(name.toLowerCase())) throw notAllowed(`the table function ${name}`, placeOf(node, walk));
}

/**
 * A WITH name that looks like a file, or like a relation of the engine, is refused: it could be read as one if a scope
 * rule were wrong.
 */
function checkScopeName(name: string): void {
  if (/[./\\:*?[\]]/u.test(name) || isEngineName(name)) throw notAllowed(`the name ${name} in WITH`);
}

function refuseKind(node: TreeNode, walk: Walk): HeadgateError {
  const kind = textOf(node, "class") ?? textOf(node, "type") ?? "syntax of unknown form";
  return notAllowed(kind.toLowerCase().replaceAll("_", " "), placeOf(node, walk));
}

function placeOf(node: TreeNode, { found: { sql, offsetOf } }: Walk): string | undefined {
  const location = locationOf(node);
  return location === undefined ? undefined : describePosition(sql, offsetOf(location));
}
