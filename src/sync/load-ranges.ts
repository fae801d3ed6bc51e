/**
 * Brings one large table to the run's cut by the ranges of its key in which the source has written since: row versions tell which,
 * the other ranges hold the rows they held when source and lake were equal, and are not read.
 * Not for tables that a cursor keeps or that others wrote to: what was equal then must be known of every row.
 */
import { using } from "../base/cleanup.ts";
import { sumOf } from "../base/sum.ts";
import { quoteName } from "../engine/duckdb-type.ts";
import { withMoreMemory } from "../engine/with-more-memory.ts";
import { applyDifference } from "./apply-difference.ts";
import { differingNumbers, keyColumn, rangesOver, readDiffering } from "./key-ranges.ts";
import { rangeSql, type LakeRanges } from "./lake-digests.ts";
import { changed, unchanged, type LoadResult } from "./load-result.ts";
import { compareRows, unmarkedRows } from "./row-difference.ts";
import type { KeyExtent, KeyRanges, RangeVersions } from "./source.ts";
import type { SyncRun } from "./sync-run.ts";
import type { Standing, SyncTarget } from "./sync-target.ts";
import { openSides, type Sides } from "./table-sides.ts";

/** Smaller tables are read whole in no time. */
const leastRows = 100_000;

export function isWorthRanges({ full, cut }: SyncRun, { standing, mode, table }: SyncTarget): boolean {
  if (full || mode.mode === "cursor" || standing === undefined || standing.rows < leastRows) return false;
  const key = table.columns.find(({ name }) => name === table.key?.[0]);
  return (key?.lakeType === "int" || key?.lakeType === "long") && !cut.isIdle(standing.position);
}

/** With more of the rows in ranges that changed, the table is better read whole. */
const readShare = 0.3;

/** What the row versions tell; `much`: that the table is better read whole. Undefined where they tell nothing. */
export async function loadRanges(
  run: SyncRun,
  { target, standing }: { target: SyncTarget; standing: Standing },
): Promise<LoadResult | "much" | undefined> {
  const { current, table } = target;
  if (current === undefined) return undefined;
  const sides = await openSides(run, { target, current, files: [] });
  const extent = await lakeExtent(sides, { target });
  if (extent === undefined) return undefined;
  const keys = rangesOver(extent);
  const key = keyColumn(target, { sides, column: keys.column });
  const [versions, lake] = await Promise.all([
    run.inReader(() => run.cut.versions(table, keys, standing.position)),
    rowsByRange(sides, { ...keys, key }),
  ]);
  if (versions === undefined) return undefined;
  const numbers = differingNumbers(versions.map(labelled), lake.map(labelled));
  const rows = sumOf(versions, (version) => version.rows);
  if (numbers.length === 0)
    return asItWas(run, { target, standing, reason: "the source proves that nothing was written" });
  const touched = Math.max(rowsIn(numbers, versions), rowsIn(numbers, lake));
  if (touched > Math.max(rows, extent.rows) * readShare) return "much";
  return mergeRanges(run, { target, standing, keys, numbers, rows, ranges: lake.length });
}

/** Of the lake. */
async function lakeExtent(sides: Sides, { target }: { target: SyncTarget }): Promise<KeyExtent | undefined> {
  const [column = ""] = target.table.key ?? [];
  const key = keyColumn(target, { sides, column });
  const name = quoteName(key.name);
  const { rows } = await sides.engine.run(
    `select min(${name})::varchar, max(${name})::varchar, count(*) from (${unmarkedRows({ ...sides, columns: [key] })}) data`,
    { signal: sides.signal },
  );
  const [[lowest, highest, count] = []] = rows;
  if (typeof lowest !== "string" || typeof highest !== "string") return undefined;
  return { column, lowest: BigInt(lowest), highest: BigInt(highest), rows: Number(count) };
}

/** Of the lake: none was written since it was equal to the source. */
async function rowsByRange(sides: Sides, ranges: LakeRanges): Promise<readonly RangeVersions[]> {
  const rows = unmarkedRows({ ...sides, columns: [ranges.key] });
  const found = await sides.engine.run(
    `select (${rangeSql(ranges)})::varchar as range, count(*) from (${rows}) data group by range`,
    { signal: sides.signal },
  );
  return found.rows.map(([range, count]) => ({ range: BigInt(String(range)), rows: Number(count), written: 0 }));
}

function labelled({ range, rows, written }: RangeVersions) {
  return { range, label: `${rows} ${written}` };
}

function rowsIn(numbers: readonly bigint[], versions: readonly RangeVersions[]): number {
  const wanted = new Set(numbers);
  return sumOf(
    versions.filter(({ range }) => wanted.has(range)),
    ({ rows }) => rows,
  );
}

interface Unwritten {
  readonly target: SyncTarget;
  readonly standing: Standing;
  readonly reason: string;
}

function asItWas(run: SyncRun, { target, standing, reason }: Unwritten): LoadResult {
  const { digest, rows } = standing;
  const table = { files: [], rows, inexact: [] };
  return unchanged(run, { target, fingerprint: undefined, digest, isWhole: true, table, reason });
}

interface MergeParts extends Omit<Unwritten, "reason"> {
  readonly keys: KeyRanges;
  readonly numbers: readonly bigint[];
  /** Of the source at this cut. */
  readonly rows: number;
  /** How many there are. */
  readonly ranges: number;
}

async function mergeRanges(run: SyncRun, parts: MergeParts): Promise<LoadResult> {
  const { target, standing, keys, numbers, rows, ranges } = parts;
  const { sides, table } = await readDiffering(run, { target, differing: { numbers, keys }, rows });
  const result = await withMoreMemory(sides.engine, async (): Promise<LoadResult> => {
    const { difference: found } = await compareRows(sides);
    const reason = `${numbers.length} of ${ranges} ranges of the key were written to; read again, they are equal to the lake`;
    if (found === undefined) return asItWas(run, { target, standing, reason });
    return using(found, async (difference) => {
      const applied = await applyDifference(run, { target, sides, difference });
      const { rowsAdded, rowsRemoved } = difference;
      const outcome = { target, fingerprint: undefined, digest: undefined, isWhole: true, table };
      return changed(run, { ...outcome, content: { ...applied, rowsAdded, rowsRemoved } });
    });
  });
  await run.objects.delete(table.files.map(({ location }) => location));
  return result;
}
