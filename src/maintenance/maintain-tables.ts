/**
 * Maintenance that keeps tables small and fast: files are compacted, old snapshots expire, and files that nothing
 * reaches are deleted. It is a run in the ledger like any other, and the remains of a dead run are swept like those of
 * a dead sync.
 * Invariant: no row changes, and a source's other runs never overlap with its maintenance.
 */
import { tableLabel } from "../catalog/table-name.ts";
import { presentError, type PresentedError } from "../base/present-error.ts";
import type { Report } from "../base/progress.ts";
import { sumOf } from "../base/sum.ts";
import { uuidv7 } from "../base/uuid.ts";
import type { CatalogTable, TableEntry } from "../catalog/catalog.ts";
import { HeadgateError } from "../errors.ts";
import { reach } from "../writer/crash-points.ts";
import { asRun } from "../jobs/run-ledger.ts";
import { sweepRuns } from "../sync/run/sweep-runs.ts";
import type { SyncContext } from "../sync/run/sync-context.ts";
import { compactTable, planCompaction } from "./compact-table.ts";
import { expireTable, orphansOf, snapshotsToExpire } from "./expire-table.ts";
import { countForgettable, forgetStates } from "./forget-states.ts";
import type { Rewrite } from "./maintenance-plan.ts";
import type { UpkeepLimits, UpkeepRun } from "./upkeep-run.ts";

/** The source whose tables are maintained. */
export interface UpkeepSource {
  /** Null stands for the tables that no source feeds. */
  readonly id: string | null;
  readonly name: string;
}

export const noSource: UpkeepSource = { id: null, name: "tables without a source" };

export interface UpkeepRequest {
  readonly source: UpkeepSource;
  /** The tables of the source to maintain. */
  readonly tables: readonly TableEntry[];
  readonly limits: UpkeepLimits;
  readonly report: Report;
  readonly signal: AbortSignal;
  readonly schedules?: readonly string[] | undefined;
}

export interface TableUpkeep {
  /** The table as `database.table`. */
  readonly table: string;
  readonly files: number;
  readonly deleteFiles: number;
  readonly snapshots: number;
  /** The files that are, or would be, rewritten, and why. */
  readonly rewrites: readonly { readonly files: number; readonly bytes: number; readonly why: string }[];
  /** Bytes beyond the budget, which are left for the next time. */
  readonly postponedBytes: number;
  readonly expiredSnapshots: number;
  /** Number of states that can no longer be read and that the catalog forgets, or would forget. */
  readonly forgottenStates: number;
  /** Number of files that nothing reaches. */
  readonly orphans: number;
  /** Number of files that were deleted in the end, for whatever reason. */
  readonly filesDeleted: number;
  /** Why nothing was done. The next maintenance tries again. */
  readonly error?: PresentedError | undefined;
}

export interface UpkeepReport {
  /** The run's id in the ledger; undefined when the report is only a plan. */
  readonly run?: string | undefined;
  readonly source: string;
  readonly tables: readonly TableUpkeep[];
}

/** Reports what would be done, and why, without writing anything or waiting for anybody. */
export async function planUpkeepOf(context: SyncContext, request: UpkeepRequest): Promise<UpkeepReport> {
  const run = upkeepRun(context, { ...request, id: uuidv7() });
  return { run: undefined, source: request.source.name, tables: await eachTable(run, request, true) };
}

/** The caller must hold the source's lock. A table that cannot be maintained does not keep the others from it. */
export async function maintainTables(context: SyncContext, request: UpkeepRequest): Promise<UpkeepReport> {
  const { source, schedules, signal, report } = request;
  await sweepIfReachable(context, request);
  const id = uuidv7();
  const named = { sourceId: source.id, sourceName: source.name };
  return asRun(context.catalog, { id, ...named, kind: "maintain", schedules, signal, report }, async (listener) => {
    const run = upkeepRun(context, { ...request, id, ...listener });
    return { report: { run: id, source: source.name, tables: await eachTable(run, request, false) } };
  });
}

/** Files that earlier runs left stay until the store of the source's account answers again; no other account waits. */
async function sweepIfReachable(context: SyncContext, { source, report, signal }: UpkeepRequest): Promise<void> {
  try {
    await sweepRuns(context, source.id);
  } catch (failure) {
    signal.throwIfAborted();
    const { code, message } = presentError(failure);
    report({ kind: "warning", code, text: `files that earlier runs of ${source.name} left stay for now: ${message}` });
  }
}

