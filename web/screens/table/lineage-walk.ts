/**
 * Follows a table's lineage as far as whoever looks may know it: back to tables and sources, on to the views that read
 * it. Only tables that they know are asked about, and views only if they may change them, so the server refuses nothing.
 */
import type { AccessMineAnswer, ListedTable, TableShowAnswer } from "../../../src/client/api-client.ts";
import { api } from "../../api/client.ts";
import { tableName } from "../../parts/names.ts";

export interface LineageNode {
  /** `database.table`, or the name of a source. */
  readonly name: string;
  readonly kind: "source" | "table" | "view";
  /** 0 for the table itself, below for what it comes from, above for what reads it. */
  readonly level: number;
}

export interface Lineage {
  readonly nodes: readonly LineageNode[];
  /** From what is read to what reads it. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

export interface Walker {
  readonly known: readonly ListedTable[];
  readonly mine: AccessMineAnswer;
}

/** Larger graphs cannot be looked at, and each table is a question to the server. */
const mostNodes = 60;
const mostLevels = 4;

export async function walkLineage(begin: TableShowAnswer, walker: Walker): Promise<Lineage> {
  const nodes = new Map<string, LineageNode>();
  const edges = new Map<string, Lineage["edges"][number]>();
  const shown = new Map([[nameOf(begin), begin]]);
  const show = async (name: string): Promise<TableShowAnswer | undefined> => {
    if (!isKnown(name, walker)) return undefined;
    const found = shown.get(name) ?? (await api.tableShow({ table: name }).catch(() => undefined));
    if (found !== undefined) shown.set(name, found);
    return found;
  };
  const link = (from: string, to: string): void => void edges.set(`${from} ${to}`, { from, to });
  const visit = async (name: string, level: number, way: -1 | 1): Promise<void> => {
    const found = name === nameOf(begin) ? begin : await show(name);
    if (found === undefined || Math.abs(level) >= mostLevels) return;
    const next = way > 0 ? found.usedBy : await readBy(found, walker);
    for (const other of next) {
      link(way > 0 ? name : other, way > 0 ? other : name);
      if (nodes.has(other) || nodes.size >= mostNodes) continue;
      const kind = way > 0 ? "view" : kindOf(other, walker);
      nodes.set(other, { name: other, kind, level: level + way });
      await visit(other, level + way, way);
    }
    const { source } = found;
    if (way > 0 || source === undefined) return;
    const feeding = source.split(":")[0] ?? source;
    link(`source ${feeding}`, name);
    nodes.set(`source ${feeding}`, { name: feeding, kind: "source", level: level - 1 });
  };
  nodes.set(nameOf(begin), { name: nameOf(begin), kind: begin.kind, level: 0 });
  await visit(nameOf(begin), 0, -1);
  await visit(nameOf(begin), 0, 1);
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

/** The key of a node, by which edges name it. */
export function keyOf({ name, kind }: LineageNode): string {
  return kind === "source" ? `source ${name}` : name;
}

function nameOf({ database, name }: Pick<TableShowAnswer, "database" | "name">): string {
  return tableName(database, name);
}

function isKnown(name: string, { known }: Walker): boolean {
  return known.some((table) => nameOf(table) === name);
}

function kindOf(name: string, { known }: Walker): "table" | "view" {
  return known.find((table) => nameOf(table) === name)?.kind ?? "table";
}

/** The tables that a view reads, which only whoever may change it may know. */
async function readBy(view: TableShowAnswer, { mine }: Walker): Promise<readonly string[]> {
  const mayAlter =
    mine.everything ||
    mine.reached.some(({ resource, actions }) => resource === nameOf(view) && actions.includes("alter"));
  if (view.kind !== "view" || !mayAlter) return [];
  const shown = await api.viewShow({ view: nameOf(view) }).catch(() => undefined);
  return shown?.reads ?? [];
}
