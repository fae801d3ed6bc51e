/** Registers tables of other writers in the catalog, and unregisters them. Their files stay where they are. */
import { newTableName } from "../catalog/table-name.ts";
import { z } from "zod";
import { registerTable, unregisterTable, type RegisteredTable } from "../catalog/register-table.ts";
import { ofCommit } from "./failures.ts";
import { count } from "./answers.ts";
import { operation } from "./operation.ts";

export const tableRegister = operation({
  name: "table.register",
  summary: "Add an Iceberg table of another writer to the catalog, or point to its newer metadata",
  action: "administer",
  creates: true,
  input: z.strictObject({
    /** The table's name here, as `database.table`. */
    table: z.string(),
    /** Location of a metadata file, or of the table; for a table, its newest metadata is used. */
    location: z.string().min(1),
  }),
  output: z.strictObject({
    table: z.string(),
    metadataLocation: z.string(),
    formatVersion: z.int(),
    snapshots: count,
    isNew: z.boolean().describe("False if it was registered before and now points to newer metadata."),
  }),
  errors: [...ofCommit, "TABLE_LOCATION_INVALID"],
  resources: ({ table }) => [{ kind: "table", name: table }],
  run: async ({ catalog }, { table, location }): Promise<RegisteredTable> =>
    registerTable(catalog, { ...newTableName(table), location }),
});

export const tableUnregister = operation({
  name: "table.unregister",
  summary: "Remove a registered table from the catalog; its files stay",
  action: "administer",
  input: z.strictObject({ table: z.string() }),
  output: z.strictObject({ unregistered: z.string() }),
  errors: ofCommit,
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run({ catalog }, { table }): Promise<{ unregistered: string }> {
    await unregisterTable(catalog, table);
    return { unregistered: table };
  },
});
