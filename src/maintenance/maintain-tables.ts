/**
 * Upkeep of tables, so that they stay small and fast: files are compacted, old snapshots expire, what nobody reaches goes. It is a
 * run in the ledger like any other, and what a dead one left is swept like a dead sync's.
 * Invariant: no row changes; a source's runs and its upkeep never overlap.
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

/** Whose tables are kept up. */
export interface UpkeepSource {
  /** Null: tables that no source feeds. */
  readonly id: string | null;
  readonly name: string;
}

export const noSource: UpkeepSource = { id: null, name: "tables without a source" };

export interface UpkeepRequest {
  readonly source: UpkeepSource;
  /** Of the source: those that are looked at. */
  readonly tables: readonly TableEntry[];
  readonly limits: UpkeepLimits;
  readonly report: Report;
  readonly signal: AbortSignal;
  readonly schedules?: readonly string[] | undefined;
}

export interface TableUpkeep {
  /** `database.table`. */
  readonly table: string;
  readonly files: number;
  readonly deleteFiles: number;
  readonly snapshots: number;
  /** What is, or would be, written anew, and why. */
  readonly rewrites: readonly { readonly files: number; readonly bytes: number; readonly why: string }[];
  /** Bytes that the budget leaves for the next time. */
  readonly postponedBytes: number;
  readonly expiredSnapshots: number;
  /** That cannot be read any more: what the catalog knew of them is, or would be, let go. */
  readonly forgottenStates: number;
  /** Files that nobody reaches. */
  readonly orphans: number;
  /** Deleted in the end, whatever the reason. */
  readonly filesDeleted: number;
  /** Why nothing was done; the next time will try again. */
  readonly error?: PresentedError | undefined;
}

export interface UpkeepReport {
  /** In the ledger; undefined where nothing was to be done but to say what would be. */
  readonly run?: string | undefined;
  readonly source: string;
  readonly tables: readonly TableUpkeep[];
}

/** Only says what would be done, and why. Writes nothing, waits for nobody. */
export async function planUpkeepOf(context: SyncContext, request: UpkeepRequest): Promise<UpkeepReport> {
  const run = upkeepRun(context, { ...request, id: uuidv7() });
  return { run: undefined, source: request.source.name, tables: await eachTable(run, request, true) };
}

/** Called with the source's lock held. A table that cannot be kept up does not hold up the others. */
export async function maintainTables(context: SyncContext, request: UpkeepRequest): Promise<UpkeepReport> {
  const { source, schedules, signal, report } = request;
  await sweepRuns(context, source.id);
  const id = uuidv7();
  const named = { sourceId: source.id, sourceName: source.name };
  return asRun(context.catalog, { id, ...named, kind: "maintain", schedules, signal, report }, async (listener) => {
    const run = upkeepRun(context, { ...request, id, ...listener });
    return { report: { run: id, source: source.name, tables: await eachTable(run, request, false) } };
  });
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

/** As it is now. Throws TABLE_NOT_FOUND. */
async function again(run: UpkeepRun, known: TableEntry): Promise<CatalogTable> {
  const entry = (await run.catalog.entries(known.database)).find(({ id }) => id === known.id);
  if (entry === undefined) throw new HeadgateError("TABLE_NOT_FOUND", { place: tableLabel(known) });
  return run.catalog.load(entry);
}
