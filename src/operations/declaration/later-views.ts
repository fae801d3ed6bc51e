/**
 * The declared views that must be made or changed, in the order in which that can be done, and whether a name means one
 * of them. It changes nothing.
 */
import { isView, type TableEntry } from "../../catalog/catalog.ts";
import { newTableName, parseName, tableLabel, type NamedTable } from "../../catalog/table-name.ts";
import { nameTaken, viewVersion, type ViewEntry } from "../../catalog/view-store.ts";
import { using } from "../../base/cleanup.ts";
import { HeadgateError } from "../../errors.ts";
import { subjectOf } from "../../identity/principal.ts";
import { mentionedTables } from "../../query/statement-pool.ts";
import { ofAnother, type AccessWork } from "../access/access-work.ts";
import { placed } from "../placed.ts";
import { ownerLabel } from "../views/view-owner.ts";
import { viewState } from "../views/view-state.ts";
import type { DeclaredView } from "./declared-access.ts";
import type { Context } from "../context.ts";
import type { Call } from "../operation.ts";
import type { PlaceOf } from "./read-declaration.ts";

/** The call that applies a declaration, and its context. */
export interface ViewMaker {
  readonly context: Context;
  readonly call: Call;
}

export interface LaterView {
  readonly at: string;
  readonly named: NamedTable;
  readonly sql: string;
  /** As people write principals; undefined where the file leaves it open. */
  readonly owner: string | undefined;
  readonly existing: ViewEntry | undefined;
}

export interface LaterViews {
  readonly views: readonly LaterView[];
  /** Their names as labels. */
  readonly names: readonly string[];
  /** The ids of those that exist already. */
  readonly ids: ReadonlySet<string>;
  /** Whether a text, such as the resource of a grant, names one of them. */
  isLater(this: void, name: string): boolean;
}

/** Throws USAGE, LAKE_NAME_TAKEN, DECLARATION_INVALID. */
export async function laterViews(
  work: AccessWork,
  declared: Readonly<Record<string, DeclaredView>>,
  placeOf: PlaceOf,
): Promise<LaterViews> {
  const views: LaterView[] = [];
  const seen = new Set<string>();
  for (const [name, view] of Object.entries(declared)) {
    const at = placeOf(["views", name]);
    const one = await placed(at, () => wantedView(work, { at, name, view }));
    const label = tableLabel(one.named);
    if (seen.has(label)) throw declaredTwice(at, label);
    seen.add(label);
    if (await isDifferent(work, one)) views.push(one);
  }
  return {
    views,
    names: views.map(({ named }) => tableLabel(named)),
    ids: new Set(views.flatMap(({ existing }) => existing?.id ?? [])),
    isLater: (name) => views.some((view) => isNameOf(view, name)),
  };
}

/**
 * Reads the texts of views that are not stored yet, before the caller locks the policy: an engine is ready then for the work
 * that has to be done while everybody who changes rights waits, and a text that is no SELECT is refused at once.
 */
export async function readAhead(
  { context, call: { principal, signal } }: ViewMaker,
  declared: Readonly<Record<string, DeclaredView>>,
  placeOf: PlaceOf,
): Promise<void> {
  const { db, catalog, engines } = context;
  const stored = (await catalog.withViews().entries()).filter(isView);
  const texts = new Set<string>();
  for (const entry of stored) texts.add((await viewVersion(db, entry)).text);
  const fresh = Object.entries(declared).filter(([, view]) => !texts.has(textOf(view)));
  if (fresh.length === 0) return;
  await using(engines.lease({ principal: subjectOf(principal), signal }), async (lease) => {
    for (const [name, view] of fresh)
      await placed(placeOf(["views", name]), () => mentionedTables(lease, { sql: textOf(view), signal }));
  });
}

function textOf(view: DeclaredView): string {
  return typeof view === "string" ? view : view.sql;
}

function declaredTwice(place: string, label: string): HeadgateError {
  return new HeadgateError("DECLARATION_INVALID", {
    place,
    message: `${label} is declared twice, under two spellings of its name`,
    remedy: "keep one of the two",
  });
}

interface DeclaredByName {
  readonly at: string;
  readonly name: string;
  readonly view: DeclaredView;
}

async function wantedView(work: AccessWork, { at, name, view }: DeclaredByName): Promise<LaterView> {
  const named = newTableName(name);
  const { sql, owner } = typeof view === "string" ? { sql: view, owner: undefined } : view;
  const found = await entryNamed(work, named);
  if (found !== undefined && !isView(found)) throw nameTaken(tableLabel(found));
  if (found !== undefined && found.view.origin !== work.origin)
    throw ofAnother(`the view ${tableLabel(found)}`, found.view.origin ?? null);
  return { at, named, sql, owner, existing: found };
}

async function entryNamed({ lookup }: AccessWork, named: NamedTable): Promise<TableEntry | undefined> {
  const entries = await lookup.catalog.entries();
  return entries.find(
    ({ isElsewhere, database, name }) => isElsewhere !== true && database === named.database && name === named.name,
  );
}

/** A view whose tables were dropped and made anew is made anew, too: the file names them, and not their ids. */
async function isDifferent(work: AccessWork, { sql, owner, existing }: LaterView): Promise<boolean> {
  if (existing === undefined) return true;
  const { asking, lookup, transaction } = work;
  const { text } = await viewVersion(transaction, existing);
  if (text !== sql) return true;
  if (owner !== undefined && ownerLabel(asking.policy, existing.view.ownerId) !== owner) return true;
  return (await viewState(lookup.catalog.everything(), asking, existing)).state === "broken";
}

/**
 * Whether a text, such as the resource of a grant, names the view. A table of its database and name in another account is
 * told apart when the name is looked up.
 */
export function isNameOf({ named: { database, name } }: LaterView, text: string): boolean {
  try {
    const parts = parseName(text.trim().replace(/^table\s+/, ""));
    return parts.at(-1) === name && (parts.length === 1 || parts.at(-2) === database);
  } catch {
    return false;
  }
}

/** Each after those that its statement mentions. Throws DECLARATION_INVALID if views read each other. */
export async function inOrder(
  { views }: LaterViews,
  { context: { engines }, call: { principal, signal } }: ViewMaker,
): Promise<readonly LaterView[]> {
  if (views.length < 2) return views;
  const mentions = await using(engines.lease({ principal: subjectOf(principal), signal }), async (lease) => {
    const found = new Map<LaterView, readonly LaterView[]>();
    for (const view of views) {
      const { names } = await placed(view.at, () => mentionedTables(lease, { sql: view.sql, signal }));
      found.set(
        view,
        views.filter((other) => names.some(({ parts }) => isNamed(parts, other.named))),
      );
    }
    return found;
  });
  const ordered = new Set<LaterView>();
  const place = (view: LaterView, around: readonly LaterView[]): void => {
    if (around.includes(view)) throw readEachOther(view);
    if (ordered.has(view)) return;
    for (const other of mentions.get(view) ?? []) place(other, [...around, view]);
    ordered.add(view);
  };
  for (const view of views) place(view, []);
  return [...ordered];
}

function isNamed(parts: readonly string[], { database, name }: NamedTable): boolean {
  const [last = "", before = database] = parts.toReversed().map((part) => part.toLowerCase());
  return last === name.toLowerCase() && before.toLowerCase() === database.toLowerCase();
}

function readEachOther({ at, named }: LaterView): HeadgateError {
  return new HeadgateError("DECLARATION_INVALID", {
    place: at,
    message: `${tableLabel(named)} would read itself, through other views of the file`,
    remedy: "read tables instead of one of these views",
  });
}
