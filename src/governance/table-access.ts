/**
 * Which part of a table somebody may read: the union of what each grant gives. A row is visible if any part has it, and
 * a value if any part has both its row and its column.
 * Invariant: without a part, nothing can be read.
 */
import type { Mask } from "./mask.ts";
import type { Predicate } from "./predicate/predicate.ts";

export interface TableAccess {
  readonly parts: readonly AccessPart[];
}

export interface AccessPart {
  readonly columns: ColumnSet;
  /** All must hold. They name no attribute any more: what they say about the reader is filled in. Empty: all rows. */
  readonly rows: readonly Predicate[];
  /** By field id; a column without one is shown as it is. */
  readonly masks: ReadonlyMap<number, Mask>;
}

/** Columns by field id, so that a rename changes nothing. */
export type ColumnSet =
  | { readonly mode: "all" }
  | { readonly mode: "include" | "exclude"; readonly fieldIds: ReadonlySet<number> };

export const wholeTable: TableAccess = {
  parts: [{ columns: { mode: "all" }, rows: [], masks: new Map() }],
};

export function hasColumn(columns: ColumnSet, fieldId: number): boolean {
  if (columns.mode === "all") return true;
  return columns.fieldIds.has(fieldId) === (columns.mode === "include");
}

export function showsColumn({ parts }: TableAccess, fieldId: number): boolean {
  return parts.some(({ columns }) => hasColumn(columns, fieldId));
}

/** Whether the table can be read as it is, with its files, statistics and history. */
export function isWhole({ parts }: TableAccess): boolean {
  return parts.some(({ columns, rows, masks }) => columns.mode === "all" && rows.length === 0 && masks.size === 0);
}
