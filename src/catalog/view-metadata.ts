/**
 * The columns of a view in the form in which tables have them, for everything that asks a table for its columns.
 * Invariant: it has no snapshot and no file, so nothing that works on files finds any.
 */
import { newTable } from "../iceberg/new-table.ts";
import type { TableMetadata } from "../iceberg/table-metadata.ts";
import type { ViewVersion } from "./view.ts";

export function viewMetadata(id: string, { columns, madeAt }: ViewVersion): TableMetadata {
  const schema = { schemaId: 0, fields: columns, identifierFieldIds: [] };
  return newTable({ uuid: id, location: "", schema, formatVersion: 3, now: madeAt.getTime() });
}
