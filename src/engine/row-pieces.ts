/**
 * Rows in pieces that are small enough to be passed on at once: whoever takes them serves others in between, and a thousand columns, or
 * lists, in two thousand rows are two million values. One row stays together, however much it holds.
 */
import type { EngineRow } from "./engine.ts";
import type { EngineValue } from "./engine-protocol.ts";

/** Some milliseconds of work for who takes them. */
const mostWeight = 50_000;

export function* rowPieces(rows: readonly EngineRow[]): Generator<readonly EngineRow[]> {
  let [start, weight] = [0, 0];
  for (const [index, row] of rows.entries()) {
    const more = weightOf(row);
    if (index > start && weight + more > mostWeight) {
      yield rows.slice(start, index);
      [start, weight] = [index, 0];
    }
    weight += more;
  }
  if (start < rows.length) yield rows.slice(start);
}

/** Values, long texts as several. */
function weightOf(value: EngineValue): number {
  if (typeof value === "string") return 1 + value.length / 100;
  if (typeof value !== "object" || value === null) return 1;
  const items: readonly EngineValue[] = Array.isArray(value) ? value : Object.values(value);
  return items.reduce<number>((sum, item) => sum + weightOf(item), 1);
}
