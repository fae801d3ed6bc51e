/** Pauses a table, resumes it, or resets it so that it is read as a whole once. */
import { z } from "zod";
import { lockSource } from "../sync/run/lock-source.ts";
import { changeSettings, type TableSettings } from "../sync/settings/table-settings.ts";
import { findFedTable } from "./fed-table.ts";
import { ofFedTable } from "./failures.ts";
import { operation } from "./operation.ts";

/** `table`: `database.table` in the lake. */
const oneTable = z.strictObject({ table: z.string() });

export const tablePause = operation({
  name: "table.pause",
  summary: "Leave a table out of all runs, or include it again",
  action: "operate",
  input: oneTable.extend({ paused: z.boolean() }),
  output: z.strictObject({ table: z.string(), paused: z.boolean() }),
  errors: ofFedTable,
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run(context, { table, paused }): Promise<{ table: string; paused: boolean }> {
    const { label, source, name } = await findFedTable(context, table);
    await changeSettings(context.db, { sourceId: source.id, table: name, change: pausing(paused) });
    return { table: label, paused };
  },
});

/** A table that somebody resumes is loaded even where the source asks before it loads new tables. */
function pausing(paused: boolean): Partial<TableSettings> {
  return paused ? { active: false } : { active: true, admitted: true };
}

export const tableReset = operation({
  name: "table.reset",
  summary: "Forget what is known about a table, so that the next run reads and compares all of its rows",
  action: "operate",
  input: oneTable,
  output: z.strictObject({ table: z.string() }),
  errors: ofFedTable,
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run(context, { table }, { report }): Promise<{ table: string }> {
    const { label, source, name } = await findFedTable(context, table);
    await lockSource(context.db, { sourceId: source.id, report }, () =>
      context.db
        .updateTable("positions")
        .set({ fingerprint: null, content_digest: null, snapshot_id: null, compared_whole: false })
        .where("source_id", "=", source.id)
        .where("source_schema", "=", name.schema)
        .where("source_name", "=", name.name)
        .execute(),
    );
    return { table: label };
  },
});
