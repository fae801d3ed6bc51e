/**
 * Rules of a dropped table in the columns of a new table, which are found by their names.
 * Invariant: a rule that cannot be carried over in full is left out, unless it lacks only columns that certainly no longer
 * exist. A row filter is kept whole or not at all, and nothing that was hidden or masked shows under another name.
 */
import { isPromotion } from "../iceberg/schema-evolution.ts";
import { formatType, isPrimitive, type NestedField, type PrimitiveType } from "../iceberg/type.ts";
import { isUsable } from "./check-mask.ts";
import type { FilterContent } from "./data-filters.ts";
import type { Mask } from "./mask.ts";
import type { DataFilter } from "./policy.ts";
import { fillIn } from "./predicate/fill-in.ts";
import { movePredicate } from "./predicate/move-predicate.ts";
import type { BoundColumn, Predicate } from "./predicate/predicate.ts";
import { predicateText } from "./predicate/predicate-text.ts";
import { rebind } from "./predicate/rebind.ts";
import { hasColumn, type ColumnSet } from "./table-access.ts";

export interface EarlierColumn {
  readonly name: string;
  /** Whether the table had lost it before it was dropped itself. */
  readonly isDropped: boolean;
}

export interface BothTables {
  /** The columns of the dropped table by field id. */
  readonly earlier: ReadonlyMap<number, EarlierColumn>;
  /** The columns of the new table. */
  readonly fields: readonly NestedField[];
}

/** The rule for the new table with remarks about columns that it lacks, or why there is none. */
export type Carried<Rule> = { readonly rule: Rule; readonly notes: readonly string[] } | { readonly obstacle: string };

export function carryColumns(columns: ColumnSet, tables: BothTables): Carried<ColumnSet> {
  if (columns.mode === "all") return { rule: columns, notes: [] };
  return columns.mode === "include" ? carryShown(columns.fieldIds, tables) : carryHidden(columns.fieldIds, tables);
}

function carryShown(ids: Iterable<number>, tables: BothTables): Carried<ColumnSet> {
  const fieldIds = new Set<number>();
  const notes: string[] = [];
  for (const id of ids) {
    const now = columnNow(id, tables);
    if (now?.isDropped === true) continue;
    const [field, another] = now?.fields ?? [];
    if (field !== undefined && another === undefined) fieldIds.add(field.id);
    else notes.push(`${labelOf(now)}, which it shows, no longer exists`);
  }
  return fieldIds.size === 0
    ? { obstacle: "none of its columns exists any more" }
    : { rule: { mode: "include", fieldIds }, notes };
}

/** A set that leaves out nothing stays one, which gives less than the whole table: no files, no statistics. */
function carryHidden(ids: Iterable<number>, tables: BothTables): Carried<ColumnSet> {
  const fieldIds = new Set<number>();
  const notes: string[] = [];
  for (const id of ids) {
    const now = columnNow(id, tables);
    if (now === undefined) return { obstacle: "it leaves out a column whose name is not known any more" };
    for (const field of now.fields) fieldIds.add(field.id);
    if (now.fields.length > 0 || now.isDropped) continue;
    if (hasNewColumns(tables)) return { obstacle: mayBeRenamed(now, "leaves out") };
    notes.push(`${labelOf(now)}, which it leaves out, no longer exists`);
  }
  return { rule: { mode: "exclude", fieldIds }, notes };
}

export function carryFilter(filter: DataFilter, tables: BothTables): Carried<FilterContent> {
  const columns = carryColumns(filter.columns, tables);
  const rows = carryRows(filter.rows, tables);
  const masks = carryMasks(filter.masks, tables);
  if ("obstacle" in columns) return columns;
  if ("obstacle" in rows) return rows;
  if ("obstacle" in masks) return masks;
  const shown = [...masks.rule].filter(([id]) => hasColumn(columns.rule, id));
  const carried = { columns: columns.rule, rows: rows.rule, masks: new Map(shown) };
  const obstacle = obstacleOf(carried, tables);
  return obstacle === undefined
    ? { rule: withText(carried, tables), notes: [...columns.notes, ...masks.notes] }
    : { obstacle };
}

type FilterParts = Pick<DataFilter, "columns" | "rows" | "masks">;

