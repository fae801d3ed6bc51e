import { z } from "zod";
import type { Asking } from "../governance/asking.ts";
import type { SyncReport, TableReport } from "../sync/run/sync-report.ts";
import { syncSource } from "../sync/run/sync-source.ts";
import { offeredFor } from "./access/earlier-rules.ts";
import type { Context } from "./context.ts";
import { ofWork } from "./failures.ts";
import { syncReport } from "./answers.ts";
import { operation } from "./operation.ts";
import { personalDataOfRun } from "./pii/personal-data-of-run.ts";

/** Brings tables of a source up to date, all in one catalog transaction. */
export const sync = operation({
  name: "sync",
  summary: "Update the tables of a source, all from one consistent state of it",
  action: "operate",
  input: z.strictObject({
    source: z.string(),
    tables: z.array(z.string()).default([]),
    exclude: z.array(z.string()).optional(),
    full: z.boolean().default(false),
  }),
  output: syncReport,
  errors: ofWork,
  resources: ({ source }) => [{ kind: "source", name: source }],
  async run(context, { source: name, tables, exclude, full }, { asking, report, signal }): Promise<SyncReport> {
    const source = await context.sources.get(name);
    const done = await syncSource(context, { source, patterns: tables, excluded: exclude, full, report, signal });
    const offered = await Promise.all(done.tables.map((table) => withOffer(context, asking, table)));
    return { ...done, tables: offered, ...(await personalDataOfRun(context, asking, done.run)) };
  },
});

/** Tells those who administer a new table that grants can be made again. */
async function withOffer(context: Context, asking: Asking, table: TableReport): Promise<TableReport> {
  if (table.outcome !== "created") return table;
  const earlierGrants = await offeredFor(context, asking, table.lakeTable);
  return earlierGrants === 0 ? table : { ...table, earlierGrants };
}
