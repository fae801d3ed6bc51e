/**
 * Maintains tables across the lake: one run per source whose tables are selected, and one for tables that no source
 * feeds, each under the lock of its source. The caller selects the tables.
 */
import { isInLake } from "../catalog/account-lakes.ts";
import type { TableEntry } from "../catalog/catalog.ts";
import { parseName, tableNotFound } from "../catalog/table-name.ts";
import { sweepImports } from "../ingest/import/import-attempts.ts";
import { maintainTables, noSource, type UpkeepReport, type UpkeepSource } from "../maintenance/maintain-tables.ts";
import type { UpkeepLimits } from "../maintenance/upkeep-run.ts";
import type { Report } from "../base/progress.ts";
import { lockSource } from "../sync/run/lock-source.ts";
import { isExact, matchesAny } from "../sync/settings/table-pattern.ts";
import { tablesOfSource, unfedTables } from "../sync/settings/tables-of-source.ts";
import type { Context } from "./context.ts";

export interface SourceTables {
  readonly source: UpkeepSource;
  readonly entries: readonly TableEntry[];
}

/**
 * The tables of the catalog by source. Tables of other writers, which stay where they are, are included only on
 * request.
 */
export async function tablesBySource(
  context: Context,
  { withForeign }: { readonly withForeign: boolean },
): Promise<readonly SourceTables[]> {
  const fed = (await context.sources.listAll()).map(async (source): Promise<SourceTables> => ({
    source,
    entries: await tablesOfSource(context, source.id),
  }));
  const unfed: TableEntry[] = [];
  for (const entry of await unfedTables(context))
    if (withForeign || (await isInLake(context, entry))) unfed.push(entry);
  return [...(await Promise.all(fed)), { source: noSource, entries: unfed }];
}

/** Leaves out sources without a selected table. */
export function tablesMeant(
  all: readonly SourceTables[],
  isMeant: (entry: TableEntry) => boolean,
): readonly SourceTables[] {
  const meant = all.map(({ source, entries }) => ({ source, entries: entries.filter(isMeant) }));
  return meant.filter(({ entries }) => entries.length > 0);
}

export interface MaintainRequest {
  readonly limits: UpkeepLimits;
  readonly report: Report;
  readonly signal: AbortSignal;
  readonly schedules?: readonly string[] | undefined;
}

/** Waits for runs of each source to end. */
export async function maintainEach(
  context: Context,
  chosen: readonly SourceTables[],
  request: MaintainRequest,
): Promise<readonly UpkeepReport[]> {
  const { report, signal } = request;
  const runs: UpkeepReport[] = [];
  await sweepImports(context);
  for (const { source, entries } of chosen) {
    const lock = { sourceId: source.id ?? source.name, report, signal };
    runs.push(
      await lockSource(context.db, lock, () => maintainTables(context, { ...request, source, tables: entries })),
    );
  }
  return runs;
}

/**
 * The tables that were created in this lake, including imported ones; `patterns` name them as `table` or
 * `database.table`.
 */
export async function maintainLake(
  context: Context,
  { patterns, ...request }: MaintainRequest & { readonly patterns: readonly string[] },
): Promise<readonly UpkeepReport[]> {
  const all = await tablesBySource(context, { withForeign: false });
  return maintainEach(
    context,
    tablesMeant(all, (entry) => isNamed(entry, patterns)),
    request,
  );
}

/**
 * Throws TABLE_NOT_FOUND for an exact name that does not exist; returns notes about patterns that match nothing yet.
 */
export async function lakePatternNotes(context: Context, patterns: readonly string[]): Promise<readonly string[]> {
  const entries = await context.catalog.entries();
  const empty = patterns.filter((pattern) => !entries.some((entry) => isNamed(entry, [pattern])));
  const missing = empty.find(isExact);
  if (missing !== undefined) throw tableNotFound(parseName(missing), entries);
  return empty.map((pattern) => `no table of the lake matches ${pattern} now`);
}

function isNamed({ database, name }: TableEntry, patterns: readonly string[]): boolean {
  return matchesAny(patterns, { schema: database, name });
}
