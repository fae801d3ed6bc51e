/** The columns of a table that have the places of those of the dropped table of its name, found as its grants find them. */
import type { CatalogTable } from "../../catalog/catalog.ts";
import { carryColumns } from "../../governance/carry-over.ts";
import type { ClosedTable } from "../../governance/closed-tables.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import type { NestedField } from "../../iceberg/type.ts";

/** Undefined for a column that the table does not have, or that it had lost before it was dropped. */
export function columnNow(
  { metadata }: Pick<CatalogTable, "metadata">,
  { columns }: Pick<ClosedTable, "columns">,
  fieldId: number,
): NestedField | undefined {
  const { fields } = currentSchema(metadata);
  const carried = carryColumns({ mode: "include", fieldIds: new Set([fieldId]) }, { earlier: columns, fields });
  if ("obstacle" in carried || carried.rule.mode === "all") return undefined;
  const { fieldIds } = carried.rule;
  return fields.find(({ id }) => fieldIds.has(id));
}
