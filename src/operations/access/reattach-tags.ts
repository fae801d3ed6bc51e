/**
 * Gives a table and its columns the tags again that the dropped table of its name had, within the transaction that makes
 * its grants again.
 * Invariants: it gives nothing that the caller may not assign, and leaves alone what the table has of a key already.
 */
import type { Kysely } from "kysely";
import { z } from "zod";
import type { CatalogTable } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import type { ClosedTable, ClosedTag } from "../../governance/closed-tables.ts";
import type { TagKey, TagValue } from "../../governance/tag-policy.ts";
import type { Context } from "../context.ts";
import { assignTags } from "../tags/assign-tags.ts";
import { mayKnowValue } from "../tags/find-tag.ts";
import { findTagged } from "../tags/tagged-resource.ts";
import { columnNow } from "./column-now.ts";

export const reattachedTag = z.strictObject({
  tag: z.string().describe("As key=value."),
  column: z.string().nullable().describe("Null for the table itself."),
  isNew: z.boolean(),
});

type ReattachedTag = z.infer<typeof reattachedTag>;

export interface TagOutcome {
  readonly made: readonly ReattachedTag[];
  readonly skipped: readonly { readonly what: string; readonly why: string }[];
}

interface Work {
  readonly context: Context;
  readonly transaction: Kysely<Tables>;
  readonly table: CatalogTable;
  /** The caller under the policy as the transaction sees it. */
  asking(): Promise<Asking>;
}

export async function reattachTags(work: Work, closed: ClosedTable): Promise<TagOutcome> {
  const outcomes: TagOutcome[] = [];
  const ofEachKey = Map.groupBy(closed.tags, ({ fieldId, keyId }) => `${fieldId ?? ""} ${keyId}`);
  for (const tags of ofEachKey.values()) outcomes.push(await reattachKey(work, closed, tags));
  return { made: outcomes.flatMap(({ made }) => made), skipped: outcomes.flatMap(({ skipped }) => skipped) };
}

/** The values that one thing had of one key. */
async function reattachKey(work: Work, closed: ClosedTable, tags: readonly ClosedTag[]): Promise<TagOutcome> {
  const asking = await work.asking();
  const [first] = tags;
  const known = first && knownTag(asking, first.keyId, tags);
  if (first === undefined || known === undefined)
    return leftOut("a tag", "there is no such tag any more, or you may not know it");
  const what = `the tag ${namesOf(known).toSorted().join(", ")}`;
  const column = first.fieldId === undefined ? null : columnNow(work.table, closed, first.fieldId)?.name;
  if (column === undefined) return leftOut(what, "its column no longer exists");
  const { context, transaction, table } = work;
  const on = column === null ? { on: tableLabel(table) } : { on: tableLabel(table), column };
  const thing = await findTagged(context, asking, on);
  const { assigned } = asking.policy.tags;
  const own = (assigned.get(thing.id) ?? []).filter(
    ({ fieldId, keyId }) => fieldId === thing.fieldId && keyId === known.key.id,
  );
  const missing = known.values.filter(({ id }) => !own.some(({ valueId }) => valueId === id));
  if (missing.length > 0 && own.length > 0 && !known.key.isMultiple)
    return leftOut(what, `${thing.label} has another value of ${known.key.name}`);
  const kept = own.flatMap(({ valueId }) => asking.policy.tags.values.get(valueId) ?? []);
  const wanted = { key: known.key, values: [...kept, ...missing] };
  try {
    await assignTags({ transaction, asking, origin: first.origin }, thing, [wanted]);
  } catch (failure) {
    if (!(failure instanceof HeadgateError)) throw failure;
    return leftOut(what, failure.message);
  }
  const made = known.values.map((value) => {
    const isNew = missing.includes(value);
    return { tag: `${known.key.name}=${value.name}`, column, isNew };
  });
  return { made, skipped: [] };
}

interface KnownTag {
  readonly key: TagKey;
  readonly values: readonly TagValue[];
}

/** Undefined if the key or one of the values has ended, or the caller may not know it. */
function knownTag(asking: Asking, keyId: string, tags: readonly ClosedTag[]): KnownTag | undefined {
  const { keys, values } = asking.policy.tags;
  const key = keys.get(keyId);
  const found = tags.flatMap(({ valueId }) => values.get(valueId) ?? []);
  if (key === undefined || found.length < tags.length) return undefined;
  return found.every((value) => mayKnowValue(asking, key, value)) ? { key, values: found } : undefined;
}

function namesOf({ key, values }: KnownTag): readonly string[] {
  return values.map(({ name }) => `${key.name}=${name}`);
}

function leftOut(what: string, why: string): TagOutcome {
  return { made: [], skipped: [{ what, why }] };
}
