/** Operations that change a view without writing it anew: an earlier version, another owner, its end. */
import { z } from "zod";
import { codeOf } from "../../base/thrown.ts";
import { isView } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import type { ViewVersion } from "../../catalog/view.ts";
import { viewMetadata } from "../../catalog/view-metadata.ts";
import { addVersion, lockAsSeen, viewVersion, viewVersions, type ViewEntry } from "../../catalog/view-store.ts";
import { inPolicyChange } from "../../db/policy-change.ts";
import { HeadgateError } from "../../errors.ts";
import { closeTable, rulesOf } from "../../governance/closed-tables.ts";
import { authorOf } from "../../identity/principal.ts";
import { openView } from "../../query/lake-tables.ts";
import { count, texts } from "../answers.ts";
import type { Context } from "../context.ts";
import { operation, type Call } from "../operation.ts";
import { viewRights } from "../view-rights.ts";
import { checkNesting } from "./check-nesting.ts";
import { basesOf, changeOwner } from "./make-view.ts";
import { ofChangingViews } from "./of-views.ts";
import { breakingWith } from "./present-lineage.ts";
import { checkMayOwn, chosenOwner, keptOwner, ownerLabel, type ChosenOwner } from "./view-owner.ts";

/** Throws TABLE_NOT_FOUND for a table, too. */
export async function findView({ catalog }: Pick<Context, "catalog">, name: string): Promise<ViewEntry> {
  const found = await catalog.findEntry(name);
  if (isView(found)) return found;
  throw new HeadgateError("TABLE_NOT_FOUND", {
    place: name,
    message: `${tableLabel(found)} is a table and not a view`,
    remedy: "see `headgate view list` for the names of all views",
  });
}

const changed = z.strictObject({ view: z.string(), version: count, owner: z.string() });

export const viewRestore = operation({
  name: "view.restore",
  summary: "Give a view the statement of an earlier version, with the tables and columns that it meant then",
  action: "alter",
  seesViews: true,
  input: z.strictObject({ view: z.string(), version: z.int().positive() }),
  output: changed,
  errors: [...ofChangingViews, "VIEW_INVALID"],
  resources: ({ view }) => [{ kind: "table", name: view }],
  async run(context, { view: name, version: number }, call) {
    const view = await findView(context, name);
    const label = tableLabel(view);
    const text = (await viewVersions(context.db, view.id)).find(({ version }) => version === number);
    if (text === undefined)
      throw new HeadgateError("VIEW_VERSION_NOT_FOUND", {
        place: label,
        message: `${label} has no version ${number}`,
      });
    const owner = keptOwner(call.asking, view.view) ?? (await chosenOwner(context, call.asking, undefined));
    await checkNesting(context.db, { id: view.id, label, reads: text.reads });
    await openAs(context, { view, owner, version: number });
    const bases = await basesOf(
      context,
      text.reads.map(({ id }) => id),
    );
    const version = await inPolicyChange(context.db, async (transaction) => {
      await lockAsSeen(transaction, view);
      if ((view.view.ownerId ?? null) !== owner.id) await changeOwner(transaction, { view, owner, call, bases });
      const by = authorOf(call.principal);
      return addVersion(transaction, { viewId: view.id, text, madeBy: by, restored: number });
    });
    call.record({ version, restored: number, owner: owner.label });
    return { view: label, version, owner: owner.label };
  },
});

interface OpenedAs {
  readonly view: ViewEntry;
  readonly owner: ChosenOwner;
  readonly version: number;
}

/** Throws VIEW_BROKEN and VIEW_CLOSED if the owner could not read this version of the view. */
async function openAs({ catalog }: Context, { view, owner, version }: OpenedAs): Promise<void> {
  const ownerId = owner.id ?? undefined;
  const head = { ...view.view, ownerId, ownerAccountId: owner.accountId ?? undefined, version };
  await openView(catalog, { ...view, view: head }, viewRights({ asking: owner.asking, follow: () => undefined }));
}

