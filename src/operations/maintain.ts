/** Upkeep of tables on request: what would be done and why, or done. */
import { z } from "zod";
import { tableLabel, type TableEntry } from "../catalog/catalog.ts";
import { HeadgateError } from "../errors.ts";
import { sweepImports } from "../ingest/import/import-attempts.ts";
import { lockSource } from "../sync/lock-source.ts";
import {
  maintainTables,
  planUpkeepOf,
  noSource,
  type UpkeepReport,
  type UpkeepSource,
} from "../sync/maintenance/maintain-tables.ts";
import { countPrunable, ledgerHorizon, pruneLedger, type PrunedLedger } from "../sync/maintenance/prune-ledger.ts";
import { isInLake, tablesOfSource, unfedTables } from "../sync/maintenance/tables-of-source.ts";
import { usualLimits } from "../sync/maintenance/upkeep-run.ts";
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
    /** Only say what would be done, and why. */
    plan: z.boolean().default(false),
  }),
  async run(context, { tables, plan }, { report, signal }): Promise<Maintained> {
    const runs: UpkeepReport[] = [];
    const limits = usualLimits(new Date());
    if (!plan) await sweepImports(context);
    for (const { source, entries } of await chosen(context, tables)) {
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

/** Throws TABLE_NOT_FOUND. */
async function chosen(context: Context, names: readonly string[]): Promise<readonly Chosen[]> {
  const ofSources = (await context.sources.list()).map(async (source): Promise<Chosen> => ({
    source,
    entries: await tablesOfSource(context, source.id),
  }));
  const isMeant = (entry: TableEntry): boolean => names.length > 0 || isInLake(context.config, entry);
  const unfed = (await unfedTables(context)).filter(isMeant);
  const all = [...(await Promise.all(ofSources)), { source: noSource, entries: unfed }];
  const known = new Set(all.flatMap(({ entries }) => entries.map(tableLabel)));
  const missing = names.find((name) => !known.has(name));
  if (missing !== undefined) throw new HeadgateError("TABLE_NOT_FOUND", { place: missing });
  return all
    .map(({ source, entries }) => ({
      source,
      entries: names.length === 0 ? entries : entries.filter((entry) => names.includes(tableLabel(entry))),
    }))
    .filter(({ entries }) => entries.length > 0);
}
