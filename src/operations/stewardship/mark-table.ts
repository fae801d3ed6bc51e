/** The operation that marks a table as certified or deprecated, or takes the mark away. */
import { z } from "zod";
import { tableLabel } from "../../catalog/table-name.ts";
import { markNames } from "../../db/tables.ts";
import { inTransaction } from "../../db/transaction.ts";
import { HeadgateError } from "../../errors.ts";
import { checkStillThere } from "../../governance/closed-tables.ts";
import { authorOf } from "../../identity/principal.ts";
import { setMark } from "../../stewardship/marks.ts";
import { ofTable } from "../failures.ts";
import { operation } from "../operation.ts";
import { presentedMark, presentSaid } from "./present-said.ts";

export const tableMark = operation({
  name: "table.mark",
  summary: "Mark a table as certified or as deprecated, with a reason, or take its mark away",
  action: "annotate",
  seesViews: true,
  input: z.strictObject({
    table: z.string(),
    mark: z.enum([...markNames, "none"]),
    reason: z.string().optional().describe("Required, except to take the mark away."),
    successor: z.string().optional().describe("For a deprecated table: the table to use instead."),
  }),
  output: z.strictObject({ table: z.string(), mark: presentedMark.optional() }),
  errors: ofTable,
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run(context, { table, mark, reason, successor }, { principal, record }) {
    const { db, catalog } = context;
    const entry = await catalog.findEntry(table);
    const label = tableLabel(entry);
    checkWords({ mark, reason, successor, label });
    const next = successor === undefined ? undefined : await catalog.findEntry(successor);
    if (next?.id === entry.id) throw usage(label, "a table cannot be its own successor");
    const wanted = mark === "none" ? undefined : { mark, reason: reason ?? "", successorId: next?.id };
    const isChanged = await inTransaction(db, async (transaction) => {
      await checkStillThere(transaction, { id: entry.id, label });
      return setMark(transaction, { tableId: entry.id, mark: wanted }, { by: authorOf(principal), origin: null });
    });
    const about = [{ kind: "table", name: label, id: entry.id }];
    record({ mark, reason, successor: next && tableLabel(next), plan: !isChanged, about });
    const said = await presentSaid(context, { tables: [entry] });
    const now = said.ofTable(entry).mark;
    return { table: label, ...(now && { mark: now }) };
  },
});

interface Words {
  readonly mark: string;
  readonly reason: string | undefined;
  readonly successor: string | undefined;
  readonly label: string;
}

/** Throws USAGE. */
function checkWords({ mark, reason, successor, label }: Words): void {
  if (mark !== "none" && reason === undefined) throw usage(label, "a mark needs a reason: --reason");
  if (mark !== "deprecated" && successor !== undefined) throw usage(label, "only a deprecated table has a successor");
}

function usage(place: string, message: string): HeadgateError {
  return new HeadgateError("USAGE", { place, message });
}
