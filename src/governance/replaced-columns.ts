/**
 * Rules of a column that another one of the same name replaces in its table, because the source gave it a type that
 * Iceberg cannot widen it to.
 * Invariant: whatever hid, masked or tagged the earlier column does so with the new one. Nobody who was granted the earlier
 * one by its name is granted the new one.
 */
import type { Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import type { NestedField } from "../iceberg/type.ts";
import { isUsable } from "./check-mask.ts";
import { changeFilter, openFilters, type FilterRow } from "./data-filters.ts";
import { columnsJson } from "./grants.ts";
import type { DataFilter } from "./policy.ts";
import { filterOf, grantOf } from "./policy-rows.ts";
import type { ColumnSet } from "./table-access.ts";
import { copyTags } from "./tag-store.ts";

export interface ReplacedColumns {
  readonly tableId: string;
  /** By the field id of the earlier column. */
  readonly columns: ReadonlyMap<number, NestedField>;
}

/** The caller holds the lock of the policy. */
export async function keepRestrictions(transaction: Kysely<Tables>, replaced: ReplacedColumns): Promise<void> {
  const { tableId, columns } = replaced;
  const ids = new Map([...columns].map(([earlier, { id }]) => [earlier, id]));
  await copyTags(transaction, { from: tableId, to: tableId, columns: ids });
  await hideFromGrants(transaction, replaced);
  for (const row of await openFilters(transaction, tableId)) await hideFromFilter(transaction, row, replaced);
}

async function hideFromGrants(transaction: Kysely<Tables>, { tableId, columns }: ReplacedColumns): Promise<void> {
  const rows = await transaction
    .selectFrom("grants")
    .selectAll()
    .where("resource_kind", "=", "table")
    .where("resource_id", "=", tableId)
    .where("ended_at", "is", null)
    .execute();
  for (const row of rows) {
    const had = grantOf(row)?.columns;
    const wanted = had && withoutReplaced(had, columns);
    if (wanted === undefined || wanted === had) continue;
    await transaction
      .updateTable("grants")
      .set({ columns: columnsJson(wanted) })
      .where("id", "=", row.id)
      .execute();
  }
}

/** The same set if it leaves out none of the earlier columns. */
function withoutReplaced(set: ColumnSet, columns: ReplacedColumns["columns"]): ColumnSet {
  if (set.mode !== "exclude") return set;
  const more = [...columns].flatMap(([earlier, { id }]) =>
    set.fieldIds.has(earlier) && !set.fieldIds.has(id) ? [id] : [],
  );
  return more.length === 0 ? set : { mode: "exclude", fieldIds: new Set([...set.fieldIds, ...more]) };
}

async function hideFromFilter(
  transaction: Kysely<Tables>,
  row: FilterRow,
  { columns }: ReplacedColumns,
): Promise<void> {
  const filter = filterOf(row);
  if (filter === undefined) return;
  const masks = new Map(filter.masks);
  const unmaskable: number[] = [];
  for (const [earlier, { id, type }] of columns) {
    const mask = filter.masks.get(earlier);
    if (mask === undefined || masks.has(id)) continue;
    if (isUsable(mask, type)) masks.set(id, mask);
    else unmaskable.push(id);
  }
  const wanted = hidden(withoutReplaced(filter.columns, columns), unmaskable);
  if (wanted === filter.columns && masks.size === filter.masks.size) return;
  const content = { columns: wanted, masks, rows: rowsOf(row, filter) };
  await changeFilter(transaction, { id: row.id, content });
}

/** A mask that does not fit the new type cannot be used, so the column is left out as a whole. */
function hidden(set: ColumnSet, ids: readonly number[]): ColumnSet {
  if (ids.length === 0 || set.mode === "include") return set;
  return { mode: "exclude", fieldIds: new Set([...(set.mode === "all" ? [] : set.fieldIds), ...ids]) };
}

function rowsOf({ row_text: text }: FilterRow, { rows }: DataFilter) {
  return rows === undefined ? undefined : { text: text ?? "", predicate: rows };
}
