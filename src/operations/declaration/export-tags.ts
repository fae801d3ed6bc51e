/** Tags in the form of headgate.yaml: keys, expressions, and what has which, as far as the caller administers the account. */
import type { Asking } from "../../governance/asking.ts";
import { administers } from "../../governance/right-to-grant.ts";
import { valuesOf, type TagAssignment } from "../../governance/tag-policy.ts";
import { alternativesText } from "../../governance/tag-text.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import { historyId } from "../../sync/history/change-history.ts";
import type { Context } from "../context.ts";
import { thingOf } from "../tags/tagged-resource.ts";
import type { DeclaredAccess, DeclaredTag } from "./declared-access.ts";

export type IsWanted = (thing: { readonly origin: string | null }) => boolean;

type ExportedTags = Pick<DeclaredAccess, "tags" | "tag_expressions" | "tagged">;

export async function exportTags(
  context: Pick<Context, "db" | "catalog">,
  asking: Asking,
  isWanted: IsWanted,
): Promise<ExportedTags> {
  const { accountId = "", policy } = asking;
  if (!administers(asking, { kind: "account", id: accountId })) return { tags: {}, tag_expressions: {}, tagged: {} };
  const isOurs = (one: { readonly accountId: string; readonly origin: string | undefined }): boolean =>
    one.accountId === accountId && isWanted({ origin: one.origin ?? null });
  const keys = [...policy.tags.keys.values()].filter(isOurs);
  const saved = [...policy.tags.expressions.values()].filter(({ name }) => name !== undefined).filter(isOurs);
  return {
    tags: inOrder(keys.map((key) => [key.name, keyOf(asking, key)])),
    tag_expressions: inOrder(
      saved.map(({ name = "", alternatives }) => [name, alternativesText(policy.tags, alternatives)]),
    ),
    tagged: await taggedThings(context, asking, isWanted),
  };
}

function inOrder<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function keyOf(
  { policy }: Asking,
  { id, isMultiple, description }: { id: string; isMultiple: boolean; description: string | undefined },
): DeclaredTag {
  const values = valuesOf(policy.tags, id).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return {
    values: values.map(({ name }) => name),
    sensitive: values.filter(({ isSensitive }) => isSensitive).map(({ name }) => name),
    multiple: isMultiple,
    ...(description === undefined ? {} : { description }),
  };
}

/** Tags of columns that were dropped are left out: no file can name them. */
async function taggedThings(
  context: Pick<Context, "db" | "catalog">,
  asking: Asking,
  isWanted: IsWanted,
): Promise<DeclaredAccess["tagged"]> {
  const found: [string, DeclaredAccess["tagged"][string]][] = [];
  // A history follows its table.
  const histories = new Set((await context.catalog.entries()).map(({ id }) => historyId(id)));
  for (const [resourceId, assignments] of asking.policy.tags.assigned) {
    if (histories.has(resourceId)) continue;
    const wanted = assignments.filter(({ origin }) => isWanted({ origin: origin ?? null }));
    const [first] = wanted;
    const thing = first && (await thingOf(context, asking, { ...first, fieldId: undefined }));
    if (thing === undefined || thing.accountId !== asking.accountId) continue;
    const tags = words(
      asking,
      wanted.filter(({ fieldId }) => fieldId === undefined),
    );
    const fields = thing.table === undefined ? [] : currentSchema(thing.table.metadata).fields;
    const columns = fields.flatMap(({ id, name }): (readonly [string, string[]])[] => {
      const own = wanted.filter(({ fieldId }) => fieldId === id);
      return own.length === 0 ? [] : [[name, words(asking, own)]];
    });
    if (tags.length + columns.length === 0) continue;
    found.push([thing.label, columns.length === 0 ? tags : { tags, columns: inOrder(columns) }]);
  }
  return inOrder(found);
}

function words({ policy }: Asking, assignments: readonly TagAssignment[]): string[] {
  const { keys, values } = policy.tags;
  const byKey = Map.groupBy(assignments, ({ keyId }) => keyId);
  return [...byKey]
    .map(([keyId, of]) => {
      const names = of.map(({ valueId }) => values.get(valueId)?.name ?? "").toSorted();
      return `${keys.get(keyId)?.name ?? ""}=${names.join(",")}`;
    })
    .toSorted();
}
