/**
 * Changes that make, change and drop views as declared, within the caller's transaction, by the same rules as the
 * operations that do the same one by one.
 * Invariant: a view that a command has made is neither changed nor dropped.
 */
import { isView } from "../../catalog/catalog.ts";
import { newTableName, tableLabel } from "../../catalog/table-name.ts";
import { viewVersion, type ViewEntry } from "../../catalog/view-store.ts";
import { rulesOf } from "../../governance/closed-tables.ts";
import { securableTable } from "../../governance/securable.ts";
import type { AccessChange } from "../access/access-change.ts";
import { checkMay, type AccessWork } from "../access/access-work.ts";
import { placed } from "../placed.ts";
import { ownAccountOf } from "../scope.ts";
import { makeView } from "../views/make-view.ts";
import { breakingWith } from "../views/present-lineage.ts";
import { dropView, transfer } from "../views/view-change.ts";
import { chosenOwner, ownerLabel } from "../views/view-owner.ts";
import { viewState } from "../views/view-state.ts";
import type { DeclaredAccess } from "./declared-access.ts";
import type { LaterView, ViewMaker } from "./later-views.ts";
import type { PlaceOf } from "./read-declaration.ts";

/** The same, seeing and writing what the transaction sees and writes. */
function within({ transaction, asking, lookup }: AccessWork, { context, call }: ViewMaker): ViewMaker {
  const catalog = lookup.catalog.everything(transaction);
  return { context: { ...context, db: transaction, catalog }, call: { ...call, asking } };
}

/** Throws what making or changing the view by a command throws. */
export async function changeView(
  work: AccessWork,
  maker: ViewMaker,
  wanted: LaterView,
): Promise<readonly AccessChange[]> {
  return placed(wanted.at, async () => {
    const { existing } = wanted;
    if (existing === undefined) return makeAnew(work, maker, wanted);
    const { text } = await viewVersion(work.transaction, existing);
    const catalog = work.lookup.catalog.everything();
    const isWhole = text === wanted.sql && (await viewState(catalog, work.asking, existing)).state !== "broken";
    return isWhole ? giveAway(work, maker, { ...wanted, existing }) : makeAnew(work, maker, wanted);
  });
}

async function makeAnew(work: AccessWork, maker: ViewMaker, wanted: LaterView): Promise<readonly AccessChange[]> {
  const { existing, named, sql, owner } = wanted;
  checkMay(
    work,
    existing === undefined ? "create" : "alter",
    existing ? securableTable(existing) : ownAccountOf(work.asking),
  );
  const { context, call } = within(work, maker);
  const { origin, asking } = work;
  const label = tableLabel(named);
  const made = await makeView(context, call, { name: label, sql, replace: existing !== undefined, owner, origin });
  const before = existing && ownerLabel(asking.policy, existing.view.ownerId);
  const reads = `reads ${made.reads.join(", ") || "nothing"}`;
  const details =
    before === undefined
      ? [`owner ${made.owner}`, reads]
      : [`version ${made.version}`, reads, ...(before === made.owner ? [] : [`owner ${before} → ${made.owner}`])];
  const facts = { version: made.version, owner: made.owner };
  return [{ ...(await viewNamed(work, label)), change: made.isNew ? "add" : "change", details, facts }];
}

async function viewNamed({ lookup, transaction }: AccessWork, label: string) {
  const entries = await lookup.catalog.everything(transaction).entries();
  const id = entries.find((entry) => tableLabel(entry) === label)?.id;
  return { what: "view", name: label, falls: [], about: [{ kind: "table", name: label, id }] } as const;
}

interface GivenAway extends LaterView {
  readonly existing: ViewEntry;
}

async function giveAway(
  work: AccessWork,
  maker: ViewMaker,
  { existing, owner }: GivenAway,
): Promise<readonly AccessChange[]> {
  checkMay(work, "alter", securableTable(existing));
  const { context, call } = within(work, maker);
  const before = ownerLabel(work.asking.policy, existing.view.ownerId);
  const next = await chosenOwner(context, call.asking, owner);
  const text = await viewVersion(work.transaction, existing);
  await transfer(context, call, { view: existing, text, owner: next });
  const details = [`owner ${before} → ${next.label}`];
  return [{ ...(await viewNamed(work, tableLabel(existing))), change: "change", details }];
}

interface WantedViews {
  readonly views: DeclaredAccess["views"];
  readonly placeOf: PlaceOf;
}

/** Those that a declaration made and does not name any more. Throws NOT_ALLOWED. */
export async function removeViews(
  work: AccessWork,
  maker: ViewMaker,
  { views, placeOf }: WantedViews,
): Promise<readonly AccessChange[]> {
  const entries = await work.lookup.catalog.entries();
  const at = placeOf(["views"]);
  const kept = await placed(at, () => new Set(Object.keys(views).map((name) => tableLabel(newTableName(name)))));
  const going = entries
    .filter(isView)
    .filter(({ isElsewhere, view }) => !isElsewhere && view.origin === work.origin)
    .filter((entry) => !kept.has(tableLabel(entry)));
  const labels = new Set(going.map(tableLabel));
  const changes: AccessChange[] = [];
  for (const view of going) changes.push(await placed(at, () => remove(work, maker, { view, labels })));
  return changes;
}

interface GoingView {
  readonly view: ViewEntry;
  /** Everything that goes, which is no news about the others. */
  readonly labels: ReadonlySet<string>;
}

async function remove(work: AccessWork, maker: ViewMaker, { view, labels }: GoingView): Promise<AccessChange> {
  const { transaction, asking, by } = work;
  checkMay(work, "drop", securableTable(view));
  const { context } = within(work, maker);
  const { holders } = await rulesOf(transaction, [view.id]);
  const broken = (await breakingWith(context, asking, [view.id])).map(tableLabel).filter((name) => !labels.has(name));
  await dropView(context, view, by);
  const label = tableLabel(view);
  return {
    what: "view",
    name: label,
    change: "remove",
    details: [],
    falls: [...holders.map((holder) => `what ${holder} may do with it`), ...broken.map((name) => `${name} breaks`)],
    about: [{ kind: "table", name: label, id: view.id }],
  };
}
