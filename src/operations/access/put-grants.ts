/**
 * Makes the grants of one origin exactly those of a list: adds what is missing, ends what is not in the list, and leaves
 * the rest as it is, within the caller's transaction.
 * Invariant: grants of any other origin are never ended, except those that were passed on from one that ends.
 */
import { z } from "zod";
import { HeadgateError } from "../../errors.ts";
import { checkStillThere } from "../../governance/closed-tables.ts";
import { checkForm } from "../../governance/grantable-on.ts";
import { addGrant, columnsJson, endGrants, type NewGrant } from "../../governance/grants.ts";
import { isSelf } from "../../governance/is-self.ts";
import { passedOnFrom } from "../../governance/passed-on.ts";
import { resourceKey, type Grant, type GrantedOn } from "../../governance/policy.ts";
import { checkHolder, rightToGrant } from "../../governance/right-to-grant.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import { findPrincipal, parsePrincipalName, principalLabel } from "../../identity/principal-name.ts";
import { knownTo } from "../known-to.ts";
import { placed } from "../placed.ts";
import type { AccessChange } from "./access-change.ts";
import { withChanges, type AccessWork } from "./access-work.ts";
import { checkTimes } from "./check-times.ts";
import { presentColumns } from "./column-names.ts";
import { singleGrants, type DeclaredGrant, type SingleGrant } from "./declared-grant.ts";
import { grantedPart } from "./granted-part.ts";
import { findResource, resourceNames, type FoundResource, type NamedResource } from "./granted-on.ts";
import { mayEnd } from "./may-end.ts";
import { instantOf, principalText } from "./present-grant.ts";
import { sensitiveColumns, sensitiveText } from "../tags/sensitive-columns.ts";
import { ensureWritten } from "../tags/written-expression.ts";

export interface PlacedGrant {
  /** Where it is written, for messages. */
  readonly at: string;
  readonly grant: DeclaredGrant;
}

/** A grant of the list, with the ids of what it names. */
interface WantedGrant extends Omit<NewGrant, "parentId"> {
  readonly at: string;
  readonly key: string;
  readonly found: FoundResource;
  readonly to: string;
  readonly said: SingleGrant;
}

/**
 * Throws whatever the operation `grant.add` throws, with the place in the list; DECLARATION_INVALID if a grant is in it
 * twice; and NOT_ALLOWED if a grant would have to end that the caller may not end.
 * With `isLater`, only what is missing is added, and not on these things: the whole list must follow.
 */
export async function putGrants(
  work: AccessWork,
  list: readonly PlacedGrant[],
  isLater?: (on: string) => boolean,
): Promise<readonly AccessChange[]> {
  const wanted = await resolveAll(work, list, isLater);
  const owned = [...work.asking.policy.grants.values()].filter(isOf(work.origin));
  const ending = owned.filter((grant) => {
    const one = wanted.get(keyOf(grant));
    return !isAsWanted(grant, one) && (one !== undefined || isLater === undefined);
  });
  const ended = await endAll(work, ending, (key) => wanted.has(key));
  const now = await withChanges(work);
  const kept = new Set([...now.asking.policy.grants.values()].filter(isOf(work.origin)).map(keyOf));
  const before = new Map(ending.map((grant) => [keyOf(grant), grant]));
  const added: AccessChange[] = [];
  for (const one of wanted.values())
    if (!kept.has(one.key)) added.push(await add(now, one, { before: before.get(one.key), ended }));
  const removed = ended.filter(({ key }) => !wanted.has(key)).map(({ change }) => change);
  const noted = await withSensitive(work, added);
  return [...noted, ...removed.toSorted((one, other) => (one.name < other.name ? -1 : 1))];
}

/** The grants of a share begin and end with it. */
const isOf = (wanted: string) => (grant: Grant) => grant.origin === wanted && grant.shareId === undefined;

/** By their keys. */
async function resolveAll(
  work: AccessWork,
  list: readonly PlacedGrant[],
  isLater: (on: string) => boolean = () => false,
): Promise<ReadonlyMap<string, WantedGrant>> {
  const found = new Map<string, WantedGrant>();
  for (const { at, grant } of list)
    for (const single of singleGrants(grant).filter(({ on }) => !isLater(on))) {
      const one = await placed(at, () => resolve(work, single, at));
      const other = found.get(one.key);
      if (other !== undefined) throw declaredTwice(one, other);
      found.set(one.key, one);
    }
  return found;
}

