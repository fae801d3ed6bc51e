/**
 * Makes, changes and ends data filters: named parts of a table, which grants refer to. It does not ask whether the
 * caller may, and its filters have been checked.
 */
import { sql, type Kysely } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { DataFilterRow, Tables } from "../db/tables.ts";
import type { Selectable } from "kysely";
import { columnsJson } from "./grants.ts";
import type { Mask } from "./mask.ts";
import type { Predicate } from "./predicate/predicate.ts";
import type { ColumnSet } from "./table-access.ts";

export interface FilterContent {
  readonly columns: ColumnSet;
  /** Undefined: all rows. */
  readonly rows: { readonly text: string; readonly predicate: Predicate } | undefined;
  readonly masks: ReadonlyMap<number, Mask>;
}

export interface NamedFilter {
  readonly tableId: string;
  readonly name: string;
}

export type FilterRow = Selectable<DataFilterRow>;

/** The open filters, of one table or of all. */
export async function openFilters(db: Kysely<Tables>, tableId?: string): Promise<readonly FilterRow[]> {
  return db
    .selectFrom("data_filters")
    .selectAll()
    .where("ended_at", "is", null)
    .$if(tableId !== undefined, (query) => query.where("table_id", "=", tableId ?? ""))
    .orderBy("name")
    .execute();
}

export function isSameContent(row: FilterRow, content: FilterContent): boolean {
  const wanted = membersOf(content);
  return (["columns", "row_predicate", "masks"] as const).every((name) => {
    const json = wanted[name];
    return canonical(row[name]) === canonical(json === null ? null : JSON.parse(json));
  });
}

/** PostgreSQL orders the members of JSON objects in its own way. */
function canonical(json: unknown): string {
  return JSON.stringify(json, (_name, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
}

export async function insertFilter(
  transaction: Kysely<Tables>,
  { tableId, name, content, origin }: NamedFilter & { readonly content: FilterContent; readonly origin: string | null },
): Promise<string> {
  const id = uuidv7();
  await transaction
    .insertInto("data_filters")
    .values({ id, table_id: tableId, name, origin, ...membersOf(content) })
    .execute();
  return id;
}

/** All grants that refer to the filter show what it shows now. */
export async function changeFilter(
  transaction: Kysely<Tables>,
  { id, content }: { readonly id: string; readonly content: FilterContent },
): Promise<void> {
  await transaction.updateTable("data_filters").set(membersOf(content)).where("id", "=", id).execute();
}

export async function endFilter(transaction: Kysely<Tables>, id: string): Promise<void> {
  const ended = { ended_at: sql<Date>`clock_timestamp()` };
  await transaction.updateTable("data_filters").set(ended).where("id", "=", id).execute();
}

function membersOf({ columns, rows, masks }: FilterContent) {
  return {
    columns: columnsJson(columns),
    row_text: rows?.text ?? null,
    row_predicate: rows === undefined ? null : JSON.stringify(rows.predicate),
    masks: JSON.stringify(
      [...masks]
        .toSorted(([one], [other]) => one - other)
        .map(([fieldId, { action, value }]) => ({ fieldId, mask: action, value })),
    ),
  };
}
