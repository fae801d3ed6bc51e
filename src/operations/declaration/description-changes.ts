/**
 * Changes that make what is said of databases and tables as declared: parameters, terms, marks, owners and stewards.
 * Invariant: what a command has said is neither changed nor removed; only what a declaration has said is.
 */
import { HeadgateError } from "../../errors.ts";
import { checkStillThere } from "../../governance/closed-tables.ts";
import { addSteward, endStewards, stewardsOf } from "../../governance/stewards.ts";
import { stewardRoles, type StewardRole } from "../../db/tables.ts";
import { lastColumnNames } from "../../iceberg/last-column-names.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import { findMember, parsePrincipalName, principalLabel } from "../../identity/principal-name.ts";
import { attachTerm, detachTerm, findTerm } from "../../stewardship/glossary.ts";
import { setMark } from "../../stewardship/marks.ts";
import { setParameters, type Author } from "../../stewardship/parameters.ts";
import { saidOf, type Said } from "../../stewardship/said-of.ts";
import type { AccessChange } from "../access/access-change.ts";
import { checkMay, ofAnother, type AccessWork } from "../access/access-work.ts";
import { placed } from "../placed.ts";
import { fieldNamed, findThing, securableThing, type DescribedThing } from "../stewardship/described-thing.ts";
import type { DeclaredDescription, DeclaredDescriptions } from "./declared-descriptions.ts";
import { describedByOrigin } from "./described-by-origin.ts";
import type { PlaceOf } from "./read-declaration.ts";
import { isSelf } from "../../governance/is-self.ts";

const nothingSaid: DeclaredDescription = { parameters: {}, terms: [], owners: [], stewards: [], columns: {} };

/** Throws what the operations that do the same one by one throw, and DECLARATION_INVALID. */
export async function changeDescriptions(
  work: AccessWork,
  descriptions: DeclaredDescriptions,
  placeOf: PlaceOf,
): Promise<readonly AccessChange[]> {
  const changes: AccessChange[] = [];
  const declared = new Set<string>();
  for (const [on, description] of Object.entries(descriptions)) {
    const made = await placed(placeOf(["descriptions", on]), async () => {
      const thing = await findThing(work.lookup, work.asking, on);
      if (declared.has(thing.id)) throw declaredTwice(thing.label);
      declared.add(thing.id);
      return describeThing(work, { thing, description });
    });
    changes.push(...made);
  }
  for (const thing of await describedByOrigin(work)) {
    if (declared.has(thing.id)) continue;
    const left = await placed(placeOf(["descriptions"]), () =>
      describeThing(work, { thing, description: nothingSaid }),
    );
    changes.push(...left);
  }
  return changes;
}

function declaredTwice(label: string): HeadgateError {
  return new HeadgateError("DECLARATION_INVALID", {
    message: `${label} is described twice, under two spellings of its name`,
    remedy: "keep one of the two",
  });
}

interface Wanted {
  readonly thing: DescribedThing;
  readonly description: DeclaredDescription;
}

async function describeThing(work: AccessWork, { thing, description }: Wanted): Promise<readonly AccessChange[]> {
  const { transaction, origin, by } = work;
  const said = (await saidOf(transaction, [thing.id]))(thing.id);
  const parts: Parts = { ...(await partsOf(work, { thing, description })), work, thing, said, author: { by, origin } };
  const details = [
    ...(await changeParameters(parts)),
    ...(await changeTerms(parts)),
    ...(await changeMark(parts, description)),
  ];
  if (details.length > 0) {
    checkMay(work, "annotate", securableThing(thing));
    if (thing.kind === "table") await checkStillThere(transaction, thing);
  }
  const about = [{ kind: thing.kind, name: thing.label, id: thing.id }];
  const common = { name: thing.label, falls: [], about } as const;
  return [
    ...(details.length === 0 ? [] : [{ ...common, what: "description", change: "change", details } as const]),
    ...(await changeStewards(parts, description)),
  ];
}

/** A column, or the thing itself. */
interface Level {
  readonly fieldId: number | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly terms: readonly string[];
}

interface Parts {
  readonly work: AccessWork;
  readonly thing: DescribedThing;
  readonly said: Said;
  readonly author: Author;
  readonly levels: readonly Level[];
  /** How a level is written before what changes there: `email: `, or nothing for the thing itself. */
  prefixOf(fieldId: number | undefined): string;
}

async function partsOf(
  { lookup }: AccessWork,
  { thing, description }: Wanted,
): Promise<Pick<Parts, "levels" | "prefixOf">> {
  const loaded = thing.table && (await lookup.catalog.load(thing.table));
  const { columns, certified, deprecated } = description;
  if (loaded === undefined && (Object.keys(columns).length > 0 || (certified ?? deprecated) !== undefined))
    throw new HeadgateError("DECLARATION_INVALID", {
      message: `${thing.label} is a database, which has neither columns nor a mark`,
    });
  const nameOf = loaded && lastColumnNames(loaded.metadata);
  const fields = loaded === undefined ? [] : currentSchema(loaded.metadata).fields;
  const ofColumns = Object.entries(columns).map(([name, column]) =>
    levelOf(column, fieldNamed(fields, name, `${thing.label}: ${name}`).id),
  );
  return {
    levels: [levelOf(description, undefined), ...ofColumns],
    prefixOf: (fieldId) => (fieldId === undefined ? "" : `${nameOf?.(fieldId) ?? ""}: `),
  };
}

