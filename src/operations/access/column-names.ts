/** Columns of a table as people name them, and as rights keep them: by field id. */
import { closest } from "../../base/closest.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import type { CatalogTable } from "../../catalog/catalog.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { securableTable } from "../../governance/securable.ts";
import { hasColumn, showsColumn, type ColumnSet } from "../../governance/table-access.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import type { NestedField } from "../../iceberg/type.ts";

export interface NamedColumns {
  readonly columns?: readonly string[] | undefined;
  readonly except?: readonly string[] | undefined;
}

/** The columns that the caller may know. */
export function knownFields(asking: Asking, table: CatalogTable): readonly NestedField[] {
  const decision = decideFor(asking, "browse", securableTable(table));
  const { fields } = currentSchema(table.metadata);
  return decision.allowed ? fields.filter(({ id }) => showsColumn(decision.access, id)) : [];
}

/** Throws USAGE for a name that the table does not have, as far as the caller may know. */
export function columnSet(asking: Asking, table: CatalogTable, { columns, except }: NamedColumns): ColumnSet {
  const names = columns ?? except;
  if (names === undefined) return { mode: "all" };
  const place = tableLabel(table);
  if (columns !== undefined && except !== undefined)
    throw new HeadgateError("USAGE", {
      place,
      message: "either the columns that are shown are named, or those that are left out",
      remedy: "write --columns or --except, not both",
    });
  const fields = knownFields(asking, table);
  const fieldIds = new Set(names.map((name) => fieldNamed(fields, { name, place }).id));
  return { mode: columns === undefined ? "exclude" : "include", fieldIds };
}

/** By its exact name, or else by ignoring case if only one column fits. Throws USAGE. */
export function fieldNamed(
  fields: readonly NestedField[],
  { name, place }: { readonly name: string; readonly place: string },
): NestedField {
  const folded = fields.filter((field) => field.name.toLowerCase() === name.toLowerCase());
  const found = folded.find((field) => field.name === name) ?? (folded.length === 1 ? folded[0] : undefined);
  if (found !== undefined) return found;
  const names = fields.map((field) => field.name);
  const meant = closest(name, names);
  throw new HeadgateError("USAGE", {
    place,
    message: `the table has no column ${name}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
    remedy: `name some of its columns: ${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}`,
  });
}

export interface PresentedColumns {
  readonly mode: "include" | "exclude";
  readonly names: readonly string[];
}

/**
 * Null for all columns. A column that was dropped since is named by its id. To somebody who may not know a column that
 * is left out, the others are named instead.
 */
export function presentColumns(
  columns: ColumnSet,
  fields: readonly NestedField[],
  isKnown: (fieldId: number) => boolean = () => true,
): PresentedColumns | null {
  if (columns.mode === "all") return null;
  const ids = [...columns.fieldIds];
  if (columns.mode === "exclude" && !ids.every(isKnown)) {
    const others = fields.filter(({ id }) => isKnown(id) && hasColumn(columns, id));
    return { mode: "include", names: others.map(({ name }) => name) };
  }
  const names = new Map(fields.map(({ id, name }) => [id, name]));
  return { mode: columns.mode, names: ids.filter(isKnown).map((id) => names.get(id) ?? `dropped column ${id}`) };
}
