/** The coverage of a share in plain words, and what of it is closed until somebody decides, or for good. */
import { z } from "zod";
import { isView } from "../../catalog/catalog.ts";
import { closedColumns, judgedOf } from "../../governance/judged-share.ts";
import type { Policy } from "../../governance/policy.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import type { Share } from "../../sharing/shares.ts";
import { count, list, texts } from "../answers.ts";
import type { Context } from "../context.ts";
import type { LabelOf } from "./present-share.ts";

export const coverage = {
  decidedBy: z
    .enum(["people", "nobody"])
    .describe("`nobody`: it was approved at once, because nothing of it was sensitive."),
  covers: z.string().describe("The fate of columns that are marked as sensitive, or added, later."),
  closed: list(
    z.strictObject({
      on: z.string(),
      columns: count,
      names: texts.nullable().describe("Null for those who only receive the share."),
    }),
  ).describe("Columns that it no longer gives: marked as sensitive since, or left out by somebody who was asked."),
};

const byPeople =
  "People decided on it: it gives the columns that its items name, or all of them, also those that are marked as sensitive later. Where an item names no columns, it gives later ones, too.";
const byNobody =
  "Nobody decided on it: a column that is marked as sensitive later is closed at once, and a table or a column that is added later is not in it, until its owner decides or a process lets it through.";

export interface Covering {
  readonly policy: Policy;
  readonly labelOf: LabelOf;
  /** Whether the names of columns may be told. */
  readonly gives: boolean;
}

export async function coverageOf(
  { catalog }: Pick<Context, "catalog">,
  { row }: Share,
  { policy, labelOf, gives }: Covering,
) {
  if (row.judged === null) return { decidedBy: "people", covers: byPeople, closed: [] } as const;
  const judged = judgedOf(row.judged);
  const everything = catalog.everything();
  const entries = (await everything.entries()).filter((entry) => !isView(entry) && judged.tables.has(entry.id));
  const closed = [];
  for (const entry of entries) {
    const ids = [...closedColumns(policy, judged, entry), ...(judged.tables.get(entry.id)?.leftOut ?? [])];
    if (ids.length === 0) continue;
    const { fields } = currentSchema((await everything.load(entry)).metadata);
    const names = fields.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
    const on = labelOf({ resource_kind: "table", resource_id: entry.id });
    closed.push({ on, columns: ids.length, names: gives ? names : null });
  }
  return { decidedBy: "nobody", covers: byNobody, closed } as const;
}
