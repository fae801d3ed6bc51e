import { z } from "zod";
import { reconcileSource, type ReconcileReport } from "../sync/compare/reconcile-source.ts";
import { ofWork } from "./failures.ts";
import { reconcileReport } from "./answers.ts";
import { operation } from "./operation.ts";

/** Proves that tables of a source are equal in the lake, or shows which rows differ. */
export const reconcile = operation({
  name: "reconcile",
  summary: "Compare the tables of a source with the lake row by row, and repair the rows that differ if asked to",
  action: "operate",
  input: z.strictObject({
    source: z.string(),
    tables: z.array(z.string()).default([]),
    exclude: z.array(z.string()).optional(),
    repair: z.boolean().default(false),
  }),
  output: reconcileReport,
  errors: ofWork,
  resources: ({ source }) => [{ kind: "source", name: source }],
  async run(context, { source, tables, exclude, repair }, { report, signal }): Promise<ReconcileReport> {
    return reconcileSource(context, {
      source: await context.sources.get(source),
      patterns: tables,
      excluded: exclude,
      repair,
      report,
      signal,
    });
  },
});
