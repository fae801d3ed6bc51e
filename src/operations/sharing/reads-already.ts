/**
 * The columns that whoever a request is for can read already, of the tables that it asks for. Only those who decide are
 * told.
 */
import { z } from "zod";
import { isView } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { askingsAs } from "../../governance/effective-access.ts";
import { securableTable } from "../../governance/securable.ts";
import { hasColumn, showsColumn } from "../../governance/table-access.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import { mayDecide, type Moment } from "../../sharing/case-of.ts";
import type { ShareRequest } from "../../sharing/request.ts";
import { list, texts } from "../answers.ts";
import type { Context } from "../context.ts";
import { administersAccount } from "./known-request.ts";

export const readAlready = list(
  z.strictObject({
    table: z.string().describe("As the items name it."),
    columns: texts.describe("Columns that they read as they are, in all rows."),
    inPart: texts.describe("Columns that they read masked, or in some rows only."),
  }),
).describe("For those who decide: the columns that whoever it is for can read already.");

export async function readsAlready(
  { catalog }: Pick<Context, "catalog">,
  request: ShareRequest,
  { asking, moment }: { readonly asking: Asking; readonly moment: Moment },
): Promise<z.infer<typeof readAlready>> {
  const isDeciding =
    mayDecide(request, asking, moment).length > 0 || administersAccount(asking, request.sourceAccountId);
  const principal = moment.policy.principals.get(request.target.id);
  if (!isDeciding || principal === undefined) return [];
  const theirs = askingsAs(moment.policy, principal, moment.now);
  const asked = new Set(request.items.map(({ thingId }) => thingId));
  const everything = catalog.everything().withViews();
  const entries = (await everything.entries()).filter(
    (entry) => asked.has(entry.id) || (!isView(entry) && asked.has(entry.databaseId)),
  );
  const found = entries.map(async (entry) => {
    const { fields } = currentSchema((await everything.load(entry)).metadata);
    const decisions = theirs.map((one) => decideFor(one, "read", securableTable(entry)));
    const parts = decisions.flatMap((decision) => (decision.allowed ? decision.access.parts : []));
    const read = fields.filter(({ id }) => showsColumn({ parts }, id));
    const isWhole = ({ id }: { readonly id: number }): boolean =>
      parts.some(({ columns, rows, masks }) => hasColumn(columns, id) && rows.length === 0 && !masks.has(id));
    return {
      table: tableLabel(entry),
      columns: read.filter(isWhole).map(({ name }) => name),
      inPart: read.filter((field) => !isWhole(field)).map(({ name }) => name),
    };
  });
  return (await Promise.all(found)).filter(({ columns, inPart }) => columns.length + inPart.length > 0);
}
