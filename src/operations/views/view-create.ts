/** The operation that makes a view, or gives an existing one another statement. */
import { z } from "zod";
import { formatNestedType } from "../../iceberg/schema.ts";
import type { NestedField } from "../../iceberg/type.ts";
import { newTableName } from "../../catalog/table-name.ts";
import { visible, type Resource } from "../../governance/resource.ts";
import { count, json, list, texts } from "../answers.ts";
import { operation } from "../operation.ts";
import { makeView } from "./make-view.ts";
import { ofMakingViews } from "./of-views.ts";

export const viewColumn = z.strictObject({ id: z.int().optional(), name: z.string(), type: json });

export function presentColumns(columns: readonly NestedField[]) {
  return columns.map(({ id, name, type }) => ({ id, name, type: formatNestedType(type) }));
}

export const createdView = z.strictObject({
  view: z.string(),
  version: count,
  isNew: z.boolean().describe("False if the view had a statement before."),
  owner: z.string(),
  columns: list(viewColumn),
  reads: texts.describe("The tables and views that it reads."),
});

export type CreatedView = z.infer<typeof createdView>;

export const viewCreate = operation({
  name: "view.create",
  summary:
    "Make a view, which shows what its owner may see of what it reads to everybody who may read the view; or give one another statement",
  action: "create",
  seesViews: true,
  input: z.strictObject({
    /** `database.view`. */
    view: z.string(),
    sql: z.string(),
    /** Give an existing view this statement, as a new version. */
    replace: z.boolean().default(false),
    /** By whose rights it is read: `ann`, `group:analysts`, `role:steward`; by default whoever makes it. */
    owner: z.string().optional(),
  }),
  output: createdView,
  errors: ofMakingViews,
  resources: ({ view }) => [databaseOf(view)],
  async run(context, { view: name, sql, replace, owner }, call) {
    call.record({ view: name, replace });
    const view = await makeView(context, call, { name, sql, replace, owner, origin: null });
    call.record({ version: view.version, owner: view.owner, reads: view.reads });
    return { ...view, columns: presentColumns(view.columns) };
  },
});

/** The work itself reports a name that is none. */
function databaseOf(view: string): Resource {
  try {
    return { kind: "database", name: newTableName(view).database };
  } catch {
    return visible;
  }
}
