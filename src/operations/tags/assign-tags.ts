/**
 * Gives a thing tags and takes them away, within a transaction that holds the lock of the policy.
 * Invariants: whoever does it may assign every value that the thing gets or loses, also what it inherits, and may change
 * the thing; nothing has two values of a key that allows one; the history of a table has the tags of the table.
 */
import type { Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { checkStillThere } from "../../governance/closed-tables.ts";
import { decideFor, holds } from "../../governance/decide.ts";
import { columnTags, ownTags, tableTags, type TagSet } from "../../governance/effective-tags.ts";
import type { Policy } from "../../governance/policy.ts";
import { endAssignments, insertAssignment } from "../../governance/tag-store.ts";
import type { TagAssignment, TagKey, TagValue } from "../../governance/tag-policy.ts";
import { authorOf } from "../../identity/principal.ts";
import { mayKnowValue, securableValue } from "./find-tag.ts";
import type { TaggedThing } from "./tagged-resource.ts";

export interface WantedTags {
  readonly key: TagKey;
  /** All that the thing has of this key afterwards, of its own; without any, it inherits. */
  readonly values: readonly TagValue[];
}

export interface AssignedTags {
  /** Values that it has of its own, or has no longer. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

interface Assigning {
  readonly transaction: Kysely<Tables>;
  readonly asking: Asking;
  readonly origin: string | null;
}

/** Throws NOT_ALLOWED, TAG_INVALID, and TABLE_NOT_FOUND for a table that was dropped meanwhile. */
export async function assignTags(
  assigning: Assigning,
  thing: TaggedThing,
  wanted: readonly WantedTags[],
): Promise<AssignedTags> {
  const { transaction, asking } = assigning;
  if (thing.place.kind === "table") await checkStillThere(transaction, { id: thing.id, label: thing.label });
  checkForm(thing, wanted);
  checkRights(asking, thing, wanted);
  if (thing.history !== undefined) await store(assigning, { ...thing, ...thing.history }, wanted);
  return store(assigning, thing, wanted);
}

async function store(
  { transaction, asking, origin }: Assigning,
  thing: Pick<TaggedThing, "id" | "kind" | "fieldId">,
  wanted: readonly WantedTags[],
): Promise<AssignedTags> {
  const by = authorOf(asking.principal);
  const own = (asking.policy.tags.assigned.get(thing.id) ?? []).filter(({ fieldId }) => fieldId === thing.fieldId);
  const ending = own.filter((one) => isGiven(wanted, one) === false);
  const added = wanted.flatMap(({ key, values }) =>
    values
      .filter(({ id }) => !own.some(({ valueId }) => valueId === id))
      .map(({ id }) => ({ keyId: key.id, valueId: id })),
  );
  await endAssignments(
    transaction,
    ending.map(({ id }) => id),
    by,
  );
  const { kind, id: resourceId, fieldId } = thing;
  for (const one of added) await insertAssignment(transaction, { kind, resourceId, fieldId, ...one, origin, by });
  return { added: added.map(({ valueId }) => valueId), removed: ending.map(({ valueId }) => valueId) };
}

/** Undefined for a key that nothing is said about. */
function isGiven(wanted: readonly WantedTags[], { keyId, valueId }: TagAssignment): boolean | undefined {
  return wanted.find(({ key }) => key.id === keyId)?.values.some(({ id }) => id === valueId);
}

function checkForm({ label, accountId }: TaggedThing, wanted: readonly WantedTags[]): void {
  for (const { key, values } of wanted) {
    if (key.accountId !== accountId)
      throw new HeadgateError("TAG_INVALID", { place: label, message: `${key.name} is a key of another account` });
    if (values.length > 1 && !key.isMultiple)
      throw new HeadgateError("TAG_INVALID", {
        place: label,
        message: `${key.name} allows one value, not ${values.map(({ name }) => name).join(", ")}`,
        remedy: `give one value, or let the key have several: headgate tag change ${key.name} --multiple`,
      });
  }
}

function checkRights(asking: Asking, thing: TaggedThing, wanted: readonly WantedTags[]): void {
  if (!decideFor(asking, "annotate", thing.place).allowed)
    throw mayNot(asking, `change ${thing.label}`, "be granted ALTER on it: a tag needs a right on the thing, too");
  const { tags } = asking.policy;
  for (const { key, values } of wanted) {
    const before = effective(asking.policy, thing).get(key.id) ?? new Set();
    const inherited = inheritedBy(asking.policy, thing).get(key.id) ?? new Set();
    const after = values.length === 0 ? inherited : new Set(values.map(({ id }) => id));
    const own = ownOf(asking.policy, thing).get(key.id) ?? new Set();
    const changed = before
      .symmetricDifference(after)
      .union(own.symmetricDifference(new Set(values.map(({ id }) => id))));
    const forbidden = [...changed].find((id) => !holds(asking, "ASSOCIATE", securableValue(key, { id })));
    if (forbidden !== undefined)
      throw mayNot(
        asking,
        mayKnowValue(asking, key, { id: forbidden })
          ? `give or take ${key.name}=${tags.values.get(forbidden)?.name ?? ""}`
          : `take the value of ${key.name} away that it has`,
        `be granted ASSOCIATE on "tag ${key.name}", or on each value that the thing gets or loses`,
      );
  }
}

function mayNot({ principal }: Asking, what: string, remedy: string): HeadgateError {
  return new HeadgateError("NOT_ALLOWED", { message: `${principal.name} may not ${what}`, remedy });
}

function ownOf({ tags }: Policy, { id, fieldId }: TaggedThing): TagSet {
  const own = ownTags(tags, id);
  return fieldId === undefined ? own.whole : (own.columns.get(fieldId) ?? new Map());
}

function effective(policy: Policy, thing: TaggedThing): TagSet {
  const { place, fieldId } = thing;
  if (place.kind !== "table") return ownOf(policy, thing);
  const levels = tableTags(policy.tags, place);
  return fieldId === undefined ? levels.table : columnTags(levels, fieldId);
}

function inheritedBy({ tags }: Policy, { place, fieldId }: TaggedThing): TagSet {
  if (place.kind !== "table") return new Map();
  const levels = tableTags(tags, place);
  return fieldId === undefined ? levels.database : levels.table;
}
