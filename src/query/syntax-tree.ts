/**
 * Reads DuckDB's serialised syntax tree (`json_serialize_sql`) without trusting its shape: every accessor returns
 * `undefined` or an empty list for anything that is missing, so that an unexpected tree is refused and never guessed
 * at. Locations in the tree are byte offsets into the UTF-8 text.
 */
import type { Json } from "../base/json.ts";

/** A node or a plain container of the tree. */
export type TreeNode = { readonly [key: string]: Json | undefined };

export function asNode(value: Json | undefined): TreeNode | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as TreeNode) : undefined;
}

export function nodeOf(node: TreeNode | undefined, key: string): TreeNode | undefined {
  return asNode(node?.[key]);
}

/** The list under `key` as nodes; members that are not nodes are left out. */
export function nodesOf(node: TreeNode | undefined, key: string): readonly TreeNode[] {
  return listOf(node, key)
    .map(asNode)
    .filter((item) => item !== undefined);
}

export function listOf(node: TreeNode | undefined, key: string): readonly Json[] {
  const value = node?.[key];
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** The text under `key`; an empty text counts as absent. */
export function textOf(node: TreeNode | undefined, key: string): string | undefined {
  const value = node?.[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function textsOf(node: TreeNode | undefined, key: string): readonly string[] {
  return listOf(node, key).filter((item) => typeof item === "string");
}

/** Byte offset at which the node begins; absent if the parser recorded none. */
export function locationOf(node: TreeNode): number | undefined {
  const value = node["query_location"];
  return typeof value === "number" ? value : undefined;
}

/** `class` and `type` of an expression, or the `type` of a relation, a query or a modifier. */
export function kindOf(node: TreeNode | undefined): string | undefined {
  return textOf(node, "class") ?? textOf(node, "type");
}
