/** Draws a chart as SVG at real pixels. Observable Plot puts a style element into each drawing, which the page's policy forbids: it is taken out, and styles/chart.css has its rules. */
import { areaY, axisX, axisY, barY, dot, gridY, lineY, plot, ruleY, tip, pointer } from "@observablehq/plot";
import type { Drawing, Point } from "./chart-points.ts";

interface Drawn extends Drawing {
  readonly width: number;
  readonly height: number;
}

/** Reads the colours of the scheme from the page. */
export function drawChart({ chart, points, colours, isTime, width, height }: Drawn): Element {
  const hues = [1, 2, 3, 4, 5, 6].map((place) => token(`--c${place}`));
  const channels = { x: "x", y: "y", ...(colours.length === 0 ? {} : { [fillOf(chart.kind)]: "colour" }) };
  const only = colours.length === 0 ? { [fillOf(chart.kind)]: hues[0] } : {};
  const isBand = chart.kind === "bar";
  const longest = isBand ? Math.max(1, ...points.map(({ x }) => String(x).length)) : 1;
  const isTilted = isBand && (longest * 7 + 8) * new Set(points.map(({ x }) => String(x))).size > width - 60;
  const drawn = plot({
    width,
    height,
    marginLeft: 64,
    marginRight: 20,
    marginBottom: isTilted ? 84 : 30,
    marginTop: 24,
    style: { background: "transparent", color: "currentColor", fontSize: "12px" },
    x: {
      label: null,
      ...(isTime ? { type: isBand ? "band" : "utc" } : isBand ? { type: "band" } : {}),
      ...(isBand ? { domain: orderOf(points) } : {}),
    },
    y: { label: chart.y ?? null, grid: false, nice: true, zero: isBand || chart.kind === "area" },
    color: { domain: [...colours], range: hues },
    marks: [
      gridY({ stroke: token("--line"), strokeOpacity: 1 }),
      axisY({ label: chart.y ?? null, tickSize: 0 }),
      isTilted
        ? axisX({ label: null, tickSize: 0, tickRotate: -35, tickFormat: short })
        : axisX({ label: null, tickSize: 0, ...(isBand ? { tickFormat: short } : {}) }),
      ...marksOf(chart.kind, points, { ...channels, ...only }),
      tip(
        points,
        pointer({ x: "x", y: "y", ...(colours.length === 0 ? {} : { stroke: "colour" }), fill: token("--raised") }),
      ),
      ruleY([0], { stroke: token("--control") }),
    ],
  });
  for (const style of drawn.querySelectorAll("style")) style.remove();
  for (const part of drawn.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
  drawn.setAttribute("aria-hidden", "true");
  return drawn;
}

function marksOf(kind: Drawing["chart"]["kind"], points: readonly Point[], channels: object) {
  const given = [...points];
  switch (kind) {
    case "line":
      return [lineY(given, { ...channels, strokeWidth: 2 })];
    case "area":
      return [areaY(given, { ...channels, fillOpacity: 0.75 })];
    case "dot":
      return [dot(given, { ...channels, r: 3.5 })];
    default:
      return [barY(given, channels)];
  }
}

function fillOf(kind: Drawing["chart"]["kind"]): "fill" | "stroke" {
  return kind === "line" || kind === "dot" ? "stroke" : "fill";
}

/** Bars stand in the order of the rows. */
function orderOf(points: readonly Point[]): (string | number | Date)[] {
  const first = new Map(points.flatMap(({ x }) => (x === null ? [] : [[String(x), x] as const])));
  return [...first.values()];
}

function short(value: unknown): string {
  const words =
    value instanceof Date
      ? value
          .toISOString()
          .replace(/T00:00:00.000Z$/, "")
          .replace(/:00.000Z$/, "")
      : String(value);
  return words.length > 18 ? `${words.slice(0, 10)}…${words.slice(-6)}` : words;
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
