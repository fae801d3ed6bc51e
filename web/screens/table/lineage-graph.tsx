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
import { keyOf, type Lineage, type LineageNode } from "./lineage-walk.ts";
import "@xyflow/react/dist/base.css";
import "../../styles/lineage.css";

type Box = Node<{ readonly node: LineageNode }, "box">;

const [across, down] = [290, 66];

export function LineageGraph({ lineage }: { readonly lineage: Lineage }): ReactNode {
  const { nodes, most } = placed(lineage);
  return (
    <div className="lineage-graph" style={{ height: Math.min(560, Math.max(220, most * down + 90)) }}>
      <ReactFlow
        key={nodes.map(({ id }) => id).join()}
        defaultNodes={nodes}
        defaultEdges={edgesOf(lineage)}
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

const nodeTypes = { box: LineageBox };
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

/** Each level is a column, centred; `most` is the size of the largest. */
function placed({ nodes }: Lineage): { readonly nodes: Box[]; readonly most: number } {
  const columns = Map.groupBy(nodes, ({ level }) => level);
  const most = Math.max(...[...columns.values()].map(({ length }) => length));
  const boxes = [...columns].flatMap(([level, column]) =>
    column.map((node, place): Box => ({
      id: keyOf(node),
      type: "box",
      position: { x: level * across, y: (place - (column.length - 1) / 2) * down },
      data: { node },
    })),
  );
  return { nodes: boxes.toSorted((one, other) => one.position.x - other.position.x), most };
}

function edgesOf({ edges }: Lineage): Edge[] {
  return edges.map(({ from, to }) => ({
    id: `${from} ${to}`,
    source: from,
    target: to,
    markerEnd: { type: MarkerType.ArrowClosed, width: 18, height: 18 },
  }));
}
