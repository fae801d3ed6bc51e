/**
 * Which tags let a grant reach a thing, and which keep columns from it: for explanations. The grants of decisions are
 * found by tag-coverage.ts, with the same tags.
 */
import { lineOf } from "./live-grant.ts";
import { columnTags, databaseTags, ownTags, tableTags, type TagSet } from "./effective-tags.ts";
import type { Grant, Policy } from "./policy.ts";
import { isByTag, reachesSet, type Tagged } from "./tag-coverage.ts";

export interface TagOfThing {
  readonly keyId: string;
  readonly valueId: string;
  /** The level that has it: a lower one inherits it. */
  readonly from: "database" | "table" | "column";
}

export interface NamedTag extends TagOfThing {
  /** Whether the grant names this value; the thing may have others of the same key. */
  readonly isNamed: boolean;
}

export interface TagEvidence {
  /** The tags by which the grant reaches the thing, or this column of it. */
  readonly fieldId: number | undefined;
  readonly reaches: boolean;
  readonly tags: readonly NamedTag[];
}

/**
 * For the thing as a whole, and for each column that has tags of its own and differs from it. Empty for a grant that no
 * tag has to do with.
 */
export function tagEvidence(policy: Policy, grant: Grant, resource: Tagged): readonly TagEvidence[] {
  const line = lineOf(policy, grant).filter(({ on }) => isByTag(on));
  if (line.length === 0) return [];
  const keys = new Set(line.flatMap(({ on }) => keysNamed(policy, on)));
  const reaches = (set: TagSet): boolean => line.every(({ on }) => reachesSet(policy, on, set));
  const of = (fieldId: number | undefined): readonly NamedTag[] =>
    tagsOfThing(policy, resource, fieldId)
      .filter(({ keyId }) => keys.has(keyId))
      .map((tag) => ({ ...tag, isNamed: line.some(({ on }) => namesValue(policy, on, tag)) }));
  if (resource.kind === "database")
    return [{ fieldId: undefined, reaches: reaches(databaseTags(policy.tags, resource.id)), tags: of(undefined) }];
  const levels = tableTags(policy.tags, resource);
  const isWhole = reaches(levels.table);
  const different = [...levels.columns].filter(([, set]) => reaches(set) !== isWhole);
  return [
    { fieldId: undefined, reaches: isWhole, tags: of(undefined) },
    ...different.map(([fieldId, set]) => ({ fieldId, reaches: reaches(set), tags: of(fieldId) })),
  ];
}

function keysNamed({ tags }: Policy, on: Grant["on"]): readonly string[] {
  if (on.kind === "tag") return [on.id];
  if (on.kind === "tag-value") return [tags.values.get(on.id)?.keyId ?? ""];
  if (on.kind !== "expression") return [];
  return (tags.expressions.get(on.id)?.alternatives ?? []).flat().map(({ keyId }) => keyId);
}

function namesValue({ tags }: Policy, on: Grant["on"], { keyId, valueId }: TagOfThing): boolean {
  if (on.kind === "tag") return on.id === keyId;
  if (on.kind === "tag-value") return on.id === valueId;
  if (on.kind !== "expression") return false;
  return (tags.expressions.get(on.id)?.alternatives ?? []).flat().some(({ valueIds }) => valueIds.includes(valueId));
}

/** The effective tags of a database, a table or a column, each with the level that it comes from. */
export function tagsOfThing({ tags }: Policy, resource: Tagged, fieldId: number | undefined): readonly TagOfThing[] {
  if (resource.kind === "database") return listed(databaseTags(tags, resource.id), () => "database");
  const own = ownTags(tags, resource.id);
  const ofColumn = fieldId === undefined ? undefined : own.columns.get(fieldId);
  const levels = tableTags(tags, resource);
  const effective = fieldId === undefined ? levels.table : columnTags(levels, fieldId);
  return listed(effective, (keyId) =>
    ofColumn?.has(keyId) === true ? "column" : own.whole.has(keyId) ? "table" : "database",
  );
}

function listed(set: TagSet, from: (keyId: string) => TagOfThing["from"]): readonly TagOfThing[] {
  return [...set].flatMap(([keyId, values]) => [...values].map((valueId) => ({ keyId, valueId, from: from(keyId) })));
}
