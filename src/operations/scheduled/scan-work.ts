/** Scheduled search for personal data in the tables of a source, or of the whole lake. */
import { z } from "zod";
import type { Work } from "../../jobs/run-due.ts";
import { tablesOfSource } from "../../sync/settings/tables-of-source.ts";
import { count } from "../answers.ts";
import type { Context } from "../context.ts";
import { scanTables } from "../pii/scan-tables.ts";
import { union } from "./source-schedules.ts";

export interface ScanReports {
  readonly scan: { readonly tables: number; readonly proposed: number; readonly failed: number };
}

/** The schema of these reports in the answer of `schedule.run-due`. */
export const scanAnswer = {
  scan: z.strictObject({ tables: count, proposed: count, failed: count }).exactOptional(),
};

export const scanWork: Work<Context, ScanReports> = {
  mayConcernLake: true,
  async run(context, { sourceId, schedules, report, signal }) {
    const { patterns } = union(schedules);
    const entries =
      sourceId === null ? await context.catalog.entries() : await tablesOfSource(context, sourceId, patterns);
    const scanned = await scanTables(context, { entries, report, signal });
    const proposed = scanned.reduce((sum, table) => sum + table.proposed, 0);
    const failed = scanned.filter(({ error }) => error !== undefined).length;
    const summary = `${scanned.length} tables searched for personal data, ${proposed} new proposals`;
    return { reports: { scan: { tables: scanned.length, proposed, failed } }, summary, failed: [] };
  },
};
