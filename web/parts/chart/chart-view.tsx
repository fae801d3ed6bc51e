/** A result drawn as a chart, or as one large number. Its rows are one click away wherever it stands. */
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import type { Json } from "../../../src/base/json.ts";
import type { Chart, Column } from "../../../src/client/api-client.ts";
import { Empty } from "../empty.tsx";
import { shownName } from "../names.ts";
import { count, counted } from "../numbers.ts";
import { Value } from "../value.tsx";
import { drawingOf, mostPoints, type Drawing } from "./chart-points.ts";
import "../../styles/chart.css";

interface ChartViewProps {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Json[])[];
  readonly chart?: Chart | undefined;
  readonly height?: number;
}

export function ChartView({ columns, rows, chart, height = 300 }: ChartViewProps): ReactNode {
  const drawing = useMemo(() => drawingOf(columns, rows, chart), [columns, rows, chart]);
  if (rows.length === 0) return <Empty icon="chart" title="There are no rows to draw." />;
  if (drawing.chart.kind === "number") return <LargeNumber columns={columns} rows={rows} chart={drawing.chart} />;
  if (drawing.chart.y === undefined || drawing.chart.x === undefined)
    return (
      <Empty icon="chart" title="A chart needs a column of numbers and another column.">
        <p>Choose others, or look at the rows.</p>
      </Empty>
    );
  return (
    <figure className="chart">
      <Legend colours={drawing.colours} />
      <Drawn drawing={drawing} height={height} />
      {drawing.left === 0 ? undefined : (
        <figcaption className="small dim">
          The first {count(mostPoints)} of {counted(rows.length, "row")} are drawn.
        </figcaption>
      )}
    </figure>
  );
}

export function LargeNumber({
  columns,
  rows,
  chart,
}: Required<Pick<ChartViewProps, "columns" | "rows">> & { readonly chart: Chart }): ReactNode {
  const place = Math.max(
    0,
    columns.findIndex(({ name }) => name === chart.y),
  );
  return (
    <p className="large-number">
      <span className="figure">
        <Value value={rows[0]?.[place]} type={columns[place]?.type ?? ""} />
      </span>
      <span className="dim">{shownName(columns[place]?.name ?? "")}</span>
    </p>
  );
}

function Legend({ colours }: { readonly colours: readonly string[] }): ReactNode {
  if (colours.length === 0) return undefined;
  return (
    <ul className="legend" aria-label="Colours">
      {colours.map((word, place) => (
        <li key={word}>
          <i className={`hue c${place + 1}`} />
          <bdi>{shownName(word)}</bdi>
        </li>
      ))}
    </ul>
  );
}

function Drawn({ drawing, height }: { readonly drawing: Drawing; readonly height: number }): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const scheme = useComputedColorScheme("light");
  useEffect(() => {
    const room = place.current;
    if (room === null || width < 80) return;
    let isGone = false;
    void import("./draw-chart.ts").then(({ drawChart }) => {
      if (!isGone) room.replaceChildren(drawChart({ ...drawing, width, height }));
    });
    return () => {
      isGone = true;
    };
  }, [drawing, width, height, scheme]);
  return <div ref={place} role="img" aria-label={sentenceOf(drawing)} className="drawn" style={{ height }} />;
}

const kinds: Readonly<Record<Drawing["chart"]["kind"], string>> = {
  bar: "Bars",
  line: "Lines",
  area: "Areas",
  dot: "Dots",
  number: "A number",
};

function sentenceOf({ chart, points, colours }: Drawing): string {
  const values = points.flatMap(({ y }) => (y === null ? [] : [y]));
  const range = values.length === 0 ? "" : `, from ${count(Math.min(...values))} to ${count(Math.max(...values))}`;
  const by = colours.length === 0 ? "" : `, coloured by ${shownName(chart.colour ?? "")}`;
  return `${kinds[chart.kind]} of ${shownName(chart.y ?? "")} by ${shownName(chart.x ?? "")}: ${counted(points.length, "point")}${range}${by}.`;
}

function useWidth(place: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (place.current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [place]);
  return width;
}
