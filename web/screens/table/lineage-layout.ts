/**
 * The places of the boxes of a lineage graph: each level is a column, and within it they follow the order of what leads to
 * them. An edge that passes a column gets a turn there, a place of its own, so that no line runs behind a box.
 */
import { keyOf, type Lineage, type LineageNode } from "./lineage-walk.ts";

export interface Spot {
  readonly id: string;
  /** Absent for a turn of an edge. */
  readonly node: LineageNode | undefined;
  readonly level: number;
  /** In rows from the middle. */
  readonly row: number;
}

export interface Layout {
  /** From left to right. */
  readonly spots: readonly Spot[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly isLast: boolean }[];
  /** How many boxes and turns the largest column has. */
  readonly rows: number;
}

export function layLineage({ nodes, edges }: Lineage): Layout {
  const levels = new Map(nodes.map((node) => [keyOf(node), node.level]));
  const turns: { readonly id: string; readonly level: number }[] = [];
  const pieces = edges.flatMap(({ from, to }) => {
    const [begin = 0, end = 0] = [levels.get(from), levels.get(to)];
    const between = Array.from({ length: Math.max(0, end - begin - 1) }, (_, step) => begin + 1 + step);
    turns.push(...between.map((level) => ({ id: turnOf(from, to, level), level })));
    const way = [from, ...between.map((level) => turnOf(from, to, level)), to];
    return way.slice(1).map((next, step) => ({ from: way[step] ?? from, to: next, isLast: next === to }));
  });
  const all = [
    ...nodes.map((node) => ({ id: keyOf(node), node, level: node.level })),
    ...turns.map((turn) => ({ ...turn, node: undefined })),
  ];
  const columns = [...Map.groupBy(all, ({ level }) => level)].toSorted(([one], [other]) => one - other);
  const rows = new Map<string, number>();
  const spots = columns.flatMap(([, column]) => {
    const before = (id: string): number =>
      meanOf(pieces.filter(({ to }) => to === id).map(({ from }) => rows.get(from)));
    const sorted = column.toSorted((one, other) => before(one.id) - before(other.id));
    return sorted.map((one, place): Spot => {
      const row = place - (sorted.length - 1) / 2;
      rows.set(one.id, row);
      return { ...one, row };
    });
  });
  return { spots, edges: pieces, rows: Math.max(1, ...columns.map(([, { length }]) => length)) };
}

function turnOf(from: string, to: string, level: number): string {
  return `turn ${level} ${from} ${to}`;
}

/** A box to which nothing leads stands in the middle. */
function meanOf(rows: readonly (number | undefined)[]): number {
  const known = rows.filter((row) => row !== undefined);
  return known.length === 0 ? 0 : known.reduce((sum, row) => sum + row, 0) / known.length;
}
