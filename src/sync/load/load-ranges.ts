/**
 * Brings one large table to the run's cut by reading only the ranges of its key in which the source's row versions show
 * writes. The other ranges still have the rows they had when source and lake were equal.
 * Not for tables that use a cursor or that others wrote to: source and lake must once have been equal in every row.
 */
import { sumOf } from "../../base/sum.ts";
import { quoteName } from "../../engine/duckdb-type.ts";
import { differingNumbers, keyColumn, rangesOver, readDiffering } from "../compare/key-ranges.ts";
import { rangeSql, type LakeRanges } from "../compare/lake-digests.ts";
import type { LoadResult } from "./load-result.ts";
import { asItWas, mergeRead } from "../compare/merge-ranges.ts";
import { unmarkedRows } from "../../writer/row-difference.ts";
import type { KeyExtent, RangeVersions } from "../source.ts";
import type { CutRun } from "../run/sync-run.ts";
import type { Standing, SyncTarget } from "../run/sync-target.ts";
import { openSides, type Sides } from "../compare/table-sides.ts";

/** Smaller tables are quick to read whole. */
const leastRows = 100_000;

export function isWorthRanges({ full, cut }: CutRun, { standing, mode, table }: SyncTarget): boolean {
  if (cut.versions === undefined) return false;
  if (full || mode.mode === "cursor" || standing === undefined || standing.rows < leastRows) return false;
  const key = table.columns.find(({ name }) => name === table.key?.[0]);
  return (key?.lakeType === "int" || key?.lakeType === "long") && !cut.isIdle(standing.position);
}

/** Share of rows in changed ranges above which it is better to read the whole table. */
const readShare = 0.3;

/** Returns `much` when it is better to read the whole table, and undefined when the row versions tell nothing. */
export async function loadRanges(
  run: CutRun,
  { target, standing }: { target: SyncTarget; standing: Standing },
): Promise<LoadResult | "much" | undefined> {
  const { current, table } = target;
  const { versions: versionsOf } = run.cut;
  if (current === undefined || versionsOf === undefined) return undefined;
  const sides = await openSides(run, { target, current, files: [] });
  const extent = await lakeExtent(sides, { target });
  if (extent === undefined) return undefined;
  const keys = rangesOver(extent);
  const key = keyColumn(target, { sides, column: keys.column });
  const [versions, lake] = await Promise.all([
    run.inReader(() => versionsOf(table, keys, standing.position)),
    rowsByRange(sides, { ...keys, key }),
  ]);
  if (versions === undefined) return undefined;
  const numbers = differingNumbers(versions.map(labelled), lake.map(labelled));
  const rows = sumOf(versions, (version) => version.rows);
  if (numbers.length === 0)
    return asItWas(run, { target, standing, rows, reason: "the source proves that nothing was written" });
  const touched = Math.max(rowsIn(numbers, versions), rowsIn(numbers, lake));
  if (touched > Math.max(rows, extent.rows) * readShare) return "much";
  const read = await readDiffering(run, { target, differing: { numbers, keys }, rows });
  return mergeRead(run, { target, standing, read, ranges: `${numbers.length} of ${lake.length}` });
}

/** The key's extent in the lake. */
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

/** Counts the lake's rows by range. None of them was written since the lake was equal to the source. */
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