async function resolve(work: AccessWork, said: SingleGrant, at: string): Promise<WantedGrant> {
  const { lookup, asking, transaction } = work;
  const { permission, grantable: isGrantable = false } = said;
  const found = await findResource(lookup, asking, said.on);
  const { columns, filter } = await grantedPart(lookup, asking, { found, ...said });
  const form = { on: found.on, permission, columns, filterId: filter?.id, isGrantable };
  checkForm(form, found.label);
  const valid = { from: millisecondsOf(said.from), until: millisecondsOf(said.until) };
  const holder = await findPrincipal(transaction, parsePrincipalName(said.to)).catch(asMissing);
  const missing = filter?.missing ?? (holder instanceof HeadgateError ? holder : undefined);
  if (missing !== undefined || holder instanceof HeadgateError) {
    // Only those who may grant this are told which filters and principals there are.
    rightToGrant(asking, found.place, { ...form, valid });
    throw missing;
  }
  const key = keyText({ ...form, principalId: holder.id });
  return { ...form, at, key, found, said, valid, to: principalLabel(holder), principalId: holder.id };
}

function asMissing(failure: unknown): HeadgateError {
  if (failure instanceof HeadgateError) return failure;
  throw failure;
}

function millisecondsOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

function declaredTwice(one: WantedGrant, other: WantedGrant): HeadgateError {
  const isSame = one.valid.from === other.valid.from && one.valid.until === other.valid.until;
  return new HeadgateError("DECLARATION_INVALID", {
    place: one.at,
    message: `${labelOf(one)} is declared at ${other.at} already${isSame ? "" : ", with another beginning or end"}`,
    remedy: "keep one of the two",
  });
}

function labelOf({ permission, found, to }: WantedGrant): string {
  return `${permission} on ${found.label} to ${to}`;
}

type KeyParts = Pick<NewGrant, "principalId" | "permission" | "on" | "columns" | "filterId">;

/** Equal for two grants that differ only in when they are valid and whether they may be passed on. */
function keyText({ principalId, permission, on, columns, filterId = "" }: KeyParts): string {
  return [principalId, permission, resourceKey(on), columnsJson(columns) ?? "", filterId].join("\0");
}

/** The key of a grant that a declaration has made, which has one permission. */
function keyOf(grant: Grant): string {
  const [permission = "DESCRIBE"] = grant.permissions;
  return keyText({ ...grant, permission });
}

/** A grant that was passed on may have the end of its parent instead of none. */
function isAsWanted({ valid, grantable, parentId }: Grant, wanted: WantedGrant | undefined): boolean {
  if (wanted === undefined || valid.from !== wanted.valid.from) return false;
  const hasEnd = valid.until === wanted.valid.until || (wanted.valid.until === undefined && parentId !== undefined);
  return hasEnd && grantable.size > 0 === wanted.isGrantable;
}

interface EndedGrant {
  readonly key: string;
  readonly falls: readonly string[];
  readonly change: AccessChange;
}

/** With everything that was passed on from them. */
async function endAll(
  work: AccessWork,
  ending: readonly Grant[],
  isWanted: (key: string) => boolean,
): Promise<readonly EndedGrant[]> {
  if (ending.length === 0) return [];
  const { asking, lookup, transaction, by, origin } = work;
  const nameOf = await resourceNames(lookup, asking);
  if (!ending.every((grant) => mayEnd(asking, nameOf(grant.on).place, grant))) throw mayNotEnd(asking.principal.name);
  const together = new Set(ending);
  const ended = await Promise.all(ending.map((grant) => describeEnd(work, grant, { nameOf, together })));
  const [changed, removed] = [true, false].map((wanted) => ending.filter((grant) => isWanted(keyOf(grant)) === wanted));
  await endGrants(transaction, idsOf(changed), { by, reason: `${origin} declares another time` });
  await endGrants(transaction, idsOf(removed), { by, reason: `${origin} does not declare it any more` });
  return ended;
}

function idsOf(grants: readonly Grant[] = []): readonly string[] {
  return grants.map(({ id }) => id);
}

interface Ending {
  readonly nameOf: (on: GrantedOn) => NamedResource;
  /** The grants that end at the same time for their own reasons. */
  readonly together: ReadonlySet<Grant>;
}

async function describeEnd(work: AccessWork, grant: Grant, { nameOf, together }: Ending): Promise<EndedGrant> {
  const { asking } = work;
  const textOf = ({ permissions, on, principalId }: Grant): string =>
    `${[...permissions].join(", ")} on ${nameOf(on).label} to ${principalText(asking, principalId)}`;
  const passedOn = passedOnFrom(asking.policy, [grant]).filter((one) => !together.has(one));
  const falls = passedOn.map(textOf);
  const change: AccessChange = {
    what: "grant",
    change: "remove",
    name: textOf(grant),
    details: await partDetails(work, grant, nameOf(grant.on)),
    falls,
    about: aboutThing(grant.on, nameOf(grant.on).label),
    facts: { grants: idsOf([grant, ...passedOn]) },
  };
  return { key: keyOf(grant), falls, change };
}

function aboutThing(on: GrantedOn, name: string): AccessChange["about"] {
  return [{ kind: on.kind, name, id: "id" in on ? on.id : undefined }];
}