export const viewSet = operation({
  name: "view.set",
  summary: "Let a view be read by the rights of another owner, who must be able to read all that it reads",
  action: "alter",
  seesViews: true,
  input: z.strictObject({
    view: z.string(),
    /** `ann`, `group:analysts`, `role:steward`, `key:nightly`. */
    owner: z.string(),
  }),
  output: changed,
  errors: ofChangingViews,
  resources: ({ view }) => [{ kind: "table", name: view }],
  async run(context, { view: name, owner: ownerName }, call) {
    const view = await findView(context, name);
    const text = await viewVersion(context.db, view);
    const owner = await chosenOwner(context, call.asking, ownerName);
    call.record({ owner: owner.label, before: ownerLabel(call.asking.policy, view.view.ownerId) });
    await transfer(context, call, { view, text, owner });
    return { view: tableLabel(view), version: view.view.version, owner: owner.label };
  },
});

interface Transfer {
  readonly view: ViewEntry;
  readonly text: ViewVersion;
  readonly owner: ChosenOwner;
}

export async function transfer(context: Context, call: Call, { view, text, owner }: Transfer): Promise<void> {
  const bases = await basesOf(
    context,
    text.reads.map(({ id }) => id),
  );
  checkMayOwn(call.asking, { owner, accountId: view.accountId, bases });
  await openAs(context, { view, owner, version: view.view.version }).catch((failure: unknown) => {
    throw codeOf(failure) === "VIEW_CLOSED" ? cannotRead(view, owner) : failure;
  });
  await inPolicyChange(context.db, async (transaction) => {
    await lockAsSeen(transaction, view);
    await changeOwner(transaction, { view, owner, call, bases });
  });
}

function cannotRead(view: ViewEntry, { label }: ChosenOwner): HeadgateError {
  return new HeadgateError("VIEW_CLOSED", {
    place: tableLabel(view),
    message: `${label} may not read all that ${tableLabel(view)} reads, so nobody could read it`,
    remedy: `grant ${label} SELECT on what it reads first; \`headgate view show\` names that`,
  });
}

export const droppedView = z.strictObject({
  view: z.string(),
  owner: z.string(),
  grants: count.describe("Grants on it, which end."),
  filters: count.describe("Data filters of it, which end."),
  losesAccess: texts.describe(
    "The holders of these grants: users by name, group:<name>, role:<name>, key:<name>, account:<name>, unit:<path>.",
  ),
  breaks: texts.describe("Views that cannot be read without it."),
  dropped: z.boolean(),
});

export type DroppedView = z.infer<typeof droppedView>;

export const viewDrop = operation({
  name: "view.drop",
  summary: "Remove a view with all its versions, its grants and its data filters; the tables that it reads stay",
  action: "drop",
  seesViews: true,
  input: z.strictObject({
    view: z.string(),
    /** Only show what would end with it. */
    plan: z.boolean().default(false),
  }),
  output: droppedView,
  errors: ofChangingViews,
  resources: ({ view }) => [{ kind: "table", name: view }],
  async run(context, { view: name, plan }, call): Promise<DroppedView> {
    call.record({ plan });
    const view = await findView(context, name);
    const { holders, ...rules } = await rulesOf(context.db, [view.id]);
    const breaks = (await breakingWith(context, call.asking, [view.id])).map(tableLabel);
    call.record(rules);
    if (!plan) await dropView(context, view, authorOf(call.principal));
    const owner = ownerLabel(call.asking.policy, view.view.ownerId);
    return { view: tableLabel(view), owner, ...rules, losesAccess: holders, breaks, dropped: !plan };
  },
});

export async function dropView({ db }: Pick<Context, "db">, view: ViewEntry, by: string | null): Promise<void> {
  const metadata = viewMetadata(view.id, await viewVersion(db, view));
  await inPolicyChange(db, async (transaction) => {
    await closeTable(transaction, { ...view, metadata }, { by, reason: "the view was dropped" });
    await transaction.deleteFrom("views").where("id", "=", view.id).execute();
  });
}
