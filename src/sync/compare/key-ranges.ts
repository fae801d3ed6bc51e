/**
 * Ranges of a table's key, numbered alike on both sides (`KeyRanges`, sync/source.ts) or given as spans from key to
 * key, and the rows of both sides in the ranges that differ.
 */
import { must } from "../../base/must.ts";
import { tableFiles } from "../../catalog/table-files.ts";
import { quoteName } from "../../engine/duckdb-type.ts";
import type { ReadColumn } from "../../engine/read-column.ts";
import type { Expression } from "../../iceberg/expression.ts";
import { planScan } from "../../iceberg/scan.ts";
import { currentSnapshot } from "../../iceberg/table-metadata.ts";
import { rangeSql } from "./lake-digests.ts";
import { inexactCounter, readRange } from "../load/read-range.ts";
import type { WholeTable } from "../load/read-whole-table.ts";
import type { KeyExtent, KeyRanges, KeySpan } from "../source.ts";
import type { CutRun } from "../run/sync-run.ts";
import type { SyncTarget } from "../run/sync-target.ts";
import { openSides, type Sides } from "./table-sides.ts";

/** About how many rows have to be read for each range that differs. */
const rangeRows = 20_000;
const mostRanges = 2_000;

export function rangesOver({ column, lowest, highest, rows }: KeyExtent): KeyRanges {
  const count = BigInt(Math.min(mostRanges, Math.max(1, Math.ceil(rows / rangeRows))));
  return { column, lowest, width: (highest - lowest) / count + 1n, count };
}

export function keyColumn({ follow }: SyncTarget, { sides, column }: { sides: Sides; column: string }): ReadColumn {
  const index = follow.schema.fields.findIndex(({ name }) => name === column);
  return must(sides.columns[index], "the key's column");
}

export interface LabelledRange {
  readonly range: bigint;
  /** Equal when the rows are equal. */
  readonly label: string;
}

/** The numbers of the ranges that differ, in ascending order. */
export function differingNumbers(some: readonly LabelledRange[], others: readonly LabelledRange[]): readonly bigint[] {
  const [labels, otherLabels] = [some, others].map((list) => new Map(list.map(({ range, label }) => [range, label])));
  const numbers = [...new Set([...some, ...others].map(({ range }) => range))];
  return numbers
    .filter((number) => labels?.get(number) !== otherLabels?.get(number))
    .toSorted((left, right) => (left < right ? -1 : 1));
}

export interface DifferingRanges {
  readonly numbers: readonly bigint[];
  readonly keys: KeyRanges;
}

export interface RangeSides {
  readonly sides: Sides;
  /** The rows that were read from the source. */
  readonly table: WholeTable;
}

interface ReadParts {
  readonly target: SyncTarget;
  readonly differing: DifferingRanges;
  /** Rows of the whole table at this cut. */
  readonly rows: number;
}

/** Reads the ranges that differ and returns both sides of the remaining comparison. */
export async function readDiffering(run: CutRun, { target, differing, rows }: ReadParts): Promise<RangeSides> {
  const { numbers, keys } = differing;
  const parts = spansOf(numbers, keys);
  const inexact = inexactCounter();
  const files = [];
  for (const { from, to } of parts) {
    const range = run.cut.between(keys.column, from, to);
    const task = `${target.lakeLabel} ${numbers.length} ranges`;
    files.push(...(await readRange(run, { target, range, task, total: undefined, inexact })).files);
  }
  const inNumbers = (key: ReadColumn): string => `${rangeSql({ ...keys, key })} in (${numbers.join(", ")})`;
  return sidesOfSpans(run, {
    target,
    column: keys.column,
    spans: parts,
    within: inNumbers,
    table: { files, rows, inexact: inexact.counts() },
  });
}

interface SpanSides {
  readonly target: SyncTarget;
  readonly column: string;
  /** In ascending order. */
  readonly spans: readonly KeySpan[];
  /** SQL condition: the lake row is in one of the spans. */
  within(key: ReadColumn): string;
  /** The rows of these spans that were read from the source. */
  readonly table: WholeTable;
}

/** Both sides of the key spans that were read. */
export async function sidesOfSpans(
  run: CutRun,
  { target, column, spans: parts, within: inSpans, table }: SpanSides,
): Promise<RangeSides> {
  const current = must(target.current, "a lake table to compare with");
  const sides = await openSides(run, { target, current, files: table.files });
  const key = keyColumn(target, { sides, column });
  const within = `${outline(key, parts)} and (${inSpans(key)})`;
  const liveWithin = await filesWithin(run, { target, sides, key, parts });
  return { sides: { ...sides, within, liveWithin }, table };
}

/** SQL condition: the lake row is in one of the spans. */
export function inAnySpan(key: ReadColumn, spans: readonly KeySpan[]): string {
  const name = quoteName(key.name);
  const inSpan = ({ from, to }: KeySpan): string => {
    const below = to === undefined ? "true" : `${name} < ${to}`;
    return from === undefined ? `(${below} or ${name} is null)` : `(${name} >= ${from} and ${below})`;
  };
  return spans.map(inSpan).join(" or ");
}

/** Joins adjacent ranges into one span. */
function spansOf(numbers: readonly bigint[], { lowest, width, count }: KeyRanges): readonly KeySpan[] {
  const found: { from: bigint; to: bigint }[] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last?.to === number) last.to = number + 1n;
    else found.push({ from: number, to: number + 1n });
  }
  return found.map(({ from, to }) => ({
    from: from === 0n ? undefined : lowest + from * width,
    to: to === count ? undefined : lowest + to * width,
  }));
}

/** A condition on the outer bounds, which lets the engine skip row groups. */
function outline(key: ReadColumn, parts: readonly KeySpan[]): string {
  const name = quoteName(key.name);
  const [from, to] = [parts[0]?.from, parts.at(-1)?.to];
  const lower = from === undefined ? "true" : `${name} >= ${from}`;
  return to === undefined || from === undefined ? lower : `${lower} and ${name} < ${to}`;
}

/** With more spans than this, all files are read: filtering by each span would cost more than it saves. */
const mostFiltered = 100;

interface WithinParts {
  readonly target: SyncTarget;
  readonly sides: Sides;
  readonly key: ReadColumn;
  readonly parts: readonly KeySpan[];
}

/** The lake's files whose bounds overlap the ranges. */
export async function filesWithin(
  { catalog }: CutRun,
  { target, sides, key, parts }: WithinParts,
): Promise<Sides["live"] | undefined> {
  if (parts.length > mostFiltered) return undefined;
  const table = must(target.current, "a lake table to compare with");
  const { metadata } = table;
  const terms = parts.map((part) => spanFilter(key, part));
  const filter: Expression = { op: "or", terms };
  const { files } = await planScan(tableFiles(catalog, table).io, {
    metadata,
    snapshot: currentSnapshot(metadata),
    filter,
  });
  const wanted = new Set(files.map(({ dataFile }) => dataFile.filePath));
  return sides.live.filter(({ location }) => wanted.has(location));
}

function spanFilter({ fieldId, sqlType }: ReadColumn, { from, to }: KeySpan): Expression {
  const value = (bound: bigint): number | bigint => (sqlType === "integer" ? Number(bound) : bound);
  const above: readonly Expression[] = from === undefined ? [] : [{ op: "gt-eq", fieldId, value: value(from) }];
  const beneath: readonly Expression[] = to === undefined ? [] : [{ op: "lt", fieldId, value: value(to) }];
  const both: Expression = { op: "and", terms: [...above, ...beneath] };
  return from === undefined ? { op: "or", terms: [both, { op: "is-null", fieldId }] } : both;
}
