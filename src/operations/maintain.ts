/** Maintains tables on request, or shows what would be done and why. */
import { z } from "zod";
import type { Asking } from "../governance/asking.ts";
import { decideFor } from "../governance/decide.ts";
import { lake, ownAccount } from "../governance/resource.ts";
import { securableTable } from "../governance/securable.ts";
import type { TableEntry } from "../catalog/catalog.ts";
import { parseName, pickTable, tableNotFound } from "../catalog/table-name.ts";
import { planUpkeepOf, type UpkeepReport } from "../maintenance/maintain-tables.ts";
import { countPrunable, ledgerHorizon, pruneLedger } from "../maintenance/prune-ledger.ts";
import { usualLimits } from "../maintenance/upkeep-run.ts";
import { isLeftOut } from "../sync/settings/select-tables.ts";
import { isExact } from "../sync/settings/table-pattern.ts";
import type { Context } from "./context.ts";
import { maintainEach, tablesBySource, tablesMeant, type MaintainRequest, type SourceTables } from "./maintain-lake.ts";
import { ofWork } from "./failures.ts";
import { mayKnow } from "./locate.ts";
import { list, prunedLedger, upkeepReport } from "./answers.ts";
import { countRemovable, maintainAudit } from "./audit/maintain-audit.ts";
import { actorOf } from "../identity/principal.ts";
import { operation } from "./operation.ts";

const maintained = z.strictObject({
  runs: list(upkeepReport),
  ledger: prunedLedger.describe("Old rows of the ledger that were removed, or would be."),
});

export type Maintained = z.infer<typeof maintained>;

export const maintain = operation({
  name: "maintain",
  summary:
    "Combine small files, rewrite files with many deleted rows, and remove old snapshots and stray files; no row changes",
  action: "operate",
  input: z.strictObject({
    /**
     * `database.table`; by default, all tables that were created here. Tables of other writers are maintained only when
     * named.
     */
    tables: z.array(z.string()).default([]),
    /** Exact names or globs of tables to leave alone, as `table` or `database.table`. */
    exclude: z.array(z.string()).optional(),
    /** Only show what would be done, and why. */
    plan: z.boolean().default(false),
  }),
  output: maintained,
  errors: [...ofWork, "AUDIT_CHAIN_BROKEN"],
  resources: ({ tables }) => (tables.length === 0 ? [ownAccount] : tables.map((name) => ({ kind: "table", name }))),
  async run(
    context,
    { tables, exclude = [], plan },
    { report, signal, principal, asking, record },
  ): Promise<Maintained> {
    record({ plan });
    const limits = usualLimits(new Date());
    const chosen = await choose(context, { names: tables, excluded: exclude, asking });
    const request = { limits, report, signal };
    const runs = await (plan ? planEach : maintainEach)(context, chosen, request);
    if (!decideFor(asking, "operate", lake).allowed) return { runs, ledger: untouched };
    const before = ledgerHorizon(context.config, limits.now);
    if (plan) {
      const auditEvents = await countRemovable(context, limits.now);
      return { runs, ledger: { ...(await countPrunable(context.db, before)), auditEvents } };
    }
    const pruned = await pruneLedger(context.db, { before, signal });
    const auditEvents = await maintainAudit(context, { actor: actorOf(principal), now: limits.now, signal });
    return { runs, ledger: { ...pruned, auditEvents } };
  },
});

/** For somebody who may maintain some tables: the ledger and the audit log are the lake's. */
const untouched = { runs: 0, commits: 0, auditEvents: 0 };

async function planEach(
  context: Context,
  chosen: readonly SourceTables[],
  request: MaintainRequest,
): Promise<readonly UpkeepReport[]> {
  const runs: UpkeepReport[] = [];
  for (const { source, entries } of chosen)
    runs.push(await planUpkeepOf(context, { ...request, source, tables: entries }));
  return runs;
}

interface Asked {
  readonly names: readonly string[];
  readonly excluded: readonly string[];
  /** The names mean only tables that this person may know. */
  readonly asking: Asking;
}

/** Includes tables of other writers only if they are named. Throws TABLE_NOT_FOUND, TABLE_AMBIGUOUS, USAGE. */
async function choose(context: Context, { names, excluded, asking }: Asked): Promise<readonly SourceTables[]> {
  const all = await tablesBySource(context, { withForeign: names.length > 0 });
  const known = all.flatMap(({ entries }) => entries).filter((entry) => mayKnow(asking, entry));
  const meant = new Set(names.map((name) => pickTable(parseName(name), known).id));
  const missing = excluded.find((name) => isExact(name) && !known.some((entry) => isExcluded(entry, [name])));
  if (missing !== undefined) throw tableNotFound(parseName(missing), known);
  const isNamed = (entry: TableEntry): boolean =>
    names.length === 0 ? decideFor(asking, "operate", securableTable(entry)).allowed : meant.has(entry.id);
  return tablesMeant(all, (entry) => isNamed(entry) && !isExcluded(entry, excluded));
}

function isExcluded({ database, name }: TableEntry, excluded: readonly string[]): boolean {
  return isLeftOut({ schema: database, name }, excluded);
}
