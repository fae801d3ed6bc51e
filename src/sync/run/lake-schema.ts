/**
 * The lake's schema for a source table, and how it follows changes of that table: a column keeps its field id (also
 * when renamed, if the source can tell), a new column gets a new id, a type is promoted where Iceberg allows it, and
 * otherwise the column is replaced by a new one of the same name. Ids are never reused.
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
  /** Changes in words, for the run report; empty when the schema stays the same. */
  readonly changes: readonly string[];
  /** The column that marks rows deleted by the source, with soft deletes; see soft-deletes.ts. */
  readonly deletedAt?: NestedField | undefined;
  /** The column that held the marks until now, if soft deletes were just switched off. */
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
  /** The source's columns at the time they were loaded. Empty when not known; columns are then matched by name. */
  readonly shape: readonly ShapeColumn[];
}

export function followSchema(table: SourceTable, previous: PreviousSchema | undefined): FollowedSchema {
  const changes: string[] = [];
  let lastColumnId = previous?.lastColumnId ?? 0;
  // Files written earlier have no values in a new column.
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

/**
 * Promotions added in version 3, such as date to timestamp, are not supported by many engines yet, whereas all of them
 * can read a new column.
 */
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

/** The field that currently holds this column, found by the source's own identity, or else by name. */
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

/** Iceberg allows only required primitive fields that are not floats. */
function identifierIds(table: SourceTable, fields: readonly NestedField[]): readonly number[] {
  const keyFields = (table.key ?? []).map((name) => fields.find((field) => field.name === name));
  const usable = keyFields.every(
    (field) => field !== undefined && field.required && field.type !== "float" && field.type !== "double",
  );
  return usable ? keyFields.flatMap((field) => field?.id ?? []) : [];
}
