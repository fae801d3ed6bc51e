/**
 * Reconciles one table: proves it equal, or names the rows that differ and repairs them if asked. It tries the cheaper
 * proof first: both sides compute digests of ranges now, and only ranges that differ are read. Otherwise every row of
 * both sides is compared.
 * Invariant: nothing that an earlier run stored about the source or the lake counts as proof, because that is what is
 * being checked.
 */
import { using } from "../../base/cleanup.ts";
import type { PresentedError } from "../../base/present-error.ts";
import { withMoreMemory } from "../../engine/with-more-memory.ts";
import { applyDifference } from "./apply-difference.ts";
import { compareRanges, type ComparedRanges } from "./compare-ranges.ts";
import { readDiffering, type DifferingRanges } from "./key-ranges.ts";
import { changed, unchanged, type LoadResult } from "../load/load-result.ts";
import { changeTable } from "../load/load-table.ts";
import { missedHistory } from "../history/missed-history.ts";
import { withMissed } from "../load/with-missed.ts";
import { discard, readWholeTable, type WholeTable } from "../load/read-whole-table.ts";
import { compareRows, exampleRows, type ExampleRows, type RowDifference } from "../../writer/row-difference.ts";
import type { CutRun } from "../run/sync-run.ts";
import { withFiles } from "../run/with-files.ts";
import type { SyncTarget } from "../run/sync-target.ts";
import { openSides, type Sides } from "./table-sides.ts";

export interface TableVerdict {
  /** `schema.name` in the source. */
  readonly sourceTable: string;
  /** `database.table` in the lake. */
  readonly lakeTable: string;
  readonly equal: boolean;
  /** How this is known, in words. */
  readonly how: string;
  /** Rows of the source table at this cut. */
  readonly rows: number;
  readonly rowsOnlyInSource: number;
  readonly rowsOnlyInLake: number;
  /** A few of the rows that differ, for callers who may read rows. */
  readonly examples?: ExampleRows | undefined;
  readonly repaired: boolean;
  /** Why the table could not be compared; it is then neither equal nor different. */
  readonly error?: PresentedError | undefined;
}

export interface Reconciled {
  readonly verdict: TableVerdict;
  /** The result to store. Undefined for a table that differs and is not repaired. */
  readonly result: LoadResult | undefined;
}

/** Compares by digests of both sides, or else by every row. */
export async function reconcileTable(given: CutRun, target: SyncTarget, repair: boolean): Promise<Reconciled> {
  given.signal.throwIfAborted();
  const run = await withFiles(given, target);
  const missed = repair ? await missedHistory(run, target) : undefined;
  const { verdict, result } = await compareSides(run, target, repair);
  return { verdict, result: result && withMissed(result, missed) };
}

async function compareSides(run: CutRun, target: SyncTarget, repair: boolean): Promise<Reconciled> {
  const compared = await compareRanges(run, target);
  if (compared === undefined) return reconcileWhole(run, target, repair);
  const { differing } = compared;
  if (differing === undefined) return equalRanges(run, { target, compared });
  return reconcileRanges(run, { target, compared: { ...compared, differing }, repair });
}

function equalRanges(run: CutRun, { target, compared }: { target: SyncTarget; compared: ComparedRanges }): Reconciled {
  const { rows, ranges } = compared;
  const how = `the digests of ${ranges === 1 ? "all rows" : `${ranges} ranges`} are equal on both sides`;
  return {
    verdict: { ...verdictOf(target, rows), equal: true, how },
    result: asItWas(run, { target, rows, how }),
  };
}

/** If nobody wrote to the lake table since its digest was stored, the digest still holds. */
function asItWas(run: CutRun, { target, rows, how }: { target: SyncTarget; rows: number; how: string }): LoadResult {
  const { standing, current } = target;
  const isOurs = standing?.snapshotId === current?.metadata.currentSnapshotId;
  const table = { files: [], rows, inexact: [] };
  const digest = isOurs ? standing?.digest : undefined;
  return unchanged(run, { target, fingerprint: undefined, digest, isWhole: true, table, reason: how });
}

interface RangeParts {
  readonly target: SyncTarget;
  readonly compared: ComparedRanges & { readonly differing: DifferingRanges };
  readonly repair: boolean;
}

