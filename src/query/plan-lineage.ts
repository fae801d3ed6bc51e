/**
 * Which columns of the tables the columns of a statement's result come from, read from the plan that DuckDB makes of the
 * statement (`json_serialize_plan`, not optimised). DuckDB itself has resolved every name and every star in it, so no
 * rule of names is repeated here.
 * Invariant: nothing is left out. Where a part of the plan is not known here, everything that the statement uses is the
 * origin of everything.
 */
import { asNode, listOf, nodeOf, nodesOf, textOf, type TreeNode } from "./syntax-tree.ts";

/** A column of a table of the plan: by the table's place and the column's place in it. */
export interface PlanColumn {
  readonly table: number;
  readonly column: number;
}

export interface PlanLineage {
  /** For each column of the result, where its values come from. */
  readonly columns: readonly (readonly PlanColumn[])[];
  /** The columns that decide which rows there are, and in which order. */
  readonly influences: readonly PlanColumn[];
  /** Every column that is read at all. */
  readonly uses: readonly PlanColumn[];
}

interface Asked {
  /** The plan, as `json_serialize_plan` answers it. */
  readonly plan: TreeNode;
  /** The table of a schema and a name. */
  tableAt(schema: string, name: string): number | undefined;
  /** Number of columns of the result. */
  readonly width: number;
}

/** Throws TypeError for a plan that is none. */
export function planLineage({ plan, tableAt, width }: Asked): PlanLineage {
  const [root] = nodesOf(plan, "plans");
  if (plan["error"] !== false || root === undefined) throw new TypeError("the engine has made no plan");
  const uses = collectUses(root, tableAt);
  try {
    const walk: Walk = { tableAt, influences: new Set(), shared: new Map(), repeated: undefined };
    const columns = outputsOf(root, walk);
    if (columns.length < width) throw new UnknownPlan();
    return { columns: columns.slice(0, width).map(columnsOf), influences: columnsOf(walk.influences), uses };
  } catch (failure) {
    if (!(failure instanceof UnknownPlan)) throw failure;
    return { columns: Array.from({ length: width }, () => uses), influences: uses, uses };
  }
}

/** A part of a plan that this file does not know. */
class UnknownPlan extends Error {}

/** `table column` of each. */
type Sources = ReadonlySet<string>;

interface Walk extends Pick<Asked, "tableAt"> {
  readonly influences: Set<string>;
  /** The outputs of WITH clauses by their index in the plan. */
  readonly shared: Map<number, readonly Sources[]>;
  /** The values for which a correlated part is repeated. */
  readonly repeated: readonly Sources[] | undefined;
}

function columnsOf(sources: Iterable<string>): readonly PlanColumn[] {
  return [...sources].map((key) => {
    const [table = 0, column = 0] = key.split(" ").map(Number);
    return { table, column };
  });
}

function union(sets: Iterable<Sources>): Sources {
  const all = new Set<string>();
  for (const set of sets) for (const key of set) all.add(key);
  return all;
}

function collectUses(root: TreeNode, tableAt: Asked["tableAt"]): readonly PlanColumn[] {
  const found = new Set<string>();
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    open.push(...nodesOf(node, "children"));
    if (textOf(node, "type") === "LOGICAL_GET") for (const key of union(scanned(node, tableAt) ?? [])) found.add(key);
  }
  return columnsOf(found);
}

/** Undefined for what reads no table: a function in FROM. */
function scanned(node: TreeNode, tableAt: Asked["tableAt"]): readonly Sources[] | undefined {
  const of = nodeOf(node, "function_data");
  const [schema, name] = [textOf(of, "schema"), textOf(of, "table")];
  if (textOf(node, "name") !== "seq_scan" || schema === undefined || name === undefined) return undefined;
  const table = tableAt(schema, name);
  if (table === undefined) throw new TypeError("a plan reads only tables of its statement");
  const width = listOf(node, "names").length;
  return nodesOf(node, "column_indexes").map(({ index }) => {
    const column = Number(index);
    return new Set(column < width ? [`${table} ${column}`] : []);
  });
}

function outputsOf(node: TreeNode, walk: Walk): readonly Sources[] {
  const type = textOf(node, "type") ?? "";
  if (joins.has(type)) return joinOutputs(node, walk);
  const known = operators[type];
  if (known === undefined) throw new UnknownPlan();
  return known(node, walk);
}

const joins: ReadonlySet<string> = new Set([
  "LOGICAL_COMPARISON_JOIN",
  "LOGICAL_ANY_JOIN",
  "LOGICAL_DELIM_JOIN",
  "LOGICAL_ASOF_JOIN",
]);

