/**
 * Operations that list and describe views. What a view is made of (its statement, the tables that it reads, their columns)
 * is shown to those who may change it, because the readers of a view need not know of any of that.
 */
import { z } from "zod";
import { isView } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import { viewVersion, viewVersions, type ViewEntry } from "../../catalog/view-store.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { visible } from "../../governance/resource.ts";
import { securableTable } from "../../governance/securable.ts";
import { count, instant, list, texts } from "../answers.ts";
import type { Context } from "../context.ts";
import { ofTable } from "../failures.ts";
import { knownTo } from "../known-to.ts";
import { operation } from "../operation.ts";
import { findView } from "./view-change.ts";
import { presentColumns, viewColumn } from "./view-create.ts";
import { ownerLabel } from "./view-owner.ts";
import { basesOf } from "./make-view.ts";
import { dependentsOf, presentLineage } from "./present-lineage.ts";
import { viewState, viewStates } from "./view-state.ts";

const baseColumn = z.strictObject({
  table: z.string(),
  id: z.string().describe("The uuid of the table."),
  fieldId: z.int(),
  column: z.string().nullable().describe("Its name now; null if it was dropped."),
});

const state = {
  state: z
    .enum(viewStates)
    .describe("`broken`: something that it reads is gone. `closed`: its owner may no longer read all that it reads."),
  why: z.string().optional().describe("Absent for those who may not know what the view is made of."),
};

const listedView = z.strictObject({
  database: z.string(),
  name: z.string(),
  uuid: z.string(),
  owner: z.string(),
  version: count,
  columns: count,
  ...state,
  changedAt: instant,
});

export const viewList = operation({
  name: "view.list",
  summary: "List the views of the lake, by whose rights they are read, and whether they can be read now",
  action: "watch",
  seesViews: true,
  input: z.strictObject({ database: z.string().optional() }),
  output: z.strictObject({ views: list(listedView) }),
  errors: ofTable,
  resources: () => [visible],
  async run(context, { database }, { asking }) {
    const entries = (await context.catalog.entries(database)).filter(isView);
    const views: z.infer<typeof listedView>[] = [];
    for (const view of entries) views.push(await listed(context, asking, view));
    return { views };
  },
});

async function listed(context: Context, asking: Asking, view: ViewEntry): Promise<z.infer<typeof listedView>> {
  const { columns, madeAt } = await viewVersion(context.db, view);
  const { isColumn } = knownTo(asking)(view);
  return {
    database: view.database,
    name: view.name,
    uuid: view.id,
    owner: ownerLabel(asking.policy, view.view.ownerId),
    version: view.view.version,
    columns: columns.filter(({ id }) => isColumn(id)).length,
    ...(await stateFor(context, asking, view)),
    changedAt: madeAt.toISOString(),
  };
}

async function stateFor({ catalog }: Context, asking: Asking, view: ViewEntry) {
  const { state: now, why } = await viewState(catalog, asking, view);
  return why !== undefined && mayLookBehind(asking, view) ? { state: now, why } : { state: now };
}

/** Whether somebody may know what a view is made of: those who may change it. */
function mayLookBehind(asking: Asking, view: ViewEntry): boolean {
  return decideFor(asking, "alter", securableTable(view)).allowed;
}

const lineage = z.strictObject({
  columns: list(
    z.strictObject({
      column: z.string(),
      from: list(baseColumn).describe("The columns of which its values are made."),
    }),
  ),
  influences: list(baseColumn).describe("The columns that decide which rows there are."),
});

const shown = z.strictObject({
  database: z.string(),
  name: z.string(),
  uuid: z.string(),
  owner: z.string(),
  version: count,
  ...state,
  changedAt: instant,
  columns: list(viewColumn),
  sql: z.string().optional().describe("This and the rest are absent for those who may not change the view."),
  reads: texts.optional(),
  lineage: lineage.optional(),
  usedBy: texts.describe("The views that read it."),
});

export type ShownView = z.infer<typeof shown>;

export const viewShow = operation({
  name: "view.show",
  summary: "Show a view: its columns, its owner, whether it can be read now, and where its columns come from",
  action: "watch",
  seesViews: true,
  input: z.strictObject({ view: z.string() }),
  output: shown,
  errors: ofTable,
  resources: ({ view }) => [{ kind: "table", name: view }],
  async run(context, { view: name }, { asking }): Promise<ShownView> {
    const view = await findView(context, name);
    const text = await viewVersion(context.db, view);
    const { isColumn } = knownTo(asking)(view);
    const columns = text.columns.filter(({ id }) => isColumn(id));
    const isWhole = columns.length === text.columns.length;
    const common = {
      database: view.database,
      name: view.name,
      uuid: view.id,
      owner: ownerLabel(asking.policy, view.view.ownerId),
      version: view.view.version,
      ...(await stateFor(context, asking, view)),
      changedAt: text.madeAt.toISOString(),
      columns: presentColumns(columns).map(({ id, ...column }) => ({ id: isWhole ? id : undefined, ...column })),
      usedBy: (await dependentsOf(context, asking, view.id)).map((dependent) => tableLabel(dependent.view)),
    };
    if (!mayLookBehind(asking, view)) return common;
    const reads = (
      await basesOf(
        context,
        text.reads.map(({ id }) => id),
      )
    ).map(tableLabel);
    return { ...common, sql: text.text, reads, lineage: await presentLineage(context, text) };
  },
});

const version = z.strictObject({
  version: count,
  madeAt: instant,
  madeBy: z.string(),
  restored: count.nullable().describe("The earlier version whose statement was taken up again."),
  sql: z.string(),
  isCurrent: z.boolean(),
});

export const viewHistory = operation({
  name: "view.history",
  summary: "List the versions of a view, newest first: who made each, when, and its statement",
  action: "alter",
  changes: false,
  seesViews: true,
  input: z.strictObject({ view: z.string() }),
  output: z.strictObject({ versions: list(version) }),
  errors: ofTable,
  resources: ({ view }) => [{ kind: "table", name: view }],
  async run(context, { view: name }, { asking }) {
    const view = await findView(context, name);
    const versions = await viewVersions(context.db, view.id);
    return {
      versions: versions.map(({ version: number, madeAt, madeBy, restored, text }) => ({
        version: number,
        madeAt: madeAt.toISOString(),
        madeBy: ownerLabel(asking.policy, madeBy),
        restored,
        sql: text,
        isCurrent: number === view.view.version,
      })),
    };
  },
});