async function reconcileRanges(run: CutRun, { target, compared, repair }: RangeParts): Promise<Reconciled> {
  const { differing, rows } = compared;
  const read = await readDiffering(run, { target, differing, rows });
  const { sides, table } = read;
  const how = `${compared.differing.numbers.length} of ${compared.ranges} ranges differed by their digests and were read`;
  const verdict = { ...verdictOf(target, compared.rows), how };
  const reconciled = await withMoreMemory(sides.engine, async (): Promise<Reconciled> => {
    const { difference: found } = await compareRows(sides);
    if (found === undefined)
      return { verdict: { ...verdict, equal: true }, result: asItWas(run, { target, rows: compared.rows, how }) };
    return using(found, async (difference) => {
      const differs = { ...verdict, ...(await differenceOf(target, { sides, difference })), equal: false };
      if (!repair) return { verdict: differs, result: undefined };
      const applied = await applyDifference(run, { target, sides, difference });
      const { rowsAdded, rowsRemoved } = difference;
      const outcome = { target, fingerprint: undefined, digest: undefined, isWhole: true, table };
      const result = changed(run, { ...outcome, content: { ...applied, rowsAdded, rowsRemoved } });
      return { verdict: { ...differs, repaired: true }, result };
    });
  });
  await run.objects.delete(table.files.map(({ location }) => location));
  return reconciled;
}

async function differenceOf(
  { follow }: SyncTarget,
  { sides, difference }: { sides: Sides; difference: RowDifference },
): Promise<Pick<TableVerdict, "rowsOnlyInSource" | "rowsOnlyInLake" | "examples">> {
  const names = follow.schema.fields.slice(0, sides.columns.length).map(({ name }) => name);
  const examples = await exampleRows(sides, { difference, names, limit: 5 });
  return { rowsOnlyInSource: difference.rowsAdded, rowsOnlyInLake: difference.rowsRemoved, examples };
}

async function reconcileWhole(run: CutRun, target: SyncTarget, repair: boolean): Promise<Reconciled> {
  const table = await readWholeTable(run, target);
  const { verdict, digest } = await compareTable(run, { target, table });
  if (!verdict.equal && repair) {
    const result = await changeTable(run, { target, table });
    return { verdict: { ...verdict, repaired: true }, result };
  }
  await discard(run, { target, files: table.files });
  if (verdict.equal) {
    const fingerprint = await run.inReader(() => run.cut.fingerprint(target.table));
    return {
      verdict,
      result: unchanged(run, { target, fingerprint, digest, isWhole: true, table, reason: verdict.how }),
    };
  }
  run.report({ kind: "done", task: target.lakeLabel, outcome: "different", rows: table.rows });
  return { verdict, result: undefined };
}

async function compareTable(
  run: CutRun,
  { target, table }: { target: SyncTarget; table: WholeTable },
): Promise<{ verdict: TableVerdict; digest: string | undefined }> {
  const verdict = verdictOf(target, table.rows);
  const { current, follow } = target;
  if (current === undefined)
    return {
      verdict: { ...verdict, equal: false, how: "not in the lake yet", rowsOnlyInSource: table.rows },
      digest: undefined,
    };
  const sides = await openSides(run, { target, current, files: table.files });
  const how = "every row was read on both sides";
  return withMoreMemory(sides.engine, async () => {
    const { digest, difference: found } = await compareRows(sides);
    if (found === undefined) {
      const equal = follow.changes.length === 0;
      return { verdict: { ...verdict, equal, how: columnsDiffer(target) ?? how }, digest };
    }
    return using(found, async (difference) => ({
      verdict: { ...verdict, ...(await differenceOf(target, { sides, difference })), equal: false, how },
      digest,
    }));
  });
}

function columnsDiffer({ follow }: SyncTarget): string | undefined {
  return follow.changes.length === 0 ? undefined : `the rows are equal, the columns not: ${follow.changes.join(", ")}`;
}

function verdictOf({ sourceLabel, lakeLabel }: SyncTarget, rows: number) {
  return {
    sourceTable: sourceLabel,
    lakeTable: lakeLabel,
    rows,
    rowsOnlyInSource: 0,
    rowsOnlyInLake: 0,
    examples: { onlyInSource: [], onlyInLake: [] },
    repaired: false,
  };
}
