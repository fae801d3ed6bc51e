/** A data filter in the words of people, bound to the columns of its table and checked; and back into words. */
import { z } from "zod";
import type { CatalogTable } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { brokenFilter } from "../../governance/broken-filter.ts";
import { checkMask } from "../../governance/check-mask.ts";
import type { FilterContent, FilterRow } from "../../governance/data-filters.ts";
import { maskActions, type Mask } from "../../governance/mask.ts";
import { filterOf } from "../../governance/policy-rows.ts";
import { parsePredicate } from "../../governance/predicate/parse-predicate.ts";
import { predicateText } from "../../governance/predicate/predicate-text.ts";
import { hasColumn } from "../../governance/table-access.ts";
import { lastColumnNames } from "../../iceberg/last-column-names.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import { list } from "../answers.ts";
import { columnSet, fieldNamed, presentColumns } from "./column-names.ts";
import { presentedColumns } from "./present-grant.ts";

export const filterName = z
  .string()
  .regex(
    /^[a-z][a-z0-9_-]{0,62}$/,
    "the name of a data filter has lower-case letters, digits, _ and -, and begins with a letter",
  );

export const namedMask = z.strictObject({
  column: z.string(),
  mask: z.enum(maskActions),
  value: z.string().optional().describe("For fixed-value: what everybody sees, as text."),
});

export const filterWords = z.strictObject({
  rows: z
    .string()
    .min(1)
    .optional()
    .describe("Which rows are shown: country = 'DE' AND amount >= 100. By default all."),
  columns: z.array(z.string()).min(1).optional().describe("Only these columns."),
  except: z.array(z.string()).min(1).optional().describe("All columns but these, future ones too."),
  masks: z
    .array(namedMask)
    .max(1_000)
    .default([])
    .describe("The masks that are shown in place of the values of columns."),
});

export type FilterWords = z.infer<typeof filterWords>;

/** Throws FILTER_INVALID, USAGE. */
export function filterContent(asking: Asking, table: CatalogTable, words: FilterWords): FilterContent {
  const { fields } = currentSchema(table.metadata);
  const columns = columnSet(asking, table, words);
  const place = tableLabel(table);
  const masks = new Map<number, Mask>();
  for (const { column, mask: action, value } of words.masks) {
    const field = fieldNamed(fields, { name: column, place });
    if (masks.has(field.id) || !hasColumn(columns, field.id)) throw uselessMask(place, field.name, masks.has(field.id));
    checkMask({ action, value }, field);
    masks.set(field.id, { action, value });
  }
  const { rows: text } = words;
  const rows = text === undefined ? undefined : { text, predicate: parsePredicate(text, fields) };
  if (rows !== undefined || columns.mode !== "all" || masks.size > 0) return { columns, rows, masks };
  throw new HeadgateError("FILTER_INVALID", {
    place,
    message: "the data filter shows the whole table as it is",
    remedy: "say which rows or columns it shows, or which it masks",
  });
}

function uselessMask(place: string, column: string, isTwice: boolean): HeadgateError {
  return new HeadgateError("FILTER_INVALID", {
    place,
    message: isTwice ? `the column ${column} has two masks` : `the column ${column} is masked, but it is not shown`,
    remedy: isTwice ? "give it one of them" : "leave out the mask, or show the column",
  });
}

export const presentedFilter = z
  .strictObject({
    name: z.string(),
    table: z.string(),
    rows: z.string().nullable().describe("With the names that the columns have now; null for all rows."),
    columns: presentedColumns.nullable().describe("Null for all columns."),
    masks: list(namedMask),
    origin: z.string().nullable().describe("The declaration that made it."),
    state: z.enum(["ok", "broken"]),
    why: z.string().optional().describe("Why it cannot be used; those who have only this filter read nothing."),
  })
  .meta({ title: "DataFilter" });

export type PresentedFilter = z.infer<typeof presentedFilter>;

export function presentFilter(row: FilterRow, table: CatalogTable): PresentedFilter {
  const filter = filterOf(row);
  const common = { name: row.name, table: tableLabel(table), origin: row.origin };
  const unreadable = "it was written by a newer Headgate";
  if (filter === undefined)
    return { ...common, rows: row.row_text, columns: null, masks: [], state: "broken", why: unreadable };
  const why = brokenFilter(filter, table.metadata);
  const nameOf = lastColumnNames(table.metadata);
  return {
    ...common,
    rows: filter.rows === undefined ? null : predicateText(filter.rows, nameOf),
    columns: presentColumns(filter.columns, currentSchema(table.metadata).fields),
    masks: [...filter.masks].map(([fieldId, { action, value }]) => ({ column: nameOf(fieldId), mask: action, value })),
    state: why === undefined ? "ok" : "broken",
    why,
  };
}
