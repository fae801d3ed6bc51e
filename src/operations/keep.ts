/** What the lake keeps of rows that the source changes or deletes: set for one table. */
import { z } from "zod";
import { using } from "../base/cleanup.ts";
import { describeOne } from "../sync/settings/select-tables.ts";
import { changeSettings } from "../sync/settings/table-settings.ts";
import { operation } from "./operation.ts";

export interface KeptOfTable {
  /** `schema.name` in the source. */
  readonly table: string;
  readonly deleted: boolean;
  readonly history: boolean;
}

export const tableKeep = operation({
  name: "table.keep",
  summary: "Keep rows that the source deletes, or every change of a table",
  action: "administer",
  input: z.strictObject({
    source: z.string(),
    /** Exactly one: `table` or `schema.table`. */
    table: z.string(),
    /** Deleted rows stay, marked in `_deleted_at`. Absent: as it is. */
    deleted: z.boolean().optional(),
    /** Changes are kept in `<table>__history`. Absent: as it is. */
    history: z.boolean().optional(),
  }),
  resources: ({ source, table }) => [{ kind: "source-table", source, name: table }],
  async run({ sources, db }, request): Promise<KeptOfTable> {
    const source = await sources.get(request.source);
    const { name } = await using(sources.open(source), (opened) => describeOne(opened, request.table));
    const change = {
      ...(request.deleted === undefined ? {} : { softDelete: request.deleted }),
      ...(request.history === undefined ? {} : { history: request.history }),
    };
    const { softDelete, history } = await changeSettings(db, { sourceId: source.id, table: name, change });
    return { table: `${name.schema}.${name.name}`, deleted: softDelete, history };
  },
});
