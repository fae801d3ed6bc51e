/** Rows as a multiset of lines: order does not matter, duplicates count, and null is not ''. */
import { createHash } from "node:crypto";

export type Cell = string | null;

export interface Rows {
  readonly columns: readonly string[];
  readonly count: number;
  /** Equal digests mean equal rows of equally named columns. */
  readonly digest: string;
  /** How often each row occurs. */
  readonly lines: ReadonlyMap<string, number>;
}

/** The columns sorted by name, so that two sides with different orders are comparable. */
export function collectRows(columns: readonly string[], rows: Iterable<readonly Cell[]>): Rows {
  const order = columns
    .map((name, index) => ({ name, index }))
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
  const lines = new Map<string, number>();
  let count = 0;
  for (const row of rows) {
    const line = JSON.stringify(order.map(({ index }) => row[index] ?? null));
    lines.set(line, (lines.get(line) ?? 0) + 1);
    count++;
  }
  const names = order.map(({ name }) => name);
  const hash = createHash("sha256").update(JSON.stringify(names));
  for (const line of [...lines.keys()].toSorted()) hash.update(`\n${lines.get(line)} ${line}`);
  return { columns: names, count, digest: hash.digest("hex"), lines };
}

/** A line that occurs more often in `rows` than in `others`. */
export function missingLine(rows: Rows, others: Rows): string | undefined {
  for (const [line, count] of rows.lines) if ((others.lines.get(line) ?? 0) < count) return line;
  return undefined;
}
