/**
 * Why a data filter cannot be used with the present columns of its table. Whoever has only such a filter reads no rows
 * until it is corrected.
 */
import { lastColumnNames } from "../iceberg/last-column-names.ts";
import { currentSchema, type TableMetadata } from "../iceberg/table-metadata.ts";
import { formatType, type Type } from "../iceberg/type.ts";
import { isUsable } from "./check-mask.ts";
import type { DataFilter } from "./policy.ts";
import { predicateColumns } from "./predicate/predicate-columns.ts";
import { fillIn } from "./predicate/fill-in.ts";
import { rebind } from "./predicate/rebind.ts";
import { hasColumn } from "./table-access.ts";

/** Undefined if nothing is wrong. */
export function brokenFilter(
  { columns, rows, masks }: Pick<DataFilter, "columns" | "rows" | "masks">,
  metadata: TableMetadata,
): string | undefined {
  const { fields } = currentSchema(metadata);
  const types = new Map<number, Type>(fields.map(({ id, type }) => [id, type]));
  if (!fields.some(({ id }) => hasColumn(columns, id))) return "none of its columns exists any more";
  const missing = rows && predicateColumns(rows).find((fieldId) => !types.has(fieldId));
  if (missing !== undefined)
    return `its row filter compares the column ${lastColumnNames(metadata)(missing)}, which was dropped`;
  if (rows !== undefined && rebind(fillIn(rows, { attributes: {}, groups: [] }), (id) => types.get(id)) === undefined)
    return "the type of a column was changed, and it cannot hold what the row filter compares it with";
  const misfit = fields.find(({ id, type }) => {
    const mask = masks.get(id);
    return mask !== undefined && !isUsable(mask, type);
  });
  return misfit && `its mask does not fit the column ${misfit.name}, whose type is now ${formatType(misfit.type)}`;
}
