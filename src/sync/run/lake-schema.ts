/**
 * The lake's schema for a source table, and how it follows a table whose shape moved: same field id for the same column (also
 * renamed, where the source knows), a new id for a new one, a promotion where Iceberg allows it, else a new column under the
 * same name. Ids are never used twice.
 */
import { must } from "../../base/must.ts";
import { isPromotion } from "../../iceberg/schema-evolution.ts";
import { parsePrimitive, type NestedField, formatType } from "../../iceberg/type.ts";
import type { Schema } from "../../iceberg/schema.ts";
import type { TableMetadata } from "../../iceberg/table-metadata.ts";
import type { SourceColumn, SourceTable } from "../source.ts";
import type { ShapeColumn } from "./table-shape.ts";

export interface FollowedSchema {
  readonly schema: Schema;
  readonly lastColumnId: number;
  /** In words, for the run report; empty when the schema stays. */
  readonly changes: readonly string[];
  /** Marks rows that the source deleted, where they are kept; see soft-deletes.ts. */
  readonly deletedAt?: NestedField | undefined;
  /** The field of the marks until now, where such rows are no longer kept. */
  readonly endedMarks?: NestedField | undefined;
}

export function currentSchema({ schemas, currentSchemaId }: TableMetadata): Schema {
  return must(
    schemas.find(({ schemaId }) => schemaId === currentSchemaId),
    "metadata with its current schema",
  );
}

export interface PreviousSchema {
  readonly schema: Schema;
  readonly lastColumnId: number;
  /** The source's columns as they were loaded into it; empty where that is not known: then they are found by name. */
  readonly shape: readonly ShapeColumn[];
}

export function followSchema(table: SourceTable, previous: PreviousSchema | undefined): FollowedSchema {
  const changes: string[] = [];
  let lastColumnId = previous?.lastColumnId ?? 0;
  // Files written before have no values of it.
  const isOptional = previous !== undefined;
  const newField = (column: SourceColumn): NestedField => {
    const field = fieldOf(column, ++lastColumnId);
    return isOptional ? { ...field, required: false } : field;
  };
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
  const schema = { schemaId: 0, fields, identifierFieldIds: identifierIds(table, fields) };
  if (previous !== undefined)
    changes.push(...orderChange(schema, previous.schema), ...keyChange(schema, previous.schema));
  return { schema, lastColumnId, changes };
}

interface FollowParts {
  readonly before: NestedField;
  readonly newField: (column: SourceColumn) => NestedField;
  readonly changes: string[];
}

/** What version 3 adds, a date that becomes a timestamp, few engines read as yet: a new column is read by all. */
const readEverywhere = { formatVersion: 2, transforms: [] } as const;

function followField(column: SourceColumn, { before, newField, changes }: FollowParts): NestedField {
  const field = fieldOf(column, before.id);
  const [from, to] = [formatType(before.type), formatType(field.type)];
  if (from !== to && !isPromotion(before.type, field.type, readEverywhere)) {
    changes.push(
      `${column.name} became ${to}, which ${from} cannot widen to: a new column, the old values stay in older snapshots`,
    );
    return newField(column);
  }
  if (from !== to) changes.push(`${column.name} widened from ${from} to ${to}`);
  if (before.required && !field.required) changes.push(`${column.name} may be null now`);
  if (before.name !== column.name) changes.push(`renamed ${before.name} to ${column.name}`);
  return { ...field, required: before.required && field.required };
}

function orderChange({ fields }: Schema, before: Schema): readonly string[] {
  const common = (some: readonly NestedField[], others: readonly NestedField[]): string =>
    some
      .map(({ id }) => id)
      .filter((id) => others.some((other) => other.id === id))
      .join();
  return common(fields, before.fields) === common(before.fields, fields) ? [] : ["columns reordered"];
}

function keyChange(
  { fields, identifierFieldIds: now }: Schema,
  { identifierFieldIds: before }: Schema,
): readonly string[] {
  if (now.toSorted().join() === before.toSorted().join()) return [];
  const names = now.map((id) => fields.find((field) => field.id === id)?.name);
  return [names.length === 0 ? "no key any more" : `the key is now ${names.join(", ")}`];
}

/** The field that holds this column now: found by the source's own identity, else by name. */
function fieldBefore(column: SourceColumn, { schema, shape }: PreviousSchema): NestedField | undefined {
  if (shape.length === 0) return schema.fields.find(({ name }) => name === column.name);
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
