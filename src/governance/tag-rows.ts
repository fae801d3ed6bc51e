/**
 * Turns rows of the database into the tags of a policy: the earlier ones with what has changed.
 * Invariants: whatever cannot be understood gives no right; where nothing has changed, the value is the same.
 */
import type { Selectable } from "kysely";
import { z } from "zod";
import type { TagAssignmentRow, TagExpressionRow, TagKeyRow, TagValueRow } from "../db/tag-tables.ts";
import { changedMap } from "./changed-map.ts";
import type { Alternatives, TagAssignment, TagExpression, TagKey, TagPolicy, TagValue } from "./tag-policy.ts";

export interface TagRows {
  readonly tagKeys: readonly Selectable<TagKeyRow>[];
  readonly tagValues: readonly Selectable<TagValueRow>[];
  readonly tagAssignments: readonly Selectable<TagAssignmentRow>[];
  readonly tagExpressions: readonly Selectable<TagExpressionRow>[];
}

export function tagsWith(before: TagPolicy, rows: TagRows): TagPolicy {
  const { tagKeys, tagValues, tagAssignments, tagExpressions } = rows;
  if ([tagKeys, tagValues, tagAssignments, tagExpressions].every(({ length }) => length === 0)) return before;
  return {
    keys: changedMap(before.keys, tagKeys, open(tagKeyOf)),
    values: changedMap(before.values, tagValues, open(tagValueOf)),
    expressions: changedMap(before.expressions, tagExpressions, open(tagExpressionOf)),
    assigned: assignedWith(before.assigned, tagAssignments),
  };
}

function open<Row extends { readonly ended_at: Date | null }, Value>(valueOf: (row: Row) => Value | undefined) {
  return (row: Row): Value | undefined => (row.ended_at === null ? valueOf(row) : undefined);
}

function tagKeyOf(row: Selectable<TagKeyRow>): TagKey {
  return {
    id: row.id,
    accountId: row.account_id,
    name: row.name,
    description: row.description ?? undefined,
    isMultiple: row.is_multiple,
    origin: row.origin ?? undefined,
  };
}

function tagValueOf({ id, key_id: keyId, name, is_sensitive: isSensitive }: Selectable<TagValueRow>): TagValue {
  return { id, keyId, name, isSensitive };
}

const alternativesSchema = z.array(
  z.array(z.strictObject({ keyId: z.string(), valueIds: z.array(z.string()).min(1) })).min(1),
);

/** Undefined if it cannot be understood. */
function tagExpressionOf(row: Selectable<TagExpressionRow>): TagExpression | undefined {
  const alternatives = alternativesOf(row.alternatives);
  if (alternatives === undefined) return undefined;
  return {
    id: row.id,
    accountId: row.account_id,
    name: row.name ?? undefined,
    alternatives,
    origin: row.origin ?? undefined,
  };
}

function alternativesOf(json: unknown): Alternatives | undefined {
  const { data } = alternativesSchema.safeParse(json);
  return data;
}

/** Only what is assigned to the resources of changed rows is made anew. */
function assignedWith(
  before: TagPolicy["assigned"],
  rows: readonly Selectable<TagAssignmentRow>[],
): TagPolicy["assigned"] {
  if (rows.length === 0) return before;
  const after = new Map(before);
  for (const [resourceId, changed] of Map.groupBy(rows, (row) => row.resource_id)) {
    const ids = new Set(changed.map(({ id }) => id));
    const others = (after.get(resourceId) ?? []).filter(({ id }) => !ids.has(id));
    const now = [...others, ...changed.filter((row) => row.ended_at === null).map(assignmentOf)];
    if (now.length === 0) after.delete(resourceId);
    else after.set(resourceId, now);
  }
  return after;
}

function assignmentOf(row: Selectable<TagAssignmentRow>): TagAssignment {
  return {
    id: row.id,
    resourceId: row.resource_id,
    fieldId: row.field_id ?? undefined,
    keyId: row.key_id,
    valueId: row.value_id,
    origin: row.origin ?? undefined,
    assignedBy: row.assigned_by ?? undefined,
  };
}
