/**
 * Splits rows into pieces that take little time to pass on, so that the receiver can serve others in between. A
 * thousand columns, or lists, in two thousand rows are two million values. A single row is never split, however large
 * it is.
 */
import type { EngineRow } from "./engine.ts";
import type { EngineValue } from "./engine-protocol.ts";

/** A piece of this weight takes the receiver a few milliseconds. */
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

/** Number of values; long texts count as several. */
function weightOf(value: EngineValue): number {
  if (typeof value === "string") return 1 + value.length / 100;
  if (typeof value !== "object" || value === null) return 1;
  const items: readonly EngineValue[] = Array.isArray(value) ? value : Object.values(value);
  return items.reduce<number>((sum, item) => sum + weightOf(item), 1);
}
