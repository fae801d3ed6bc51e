/**
 * Makes units, accounts, groups, members, data filters, tags, grants and descriptions as declared, in the caller's transaction,
 * and records
 * each change in the audit log there.
 * Invariant: whatever somebody else made is neither changed nor ended, except what hangs on something that ends.
 */
import type { Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { recordChanges, type AccessChange } from "../access/access-change.ts";
import { beginAccess, withChanges, type AccessParts, type AccessWork } from "../access/access-work.ts";
import { putGrants } from "../access/put-grants.ts";
import type { DeclaredAccess } from "./declared-access.ts";
import { changeFilters, removeFilters } from "./filter-changes.ts";
import { changeDescriptions } from "./description-changes.ts";
import { changeGlossary, removeTerms } from "./glossary-changes.ts";
import { changeGroups } from "./group-changes.ts";
import { changeMembers } from "./member-changes.ts";
import { changeExpressions, removeExpressions } from "./expression-changes.ts";
import { changeTagKeys, removeTagKeys } from "./tag-key-changes.ts";
import { withTagged } from "./tagged-changes.ts";
import { addOrganisation, removeOrganisation } from "./organisation-changes.ts";
import { changeProviders, type ProviderSecrets } from "./provider-changes.ts";
import type { PlaceOf } from "./read-declaration.ts";

/** The origin of everything that headgate.yaml makes, whatever the file is called. */
export const declaredOrigin = "yaml";

export interface AccessDeclaration extends Omit<AccessParts, "origin"> {
  readonly declared: DeclaredAccess;
  readonly placeOf: PlaceOf;
  readonly providers: ProviderSecrets;
}

/** Throws what doing the same one by one throws, with the place in the file, and DECLARATION_INVALID. */
export async function changeAccess(
  transaction: Kysely<Tables>,
  { declared, placeOf, providers, ...parts }: AccessDeclaration,
): Promise<readonly AccessChange[]> {
  const { organisation, groups, filters, grants, tags, tagged, glossary, descriptions } = declared;
  let work = await beginAccess(transaction, { ...parts, origin: declaredOrigin });
  const changes: AccessChange[] = [];
  const step = async (change: (now: AccessWork) => Promise<readonly AccessChange[]>): Promise<void> => {
    const made = await change(work);
    if (made.length > 0) work = await withChanges(work);
    changes.push(...made);
  };
  let kept: ReadonlySet<string> = new Set();
  await step((now) => addOrganisation(now, organisation, placeOf));
  await step((now) => changeGroups(now, groups, placeOf));
  const ofCompanies = { ...providers, declared: declared.identity_providers };
  await step((now) => changeProviders(now, ofCompanies, placeOf));
  await step((now) => changeMembers(now, groups, placeOf));
  await step(async (now) => {
    const made = await changeFilters(now, filters, placeOf);
    kept = made.declared;
    return made.changes;
  });
  await step((now) => changeTagKeys(now, tags, placeOf));
  await step((now) => changeExpressions(now, declared.tag_expressions, placeOf));
  work = await withTagged(work, { tagged, placeOf }, changes);
  const placedGrants = grants.map((grant, index) => ({ grant, at: placeOf(["grants", index]) }));
  await step((now) => putGrants(now, placedGrants));
  await step((now) => changeGlossary(now, glossary, placeOf));
  await step((now) => changeDescriptions(now, descriptions, placeOf));
  await step((now) => removeTerms(now, glossary, placeOf(["glossary"])));
  await step((now) => removeFilters(now, kept, placeOf(["filters"])));
  await step((now) => removeExpressions(now, declared.tag_expressions, placeOf(["tag_expressions"])));
  await step((now) => removeTagKeys(now, tags, placeOf(["tags"])));
  await step((now) => removeOrganisation(now, organisation, placeOf));
  await recordChanges(transaction, changes, { principal: work.asking.principal, origin: declaredOrigin });
  return changes;
}
