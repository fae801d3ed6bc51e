/** Operations that list and describe the lake's tables. */
import { z } from "zod";
import { lake } from "../governance/resource.ts";
import { describeTable, listTables, tableHistory as historyOf } from "../catalog/table-summary.ts";
import { ofTable } from "./failures.ts";
import { count, instant, json, list } from "./answers.ts";
import { operation } from "./operation.ts";

const asked = z.strictObject({ table: z.string() });

const summary = z.strictObject({
  database: z.string(),
  name: z.string(),
  uuid: z.string(),
  rows: count,
  files: count,
  bytes: count,
  updatedAt: instant.describe("When its rows last changed."),
  snapshot_id: z.string().nullable().describe("A 64-bit integer as text."),
  metadata_location: z.string(),
  location: z.string(),
});

const listed = summary
  .extend({
    columns: count,
    freshAt: instant.nullable().describe("When it was last known to equal its source; null if no source feeds it."),
  })
  .meta({ title: "ListedTable" });

const description = summary.extend({
  format: z.string(),
  key: z.string().optional(),
  partitioned: json,
  source: z.string().optional(),
  columns: list(
    z.strictObject({ id: z.int(), name: z.string(), type: json, required: z.boolean(), doc: z.string().optional() }),
  ),
  properties: z.record(z.string(), z.string()),
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
  input: z.strictObject({ database: z.string().optional() }),
  output: z.strictObject({ tables: list(listed) }),
  errors: ofTable,
  resources: ({ database }) => (database === undefined ? [lake] : [{ kind: "database", name: database }]),
  async run({ catalog }, { database }) {
    return { tables: await listTables(catalog, database) };
  },
});

export const tableShow = operation({
  name: "table.show",
  summary: "Show a table: its columns, its partitions, its properties, and its source",
  action: "watch",
  input: asked,
  output: description,
  errors: ofTable,
  resources: ({ table }) => [{ kind: "table", name: table }],
  run: ({ catalog }, { table }) => describeTable(catalog, table),
});

export const tableHistory = operation({
  name: "table.history",
  summary: "List the states of a table, newest first",
  action: "watch",
  input: asked,
  output: z.strictObject({ snapshots: list(state) }),
  errors: ofTable,
  resources: ({ table }) => [{ kind: "table", name: table }],
  run: async ({ catalog }, { table }) => ({ snapshots: await historyOf(catalog, table) }),
});
