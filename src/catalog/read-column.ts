/** Columns of a table as an engine reads them: Iceberg types in DuckDB's words, defaults as text. */
import { duckdbType, quoteName } from "../engine/duckdb-type.ts";
import type { NestedColumn } from "../engine/file-shape.ts";
import type { ReadColumn } from "../engine/read-data-files.ts";
import { HeadgateError } from "../errors.ts";
import { partsOf, type NestedField, type Type } from "../iceberg/type.ts";

/** Throws METADATA_INVALID for a type that the engine does not have. */
export function readColumn(field: NestedField): ReadColumn {
  return { ...nestedColumn(field), initialDefault: defaultText(field) };
}

function nestedColumn({ id, name, type }: NestedField): NestedColumn {
  const column = { fieldId: id, name, sqlType: typeSql(type) };
  return typeof type === "string" ? column : { ...column, parts: partsOf(type).map(nestedColumn) };
}

/** An Iceberg type as DuckDB writes it. Throws METADATA_INVALID for one that it does not have. */
export function typeSql(type: Type): string {
  if (typeof type === "string") return primitiveSql(type);
  if (type.type === "list") return `${typeSql(type.element)}[]`;
  if (type.type === "map") return `map(${typeSql(type.key)}, ${typeSql(type.value)})`;
  return `struct(${type.fields.map((field) => `${quoteName(field.name)} ${typeSql(field.type)}`).join(", ")})`;
}

function primitiveSql(type: string): string {
  try {
    return duckdbType(type);
  } catch (cause) {
    const message = `columns of type ${type} cannot be read: the engine has no such type`;
    throw new HeadgateError("METADATA_INVALID", { place: `type ${type}`, message, cause });
  }
}

/** Of a single value as JSON (spec: Appendix D, "JSON single-value serialization"), the text that DuckDB casts to the type. */
function defaultText({ type, initialDefault }: NestedField): string | undefined {
  if (initialDefault === undefined || initialDefault === null || typeof type !== "string") return undefined;
  const text = String(initialDefault);
  return type === "binary" || type.startsWith("fixed[") ? text.replace(/../g, "\\x$&") : text;
}
