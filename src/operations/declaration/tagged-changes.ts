/** Changes that give things tags as declared. */
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import type { TagAssignment } from "../../governance/tag-policy.ts";
import { parseTerm } from "../../governance/tag-text.ts";
import type { AccessChange } from "../access/access-change.ts";
import { ofAnother, withChanges, type AccessWork } from "../access/access-work.ts";
import { historyId } from "../../sync/history/change-history.ts";
import { placed } from "../placed.ts";
import { assignTags, type WantedTags } from "../tags/assign-tags.ts";
import { findTerm } from "../tags/find-tag.ts";
import { findTagged, thingOf, type TaggedThing } from "../tags/tagged-resource.ts";
import { tagNames } from "../tags/tags.ts";
import { accessDetails } from "./access-details.ts";
import type { DeclaredAccess } from "./declared-access.ts";
import type { LaterViews } from "./later-views.ts";
import type { PlaceOf } from "./read-declaration.ts";

interface DeclaredTagged {
  readonly tagged: DeclaredAccess["tagged"];
  readonly placeOf: PlaceOf;
  /** Views that are still to be made or changed, and whose tags are therefore left as they are. */
  readonly later?: LaterViews | undefined;
}

/** Returns the work with the policy that then holds. Throws what the operation `tag.set` throws, and DECLARATION_INVALID. */
export async function withTagged(
  work: AccessWork,
  declared: DeclaredTagged,
  changes: AccessChange[],
): Promise<AccessWork> {
  let now = work;
  const wanted = await allWanted(work, declared);
  const going = await undeclared(work, wanted);
  const things = [...wanted.values(), ...going.filter(({ thing }) => declared.later?.ids.has(thing.id) !== true)];
  for (const { at, thing, tags } of things) {
    const before = now;
    const made = await placed(at, () => change(before, thing, tags));
    if (made === undefined) continue;
    now = await withChanges(now);
    changes.push({ ...made, ...(await accessDetails(before, now, made)) });
  }
  return now;
}

interface WantedThing {
  readonly at: string;
  readonly thing: TaggedThing;
  readonly tags: readonly WantedTags[];
}

/** By what identifies the thing. */
async function allWanted(
  work: AccessWork,
  { tagged, placeOf, later }: DeclaredTagged,
): Promise<ReadonlyMap<string, WantedThing>> {
  const found = new Map<string, WantedThing>();
  for (const [on, given] of Object.entries(tagged)) {
    if (later?.isLater(on) === true) continue;
    const { tags, columns } = Array.isArray(given) ? { tags: given, columns: {} } : given;
    const all = [[undefined, tags] as const, ...Object.entries(columns)];
    for (const [column, words] of all) {
      const at = placeOf(["tagged", on]);
      const one = await placed(at, () => wantedThing(work, { at, on, column, words }));
      if (found.has(keyOf(one.thing))) throw declaredTwice(at, one.thing.label);
      found.set(keyOf(one.thing), one);
    }
  }
  return found;
}

interface DeclaredThing {
  readonly at: string;
  readonly on: string;
  readonly column: string | undefined;
  readonly words: readonly string[];
}

async function wantedThing(
  { lookup, asking }: AccessWork,
  { at, on, column, words }: DeclaredThing,
): Promise<WantedThing> {
  const thing = await findTagged(lookup, asking, { on, column });
  const tags = words.map((word) => findTerm(asking, thing.accountId, parseTerm(word)));
  const twice = tags.find(({ key }, index) => tags.findIndex((other) => other.key.id === key.id) !== index);
  if (twice !== undefined) throw declaredTwice(at, `${twice.key.name} of ${thing.label}`);
  return { at, thing, tags };
}

function declaredTwice(place: string, what: string): HeadgateError {
  return new HeadgateError("DECLARATION_INVALID", {
    place,
    message: `the tags of ${what} are declared twice`,
    remedy: "keep one of the two",
  });
}

function keyOf({ id, fieldId }: Pick<TagAssignment, "fieldId"> & { readonly id: string }): string {
  return `${id} ${fieldId ?? ""}`;
}

/** Things that a declaration gave tags, and that it does not name any more. */
async function undeclared(
  { asking, lookup, origin }: AccessWork,
  wanted: ReadonlyMap<string, WantedThing>,
): Promise<readonly WantedThing[]> {
  const ours = [...asking.policy.tags.assigned.values()].flat().filter((one) => one.origin === origin);
  // A history follows its table.
  const histories = new Set((await lookup.catalog.entries()).map(({ id }) => historyId(id)));
  const going = Map.groupBy(
    ours.filter(({ resourceId }) => !histories.has(resourceId)),
    ({ resourceId, fieldId }) => keyOf({ id: resourceId, fieldId }),
  );
  const things: WantedThing[] = [];
  for (const [key, [first]] of going) {
    if (wanted.has(key) || first === undefined) continue;
    const thing = await thingOf(lookup, asking, first);
    if (thing !== undefined && thing.accountId === asking.accountId) things.push({ at: "tagged", thing, tags: [] });
  }
  return things;
}

/** Keys that a declaration gave and does not name any more are taken away, too. */
async function change(
  work: AccessWork,
  thing: TaggedThing,
  tags: readonly WantedTags[],
): Promise<AccessChange | undefined> {
  const { transaction, asking, origin } = work;
  const own = (asking.policy.tags.assigned.get(thing.id) ?? []).filter(({ fieldId }) => fieldId === thing.fieldId);
  checkOwn(work, { thing, own, tags });
  const declared = new Set(tags.map(({ key }) => key.id));
  const going = own.filter((one) => one.origin === origin && !declared.has(one.keyId));
  const wanted = [...tags, ...[...new Set(going.map(({ keyId }) => keyId))].flatMap((id) => withoutKey(asking, id))];
  const { added, removed } = await assignTags({ transaction, asking, origin }, thing, wanted);
  if (added.length + removed.length === 0) return undefined;
  const names = (ids: readonly string[]): string => tagNames(asking.policy, ids).join(" ");
  return {
    what: "tagged",
    name: thing.label,
    change: removed.length === 0 ? "add" : added.length === 0 ? "remove" : "change",
    details: [added.length === 0 ? "" : names(added), removed.length === 0 ? "" : `no longer ${names(removed)}`].filter(
      (text) => text !== "",
    ),
    falls: [],
    about: [{ kind: thing.place.kind, name: thing.label, id: thing.id }],
  };
}

function withoutKey({ policy }: Asking, id: string): readonly WantedTags[] {
  const key = policy.tags.keys.get(id);
  return key === undefined ? [] : [{ key, values: [] }];
}

interface OwnTags {
  readonly thing: TaggedThing;
  readonly own: readonly TagAssignment[];
  readonly tags: readonly WantedTags[];
}

/** Tags that somebody else gave stay: a file that says something else of the same key is refused. */
function checkOwn({ origin }: AccessWork, { thing, own, tags }: OwnTags): void {
  for (const { key, values } of tags) {
    const other = own.find(
      (one) => one.keyId === key.id && one.origin !== origin && !values.some(({ id }) => id === one.valueId),
    );
    if (other !== undefined) throw ofAnother(`what ${thing.label} has of ${key.name}`, other.origin ?? null);
  }
}
