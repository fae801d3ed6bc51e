/**
 * A result as the points of a chart: which columns stand for what, unless somebody chose, and the values as numbers, times
 * and words. Pure, and without any library of charts.
 */
import type { Json } from "../../../src/base/json.ts";
import type { Chart, Column } from "../../../src/client/api-client.ts";
import { isNumeric, plainText } from "../value.tsx";

export interface Point {
  readonly x: string | number | Date | null;
  readonly y: number | null;
  readonly colour: string | undefined;
}

export interface Drawing {
  readonly chart: Chart;
  readonly points: readonly Point[];
  readonly isTime: boolean;
  /** In the order in which their colours are given. */
  readonly colours: readonly string[];
  /** Rows that are not drawn. */
  readonly left: number;
}

/** More points than these say nothing more, and take long. */
export const mostPoints = 2_000;
const mostColours = 6;
const other = "Other";

export function drawingOf(columns: readonly Column[], rows: readonly (readonly Json[])[], chosen?: Chart): Drawing {
  const chart = completed(columns, rows, chosen);
  const at = (name: string | undefined): number => columns.findIndex((column) => column.name === name);
  const [x, y, colour] = [at(chart.x), at(chart.y), at(chart.colour)];
  const isTime = isTemporal(columns[x]?.type ?? "");
  const isNumber = isNumeric(columns[x]?.type ?? "") && chart.kind !== "bar";
  const shown = rows.slice(0, mostPoints);
  const colours = colour < 0 ? [] : frequent(shown.map((row) => plainText(row[colour])));
  const points = shown.map((row): Point => {
    const value = row[x] ?? null;
    const word = colour < 0 ? undefined : plainText(row[colour]);
    return {
      x: x < 0 ? null : isTime ? timeOf(value) : isNumber ? numberOf(value) : plainText(value),
      y: y < 0 ? null : numberOf(row[y] ?? null),
      colour: word === undefined || colours.includes(word) ? word : other,
    };
  });
  return { chart, points, isTime, colours, left: rows.length - shown.length };
}

/** Fills in whatever is not chosen: the first time or word across, the first number up. */
export function completed(
  columns: readonly Column[],
  rows: readonly (readonly Json[])[],
  chosen: Partial<Chart> = {},
): Chart {
  const has = (name: string | undefined): boolean => columns.some((column) => column.name === name);
  const numbers = columns.filter(({ type }) => isNumeric(type));
  const word = columns.find(({ type }) => !isNumeric(type));
  const time = columns.find(({ type }) => isTemporal(type));
  const x = has(chosen.x) ? chosen.x : (time ?? word ?? (numbers.length > 1 ? numbers[0] : undefined))?.name;
  const y = has(chosen.y) ? chosen.y : (numbers.findLast(({ name }) => name !== x) ?? numbers[0])?.name;
  const isSingle = rows.length === 1 && columns.length === 1;
  const kind = chosen.kind ?? (isSingle ? "number" : time?.name === x && time !== undefined ? "line" : "bar");
  // A second word tells the points of one place apart, unless somebody chose.
  const second = columns.find(({ type, name }) => type === "VARCHAR" && name !== x)?.name;
  const colour = has(chosen.colour)
    ? chosen.colour
    : chosen.kind === undefined && columns.length === 3
      ? second
      : undefined;
  return {
    kind,
    ...(x === undefined ? {} : { x }),
    ...(y === undefined ? {} : { y }),
    ...(colour === undefined ? {} : { colour }),
  };
}

export function isTemporal(type: string): boolean {
  return /^(DATE|TIMESTAMP)/.test(type);
}

/** Seen as they are stored: a date without a zone is not moved by the viewer's. */
function timeOf(value: Json): Date | null {
  if (typeof value !== "string") return null;
  const instant = new Date(
    /[Z]$|[+-]\d\d(:?\d\d)?$/.test(value) && value.includes("T")
      ? value
      : `${value.replace(" ", "T")}${value.length === 10 ? "T00:00:00" : ""}Z`,
  );
  return Number.isNaN(instant.getTime()) ? null : instant;
}

function numberOf(value: Json): number | null {
  if (value === null || value === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** The most frequent words; what is left shares one colour. */
function frequent(words: readonly string[]): readonly string[] {
  const counts = [...Map.groupBy(words, (word) => word)].map(([word, all]) => ({ word, count: all.length }));
  const byCount = counts.toSorted((one, next) => next.count - one.count);
  const kept = byCount.slice(0, byCount.length > mostColours ? mostColours - 1 : mostColours).map(({ word }) => word);
  return byCount.length > kept.length ? [...kept, other] : kept;
}
