/** Registers tables of other writers in the catalog, and unregisters them. Their files stay where they are. */
import { newTableName } from "../catalog/table-name.ts";
import { z } from "zod";
import { registerTable, unregisterTable, type RegisteredTable } from "../catalog/register-table.ts";
import { authorOf } from "../identity/principal.ts";
import { ofCommit } from "./failures.ts";
import { count, earlierGrants } from "./answers.ts";
import { offeredFor } from "./access/earlier-rules.ts";
import { checkPlaces } from "./check-places.ts";
import { checkNewTable } from "./new-table.ts";
import { operation } from "./operation.ts";
import { lookForPersonalData } from "./pii/look-for-personal-data.ts";

interface Registered extends RegisteredTable {
  readonly earlierGrants: number;
}

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
    /** More locations with files of the table, besides its own and those that its properties name for writers. */
    filesAt: z.array(z.string().min(1)).optional(),
  }),
  output: z.strictObject({
    table: z.string(),
    metadataLocation: z.string(),
    formatVersion: z.int(),
    snapshots: count,
    isNew: z.boolean().describe("False if it was registered before and now points to newer metadata."),
    earlierGrants,
  }),
  errors: [...ofCommit, "TABLE_LOCATION_INVALID", "TABLE_PLACE_TAKEN"],
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run(context, { table, location, filesAt = [] }, { asking, report, signal }): Promise<Registered> {
    const named = newTableName(table);
    await checkNewTable(context, asking, named);
    const registered = await registerTable(context.catalog, {
      ...named,
      location,
      filesAt,
      approve: (locations, beside) => checkPlaces(context, asking, { locations, beside }),
    });
    await lookForPersonalData(context, table, { report, signal });
    const offered = registered.isNew ? await offeredFor(context, asking, registered.table) : 0;
    return { ...registered, earlierGrants: offered };
  },
});

export const tableUnregister = operation({
  name: "table.unregister",
  summary: "Remove a registered table from the catalog; its files stay, its grants and data filters end",
  action: "administer",
  input: z.strictObject({ table: z.string() }),
  output: z.strictObject({ unregistered: z.string() }),
  errors: ofCommit,
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run({ catalog }, { table }, { principal }): Promise<{ unregistered: string }> {
    await unregisterTable(catalog, table, authorOf(principal));
    return { unregistered: table };
  },
});