async function eachTable(run: UpkeepRun, { tables }: UpkeepRequest, dryRun: boolean): Promise<readonly TableUpkeep[]> {
  const kept: TableUpkeep[] = [];
  for (const entry of tables) {
    run.signal.throwIfAborted();
    kept.push(await maintainOne(run, entry, dryRun));
  }
  return kept;
}

type RunParts = UpkeepRequest & { readonly id: string };

function upkeepRun(context: SyncContext, { id, report, signal, limits }: RunParts): UpkeepRun {
  let files = 0;
  return {
    ...context,
    run: id,
    report,
    signal,
    limits,
    reach: (point) => reach(point, context.config),
    newFile: async (table) => {
      const location = `${table}/data/${id}-${files++}.parquet`;
      return { ...(await context.objects.draft(location)), location };
    },
  };
}

async function maintainOne(run: UpkeepRun, entry: TableEntry, dryRun: boolean): Promise<TableUpkeep> {
  const label = tableLabel(entry);
  let found = nothingFound(label);
  try {
    const table = await run.catalog.load(entry);
    const compaction = await planCompaction(run, table);
    const { plan, live } = compaction;
    found = {
      ...found,
      files: live.length,
      deleteFiles: new Set(live.flatMap(({ deletes }) => deletes.map(({ file }) => file.filePath))).size,
      snapshots: table.metadata.snapshots.length,
      rewrites: plan.rewrites.map(summaryOf),
      postponedBytes: plan.postponedBytes,
    };
    if (plan.rewrites.length > 0 && !dryRun)
      found = { ...found, rewrites: (await compactTable(run, table, compaction)).rewrites.map(summaryOf) };
    const cleaned = dryRun ? planCleanUp(run, table) : cleanUp(run, await again(run, entry));
    return { ...found, ...(await cleaned) };
  } catch (failure) {
    run.signal.throwIfAborted();
    const error = presentError(failure);
    run.report({ kind: "warning", code: error.code, text: `${label}: ${error.message}` });
    return { ...found, error };
  }
}

function summaryOf({ files, why }: Rewrite): TableUpkeep["rewrites"][number] {
  return { files: files.length, bytes: sumOf(files, ({ sizeBytes }) => sizeBytes), why };
}

function nothingFound(table: string): TableUpkeep {
  const none = { files: 0, deleteFiles: 0, snapshots: 0, rewrites: [], postponedBytes: 0 };
  return { table, ...none, expiredSnapshots: 0, forgottenStates: 0, orphans: 0, filesDeleted: 0, error: undefined };
}

type CleanedUp = Pick<TableUpkeep, "expiredSnapshots" | "forgottenStates" | "orphans" | "filesDeleted">;

async function cleanUp(run: UpkeepRun, table: CatalogTable): Promise<CleanedUp> {
  const expired = snapshotsToExpire(run, table);
  const filesExpired = expired.length === 0 ? 0 : await expireTable(run, table, expired);
  const current = await again(run, table);
  const forgottenStates = await forgetStates(run, current);
  const orphans = await orphansOf(run, current);
  await run.objects.delete(orphans);
  return {
    expiredSnapshots: expired.length,
    forgottenStates,
    orphans: orphans.length,
    filesDeleted: filesExpired + orphans.length,
  };
}

async function planCleanUp(run: UpkeepRun, table: CatalogTable): Promise<CleanedUp> {
  const expired = snapshotsToExpire(run, table);
  const forgottenStates = await countForgettable(run, table, expired);
  const orphans = await orphansOf(run, table);
  return { expiredSnapshots: expired.length, forgottenStates, orphans: orphans.length, filesDeleted: 0 };
}

/** Loads the table's present state. Throws TABLE_NOT_FOUND. */
async function again(run: UpkeepRun, known: TableEntry): Promise<CatalogTable> {
  const entry = (await run.catalog.entries(known.database)).find(({ id }) => id === known.id);
  if (entry === undefined) throw new HeadgateError("TABLE_NOT_FOUND", { place: tableLabel(known) });
  return run.catalog.load(entry);
}