const operators: Readonly<Record<string, ((node: TreeNode, walk: Walk) => readonly Sources[]) | undefined>> = {
  LOGICAL_GET(node, walk) {
    const read = scanned(node, walk.tableAt);
    const isMapped = listOf(node, "projection_ids").length > 0 || nodesOf(node, "children").length > 0;
    if (isMapped) throw new UnknownPlan();
    return read ?? listOf(node, "column_indexes").map(() => new Set());
  },
  LOGICAL_PROJECTION: (node, walk) => valuesOf(nodesOf(node, "expressions"), onlyChild(node, walk), walk),
  LOGICAL_FILTER(node, walk) {
    const below = onlyChild(node, walk);
    influence(nodesOf(node, "expressions"), below, walk);
    return picked(below, listOf(node, "projection_map"));
  },
  LOGICAL_AGGREGATE_AND_GROUP_BY(node, walk) {
    const below = onlyChild(node, walk);
    const groups = nodesOf(node, "groups");
    influence(groups, below, walk);
    const values = valuesOf([...groups, ...nodesOf(node, "expressions")], below, walk);
    return [...values, ...listOf(node, "grouping_functions").map(() => new Set<string>())];
  },
  LOGICAL_WINDOW: withMore,
  LOGICAL_UNNEST: withMore,
  LOGICAL_ORDER_BY: ordered,
  LOGICAL_TOP_N: ordered,
  LOGICAL_SAMPLE: onlyChild,
  LOGICAL_LIMIT(node, walk) {
    const below = onlyChild(node, walk);
    const bounds = [nodeOf(node, "limit_val"), nodeOf(node, "offset_val")];
    influence(
      bounds.filter((bound) => bound !== undefined),
      below,
      walk,
    );
    return below;
  },
  LOGICAL_DISTINCT(node, walk) {
    const below = onlyChild(node, walk);
    const order = nodeOf(node, "order_by");
    influence([...nodesOf(node, "distinct_targets"), ...(order === undefined ? [] : [order])], below, walk);
    return below;
  },
  LOGICAL_CROSS_PRODUCT: sideBySide,
  LOGICAL_POSITIONAL_JOIN: sideBySide,
  LOGICAL_UNION: stacked,
  LOGICAL_EXCEPT: compared,
  LOGICAL_INTERSECT: compared,
  LOGICAL_MATERIALIZED_CTE(node, walk) {
    const [shared, rest] = bothOf(node);
    walk.shared.set(Number(node["table_index"]), outputsOf(shared, walk));
    return outputsOf(rest, walk);
  },
  LOGICAL_RECURSIVE_CTE(node, walk) {
    const [first, again] = bothOf(node);
    let outputs = outputsOf(first, walk);
    // Each turn can only add columns, and what a turn has not changed stays.
    for (let size = -1; size !== sizeOf(outputs);) {
      size = sizeOf(outputs);
      walk.shared.set(Number(node["table_index"]), outputs);
      outputs = zipped(outputs, outputsOf(again, walk));
    }
    return outputs;
  },
  LOGICAL_CTE_REF: (node, walk) => walk.shared.get(Number(node["cte_index"])) ?? notKnown(),
  LOGICAL_DELIM_GET: (_node, walk) => walk.repeated ?? notKnown(),
  LOGICAL_DUMMY_SCAN: () => [new Set()],
  LOGICAL_CHUNK_GET: (node) => listOf(node, "chunk_types").map(() => new Set()),
  LOGICAL_EXPRESSION_GET(node, walk) {
    const below = nodesOf(node, "children").flatMap((child) => outputsOf(child, walk));
    const rows = listOf(node, "expressions").map((row) => valuesOf(nodesOf({ row }, "row"), below, walk));
    return rows.reduce(zipped);
  },
};

function notKnown(): never {
  throw new UnknownPlan();
}

function onlyChild(node: TreeNode, walk: Walk): readonly Sources[] {
  const [child] = nodesOf(node, "children");
  return child === undefined ? notKnown() : outputsOf(child, walk);
}

function bothOf(node: TreeNode): readonly [TreeNode, TreeNode] {
  const [left, right, more] = nodesOf(node, "children");
  return left === undefined || right === undefined || more !== undefined ? notKnown() : [left, right];
}

function sizeOf(outputs: readonly Sources[]): number {
  return outputs.reduce((sum, { size }) => sum + size, 0);
}

function withMore(node: TreeNode, walk: Walk): readonly Sources[] {
  const below = onlyChild(node, walk);
  return [...below, ...valuesOf(nodesOf(node, "expressions"), below, walk)];
}

function ordered(node: TreeNode, walk: Walk): readonly Sources[] {
  const below = onlyChild(node, walk);
  influence(nodesOf(node, "orders"), below, walk);
  return picked(below, listOf(node, "projections"));
}

