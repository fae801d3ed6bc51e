/** Operations that look at the lake's tables. */
import { z } from "zod";
import { lake } from "../governance/resource.ts";
import { describeTable, listTables, tableHistory as historyOf } from "../catalog/table-summary.ts";
import { operation } from "./operation.ts";

const asked = z.strictObject({ table: z.string() });

export const tableList = operation({
  name: "table.list",
  summary: "List the tables of the lake",
  action: "watch",
  input: z.strictObject({ database: z.string().optional() }),
  resources: ({ database }) => (database === undefined ? [lake] : [{ kind: "database", name: database }]),
  async run({ catalog }, { database }) {
    return { tables: await listTables(catalog, database) };
  },
});

export const tableShow = operation({
  name: "table.show",
  summary: "Show one table: columns, partitioning, properties, where it comes from",
  action: "watch",
  input: asked,
  resources: ({ table }) => [{ kind: "table", name: table }],
  run: ({ catalog }, { table }) => describeTable(catalog, table),
});

export const tableHistory = operation({
  name: "table.history",
  summary: "List the states of a table, newest first",
  action: "watch",
  input: asked,
  resources: ({ table }) => [{ kind: "table", name: table }],
  run: async ({ catalog }, { table }) => ({ snapshots: await historyOf(catalog, table) }),
});
