/** Tests where the boxes of a lineage graph stand, and that an edge past a column has a place of its own there. */
import { expect, test } from "vitest";
import { layLineage } from "../../web/screens/table/lineage-layout.ts";

const box = (name: string, level: number) => ({ name, kind: "table", level }) as const;

test("a table alone stands in the middle", () => {
  expect(layLineage({ nodes: [box("a.b", 0)], edges: [] })).toMatchObject({
    rows: 1,
    spots: [{ id: "a.b", level: 0, row: 0 }],
  });
});

test("an edge over two levels turns in the column between, beside the box that stands there", () => {
  const { spots, edges, rows } = layLineage({
    nodes: [box("a.view", 0), box("a.middle", -1), { name: "shop", kind: "source", level: -2 }],
    edges: [
      { from: "source shop", to: "a.middle" },
      { from: "a.middle", to: "a.view" },
      { from: "source shop", to: "a.view" },
    ],
  });
  expect(rows).toBe(2);
  const between = spots.filter(({ level }) => level === -1);
  expect(between.map(({ row }) => row)).toEqual([-0.5, 0.5]);
  expect(between.filter(({ node }) => node === undefined)).toHaveLength(1);
  expect(edges.filter(({ isLast }) => isLast)).toHaveLength(3);
  expect(edges).toHaveLength(4);
});