function levelOf(
  { description, parameters, terms }: Pick<DeclaredDescription, "description" | "parameters" | "terms">,
  fieldId: number | undefined,
): Level {
  return { fieldId, terms, parameters: description === undefined ? parameters : { ...parameters, description } };
}

async function changeParameters({ work, thing, said, author, levels, prefixOf }: Parts): Promise<readonly string[]> {
  const wanted = levels.flatMap(({ fieldId, parameters }) =>
    Object.entries(parameters).map(([key, value]) => ({ on: { kind: thing.kind, id: thing.id, fieldId }, key, value })),
  );
  const gone = said.parameters.flatMap(({ on, key, value, origin }) => {
    const now = wanted.find((one) => one.on.fieldId === on.fieldId && one.key === key);
    if (origin !== work.origin) {
      if (now !== undefined && now.value !== value)
        throw ofAnother(`the parameter ${prefixOf(on.fieldId)}${key} of ${thing.label}`, origin);
      return [];
    }
    return now === undefined ? [{ on, key, value: undefined }] : [];
  });
  const made = await setParameters(work.transaction, [...gone, ...wanted], author);
  return made.map(
    ({ on, key, before, value }) => `${prefixOf(on.fieldId)}${key} ${before ?? "none"} → ${value ?? "none"}`,
  );
}

async function changeTerms({ work, thing, said, author, levels, prefixOf }: Parts): Promise<readonly string[]> {
  const { transaction, origin, asking } = work;
  const details: string[] = [];
  const kept = new Set<string>();
  for (const { fieldId, terms } of levels)
    for (const name of terms) {
      const term = await findTerm(transaction, asking.accountId ?? thing.accountId, name);
      kept.add(`${term.id} ${fieldId ?? ""}`);
      const on = { kind: thing.kind, id: thing.id, fieldId };
      if (await attachTerm(transaction, { termId: term.id, on }, author))
        details.push(`${prefixOf(fieldId)}term ${term.name} attached`);
    }
  for (const { term, on, origin: made } of said.attachments) {
    if (made !== origin || kept.has(`${term.id} ${on.fieldId ?? ""}`)) continue;
    await detachTerm(transaction, { termId: term.id, on });
    details.push(`${prefixOf(on.fieldId)}term ${term.name} detached`);
  }
  return details;
}

async function changeMark(
  { work, thing, said: { mark: had }, author }: Parts,
  { certified, deprecated }: DeclaredDescription,
): Promise<readonly string[]> {
  if (thing.kind !== "table") return [];
  const wanted = certified === undefined ? await deprecationOf(work, deprecated) : markOf("certified", certified);
  if (had !== undefined && had.origin !== work.origin) {
    if (wanted !== undefined) throw ofAnother(`the mark of ${thing.label}`, had.origin);
    return [];
  }
  const isChanged = await setMark(work.transaction, { tableId: thing.id, mark: wanted }, author);
  return isChanged ? [`mark ${had?.mark ?? "none"} → ${wanted?.mark ?? "none"}`] : [];
}

function markOf(mark: "certified" | "deprecated", reason: string) {
  return { mark, reason, successorId: undefined };
}

async function deprecationOf({ lookup }: AccessWork, deprecated: DeclaredDescription["deprecated"]) {
  if (deprecated === undefined) return undefined;
  const { reason, successor } = deprecated;
  const next = successor === undefined ? undefined : await lookup.catalog.findEntry(successor);
  return { ...markOf("deprecated", reason), successorId: next?.id };
}

/** Somebody whom a command has named already stays named by it. */
async function changeStewards(
  { work, thing, author }: Parts,
  description: DeclaredDescription,
): Promise<readonly AccessChange[]> {
  const { transaction, origin } = work;
  const named = { owner: description.owners, steward: description.stewards } satisfies Record<StewardRole, unknown>;
  const open = await stewardsOf(transaction, { ids: [thing.id] });
  const changes: AccessChange[] = [];
  for (const role of stewardRoles) {
    const kept = new Set<string>();
    for (const who of named[role]) {
      const { id: principalId } = await findMember(transaction, parsePrincipalName(who));
      kept.add(principalId);
      if (open.some((one) => one.role === role && one.principalId === principalId)) continue;
      await addSteward(transaction, { of: thing, role, principalId }, author);
      changes.push({ ...stewardChange(thing, { role, who }, "add"), isSelfGrant: isSelf(work.asking, principalId) });
    }
    const going = open.filter((one) => one.role === role && one.origin === origin && !kept.has(one.principalId));
    await endStewards(
      transaction,
      going.map(({ id }) => id),
    );
    changes.push(...going.map((one) => stewardChange(thing, { role, who: principalLabel(one) }, "remove")));
  }
  if (changes.length > 0) checkMay(work, "administer", securableThing(thing));
  return changes;
}

function stewardChange(
  { kind, id, label }: DescribedThing,
  { role, who }: { readonly role: StewardRole; readonly who: string },
  change: "add" | "remove",
): AccessChange {
  const about = [{ kind, name: label, id }];
  return { what: "steward", name: `${who} as ${role} of ${label}`, change, details: [], falls: [], about };
}
