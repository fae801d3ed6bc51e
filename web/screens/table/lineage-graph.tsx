/** The lineage of a table as a graph that can be moved and zoomed: sources at the left, what reads the table at the right. */
import {
  Background,
  Controls,
  Handle,
  MarkerType,
  Position,
  ReactFlow,
  type Edge,
  type Node,
  type NodeProps,
} from "@xyflow/react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";
import { addressOf } from "../../parts/table-address.ts";
import { layLineage, type Layout } from "./lineage-layout.ts";
import type { Lineage, LineageNode } from "./lineage-walk.ts";
import "@xyflow/react/dist/base.css";
import "../../styles/lineage.css";

type Box = Node<{ readonly node: LineageNode }, "box">;
type Turn = Node<{ readonly node: undefined }, "turn">;

const [across, down] = [290, 66];

export function LineageGraph({ lineage }: { readonly lineage: Lineage }): ReactNode {
  const layout = layLineage(lineage);
  const nodes = boxesOf(layout);
  return (
    <div className="lineage-graph" style={{ height: Math.min(560, Math.max(220, layout.rows * down + 90)) }}>
      <ReactFlow
        key={nodes.map(({ id }) => id).join()}
        defaultNodes={nodes}
        defaultEdges={edgesOf(layout)}
        nodeTypes={nodeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.12 }}
        minZoom={0.3}
        maxZoom={1.5}
        preventScrolling={false}
        zoomOnScroll={false}
        aria-label="Lineage as a graph"
      >
        <Background />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

const nodeTypes = { box: LineageBox, turn: LineageTurn };
const icons = { source: "sources", table: "table", view: "view" } as const;
const words = { source: "Source", table: "Table", view: "View" } as const;

function LineageBox({ data: { node } }: NodeProps<Box>): ReactNode {
  const { name, kind, level } = node;
  const to: string = kind === "source" ? `/sources/${encodeURIComponent(name)}` : `${addressOf(name)}/lineage`;
  const content = (
    <>
      <Icon name={icons[kind]} size={16} />
      <span className="unseen">{words[kind]} </span>
      <code className="clip" title={shownName(name)}>
        {shownName(name)}
      </code>
    </>
  );
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      {level === 0 ? (
        <div className="graph-box current">{content}</div>
      ) : (
        <Link className="graph-box nopan" to={to}>
          {content}
        </Link>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}

/** The line of an edge through a column in which it has no box. */
function LineageTurn(): ReactNode {
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <div className="graph-turn" />
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}

function boxesOf({ spots }: Layout): (Box | Turn)[] {
  return spots.map(({ id, node, level, row }) => {
    const position = { x: level * across, y: row * down };
    if (node !== undefined) return { id, type: "box" as const, position, data: { node } };
    // A turn is as wide as a box, so that the line crosses the column straight, in the middle of its row.
    return { id, type: "turn" as const, position: { ...position, y: position.y + 22 }, data: { node } };
  });
}

function edgesOf({ edges }: Layout): Edge[] {
  return edges.map(({ from, to, isLast }) => ({
    id: `${from} ${to}`,
    source: from,
    target: to,
    ...(isLast ? { markerEnd: { type: MarkerType.ArrowClosed, width: 18, height: 18 } } : {}),
  }));
}
