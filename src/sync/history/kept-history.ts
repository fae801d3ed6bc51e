/** Finds the current history of a table without asking the table's source. */
import type { CatalogTable } from "../../catalog/catalog.ts";
import type { ReadColumn } from "../../engine/read-column.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import { formatType, type NestedField } from "../../iceberg/type.ts";
import { aboutTheChange, historyId, type HistoryPlace } from "./change-history.ts";
import { deletedAtProperty } from "./soft-deletes.ts";
import type { SyncContext } from "../run/sync-context.ts";
import { tableLayout, usualLayout } from "../../writer/table-layout.ts";
import { settingsOfTable } from "../settings/table-settings.ts";
import { readColumns } from "../compare/table-sides.ts";

export interface KeptHistory {
  /** The history itself. */
  readonly table: CatalogTable;
  readonly place: HistoryPlace;
  /** The columns that the history has in common with the table, and those of the key. */
  readonly columns: readonly ReadColumn[];
  readonly keyColumns: readonly ReadColumn[] | undefined;
  /** The table's position in its source. */
  readonly position: string;
  /** The table's snapshot up to which the history has been written. */
  readonly snapshotId: bigint | undefined;
}

type Known = Pick<SyncContext, "db" | "catalog">;

/**
 * Undefined when the table has no history, or when the history does not have the table's columns yet; the next run then
 * brings it up to date.
 */
export async function keptHistory(context: Known, table: CatalogTable): Promise<KeptHistory | undefined> {
  const position = await wantedAt(context, table.id);
  const entry = (await context.catalog.entries()).find(({ id }) => id === historyId(table.id));
  if (position === undefined || entry === undefined) return undefined;
  const history = await context.catalog.load(entry);
  const fields = fieldsOfTable(table);
  const ofHistory = fields.map((field) => sameColumn(history, field));
  const found = ofHistory.filter((field) => field !== undefined);
  if (found.length < fields.length) return undefined;
  const keys = fields.filter(({ id }) => currentSchema(table.metadata).identifierFieldIds.includes(id));
  return {
    table: history,
    place: placeOf(history, found),
    columns: readColumns(fields),
    keyColumns: keys.length === 0 ? undefined : readColumns(keys),
    position: position.position,
    snapshotId: position.history_snapshot_id ?? undefined,
  };
}

async function wantedAt({ db }: Known, tableId: string) {
  const row = await db.selectFrom("positions").selectAll().where("table_id", "=", tableId).executeTakeFirst();
  if (row === undefined) return undefined;
  const { source_id: sourceId, source_schema: schema, source_name: name } = row;
  const { history } = await settingsOfTable(db, { sourceId, table: { schema, name } });
  return history ? row : undefined;
}

/** The fields of the source's columns. */
function fieldsOfTable({ metadata }: CatalogTable): readonly NestedField[] {
  return currentSchema(metadata).fields.filter(({ id }) => String(id) !== metadata.properties[deletedAtProperty]);
}

function sameColumn({ metadata }: CatalogTable, { name, type }: NestedField): NestedField | undefined {
  return currentSchema(metadata).fields.find(
    (field) => field.id > aboutTheChange.length && field.name === name && formatType(field.type) === formatType(type),
  );
}

function placeOf({ metadata, location }: CatalogTable, fields: readonly NestedField[]): HistoryPlace {
  const schema = currentSchema(metadata);
  const layout = tableLayout(usualLayout, { schema, metadata });
  return { fields, location, layout, follow: { schema, lastColumnId: metadata.lastColumnId, changes: [] } };
}
