/**
 * Describes what a SELECT has in FROM, and for which of these its WHERE may prune files. A WHERE condition holds for
 * each row after all joins. Rows of a table that fail it may therefore stay unread only if every result row contains
 * exactly one row of that table and leaving rows out changes no other result row: inner and cross joins, and the
 * preserved side of outer, semi and anti joins. Never the side that is filled with nulls, the right side of ASOF, or
 * relations whose rows are paired by position or sampled.
 */
import type { TableReference } from "./table-reference.ts";
import { nodeOf, nodesOf, textOf, textsOf, type TreeNode } from "./syntax-tree.ts";

/** One relation in FROM. */
export interface FromItem {
  /** The name that qualifies its columns, in lower case. */
  readonly name: string | undefined;
  /** Absent for anything that is not a table of the lake: a subquery, a WITH name, a function. */
  readonly table: TableReference | undefined;
  readonly prunable: boolean;
}

export interface SelectScope {
  readonly where: TreeNode;
  readonly from: readonly FromItem[];
  /** Names, in lower case, that do not mean a column of one table: aliases of results, columns of USING. */
  readonly taken: ReadonlySet<string>;
}

export function describeSelect(select: TreeNode, references: ReadonlyMap<TreeNode, TableReference>): SelectScope {
  const from: FromItem[] = [];
  const taken = new Set(nodesOf(select, "select_list").flatMap((item) => textOf(item, "alias")?.toLowerCase() ?? []));
  collect(nodeOf(select, "from_table"), { references, from, taken, prunable: select["sample"] === undefined });
  return { where: nodeOf(select, "where_clause") ?? {}, from, taken };
}

interface Collecting {
  readonly references: ReadonlyMap<TreeNode, TableReference>;
  readonly from: FromItem[];
  readonly taken: Set<string>;
  readonly prunable: boolean;
}

function collect(relation: TreeNode | undefined, into: Collecting): void {
  if (relation === undefined) return;
  if (relation["type"] !== "JOIN") return void into.from.push(fromItem(relation, into));
  for (const name of textsOf(relation, "using_columns")) into.taken.add(name.toLowerCase());
  const sides = prunableSides(relation);
  collect(nodeOf(relation, "left"), { ...into, prunable: into.prunable && sides.left });
  collect(nodeOf(relation, "right"), { ...into, prunable: into.prunable && sides.right });
}

function fromItem(relation: TreeNode, { references, prunable }: Collecting): FromItem {
  const plain = textsOf(relation, "column_name_alias").length === 0 && relation["sample"] === undefined;
  return {
    name: (textOf(relation, "alias") ?? textOf(relation, "table_name"))?.toLowerCase(),
    table: references.get(relation),
    prunable: prunable && plain && relation["type"] === "BASE_TABLE",
  };
}

function prunableSides(join: TreeNode): { left: boolean; right: boolean } {
  const kind = textOf(join, "join_type") ?? "";
  const way = textOf(join, "ref_type") ?? "";
  if (way === "ASOF") return { left: kind === "INNER" || kind === "LEFT", right: false };
  if (!["REGULAR", "CROSS", "NATURAL"].includes(way)) return { left: false, right: false };
  return {
    left: ["INNER", "LEFT", "SEMI", "ANTI"].includes(kind),
    right: ["INNER", "RIGHT"].includes(kind),
  };
}
