/**
 * Divides a table into ranges of its first key column. Sizes are the server's estimates and only affect how even the
 * ranges are; each row is in exactly one range in any case. Reads use the ranges, never LIMIT and OFFSET.
 */
import type { KeySpans, SourceTable, SplitRange } from "../../sync/source.ts";
import type { MariadbConnection } from "./connection.ts";
import { displayTable, quoteName, quoteTable } from "./identifiers.ts";
import {
  boundaryLiteral,
  rangePredicate,
  formatRange,
  integerEnds,
  rangesBetween,
  type BoundaryKind,
} from "./key-range.ts";
import { parseDeclaredType } from "./types.ts";

/** Least bytes per column of a row, for tables whose size the dictionary does not know yet. */
const leastColumnBytes = 12;
const mostRanges = 10_000;

interface Splitting {
  readonly connection: MariadbConnection;
  readonly table: SourceTable;
  readonly column: string;
  readonly kind: BoundaryKind;
  /** Number of rows that a range should have. */
  readonly rows: number;
}

/** A single `undefined` if the table is small or has no key column to split by. */
export async function splitTable(
  connection: MariadbConnection,
  { table, bytes }: { table: SourceTable; bytes: number },
): Promise<readonly (SplitRange | undefined)[]> {
  const column = table.columns.find(({ name }) => name === table.key?.[0]);
  const kind = column && boundaryKind(column.sourceType);
  const rows = table.estimatedRows ?? 0;
  const size = Math.max(table.estimatedBytes ?? 0, rows * table.columns.length * leastColumnBytes);
  const pieces = Math.min(Math.ceil(size / bytes), mostRanges);
  if (column === undefined || kind === undefined || pieces <= 1 || rows <= 1) return [undefined];
  const splitting = { connection, table, column: column.name, kind, rows: Math.max(1, Math.ceil(rows / pieces)) };
  const boundaries = kind === "integer" ? await integerBoundaries(splitting) : await walkedBoundaries(splitting);
  return boundaries.length === 0 ? [undefined] : rangesBetween(splitting, boundaries);
}

/**
 * Types whose order in the index equals the order of their literals. Enums, bits and floats are not among them, nor is
 * uuid: on MariaDB 10.11, ranges between uuids of mixed versions lost rows.
 */
export function boundaryKind(sourceType: string): BoundaryKind | undefined {
  const { base, charset } = parseDeclaredType(sourceType);
  if (/^(tiny|small|medium|big)?int(eger)?$/.test(base)) return "integer";
  if (/^(char|varchar|(tiny|medium|long)?text)$/.test(base)) return charset === undefined ? undefined : { charset };
  if (/^(binary|varbinary|(tiny|medium|long)?blob)$/.test(base)) return { charset: "binary" };
  return ["date", "datetime", "timestamp", "decimal", "inet4", "inet6"].includes(base) ? "text" : undefined;
}

interface SpanParts {
  readonly table: SourceTable;
  /** Undefined: the whole table. */
  readonly range: SplitRange | undefined;
  /** Number of rows that a span should have. */
  readonly rows: number;
}

/** Spans of a key that begins with a whole number; together they make up the range. Undefined for other tables. */
export async function keySpans(
  connection: MariadbConnection,
  { table, range, rows }: SpanParts,
): Promise<KeySpans | undefined> {
  const column = table.columns.find(({ name }) => name === table.key?.[0]);
  if (column === undefined || boundaryKind(column.sourceType) !== "integer") return undefined;
  // InnoDB's estimates are about twice the real number when there are a few thousand rows.
  const splitting: Splitting = { connection, table, column: column.name, kind: "integer", rows: 2 * rows };
  const boundaries = (await integerBoundaries(splitting, rangePredicate(range))).map(BigInt);
  const { from, to } = integerEnds(range);
  const starts = [from, ...boundaries];
  return { column: column.name, spans: starts.map((start, index) => ({ from: start, to: boundaries[index] ?? to })) };
}

/**
 * Halves the span of keys until the optimiser's estimate for a range is small enough, so that ranges are even although
 * keys have gaps.
 */
async function integerBoundaries(splitting: Splitting, predicate?: string): Promise<readonly string[]> {
  const { connection, table, column } = splitting;
  const name = quoteName(column);
  const place = displayTable(table.name);
  const where = predicate === undefined ? "" : ` where ${predicate}`;
  const [row] = await connection.query(
    `select min(${name}) as low, max(${name}) as high from ${quoteTable(table.name)}${where}`,
    [],
    place,
  );
  const { low, high } = row ?? {};
  if (low === null || low === undefined || high === null || high === undefined) return [];
  const boundaries: bigint[] = [];
  const spans: [bigint, bigint][] = [[BigInt(low), BigInt(high) + 1n]];
  for (let span = spans.pop(); span !== undefined && boundaries.length < mostRanges; span = spans.pop()) {
    const [from, to] = span;
    if (to - from < 2n || (await estimate(splitting, { from, to })) <= splitting.rows) continue;
    const middle = from + (to - from) / 2n;
    boundaries.push(middle);
    spans.push([from, middle], [middle, to]);
  }
  return boundaries.sort((left, right) => (left < right ? -1 : 1)).map(String);
}

async function estimate(
  { connection, table, column }: Splitting,
  { from, to }: { from: bigint; to: bigint },
): Promise<number> {
  const range = rangePredicate(formatRange({ column, kind: "integer", from: String(from), to: String(to) }));
  const name = quoteName(column);
  const [plan] = await connection.query(
    `explain select ${name} from ${quoteTable(table.name)} where ${range}`,
    [],
    displayTable(table.name),
  );
  return Number(plan?.["rows"] ?? 0);
}

/**
 * Walks the index to find the first key of each range, `rows` keys after the previous one in the column's own order.
 */
async function walkedBoundaries(splitting: Splitting): Promise<readonly string[]> {
  const boundaries: string[] = [];
  for (let last: string | undefined; boundaries.length < mostRanges;) {
    const next: string | undefined = await nextBoundary(splitting, last);
    if (next === undefined) break;
    boundaries.push(next);
    last = next;
  }
  return boundaries;
}

async function nextBoundary(
  { connection, table, column, kind, rows }: Splitting,
  last: string | undefined,
): Promise<string | undefined> {
  const name = quoteName(column);
  const value = kind === "text" ? `cast(${name} as char)` : `hex(${name})`;
  const literal = last === undefined ? undefined : boundaryLiteral(kind, last);
  const where = literal === undefined ? "" : `where ${name} >= ${literal}`;
  const later = literal === undefined ? "1" : `${name} > ${literal}`;
  const place = displayTable(table.name);
  const from = quoteTable(table.name);
  const [row] = await connection.query(
    `select ${value} as boundary, ${later} as later from ${from} ${where} order by ${name} limit 1 offset ${rows}`,
    [],
    place,
  );
  if (row === undefined) return undefined;
  if (row["later"] === "1") return row["boundary"] ?? undefined;
  const [beyond] = await connection.query(
    `select ${value} as boundary from ${from} where ${name} > ${literal} order by ${name} limit 1`,
    [],
    place,
  );
  return beyond?.["boundary"] ?? undefined;
}