function mayNotEnd(name: string): HeadgateError {
  return new HeadgateError("NOT_ALLOWED", {
    message: `grants would have to end that ${name} may not end`,
    remedy: "ask an administrator of what they are on",
  });
}

interface Before {
  readonly before: Grant | undefined;
  readonly ended: readonly EndedGrant[];
}

async function add(work: AccessWork, wanted: WantedGrant, { before, ended }: Before): Promise<AccessChange> {
  const { asking, transaction, by, origin } = work;
  const { found, at, said, valid } = wanted;
  const parent = await placed(at, async () => {
    if (found.table !== undefined) await checkStillThere(transaction, { id: found.table.id, label: found.label });
    await ensureWritten(transaction, found.written, by);
    checkTimes({ place: found.label, from: said.from, until: said.until }, asking.now);
    const right = rightToGrant(asking, found.place, wanted);
    checkHolder(asking, right, wanted.principalId);
    return right;
  });
  const { parentId, accountId } = parent;
  const grant = { ...wanted, valid: { from: valid.from, until: parent.until }, parentId, accountId };
  const { id } = await addGrant(transaction, grant, { by, origin });
  const isSelfGrant = isSelf(asking, wanted.principalId);
  return {
    what: "grant",
    change: before === undefined ? "add" : "change",
    name: labelOf(wanted),
    details: [
      ...(before === undefined ? await addedDetails(work, wanted) : changedDetails(before, wanted)),
      ...(isSelfGrant ? ["a right that you give to yourself"] : []),
    ],
    falls: ended.find(({ key }) => key === wanted.key)?.falls ?? [],
    about: aboutThing(found.on, found.label),
    facts: { grants: [id], to: wanted.to, permissions: [wanted.permission] },
    isSelfGrant,
  };
}

/** Says which columns with sensitive tags the new grants cover. */
async function withSensitive(work: AccessWork, added: readonly AccessChange[]): Promise<readonly AccessChange[]> {
  if (added.length === 0) return added;
  const { asking } = await withChanges(work);
  return Promise.all(
    added.map(async (change) => {
      const ids = z.array(z.string()).parse(change.facts?.["grants"] ?? []);
      const grants = ids.map((id) => asking.policy.grants.get(id)).filter((grant) => grant !== undefined);
      const found = await sensitiveColumns(work.lookup, asking, grants);
      const notes = found.map((one) => `covers sensitive columns of ${sensitiveText(one)}`);
      return notes.length === 0 ? change : { ...change, details: [...change.details, ...notes] };
    }),
  );
}

async function addedDetails(work: AccessWork, wanted: WantedGrant): Promise<readonly string[]> {
  const { policy } = work.asking;
  const held = policy.grantsTo.get(wanted.principalId)?.get(resourceKey(wanted.on)) ?? [];
  const others = held.filter((grant) => keyOf(grant) === wanted.key && grant.origin?.startsWith("role:") !== true);
  return [
    ...(await partDetails(work, wanted, wanted.found)),
    ...timeDetails(wanted),
    ...(wanted.isGrantable ? ["may be passed on"] : []),
    ...others.map(({ origin = "a command or the API" }) => `${origin} has granted the same, which stays`),
  ];
}

async function partDetails(
  { lookup, asking }: AccessWork,
  { columns, filterId }: Pick<Grant, "columns" | "filterId">,
  { table }: Pick<FoundResource, "table">,
): Promise<readonly string[]> {
  if (filterId !== undefined) return [`filter ${asking.policy.filters.get(filterId)?.name ?? "that was removed"}`];
  if (columns.mode === "all" || table === undefined) return [];
  const { fields } = currentSchema((await lookup.catalog.load(table)).metadata);
  const shown = presentColumns(columns, fields, knownTo(asking)(table).isColumn);
  return [`${shown?.mode === "exclude" ? "all columns but" : "columns"} ${shown?.names.join(", ")}`];
}

function timeDetails({ valid: { from, until } }: Pick<Grant, "valid">): readonly string[] {
  return [
    ...(from === undefined ? [] : [`from ${instantOf(from)}`]),
    ...(until === undefined ? [] : [`until ${instantOf(until)}`]),
  ];
}

function changedDetails(before: Grant, { valid, isGrantable }: WantedGrant): readonly string[] {
  const wasGrantable = before.grantable.size > 0;
  return [
    ...changedMoment("from", before.valid.from, valid.from),
    ...changedMoment("until", before.valid.until, valid.until),
    ...(wasGrantable === isGrantable ? [] : [isGrantable ? "may be passed on" : "may not be passed on any more"]),
  ];
}

function changedMoment(word: string, before: number | undefined, after: number | undefined): readonly string[] {
  return before === after ? [] : [`${word} ${instantOf(before) ?? "none"} → ${instantOf(after) ?? "none"}`];
}
