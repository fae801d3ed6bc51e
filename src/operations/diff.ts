/** The operation that shows which rows differ between two states of a table. */
import { z } from "zod";
import { parseAsOf } from "../query/as-of.ts";
import { diffTable } from "../query/diff.ts";
import { asker } from "./asker.ts";
import { recordRead } from "./audit/record-read.ts";
import { ofStatement } from "./failures.ts";
import { operation } from "./operation.ts";
import { tableRights } from "./table-rights.ts";
import { rowItem, streamedRows, streamRows, type StreamedRows } from "./stream-rows.ts";

/** Rows are streamed as in `sql`; the first column is `_change`: `-` for removed rows, `+` for added ones. */
export const tableDiff = operation({
  name: "table.diff",
  summary: "Show the rows that were removed and added between two states of a table",
  action: "read",
  input: z.strictObject({
    table: z.string(),
    /** A time, a snapshot or run id, a tag or branch, `first` or `before-last`. */
    from: z.string(),
    /** Default: the current state. */
    to: z.string().optional(),
    /** Stop after this many rows. */
    limit: z.number().int().positive().optional(),
  }),
  output: streamedRows,
  item: rowItem,
  errors: ofStatement,
  resources: ({ table }) => [{ kind: "table", name: table }],
  run({ catalog, engines, audit, db }, { table, from, to, limit }, call): Promise<StreamedRows> {
    const statement = `differences of ${table} from ${from} to ${to ?? "now"}`;
    return recordRead({ audit, db }, { call, operation: "table.diff", purpose: "differences", statement }, (reading) =>
      streamRows(reading.call, {
        limit,
        result: diffTable({
          catalog,
          rights: tableRights(call),
          table,
          from: parseAsOf(from),
          to: to === undefined ? undefined : parseAsOf(to),
          engines,
          asker: asker(call),
          onReading: reading.onReading,
          signal: reading.call.signal,
        }),
      }),
    );
  },
});
