/** Upkeep of tables on request: what would be done and why, or done. */
import { z } from "zod";
import { lake } from "../governance/resource.ts";
import { tableLabel, tableNotFound, type TableEntry } from "../catalog/catalog.ts";
import { sweepImports } from "../ingest/import/import-attempts.ts";
import { lockSource } from "../sync/run/lock-source.ts";
import {
  maintainTables,
  planUpkeepOf,
  noSource,
  type UpkeepReport,
  type UpkeepSource,
} from "../maintenance/maintain-tables.ts";
import { countPrunable, ledgerHorizon, pruneLedger, type PrunedLedger } from "../maintenance/prune-ledger.ts";
import { isInLake, tablesOfSource, unfedTables } from "../sync/settings/tables-of-source.ts";
import { isLeftOut } from "../sync/settings/select-tables.ts";
import { usualLimits } from "../maintenance/upkeep-run.ts";
import type { Context } from "./context.ts";
import { operation } from "./operation.ts";

export interface Maintained {
  readonly runs: readonly UpkeepReport[];
  /** Old rows of the ledger that were, or would be, let go. */
  readonly ledger: PrunedLedger;
}

export const maintain = operation({
  name: "maintain",
  summary: "Keep tables small and fast: gather small files, write worn ones anew, let old snapshots and stray files go",
  action: "operate",
  input: z.strictObject({
    /** `database.table`, exactly; all that were made here without any. Tables of other writers are kept up when named. */
    tables: z.array(z.string()).default([]),
    /** Exact names or globs of tables that are left alone, as `table` or `database.table`. */
    exclude: z.array(z.string()).optional(),
    /** Only say what would be done, and why. */
    plan: z.boolean().default(false),
  }),
  resources: ({ tables }) => (tables.length === 0 ? [lake] : tables.map((name) => ({ kind: "table", name }))),
  async run(context, { tables, exclude = [], plan }, { report, signal }): Promise<Maintained> {
    const runs: UpkeepReport[] = [];
    const limits = usualLimits(new Date());
    if (!plan) await sweepImports(context);
    for (const { source, entries } of await chosen(context, { names: tables, excluded: exclude })) {
      const request = { source, tables: entries, limits, report, signal };
      const lock = { sourceId: source.id ?? source.name, report };
      runs.push(
        plan
          ? await planUpkeepOf(context, request)
          : await lockSource(context.db, lock, () => maintainTables(context, request)),
      );
    }
    const before = ledgerHorizon(context.config, limits.now);
    const ledger = await (plan ? countPrunable(context.db, before) : pruneLedger(context.db, { before, signal }));
    return { runs, ledger };
  },
});

interface Chosen {
  readonly source: UpkeepSource;
  readonly entries: readonly TableEntry[];
}

interface Asked {
  readonly names: readonly string[];
  readonly excluded: readonly string[];
}

/** Throws TABLE_NOT_FOUND for an exact name that is not there. */
async function chosen(context: Context, { names, excluded }: Asked): Promise<readonly Chosen[]> {
  const ofSources = (await context.sources.list()).map(async (source): Promise<Chosen> => ({
    source,
    entries: await tablesOfSource(context, source.id),
  }));
  const isMeant = (entry: TableEntry): boolean => names.length > 0 || isInLake(context.config, entry);
  const unfed = (await unfedTables(context)).filter(isMeant);
  const all = [...(await Promise.all(ofSources)), { source: noSource, entries: unfed }];
  const known = all.flatMap(({ entries }) => entries);
  const missing = [
    ...names.filter((name) => !known.some((entry) => tableLabel(entry) === name)),
    ...excluded.filter((name) => !/[*?]/.test(name) && !known.some((entry) => isExcluded(entry, [name]))),
  ];
  if (missing[0] !== undefined) throw tableNotFound(missing[0], known);
  return all
    .map(({ source, entries }) => ({
      source,
      entries: entries.filter(
        (entry) => (names.length === 0 || names.includes(tableLabel(entry))) && !isExcluded(entry, excluded),
      ),
    }))
    .filter(({ entries }) => entries.length > 0);
}

function isExcluded({ database, name }: TableEntry, excluded: readonly string[]): boolean {
  return isLeftOut({ schema: database, name }, excluded);
}
