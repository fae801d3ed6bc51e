/**
 * Where a table of the source and its lake table differ, by digests of ranges of the key that both sides compute where the rows
 * are: equal digests prove equal ranges without moving a row, and only ranges that differ are read.
 */
import { withMoreMemory } from "../engine/with-more-memory.ts";
import { hasDigest, lakeDigests, rangeSql } from "./lake-digests.ts";
import { inexactCounter, readRange } from "./read-range.ts";
import type { WholeTable } from "./read-whole-table.ts";
import { sumOf } from "../base/sum.ts";
import type { KeyRanges, RangeDigest } from "./source.ts";
import type { SyncRun } from "./sync-run.ts";
import type { SyncTarget } from "./sync-target.ts";
import { openSides, type Sides } from "./table-sides.ts";

export interface ComparedRanges {
  /** Of the source at this cut. */
  readonly rows: number;
  /** How many there are. */
  readonly ranges: number;
  /** Undefined where all are equal. */
  readonly differing: DifferingRanges | undefined;
}

export interface DifferingRanges {
  readonly numbers: readonly bigint[];
  readonly keys: KeyRanges;
}

/** About as many rows as are read where one differs. */
const rangeRows = 20_000;
const mostRanges = 2_000;
/** With more of the ranges differing, the table is better read whole. */
const readShare = 0.5;

/** Undefined where digests do not tell: no lake table yet, columns that moved, floats, or too much that differs. */
export async function compareRanges(run: SyncRun, target: SyncTarget): Promise<ComparedRanges | undefined> {
  const { current, follow, table } = target;
  if (current === undefined || follow.changes.length > 0) return undefined;
  const sides = await openSides(run, { target, current, files: [] });
  if (!hasDigest(sides.columns)) return undefined;
  const keys = await keyRanges(run, target);
  const source = await run.inReader(() => run.cut.digests(table, keys));
  if (source === undefined) return undefined;
  const ranges = keys && { ...keys, key: keyColumn(target, { sides, column: keys.column }) };
  const lake = await withMoreMemory(sides.engine, () => lakeDigests({ sides, ranges }));
  const numbers = differing(source, lake);
  const rows = sumOf(source, (digest) => digest.rows);
  const count = Math.max(source.length, 1);
  if (numbers.length === 0) return { rows, ranges: count, differing: undefined };
  if (keys === undefined || numbers.length > Math.max(1, count * readShare)) return undefined;
  return { rows, ranges: count, differing: { numbers, keys } };
}

async function keyRanges({ cut, inReader }: SyncRun, { table }: SyncTarget): Promise<KeyRanges | undefined> {
  const extent = await inReader(() => cut.keyExtent(table));
  if (extent === undefined) return undefined;
  const { column, lowest, highest, rows } = extent;
  const count = BigInt(Math.min(mostRanges, Math.max(1, Math.ceil(rows / rangeRows))));
  return { column, lowest, width: (highest - lowest) / count + 1n };
}

function keyColumn({ follow }: SyncTarget, { sides, column }: { sides: Sides; column: string }) {
  const index = follow.schema.fields.findIndex(({ name }) => name === column);
  const key = sides.columns[index];
  if (key === undefined) throw new TypeError(`expected the key's column ${column}`);
  return key;
}

function differing(source: readonly RangeDigest[], lake: readonly RangeDigest[]): readonly bigint[] {
  const text = ({ rows, sum }: RangeDigest): string => `${rows} ${sum}`;
  const ofLake = new Map(lake.map((digest) => [digest.range, text(digest)]));
  const ofSource = new Map(source.map((digest) => [digest.range, text(digest)]));
  const numbers = [...new Set([...ofSource.keys(), ...ofLake.keys()])];
  return numbers.filter((number) => ofSource.get(number) !== ofLake.get(number)).toSorted((a, b) => (a < b ? -1 : 1));
}

export interface RangeSides {
  readonly sides: Sides;
  /** What was read of the source. */
  readonly table: WholeTable;
}

/** Reads the ranges that differ: both sides of what is left to compare. */
export async function readDiffering(
  run: SyncRun,
  { target, compared }: { target: SyncTarget; compared: ComparedRanges & { readonly differing: DifferingRanges } },
): Promise<RangeSides> {
  const { numbers, keys } = compared.differing;
  const inexact = inexactCounter();
  const files = [];
  for (const { from, to } of spans(numbers)) {
    const range = run.cut.between(keys.column, keys.lowest + from * keys.width, keys.lowest + to * keys.width);
    const task = `${target.lakeLabel} ${numbers.length} ranges`;
    files.push(...(await readRange(run, { target, range, task, total: undefined, inexact })).files);
  }
  const { current } = target;
  if (current === undefined) throw new TypeError("expected a lake table to compare with");
  const sides = await openSides(run, { target, current, files });
  const key = keyColumn(target, { sides, column: keys.column });
  const within = `${rangeSql({ ...keys, key })} in (${numbers.join(", ")})`;
  return { sides: { ...sides, within }, table: { files, rows: compared.rows, inexact: inexact.counts() } };
}

/** Neighbours together: from one number to below another. */
function spans(numbers: readonly bigint[]): readonly { readonly from: bigint; readonly to: bigint }[] {
  const found: { from: bigint; to: bigint }[] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last?.to === number) last.to = number + 1n;
    else found.push({ from: number, to: number + 1n });
  }
  return found;
}
