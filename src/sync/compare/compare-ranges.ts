/**
 * Finds the ranges of the key in which a source table and its lake table differ. Both sides compute digests in place,
 * at the same time; equal digests prove equal ranges without moving a row, and only ranges that differ are read.
 */
import { randomBytes } from "node:crypto";
import { sumOf } from "../../base/sum.ts";
import { withMoreMemory } from "../../engine/with-more-memory.ts";
import { differingNumbers, keyColumn, rangesOver, type DifferingRanges } from "./key-ranges.ts";
import { hasDigest, lakeDigests } from "./lake-digests.ts";
import type { KeyRanges, RangeDigest } from "../source.ts";
import type { CutRun } from "../run/sync-run.ts";
import type { SyncTarget } from "../run/sync-target.ts";
import { openSides } from "./table-sides.ts";

export interface ComparedRanges {
  /** Rows of the source table at this cut. */
  readonly rows: number;
  /** Number of ranges that were compared. */
  readonly ranges: number;
  /** Undefined when all ranges are equal. */
  readonly differing: DifferingRanges | undefined;
}

/** Share of differing ranges above which it is better to read the whole table. */
const readShare = 0.5;

/**
 * Undefined when digests cannot answer: there is no lake table yet, its columns changed, it has floats, or too much
 * differs.
 */
export async function compareRanges(run: CutRun, target: SyncTarget): Promise<ComparedRanges | undefined> {
  const { current, follow, table } = target;
  if (current === undefined || follow.changes.length > 0) return undefined;
  const sides = await openSides(run, { target, current, files: [] });
  if (!hasDigest(sides.columns)) return undefined;
  const keys = await keyRanges(run, target);
  const ranges = keys && { ...keys, key: keyColumn(target, { sides, column: keys.column }) };
  const salt = randomBytes(8).toString("hex");
  const [source, lake] = await Promise.all([
    run.inReader(() => run.cut.digests(table, keys, salt)),
    withMoreMemory(sides.engine, () => lakeDigests({ sides, ranges, salt, hash: run.cut.digestHash })),
  ]);
  if (source === undefined) return undefined;
  const numbers = differingNumbers(source.map(labelled), lake.map(labelled));
  const rows = sumOf(source, (digest) => digest.rows);
  const count = Math.max(source.length, 1);
  if (numbers.length === 0) return { rows, ranges: count, differing: undefined };
  if (keys === undefined || numbers.length > Math.max(1, count * readShare)) return undefined;
  return { rows, ranges: count, differing: { numbers, keys } };
}

function labelled({ range, rows, sum }: RangeDigest) {
  return { range, label: `${rows} ${sum}` };
}

async function keyRanges({ cut, inReader }: CutRun, { table }: SyncTarget): Promise<KeyRanges | undefined> {
  const extent = await inReader(() => cut.keyExtent(table));
  return extent && rangesOver(extent);
}
