/** Columns of a table as the engine reads them: Iceberg types as DuckDB types, defaults as text. */
import { duckdbType, quoteName } from "../engine/duckdb-type.ts";
import type { NestedColumn } from "../engine/read-column.ts";
import type { ReadColumn } from "../engine/read-column.ts";
import { HeadgateError } from "../errors.ts";
import { partsOf, type NestedField, type Type } from "../iceberg/type.ts";

/** Throws COLUMN_UNREADABLE for a type that the engine does not have. */
export function readColumn(field: NestedField): ReadColumn {
  return { ...nestedColumn(field), initialDefault: defaultText(field) };
}

/** The same for a statement that may not need the column. One that does need it fails with COLUMN_UNREADABLE. */
export function readColumnIfNeeded(field: NestedField): ReadColumn {
  try {
    return readColumn(field);
  } catch (failure) {
    if (!(failure instanceof HeadgateError)) throw failure;
    const sqlType = field.type === "timestamptz_ns" ? "timestamptz" : "varchar";
    const unreadable = `${failure.code} column ${field.name}: ${failure.message}`;
    return { fieldId: field.id, name: field.name, sqlType, unreadable };
  }
}

function nestedColumn({ id, name, type }: NestedField): NestedColumn {
  const column = { fieldId: id, name, sqlType: typeSql(type) };
  return typeof type === "string" ? column : { ...column, parts: partsOf(type).map(nestedColumn) };
}

/** The DuckDB type of an Iceberg type. Throws COLUMN_UNREADABLE for types that DuckDB does not have. */
export function typeSql(type: Type): string {
  if (typeof type === "string") return primitiveSql(type);
  if (type.type === "list") return `${typeSql(type.element)}[]`;
  if (type.type === "map") return `map(${typeSql(type.key)}, ${typeSql(type.value)})`;
  checkDistinct(type.fields);
  return `struct(${type.fields.map((field) => `${quoteName(field.name)} ${typeSql(field.type)}`).join(", ")})`;
}

/** The engine has no structs with names that differ only by case. */
function checkDistinct(fields: readonly NestedField[]): void {
  const seen = new Map<string, string>();
  for (const { name } of fields) {
    const other = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), name);
    if (other === undefined) continue;
    const message = `the names ${other} and ${name} within this column differ only by case, and the engine cannot tell them apart`;
    throw new HeadgateError("COLUMN_UNREADABLE", { place: `part ${name}`, message });
  }
}

function primitiveSql(type: string): string {
  try {
    return duckdbType(type);
  } catch (cause) {
    const message = `the engine has no type like ${type} and would shorten its values`;
    throw new HeadgateError("COLUMN_UNREADABLE", { place: `type ${type}`, message, cause });
  }
}

/**
 * Converts a default in JSON (spec: Appendix D, "JSON single-value serialization") to text that DuckDB casts to the
 * column's type.
 */
function defaultText({ type, initialDefault }: NestedField): string | undefined {
  if (initialDefault === undefined || initialDefault === null || typeof type !== "string") return undefined;
  const text = String(initialDefault);
  return type === "binary" || type.startsWith("fixed[") ? text.replace(/../g, "\\x$&") : text;
}
