import { z } from "zod";
import type { SyncReport } from "../sync/run/sync-report.ts";
import { syncSource } from "../sync/run/sync-source.ts";
import { ofWork } from "./failures.ts";
import { syncReport } from "./answers.ts";
import { operation } from "./operation.ts";

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
  async run(context, { source: name, tables, exclude, full }, { report, signal }): Promise<SyncReport> {
    const source = await context.sources.get(name);
    return syncSource(context, { source, patterns: tables, excluded: exclude, full, report, signal });
  },
});
