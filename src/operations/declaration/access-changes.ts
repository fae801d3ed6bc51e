/**
 * Makes units, accounts, groups, members, views, data filters, tags, products, grants and descriptions as declared, in the
 * caller's transaction, and records each change in the audit log there.
 * Invariant: whatever somebody else made is neither changed nor ended, except what hangs on something that ends.
 */
import type { Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { recordChanges, type AccessChange } from "../access/access-change.ts";
import { beginAccess, withChanges, withEntries, type AccessParts, type AccessWork } from "../access/access-work.ts";
import { putGrants } from "../access/put-grants.ts";
import type { DeclaredAccess } from "./declared-access.ts";
import { changeFilters, removeFilters } from "./filter-changes.ts";
import { changeDescriptions } from "./description-changes.ts";
import { changeGlossary, removeTerms } from "./glossary-changes.ts";
import { changeGroups } from "./group-changes.ts";
import { inOrder, isNameOf, laterViews, type LaterViews, type ViewMaker } from "./later-views.ts";
import { changeMembers } from "./member-changes.ts";
import { changeExpressions, removeExpressions } from "./expression-changes.ts";
import { changeLinks } from "./link-changes.ts";
import { changeProducts, removeProducts } from "./product-changes.ts";
import { changeTagKeys, removeTagKeys } from "./tag-key-changes.ts";
import { withTagged } from "./tagged-changes.ts";
import { addOrganisation, removeOrganisation } from "./organisation-changes.ts";
import { changeProviders, type ProviderSecrets } from "./provider-changes.ts";
import { changeProcesses } from "./process-changes.ts";
import { changeShares } from "./share-changes.ts";
import type { PlaceOf } from "./read-declaration.ts";
import { changeView, removeViews } from "./view-changes.ts";

/** The origin of everything that headgate.yaml makes, whatever the file is called. */
export const declaredOrigin = "yaml";

export interface AccessDeclaration extends Omit<AccessParts, "origin"> {
  readonly declared: DeclaredAccess;
  readonly placeOf: PlaceOf;
  readonly providers: ProviderSecrets;
  /** Who makes and drops views, and with which engines. */
  readonly maker: ViewMaker;
}

/** Throws what doing the same one by one throws, with the place in the file, and DECLARATION_INVALID. */
export async function changeAccess(
  transaction: Kysely<Tables>,
  { declared, placeOf, providers, maker, ...parts }: AccessDeclaration,
): Promise<readonly AccessChange[]> {
  const { organisation, groups, filters, tags, tagged, glossary, descriptions } = declared;
  const progress = progressOf(await beginAccess(transaction, { ...parts, origin: declaredOrigin }));
  const { step } = progress;
  const kept = new Set<string>();
  const makeFilters = (wanted: typeof filters) =>
    step(async (now) => {
      const made = await changeFilters(now, wanted, placeOf);
      for (const id of made.declared) kept.add(id);
      return made.changes;
    });
  const tag = async (later?: LaterViews): Promise<void> => {
    progress.work = await withTagged(progress.work, { tagged, placeOf, later }, progress.changes);
  };
  await step((now) => addOrganisation(now, organisation, placeOf));
  await step((now) => changeGroups(now, groups, placeOf));
  const ofCompanies = { ...providers, declared: declared.identity_providers };
  await step((now) => changeProviders(now, ofCompanies, placeOf));
  await step((now) => changeMembers(now, groups, placeOf));
  await step((now) => removeViews(now, maker, { views: declared.views, placeOf }));
  progress.work = await withEntries(progress.work);
  const later = await laterViews(progress.work, declared.views, placeOf);
  await makeFilters(entriesOf(filters, (on) => !later.isLater(on)));
  await step((now) => changeTagKeys(now, tags, placeOf));
  await step((now) => changeExpressions(now, declared.tag_expressions, placeOf));
  const products = productsInOrder(declared.products, later);
  await step((now) => changeProducts(now, products.first, placeOf));
  const placedGrants = declared.grants.map((grant, index) => ({ grant, at: placeOf(["grants", index]) }));
  if (later.names.length > 0) {
    // The owners of views need their rights first, and views must be there before something is granted on them.
    await tag(later);
    await step((now) => putGrants(now, placedGrants, (on) => later.isLater(on) || products.isLater(on)));
    for (const view of await inOrder(later, maker)) {
      await step((now) => changeView(now, maker, view));
      progress.work = await withEntries(progress.work);
      // The owner of the next view may need them.
      await makeFilters(entriesOf(filters, (on) => isNameOf(view, on)));
      await step((now) => putGrants(now, placedGrants, (on) => !isNameOf(view, on)));
    }
  }
  await step((now) => changeProducts(now, products.later, placeOf));
  await tag();
  await step((now) => putGrants(now, placedGrants));
  await step((now) => changeLinks(now, declared.links, placeOf));
  await step((now) => changeProcesses(now, declared.processes, placeOf));
  await step((now) => changeShares(now, declared.shares, placeOf));
  await step((now) => changeGlossary(now, glossary, placeOf));
  await step((now) => changeDescriptions(now, descriptions, placeOf));
  await step((now) => removeProducts(now, declared.products, placeOf(["products"])));
  await step((now) => removeTerms(now, glossary, placeOf(["glossary"])));
  await step((now) => removeFilters(now, kept, placeOf(["filters"])));
  await step((now) => removeExpressions(now, declared.tag_expressions, placeOf(["tag_expressions"])));
  await step((now) => removeTagKeys(now, tags, placeOf(["tags"])));
  await step((now) => removeOrganisation(now, organisation, placeOf));
  const { changes, work } = progress;
  await recordChanges(transaction, changes, { principal: work.asking.principal, origin: declaredOrigin });
  return changes;
}

/** Products that have a view which is not made yet follow it, and the grants on them. */
function productsInOrder(products: DeclaredAccess["products"], views: LaterViews) {
  const later = entriesOf(products, (name) => products[name]?.has.some((on) => views.isLater(on)) === true);
  return {
    first: entriesOf(products, (name) => later[name] === undefined),
    later,
    isLater: (on: string): boolean => {
      const [, named] = /^product\s+(.+)$/i.exec(on.trim()) ?? [];
      return Object.keys(later).some((name) => name.toLowerCase() === named?.trim().toLowerCase());
    },
  };
}

interface Progress {
  work: AccessWork;
  readonly changes: AccessChange[];
  step(change: (now: AccessWork) => Promise<readonly AccessChange[]>): Promise<void>;
}

/** After each step that changed something, the policy is read again. */
function progressOf(begun: AccessWork): Progress {
  const progress: Progress = {
    work: begun,
    changes: [],
    async step(change) {
      const made = await change(progress.work);
      if (made.length > 0) progress.work = await withChanges(progress.work);
      progress.changes.push(...made);
    },
  };
  return progress;
}

function entriesOf<T>(record: Readonly<Record<string, T>>, isWanted: (name: string) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => isWanted(name)));
}
