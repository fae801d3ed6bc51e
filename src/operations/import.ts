/** Imports files of others into a table: proposes, creates after approval, and imports new files on request. */
import { newTableName } from "../catalog/table-name.ts";
import { z } from "zod";
import { HeadgateError } from "../errors.ts";
import { importAgain, importTable, proposeAgain, proposeImport } from "../ingest/import/import-table.ts";
import type { Asking } from "../governance/asking.ts";
import { importLocation } from "../ingest/import/import-file.ts";
import { findImport } from "../ingest/import/imported-files.ts";
import type { Context } from "./context.ts";
import { checkPlaces } from "./check-places.ts";
import { ofWork } from "./failures.ts";
import { count, earlierGrants, list, texts } from "./answers.ts";
import { offeredFor } from "./access/earlier-rules.ts";
import { checkNewTable } from "./new-table.ts";
import { operation } from "./operation.ts";
import { lookForPersonalData } from "./pii/look-for-personal-data.ts";

const proposal = z.strictObject({
  digest: z.string(),
  table: z.string(),
  location: z.string(),
  columns: list(z.strictObject({ name: z.string(), type: z.string(), nullable: z.literal(true), notes: texts })),
  files: list(z.strictObject({ location: z.string(), size: count, rows: count })),
  bytes: count,
  rows: count,
  notes: texts,
});

const imported = z.strictObject({
  run: z.string().describe("The id of the run in the ledger."),
  table: z.string(),
  commit: z.string().nullable(),
  files: count,
  rows: count,
  addedColumns: texts,
  notes: texts,
  earlierGrants: earlierGrants.optional(),
});

const answer = z.strictObject({
  proposal: proposal.nullable().describe("The columns and files that would be imported; null after an import."),
  imported: imported.nullable().describe("The outcome of the import; null if nothing was imported."),
});

export type ImportAnswer = z.infer<typeof answer>;

const ofImport = [
  "IMPORT_LOCATION_INVALID",
  "IMPORT_PROPOSAL_STALE",
  "IMPORT_FILE_CHANGED",
  "IMPORT_FILE_INVALID",
  "IMPORT_VALUE_MISFIT",
  "IMPORT_TYPE_CHANGED",
  "TABLE_LOCATION_INVALID",
  "TABLE_PLACE_TAKEN",
] as const;

export const tableImport = operation({
  name: "table.import",
  summary:
    "Propose or import a table of Parquet, CSV and JSON files, or import the files that are new since the last import",
  action: "administer",
  creates: true,
  input: z.strictObject({
    /** `database.table`. */
    table: z.string(),
    /** A directory or s3:// prefix below one of the table roots; absent with `again`. */
    location: z.string().min(1).optional(),
    /** Only show what would be imported. */
    plan: z.boolean().default(false),
    /** The digest of the proposal to approve. */
    approve: z.string().optional(),
    /** Import files that are new since the last import. */
    again: z.boolean().default(false),
    /** Types of columns, by proposed name. */
    types: z.record(z.string(), z.string()).default({}),
    /** New names of columns, by proposed name. */
    names: z.record(z.string(), z.string()).default({}),
    /** Whether the first line of CSV contains the column names. */
    header: z.boolean().default(true),
    /** How to read CSV, instead of detecting it. */
    csv: z
      .strictObject({
        delimiter: z.string().min(1).max(4).optional(),
        /** The text that begins a comment; a comment lasts to the end of its line. */
        comment: z.string().length(1).optional(),
        /** Number of lines above the header. */
        skipLines: z.number().int().min(0).max(1_000).optional(),
      })
      .default({}),
  }),
  output: answer,
  errors: [...ofWork, ...ofImport],
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run(
    context,
    { table, location, plan, approve, again, types, names, header, csv },
    listener,
  ): Promise<ImportAnswer> {
    listener.record({ plan: plan || (!again && approve === undefined) });
    const named = newTableName(table);
    if (!again) await checkNewTable(context, listener.asking, named);
    const of = { ...named, report: listener.report, signal: listener.signal };
    if (again) {
      const extras = [location, approve, ...Object.keys(types), ...Object.keys(names), ...Object.values(csv)];
      if (extras.some((extra) => extra !== undefined) || !header)
        throw usage(table, "an import with --again takes its location, columns and types from the first import");
      await checkRemembered(context, listener.asking, table);
      if (plan) return { proposal: await proposeAgain(context, of), imported: null };
      const done = await importAgain(context, of);
      await lookForPersonalData(context, table, listener);
      return { proposal: null, imported: done };
    }
    if (location === undefined) throw usage(table, "the location of the files is missing");
    const place = importLocation(location, context.config.tableRoots);
    await checkPlaces(context, listener.asking, { locations: [place], beside: await context.catalog.entries() });
    const request = { ...of, location, types, names, hasHeader: header, csv };
    if (plan || approve === undefined) return { proposal: await proposeImport(context, request), imported: null };
    const done = await importTable(context, { ...request, digest: approve });
    await lookForPersonalData(context, table, listener);
    const offered = await offeredFor(context, listener.asking, done.table);
    return { proposal: null, imported: offered === 0 ? done : { ...done, earlierGrants: offered } };
  },
});

/** Since the first import, somebody may have registered a table there. */
async function checkRemembered(context: Context, asking: Asking, table: string): Promise<void> {
  const { id } = await context.catalog.findEntry(table);
  const remembered = await findImport(context.db, id);
  if (remembered === undefined) return;
  await checkPlaces(context, asking, { locations: [remembered.location], beside: await context.catalog.entries() });
}

function usage(place: string, message: string): HeadgateError {
  return new HeadgateError("USAGE", { place, message });
}