function obstacleOf({ columns, rows, masks }: FilterParts, { fields }: BothTables): string | undefined {
  const showsAll = columns.mode !== "include" && fields.every(({ id }) => hasColumn(columns, id));
  if (showsAll && rows === undefined && masks.size === 0)
    return "without the columns that no longer exist, it would show the whole table";
  if (!fields.some(({ id }) => hasColumn(columns, id))) return "none of its columns exists any more";
  const types = new Map(fields.map(({ id, type }) => [id, type]));
  const fits = rows === undefined || rebind(fillIn(rows, { attributes: {}, groups: [] }), (id) => types.get(id));
  return fits === undefined ? "a column cannot hold what its row filter compares it with" : undefined;
}

function withText({ columns, rows, masks }: FilterParts, { fields }: BothTables): FilterContent {
  const nameOf = (id: number): string => fields.find((field) => field.id === id)?.name ?? "";
  return {
    columns,
    rows: rows === undefined ? undefined : { text: predicateText(rows, nameOf), predicate: rows },
    masks,
  };
}

function carryRows(rows: Predicate | undefined, tables: BothTables): Carried<Predicate | undefined> {
  if (rows === undefined) return { rule: undefined, notes: [] };
  const obstacles: string[] = [];
  const rule = movePredicate(rows, (column) => {
    const moved = moveColumn(column, tables);
    if (typeof moved === "object") return moved;
    obstacles.push(moved);
    return column;
  });
  const [obstacle] = obstacles;
  return obstacle === undefined ? { rule, notes: [] } : { obstacle };
}

/** A text says why the row filter cannot compare the column in the new table. */
function moveColumn({ fieldId, type }: BoundColumn, tables: BothTables): BoundColumn | string {
  const now = columnNow(fieldId, tables);
  const [field, another] = now?.isDropped === true ? [] : (now?.fields ?? []);
  if (field === undefined || another !== undefined)
    return `its row filter compares ${labelOf(now)}, which no longer exists`;
  if (isPrimitive(field.type) && isSameKind(type, field.type)) return { fieldId: field.id, type: field.type };
  return `its row filter compares ${labelOf(now)}, whose type was ${type} and is now ${formatType(field.type)}`;
}

/** A value of the one type compares in the same way as a value of the other. */
function isSameKind(before: PrimitiveType, now: PrimitiveType): boolean {
  return before === now || isPromotion(before, now, { formatVersion: 2, transforms: [] });
}

function carryMasks(given: DataFilter["masks"], tables: BothTables): Carried<DataFilter["masks"]> {
  const masks = new Map<number, Mask>();
  const notes: string[] = [];
  for (const [id, mask] of given) {
    const now = columnNow(id, tables);
    if (now === undefined) return { obstacle: "it masks a column whose name is not known any more" };
    for (const field of now.fields) {
      if (!isUsable(mask, field.type))
        return { obstacle: `its mask does not fit ${labelOf(now)}, whose type is now ${formatType(field.type)}` };
      masks.set(field.id, mask);
    }
    if (now.fields.length > 0 || now.isDropped) continue;
    if (hasNewColumns(tables)) return { obstacle: mayBeRenamed(now, "masks") };
    notes.push(`${labelOf(now)}, which it masks, no longer exists`);
  }
  return { rule: masks, notes };
}

function hasNewColumns({ earlier, fields }: BothTables): boolean {
  const known = [...earlier.values()];
  return fields.some((field) => !known.some((one) => isLike(one, field)));
}

function mayBeRenamed(column: Named, how: string): string {
  return `it ${how} ${labelOf(column)}, which may be one of the new columns under another name`;
}

interface ColumnNow extends EarlierColumn {
  /** The columns of the new table that the name means. */
  readonly fields: readonly NestedField[];
}

/** Undefined if its name is not known any more. A column that was dropped means none if another had its name later. */
function columnNow(fieldId: number, { earlier, fields }: BothTables): ColumnNow | undefined {
  const was = earlier.get(fieldId);
  if (was === undefined) return undefined;
  const isReplaced = was.isDropped && [...earlier.values()].some((one) => !one.isDropped && isLike(one, was));
  return { ...was, fields: isReplaced ? [] : fieldsNamed(fields, was) };
}

/** By the exact name, or else all that ignoring case fits. */
function fieldsNamed(fields: readonly NestedField[], wanted: EarlierColumn): readonly NestedField[] {
  const exact = fields.filter(({ name }) => name === wanted.name);
  return exact.length > 0 ? exact : fields.filter((field) => isLike(field, wanted));
}

interface Named {
  readonly name: string;
}

function isLike(one: Named, other: Named): boolean {
  return one.name.toLowerCase() === other.name.toLowerCase();
}

function labelOf(column: Named | undefined): string {
  return column === undefined ? "a column whose name is not known any more" : `the column ${column.name}`;
}
