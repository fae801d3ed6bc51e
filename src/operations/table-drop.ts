/** The operation that takes a table out of the lake for good, or says what would go with it. */
import { z } from "zod";
import type { TableEntry } from "../catalog/catalog.ts";
import { dropTable, planDrop, sourceOfTable, type DropPlan } from "../sync/settings/drop-tables.ts";
import { lockSource } from "../sync/run/lock-source.ts";
import { noSource } from "../maintenance/maintain-tables.ts";
import type { Context } from "./context.ts";
import { operation, type Call } from "./operation.ts";

export interface Dropped extends DropPlan {
  readonly dropped: boolean;
  readonly filesDeleted: number;
}

export const tableDrop = operation({
  name: "table.drop",
  summary:
    "Take a table out of the lake for good, with its history and files; its source's table is not loaded again until named",
  action: "administer",
  input: z.strictObject({
    /** `database.table`. */
    table: z.string(),
    /** The files stay where they are, and can be registered again. */
    keepFiles: z.boolean().default(false),
    /** Only say what would go. */
    plan: z.boolean().default(false),
  }),
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run(context, { table, keepFiles, plan }, call): Promise<Dropped> {
    const entry = await context.catalog.findEntry(table);
    const going = await planDrop(context, { entry, keepFiles });
    if (plan) return { ...going, dropped: false, filesDeleted: 0 };
    return { ...going, dropped: true, filesDeleted: await dropOne(context, { entry, keepFiles, call }) };
  },
});

async function dropOne(
  context: Context,
  { entry, keepFiles, call }: { entry: TableEntry; keepFiles: boolean; call: Call },
): Promise<number> {
  const sourceId = (await sourceOfTable(context, entry)) ?? noSource.name;
  return lockSource(context.db, { sourceId, report: call.report }, () => dropTable(context, { entry, keepFiles }));
}
