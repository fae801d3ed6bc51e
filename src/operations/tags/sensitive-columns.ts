/** The columns with sensitive tags that grants of SELECT or ALL cover, so that whoever grants them is told. */
import { z } from "zod";
import { isView, type TableEntry } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import { writtenPart } from "../../governance/access-part.ts";
import type { Asking } from "../../governance/asking.ts";
import { covers, gives, keysOf } from "../../governance/decide.ts";
import { columnTags, tableTags, type TableTags, type TagSet } from "../../governance/effective-tags.ts";
import { resourceKey, type Grant } from "../../governance/policy.ts";
import { securableTable } from "../../governance/securable.ts";
import { hasColumn, type AccessPart } from "../../governance/table-access.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import { texts } from "../answers.ts";
import type { Context } from "../context.ts";
import { tagsBehindViews, type TagsBehind } from "./sensitive-lineage.ts";

export const presentedSensitive = z
  .strictObject({ table: z.string(), columns: texts, tags: texts.describe("Their sensitive tags, as key=value.") })
  .meta({ title: "SensitiveColumns" });

type Sensitive = z.infer<typeof presentedSensitive>;

/**
 * `asking` has the policy with the grants. A column that a grant shows only masked is left out. A column of a view counts
 * by the columns that it comes from, too.
 */
export async function sensitiveColumns(
  { catalog }: Pick<Context, "catalog">,
  asking: Asking,
  grants: readonly Grant[],
): Promise<readonly Sensitive[]> {
  const reading = grants.filter((grant) => gives(grant, "SELECT"));
  const { values } = asking.policy.tags;
  if (reading.length === 0 || ![...values.values()].some(({ isSensitive }) => isSensitive)) return [];
  const found: Sensitive[] = [];
  const behind = await tagsBehindViews(catalog, asking.policy.tags);
  for (const entry of await catalog.entries()) {
    const levels = tableTags(asking.policy.tags, securableTable(entry));
    const isTagged = [levels.table, ...levels.columns.values()].some((set) => sensitiveIn(asking, set).length > 0);
    if (!isTagged && !isView(entry)) continue;
    const parts = partsOf(asking, reading, entry);
    if (parts.length > 0) found.push(...(await columnsIn({ catalog }, asking, { entry, levels, parts, behind })));
  }
  return found;
}

function partsOf({ policy }: Asking, grants: readonly Grant[], entry: TableEntry): readonly AccessPart[] {
  const resource = securableTable(entry);
  const keys = new Set(keysOf(policy, resource));
  return grants
    .filter(({ on }) => keys.has(resourceKey(on)))
    .filter((grant) => covers(policy, grant, { resource, permission: "SELECT" }))
    .map((grant) => writtenPart(grant, policy, resource))
    .filter((part) => part !== undefined);
}

interface TaggedTable {
  readonly entry: TableEntry;
  readonly levels: TableTags;
  readonly parts: readonly AccessPart[];
  readonly behind: TagsBehind;
}

async function columnsIn(
  { catalog }: Pick<Context, "catalog">,
  asking: Asking,
  { entry, levels, parts, behind }: TaggedTable,
): Promise<readonly Sensitive[]> {
  const { fields } = currentSchema((await catalog.load(entry)).metadata);
  const covered = fields
    .filter(({ id }) => parts.some(({ columns, masks }) => hasColumn(columns, id) && !masks.has(id)))
    .map(({ id, name }) => {
      const sets = [columnTags(levels, id), ...behind({ id: entry.id, fieldId: id })];
      return { name, tags: [...new Set(sets.flatMap((set) => sensitiveIn(asking, set)))] };
    })
    .filter(({ tags }) => tags.length > 0);
  if (covered.length === 0) return [];
  return [
    {
      table: tableLabel(entry),
      columns: covered.map(({ name }) => name),
      tags: [...new Set(covered.flatMap(({ tags }) => tags))].toSorted(),
    },
  ];
}

function sensitiveIn({ policy }: Asking, set: TagSet): readonly string[] {
  const { keys, values } = policy.tags;
  return [...set].flatMap(([keyId, ids]) =>
    [...ids].flatMap((id) => {
      const value = values.get(id);
      return value?.isSensitive === true ? [`${keys.get(keyId)?.name ?? ""}=${value.name}`] : [];
    }),
  );
}

/** `shop.orders: email, phone (sensitivity=secret)`. */
export function sensitiveText({ table, columns, tags }: Sensitive): string {
  return `${table}: ${columns.join(", ")} (${tags.join(", ")})`;
}
