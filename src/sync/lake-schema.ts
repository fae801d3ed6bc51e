/**
 * The lake's schema for a source table, and how it follows a table whose shape moved: same field id for the same column (also
 * renamed, where the source knows), a new id for a new one, a promotion where Iceberg allows it, else a new column under the
 * same name. Ids are never used twice.
 */
import { isPromotion } from "../iceberg/schema-evolution.ts";
import { parsePrimitive, type NestedField, formatType } from "../iceberg/type.ts";
import type { Schema } from "../iceberg/schema.ts";
import type { SourceColumn, SourceTable } from "./source.ts";
import type { ShapeColumn } from "./table-shape.ts";

export interface FollowedSchema {
  readonly schema: Schema;
  readonly lastColumnId: number;
  /** In words, for the run report; empty when the schema stays. */
  readonly changes: readonly string[];
}

export interface PreviousSchema {
  readonly schema: Schema;
  readonly lastColumnId: number;
  /** The source's columns as they were loaded into it. */
  readonly shape: readonly ShapeColumn[];
}

export function followSchema(table: SourceTable, previous: PreviousSchema | undefined): FollowedSchema {
  const changes: string[] = [];
  let lastColumnId = previous?.lastColumnId ?? 0;
  const newField = (column: SourceColumn): NestedField => fieldOf(column, ++lastColumnId);
  const fields = table.columns.map((column) => {
    const before = previous && fieldBefore(column, previous);
    if (before === undefined) {
      if (previous !== undefined) changes.push(`added ${column.name}`);
      return newField(column);
    }
    return followField(column, { before, newField, changes });
  });
  const kept = new Set(fields.map(({ id }) => id));
  for (const field of previous?.schema.fields ?? []) {
    if (!kept.has(field.id) && !fields.some(({ name }) => name === field.name)) changes.push(`dropped ${field.name}`);
  }
  return { schema: { schemaId: 0, fields, identifierFieldIds: identifierIds(table, fields) }, lastColumnId, changes };
}

interface FollowParts {
  readonly before: NestedField;
  readonly newField: (column: SourceColumn) => NestedField;
  readonly changes: string[];
}

function followField(column: SourceColumn, { before, newField, changes }: FollowParts): NestedField {
  const field = fieldOf(column, before.id);
  const [from, to] = [formatType(before.type), formatType(field.type)];
  if (from !== to && !isPromotion(before.type, field.type)) {
    changes.push(
      `${column.name} became ${to}, which ${from} cannot widen to: a new column, the old values stay in older snapshots`,
    );
    return newField(column);
  }
  if (from !== to) changes.push(`${column.name} widened from ${from} to ${to}`);
  if (before.name !== column.name) changes.push(`renamed ${before.name} to ${column.name}`);
  return { ...field, required: before.required && field.required };
}

/** The field that holds this column now: found by the source's own identity, else by name. */
function fieldBefore(column: SourceColumn, { schema, shape }: PreviousSchema): NestedField | undefined {
  const known =
    shape.find(({ identity }) => identity === column.identity) ?? shape.find(({ name }) => name === column.name);
  return known && schema.fields.find(({ name }) => name === known.name);
}

function fieldOf(column: SourceColumn, id: number): NestedField {
  const doc = column.comment === undefined ? column.sourceType : `${column.sourceType}: ${column.comment}`;
  return { id, name: column.name, required: !column.nullable, type: parsePrimitive(column.lakeType), doc };
}

/** Iceberg allows required, non-float primitives only. */
function identifierIds(table: SourceTable, fields: readonly NestedField[]): readonly number[] {
  const keyFields = (table.key ?? []).map((name) => fields.find((field) => field.name === name));
  const usable = keyFields.every(
    (field) => field !== undefined && field.required && field.type !== "float" && field.type !== "double",
  );
  return usable ? keyFields.flatMap((field) => field?.id ?? []) : [];
}
