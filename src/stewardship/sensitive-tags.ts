/**
 * The tags with sensitive values that databases, tables and columns have now, of their own or inherited. Read from what is
 * stored, whoever asks.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import { columnTags, databaseTags, tableTags, type TagSet } from "../governance/effective-tags.ts";
import type { TagAssignment } from "../governance/tag-policy.ts";

export interface SensitiveTags {
  ofDatabase(databaseId: string): boolean;
  ofTable(table: Tagged): boolean;
  /** Whether the column has a sensitive value, while tags of its own may replace those of its table. */
  ofColumn(table: Tagged, fieldId: number): boolean;
}

interface Tagged {
  readonly id: string;
  readonly databaseId: string;
}

/** The ids are those of databases and tables; columns count with their tables. */
export async function sensitiveTags(db: Kysely<Tables>, ids: readonly string[]): Promise<SensitiveTags> {
  const rows = await db
    .selectFrom("tag_assignments")
    .innerJoin("tag_values", "tag_values.id", "tag_assignments.value_id")
    .select(["tag_assignments.id", "resource_id as resourceId", "field_id", "tag_assignments.key_id as keyId"])
    .select(["value_id as valueId", "is_sensitive as isSensitive"])
    .where(sql<boolean>`resource_id = any(${ids}::uuid[])`)
    .where("tag_assignments.ended_at", "is", null)
    .where("tag_values.ended_at", "is", null)
    .execute();
  const sensitive = new Set(rows.filter(({ isSensitive }) => isSensitive).map(({ valueId }) => valueId));
  const isIn = (set: TagSet): boolean => [...set.values()].some((values) => !values.isDisjointFrom(sensitive));
  const assigned = Map.groupBy(rows.map(assignmentOf), ({ resourceId }) => resourceId);
  return {
    ofDatabase: (databaseId) => isIn(databaseTags({ assigned }, databaseId)),
    ofTable: (table) => isIn(tableTags({ assigned }, table).table),
    ofColumn: (table, fieldId) => isIn(columnTags(tableTags({ assigned }, table), fieldId)),
  };
}

interface Row extends Pick<TagAssignment, "id" | "resourceId" | "keyId" | "valueId"> {
  readonly field_id: number | null;
}

function assignmentOf({ id, resourceId, field_id: fieldId, keyId, valueId }: Row): TagAssignment {
  return { id, resourceId, fieldId: fieldId ?? undefined, keyId, valueId, origin: undefined, assignedBy: undefined };
}
