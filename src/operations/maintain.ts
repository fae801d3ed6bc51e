/** Upkeep of tables on request: what would be done and why, or done. */
import { z } from "zod";
import type { TableEntry } from "../catalog/catalog.ts";
import { HeadgateError } from "../errors.ts";
import { sweepImports } from "../ingest/import/import-attempts.ts";
import { lockSource } from "../sync/lock-source.ts";
import { maintainTables, planUpkeepOf, type UpkeepReport } from "../sync/maintenance/maintain-tables.ts";
import { tablesOfSource } from "../sync/maintenance/tables-of-source.ts";
import { usualLimits } from "../sync/maintenance/upkeep-run.ts";
import type { RegisteredSource } from "../sync/source-registry.ts";
import type { Context } from "./context.ts";
import { operation } from "./operation.ts";

export const maintain = operation({
  name: "maintain",
  summary: "Keep tables small and fast: gather small files, write worn ones anew, let old snapshots and stray files go",
  action: "operate",
  input: z.strictObject({
    /** `database.table`, exactly; all tables of all sources without any. */
    tables: z.array(z.string()).default([]),
    /** Only say what would be done, and why. */
    plan: z.boolean().default(false),
  }),
  async run(context, { tables, plan }, { report, signal }): Promise<{ runs: readonly UpkeepReport[] }> {
    const runs: UpkeepReport[] = [];
    const limits = usualLimits(new Date());
    if (!plan) await sweepImports(context);
    for (const { source, entries } of await chosen(context, tables)) {
      const request = { source, tables: entries, limits, report, signal };
      const lock = { sourceId: source.id, report };
      runs.push(
        plan
          ? await planUpkeepOf(context, request)
          : await lockSource(context.db, lock, () => maintainTables(context, request)),
      );
    }
    return { runs };
  },
});

interface Chosen {
  readonly source: RegisteredSource;
  readonly entries: readonly TableEntry[];
}

/** Throws TABLE_NOT_FOUND for a name that no source feeds. */
async function chosen(context: Context, names: readonly string[]): Promise<readonly Chosen[]> {
  const all = await Promise.all(
    (await context.sources.list()).map(async (source) => ({
      source,
      entries: await tablesOfSource(context, source.id),
    })),
  );
  const nameOf = ({ database, name }: TableEntry): string => `${database}.${name}`;
  const known = new Set(all.flatMap(({ entries }) => entries.map(nameOf)));
  const missing = names.find((name) => !known.has(name));
  if (missing !== undefined) throw new HeadgateError("TABLE_NOT_FOUND", { place: missing });
  return all
    .map(({ source, entries }) => ({
      source,
      entries: names.length === 0 ? entries : entries.filter((entry) => names.includes(nameOf(entry))),
    }))
    .filter(({ entries }) => entries.length > 0);
}
