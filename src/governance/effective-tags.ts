/**
 * The tags that count for a database, a table and its columns: their own, and those that they inherit. What a lower level
 * has of a key replaces everything that the level above has of it.
 */
import type { TagAssignment, TagPolicy } from "./tag-policy.ts";
import type { SecurableTable } from "./securable.ts";

/** The ids of values by that of their key. */
export type TagSet = ReadonlyMap<string, ReadonlySet<string>>;

export interface TableTags {
  readonly database: TagSet;
  readonly table: TagSet;
  /** Only columns with tags of their own; all others, future ones too, have those of the table. */
  readonly columns: ReadonlyMap<number, TagSet>;
}

/** Own tags, without what is inherited. */
export interface OwnTags {
  readonly whole: TagSet;
  readonly columns: ReadonlyMap<number, TagSet>;
}

const none: OwnTags = { whole: new Map(), columns: new Map() };

/** Each is grouped once for as long as it does not change. */
const grouped = new WeakMap<readonly TagAssignment[], OwnTags>();

export function ownTags({ assigned }: Pick<TagPolicy, "assigned">, resourceId: string): OwnTags {
  const assignments = assigned.get(resourceId);
  if (assignments === undefined) return none;
  const known = grouped.get(assignments);
  if (known !== undefined) return known;
  const columns = Map.groupBy(
    assignments.filter(({ fieldId }) => fieldId !== undefined),
    ({ fieldId = 0 }) => fieldId,
  );
  const own: OwnTags = {
    whole: tagSet(assignments.filter(({ fieldId }) => fieldId === undefined)),
    columns: new Map([...columns].map(([fieldId, of]) => [fieldId, tagSet(of)])),
  };
  grouped.set(assignments, own);
  return own;
}

function tagSet(assignments: readonly TagAssignment[]): TagSet {
  const byKey = Map.groupBy(assignments, ({ keyId }) => keyId);
  return new Map([...byKey].map(([keyId, of]) => [keyId, new Set(of.map(({ valueId }) => valueId))]));
}

export function databaseTags(tags: Pick<TagPolicy, "assigned">, databaseId: string): TagSet {
  return ownTags(tags, databaseId).whole;
}

export function tableTags(
  tags: Pick<TagPolicy, "assigned">,
  { id, databaseId }: Pick<SecurableTable, "id" | "databaseId">,
): TableTags {
  const own = ownTags(tags, id);
  const database = databaseTags(tags, databaseId);
  const table = overridden(database, own.whole);
  return {
    database,
    table,
    columns: new Map([...own.columns].map(([fieldId, tagged]) => [fieldId, overridden(table, tagged)])),
  };
}

export function columnTags({ table, columns }: TableTags, fieldId: number): TagSet {
  return columns.get(fieldId) ?? table;
}

/** The tags of a lower level, which replace those of the same keys that it inherits. */
export function overridden(inherited: TagSet, own: TagSet): TagSet {
  if (own.size === 0) return inherited;
  return inherited.size === 0 ? own : new Map([...inherited, ...own]);
}
