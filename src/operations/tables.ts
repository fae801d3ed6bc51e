/** Operations that list and describe the lake's tables. */
import { z } from "zod";
import { visible } from "../governance/resource.ts";
import { checkFigures, knownTo, mayKnowSource } from "./known-to.ts";
import { describeTable, listTables, tableHistory as historyOf } from "../catalog/table-summary.ts";
import { currentSchema } from "../iceberg/table-metadata.ts";
import { ofTable } from "./failures.ts";
import { tableLabel } from "../catalog/table-name.ts";
import { count, instant, json, list, texts } from "./answers.ts";
import { operation } from "./operation.ts";
import { presentedMark, presentSaid, saidOfColumn, saidOfTable } from "./stewardship/present-said.ts";
import { dependentsOf } from "./views/present-lineage.ts";

const asked = z.strictObject({ table: z.string() });

const figures = z.strictObject({
  rows: count,
  files: count,
  bytes: count,
  updatedAt: instant.describe("When its rows last changed."),
  snapshot_id: z.string().nullable().describe("A 64-bit integer as text."),
  metadata_location: z.string(),
  location: z.string(),
});

const hidden = "Whoever may read only some rows or columns of a table gets no figures about it.";

const summary = z
  .strictObject({ database: z.string(), name: z.string(), kind: z.enum(["table", "view"]), uuid: z.string() })
  .extend(figures.partial().shape)
  .describe(hidden);

const linkOf = z
  .strictObject({ target: z.string(), share: z.string().nullable().describe("The share by which the account has it.") })
  .meta({ title: "LinkOfTable" });

const listed = summary
  .extend({
    columns: count,
    freshAt: instant.nullable().describe("When it was last known to equal its source; null if no source feeds it."),
    description: z.string().optional(),
    mark: presentedMark.optional(),
    account: z.string().optional().describe("Only for a table of another account, under the name that it has there."),
    link: linkOf.optional().describe("Only for a name that the account has for a table of another account."),
  })
  .meta({ title: "ListedTable" });

const description = summary.extend({
  ...saidOfTable,
  format: z.string(),
  key: z.string().optional(),
  partitioned: json.optional(),
  source: z.string().optional().describe("Absent for somebody who may not know the source."),
  columns: list(
    z.strictObject({
      id: z.int().optional().describe("Absent for somebody who may not know all columns."),
      name: z.string(),
      type: json,
      required: z.boolean(),
      doc: z.string().optional(),
      ...saidOfColumn,
    }),
  ),
  properties: z.record(z.string(), z.string()).optional(),
  links: list(z.strictObject({ name: z.string(), share: z.string().nullable() })).describe(
    "The names that the account has for it, if it belongs to another account.",
  ),
  usedBy: texts.describe("The views that read it, as far as the caller may know them."),
});

const state = z.strictObject({
  snapshotId: z.string(),
  committedAt: instant,
  operation: z.string(),
  rows: count,
  addedFiles: count,
  removedFiles: count,
  run: z.string().optional().describe("The sync run that created this state."),
  isCurrent: z.boolean(),
});

export const tableList = operation({
  name: "table.list",
  summary: "List the tables of the lake",
  action: "watch",
  seesViews: true,
  input: z.strictObject({ database: z.string().optional() }),
  output: z.strictObject({ tables: list(listed) }),
  errors: ofTable,
  resources: () => [visible],
  async run({ db, catalog }, { database }, { asking }) {
    const tables = await listTables(catalog, { database, known: knownTo(asking) });
    const entries = new Map((await catalog.entries()).map((entry) => [entry.id, entry]));
    const shown = tables.flatMap(({ uuid }) => entries.get(uuid) ?? []);
    const said = await presentSaid({ db, catalog }, { tables: shown, withColumns: false });
    const isWanted = (one: { readonly database: string }): boolean =>
      database === undefined || one.database === database;
    return {
      tables: tables.flatMap((table) => {
        const entry = entries.get(table.uuid);
        if (entry === undefined) return [table];
        const { description: text, mark } = said.ofTable(entry);
        const own = { ...table, ...(text === undefined ? {} : { description: text.text }), ...(mark && { mark }) };
        const links = (entry.links ?? []).filter(isWanted).map(({ database: home, name, shareId: share }) => {
          return { ...own, database: home, name, link: { target: tableLabel(entry), share } };
        });
        const there = entry.isElsewhere === true ? { ...own, account: entry.account } : own;
        return isWanted(entry) ? [there, ...links] : links;
      }),
    };
  },
});

export const tableShow = operation({
  name: "table.show",
  summary: "Show a table: its columns, its partitions, its properties, and its source",
  action: "watch",
  seesViews: true,
  input: asked,
  output: description,
  errors: ofTable,
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run(context, { table: name }, { asking }) {
    const { db, catalog } = context;
    const entry = await catalog.findEntry(name);
    const { columns, ...described } = await describeTable(catalog, {
      name,
      known: knownTo(asking),
      isKnownSource: (source) => mayKnowSource(db, asking, { name: source, accountId: entry.accountId }),
    });
    const said = await presentSaid({ db, catalog }, { tables: [entry] });
    const { fields } = currentSchema((await catalog.load(entry)).metadata);
    const idOf = new Map(fields.map((field) => [field.name, field.id]));
    const ofColumn = (column: string) => said.ofColumn(entry, idOf.get(column) ?? -1);
    const views = await dependentsOf(context, asking, entry.id);
    return {
      ...described,
      links: (entry.links ?? []).map((link) => ({ name: tableLabel(link), share: link.shareId })),
      usedBy: views.map(({ view }) => tableLabel(view)),
      ...said.ofTable(entry),
      columns: columns.map((one) => ({ ...one, ...ofColumn(one.name) })),
    };
  },
});

export const tableHistory = operation({
  name: "table.history",
  summary: "List the states of a table, newest first",
  action: "watch",
  input: asked,
  output: z.strictObject({ snapshots: list(state) }),
  errors: ofTable,
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run({ catalog }, { table }, { asking }) {
    checkFigures(asking, await catalog.findEntry(table));
    return { snapshots: await historyOf(catalog, table) };
  },
});
