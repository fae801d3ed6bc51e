/** The operation that drops a table from the lake for good, or shows what would be dropped with it. */
import { z } from "zod";
import type { TableEntry } from "../catalog/catalog.ts";
import { tableLabel } from "../catalog/table-name.ts";
import { authorOf } from "../identity/principal.ts";
import { dropTable, planDrop, sourceOfTable } from "../sync/settings/drop-tables.ts";
import { lockSource } from "../sync/run/lock-source.ts";
import { noSource } from "../maintenance/maintain-tables.ts";
import type { Context } from "./context.ts";
import { ofCommit } from "./failures.ts";
import { count, texts } from "./answers.ts";
import { operation, type Call } from "./operation.ts";
import { breakingWith } from "./views/present-lineage.ts";

const dropped = z.strictObject({
  table: z.string(),
  rows: count.nullable().describe("Null if its metadata cannot be read."),
  source: z.string().nullable().describe("It is not loaded from there again until a sync names it."),
  sourceTable: z.string().nullable(),
  history: z.string().nullable().describe("The table that holds the history of its changes, which is dropped too."),
  isSet: z.boolean().describe("Whether it has settings of its own."),
  declaredIn: z.string().nullable(),
  schedules: texts.describe("The schedules that name it; the table is removed from them."),
  references: texts.describe("Tags and branches, whose states are dropped too."),
  grants: count.describe("Grants on it and its history, which end."),
  filters: count.describe("Data filters of it and its history, which end."),
  views: texts.describe("Views that nobody can read without it."),
  losesAccess: texts.describe(
    "The holders of these grants: users by name, group:<name>, role:<name>, key:<name>, account:<name>, unit:<path>.",
  ),
  filesStay: z.boolean(),
  location: z.string(),
  metadataLocation: z.string(),
  dropped: z.boolean(),
  filesDeleted: count,
});

export type Dropped = z.infer<typeof dropped>;

export const tableDrop = operation({
  name: "table.drop",
  summary:
    "Remove a table from the lake for good, with its history, files, grants and data filters; it is loaded again only when a sync names it",
  action: "administer",
  input: z.strictObject({
    /** `database.table`. */
    table: z.string(),
    /** Keep the files where they are, so that the table can be registered again. */
    keepFiles: z.boolean().default(false),
    /** Only show what would be dropped. */
    plan: z.boolean().default(false),
  }),
  output: dropped,
  errors: ofCommit,
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run(context, { table, keepFiles, plan }, call): Promise<Dropped> {
    call.record({ plan });
    const entry = await context.catalog.findEntry(table);
    const views = (await breakingWith(context, call.asking, [entry.id])).map(tableLabel).toSorted();
    const going = { ...(await planDrop(context, { entry, keepFiles })), views };
    call.record({ grants: going.grants, filters: going.filters });
    if (plan) return { ...going, dropped: false, filesDeleted: 0 };
    return { ...going, dropped: true, filesDeleted: await dropOne(context, { entry, keepFiles, call }) };
  },
});

async function dropOne(
  context: Context,
  { entry, keepFiles, call }: { entry: TableEntry; keepFiles: boolean; call: Call },
): Promise<number> {
  const sourceId = (await sourceOfTable(context, entry)) ?? noSource.name;
  const dropping = { entry, keepFiles, by: authorOf(call.principal) };
  return lockSource(context.db, { sourceId, report: call.report }, () => dropTable(context, dropping));
}
