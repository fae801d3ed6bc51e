/** The column that a name in a row filter means: by its exact name, or else by ignoring case if only one column fits. */
import { closest } from "../../base/closest.ts";
import { formatType, isPrimitive, type NestedField } from "../../iceberg/type.ts";
import type { FilterToken } from "./filter-tokens.ts";
import { invalidFilter } from "./invalid-filter.ts";
import type { BoundColumn } from "./predicate.ts";

/** A column at the place where a row filter names it. */
export interface NamedColumn {
  readonly name: string;
  readonly bound: BoundColumn;
  readonly token: FilterToken;
}

/** Throws FILTER_INVALID for an unknown or ambiguous name and for columns of structs, lists and maps. */
export function findColumn(fields: readonly NestedField[], token: FilterToken): NamedColumn {
  const { id, name, type } = findField(fields, token);
  if (isPrimitive(type)) return { name, bound: { fieldId: id, type }, token };
  throw invalidFilter({
    column: token.column,
    message: `the column ${name} is a ${formatType(type)}, and a row filter compares only columns with simple types`,
    remedy: "use another column",
  });
}

function findField(fields: readonly NestedField[], { value, column }: FilterToken): NestedField {
  const folded = fields.filter(({ name }) => name.toLowerCase() === value.toLowerCase());
  const found = folded.find(({ name }) => name === value) ?? folded[0];
  if (found === undefined) throw unknownColumn(fields, { value, column });
  if (folded.length === 1 || found.name === value) return found;
  throw invalidFilter({
    column,
    message: `${value} could mean any of ${folded.map(({ name }) => name).join(", ")}`,
    remedy: "write the name exactly as the table has it",
  });
}

function unknownColumn(fields: readonly NestedField[], { value, column }: Pick<FilterToken, "value" | "column">) {
  const names = fields.map(({ name }) => name);
  const meant = closest(value, names);
  return invalidFilter({
    column,
    message: `the table has no column ${value}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
    remedy: `write one of its columns: ${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}`,
  });
}
