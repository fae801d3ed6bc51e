/** Rows as a multiset of lines: order does not matter, duplicates count, null is not ''. */
import { createHash } from "node:crypto";

export type Cell = string | null;

export interface Rows {
  readonly columns: readonly string[];
  readonly count: number;
  /** Equal digests mean equal rows of equally named columns. */
  readonly digest: string;
  /** How often each row is there. */
  readonly lines: ReadonlyMap<string, number>;
}

/** The columns in the order of their names, so that two sides that order them differently are comparable. */
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

/** A line that `rows` has more often than `others`. */
export function missingLine(rows: Rows, others: Rows): string | undefined {
  for (const [line, count] of rows.lines) if ((others.lines.get(line) ?? 0) < count) return line;
  return undefined;
}