function sideBySide(node: TreeNode, walk: Walk): readonly Sources[] {
  const [left, right] = bothOf(node);
  return [...outputsOf(left, walk), ...outputsOf(right, walk)];
}

function stacked(node: TreeNode, walk: Walk): readonly Sources[] {
  return nodesOf(node, "children")
    .map((child) => outputsOf(child, walk))
    .reduce(zipped);
}

/** Every column of both sides decides whether a row is in the result. */
function compared(node: TreeNode, walk: Walk): readonly Sources[] {
  const [left, right] = bothOf(node);
  const outputs = outputsOf(left, walk);
  for (const key of union([...outputs, ...outputsOf(right, walk)])) walk.influences.add(key);
  return outputs;
}

function zipped(one: readonly Sources[], other: readonly Sources[]): readonly Sources[] {
  if (one.length !== other.length) throw new UnknownPlan();
  return one.map((sources, index) => union([sources, other[index] ?? new Set<string>()]));
}

function joinOutputs(node: TreeNode, walk: Walk): readonly Sources[] {
  const [leftNode, rightNode] = bothOf(node);
  if (node["delim_flipped"] === true) throw new UnknownPlan();
  const left = outputsOf(leftNode, walk);
  const repeats = nodesOf(node, "duplicate_eliminated_columns");
  const isCorrelated = textOf(node, "type") === "LOGICAL_DELIM_JOIN";
  const repeated = isCorrelated ? valuesOf(repeats, left, walk) : walk.repeated;
  const right = outputsOf(rightNode, { ...walk, repeated });
  for (const condition of nodesOf(node, "conditions")) {
    influence([nodeOf(condition, "left") ?? notKnown()], left, walk);
    influence([nodeOf(condition, "right") ?? notKnown()], right, walk);
  }
  const both = [...left, ...right];
  influence(
    [nodeOf(node, "condition"), nodeOf(node, "predicate")].filter((part) => part !== undefined),
    both,
    walk,
  );
  const leftOut = picked(left, listOf(node, "left_projection_map"));
  const rightOut = picked(right, listOf(node, "right_projection_map"));
  switch (textOf(node, "join_type")) {
    case "SEMI":
    case "ANTI":
      return leftOut;
    case "MARK":
      return [...leftOut, joinedBy(node, left, right)];
    case "RIGHT_SEMI":
    case "RIGHT_ANTI":
      return rightOut;
    default:
      return [...leftOut, ...rightOut];
  }
}

/** The columns that a mark, such as that of `x in (select …)`, tells about. */
function joinedBy(node: TreeNode, left: readonly Sources[], right: readonly Sources[]): Sources {
  const conditions = nodesOf(node, "conditions");
  return union([
    ...conditions.map((condition) => union(referred(condition["left"], left).direct)),
    ...conditions.map((condition) => union(referred(condition["right"], right).direct)),
  ]);
}

/** A projection map is empty where every column stays. */
function picked(outputs: readonly Sources[], map: readonly unknown[]): readonly Sources[] {
  return map.length === 0 ? outputs : map.map((index) => outputs[Number(index)] ?? notKnown());
}

function valuesOf(expressions: readonly TreeNode[], below: readonly Sources[], walk: Walk): readonly Sources[] {
  return expressions.map((expression) => {
    const { direct, indirect } = referred(expression, below);
    for (const key of union(indirect)) walk.influences.add(key);
    return union(direct);
  });
}

function influence(expressions: readonly TreeNode[], below: readonly Sources[], walk: Walk): void {
  for (const expression of expressions) {
    const { direct, indirect } = referred(expression, below);
    for (const key of union([...direct, ...indirect])) walk.influences.add(key);
  }
}

interface Referred {
  readonly direct: readonly Sources[];
  /** In the conditions and orders of an aggregate or a window. */
  readonly indirect: readonly Sources[];
}

function referred(expression: TreeNode[string], below: readonly Sources[]): Referred {
  const direct: Sources[] = [];
  const indirect: Sources[] = [];
  const visit = (value: TreeNode[string], into: Sources[]): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item, into);
      return;
    }
    const node = asNode(value);
    if (node === undefined) return;
    const kind = textOf(node, "expression_class");
    if (kind === "BOUND_REF") into.push(below[Number(node["index"])] ?? notKnown());
    const isOverRows = kind === "BOUND_AGGREGATE" || kind === "BOUND_WINDOW";
    for (const [key, part] of Object.entries(node))
      if (!plain.has(key)) visit(part, isOverRows && key !== "children" ? indirect : into);
  };
  visit(expression, direct);
  return { direct, indirect };
}

/** Members without references. What a lambda computes refers to its own arguments; what it captures is a child. */
const plain: ReadonlySet<string> = new Set([
  "function_data",
  "return_type",
  "arguments",
  "original_arguments",
  "value",
]);
