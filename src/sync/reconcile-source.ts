/**
 * Proves that source and lake are equal at one cut, table by table as multisets, or names the rows that differ; on request brings
 * the lake to the source by changing only those. Where digests are stored from when both were last compared, equal digests on
 * both sides, computed anew where the rows are, prove it without moving a row.
 */
import { mapLimit } from "../base/limit.ts";
import { using } from "../base/cleanup.ts";
import { withMoreMemory } from "../engine/with-more-memory.ts";
import { commitCut } from "./commit-cut.ts";
import { inRun, type RunRequest } from "./in-run.ts";
import { unchanged, type LoadResult } from "./load-result.ts";
import { changeTable } from "./load-table.ts";
import { discard, readWholeTable, type WholeTable } from "./read-whole-table.ts";
import { compareRows, contentDigest, exampleRows, type ExampleRows } from "./row-difference.ts";
import type { SyncContext } from "./sync-context.ts";
import type { SyncRun } from "./sync-run.ts";
import type { SyncTarget } from "./sync-target.ts";
import { liveFiles, openSides, sourceColumns } from "./table-sides.ts";

export interface ReconcileRequest extends Omit<RunRequest, "full" | "verify"> {
  /** Brings the tables that differ to the source. */
  readonly repair: boolean;
}

export interface TableVerdict {
  /** `schema.name` in the source. */
  readonly sourceTable: string;
  /** `database.table` in the lake. */
  readonly lakeTable: string;
  readonly equal: boolean;
  /** How it is known. */
  readonly how: string;
  /** Of the source at this cut. */
  readonly rows: number;
  readonly rowsOnlyInSource: number;
  readonly rowsOnlyInLake: number;
  /** A few of them. */
  readonly examples: ExampleRows;
  readonly repaired: boolean;
}

export interface ReconcileReport {
  readonly run: string;
  readonly source: string;
  readonly position: string;
  /** The catalog transaction of the repair; null when there was none. */
  readonly commit: string | null;
  readonly seconds: number;
  readonly rowsRead: number;
  readonly tables: readonly TableVerdict[];
}

/** Throws what `inRun` throws; that tables differ is no failure. */
export function reconcileSource(context: SyncContext, request: ReconcileRequest): Promise<ReconcileReport> {
  return inRun(context, { ...request, full: false, verify: true }, async ({ run, targets, seconds }) => {
    const found = await mapLimit(targets, run.width, (target) => reconcileTable(run, target, request.repair));
    const commit = await commitCut(
      run,
      // A proof makes nothing, not even a history that is still missing.
      found.flatMap(({ result }) =>
        result === undefined ? [] : [request.repair ? result : { ...result, history: undefined }],
      ),
    );
    const tables = found.map(({ verdict }) => verdict);
    const { position } = run.cut;
    return {
      run: run.run,
      source: run.source.name,
      position,
      commit,
      seconds: seconds(),
      rowsRead: run.rowsRead(),
      tables,
    };
  });
}

interface Reconciled {
  readonly verdict: TableVerdict;
  /** What is stored: nothing for a table that differs and is left so. */
  readonly result: LoadResult | undefined;
}

async function reconcileTable(run: SyncRun, target: SyncTarget, repair: boolean): Promise<Reconciled> {
  run.signal.throwIfAborted();
  if (await haveKnownDigests(run, target)) return knownEqual(run, target);
  const table = await readWholeTable(run, target);
  const { verdict, digest } = await compareTable(run, { target, table });
  if (!verdict.equal && repair) {
    const result = await changeTable(run, { target, table });
    return { verdict: { ...verdict, repaired: true }, result };
  }
  await discard(run, { target, files: table.files });
  if (verdict.equal) {
    const fingerprint = await run.inReader(() => run.cut.fingerprint(target.table));
    return { verdict, result: unchanged(run, { target, fingerprint, digest, table, reason: verdict.how }) };
  }
  run.report({ kind: "done", task: target.lakeLabel, outcome: "different", rows: table.rows });
  return { verdict, result: undefined };
}

/** The source by its own digest or row versions, the lake by reading it. */
async function haveKnownDigests(run: SyncRun, target: SyncTarget): Promise<boolean> {
  const { standing, current, shape, follow, table } = target;
  if (standing?.digest === undefined || current === undefined) return false;
  if (standing.shape !== shape || follow.changes.length > 0) return false;
  const isSourceEqual =
    standing.fingerprint === undefined
      ? await run.cut.unchanged(table, undefined, standing.position, standing.rows)
      : (await run.inReader(() => run.cut.fingerprint(table))) === standing.fingerprint;
  if (!isSourceEqual) return false;
  const engine = await run.loadEngine();
  const live = await liveFiles(run, { target, current });
  const sides = { engine, ...sourceColumns(target), signal: run.signal };
  return (await withMoreMemory(engine, () => contentDigest(sides, live))) === standing.digest;
}

function knownEqual(run: SyncRun, target: SyncTarget): Reconciled {
  const { rows = 0, digest, fingerprint } = target.standing ?? {};
  const how = "the digests of both sides are those of the last comparison";
  const table = { files: [], rows, inexact: [] };
  return {
    verdict: { ...verdictOf(target, rows), equal: true, how },
    result: unchanged(run, { target, fingerprint, digest, table, reason: how }),
  };
}

async function compareTable(
  run: SyncRun,
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
    return using(found, async (difference) => {
      const names = follow.schema.fields.map(({ name }) => name);
      const examples = await exampleRows(sides, { difference, names, limit: 5 });
      const { rowsAdded: rowsOnlyInSource, rowsRemoved: rowsOnlyInLake } = difference;
      return { verdict: { ...verdict, equal: false, how, rowsOnlyInSource, rowsOnlyInLake, examples }, digest };
    });
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
