/**
 * Takes over a lake table that no source feeds and that has the name which a source's table would get. It is adopted
 * only if it was made from this very table by a removed source of this name. It is then compared, not loaded, so that
 * its column ids, states and history continue. Any other table of that name belongs to somebody else and is left alone.
 */
import type { CatalogTable, TableEntry } from "../../catalog/catalog.ts";
import { HeadgateError } from "../../errors.ts";
import { historyId } from "../history/change-history.ts";
import { tableLabel, type NamedTable } from "../../catalog/table-name.ts";
import { sourceLabel } from "../settings/table-pattern.ts";
import { deletedAtProperty } from "../history/soft-deletes.ts";
import { currentSchema } from "./lake-schema.ts";
import type { SourceTable } from "../source.ts";
import type { SyncContext } from "./sync-context.ts";
import { changeSettings, usualSettings, type TableSettings } from "../settings/table-settings.ts";

interface Found {
  readonly table: SourceTable;
  readonly source: { readonly id: string; readonly name: string };
  /** Undefined if nobody has changed the settings since. */
  readonly settings: TableSettings | undefined;
  readonly name: NamedTable;
  readonly current: CatalogTable;
  readonly entries: readonly TableEntry[];
}

/**
 * Returns the table's settings. Unless somebody has set them since, they are derived from the table: soft deletes and a
 * history stay switched on, and longs stay longs.
 * Throws LAKE_NAME_TAKEN.
 */
export async function adoptTable({ db }: Pick<SyncContext, "db">, found: Found): Promise<TableSettings> {
  const { current, source, table, settings, entries } = found;
  checkOwn(found);
  if (settings !== undefined) return settings;
  const softDelete = current.metadata.properties[deletedAtProperty] !== undefined;
  const history = entries.some(({ id }) => id === historyId(current.id));
  const unsignedBigint = holdsLongs(found) ? "long" : undefined;
  if (!softDelete && !history && unsignedBigint === undefined) return usualSettings;
  const change = { softDelete, history, unsignedBigint } as const;
  return changeSettings(db, { sourceId: source.id, table: table.name, change });
}

/** Whether columns that may be longs are longs in this table. */
function holdsLongs({ table, current }: Found): boolean {
  const { fields } = currentSchema(current.metadata);
  const isLong = (column: string): boolean => fields.some(({ name, type }) => name === column && type === "long");
  return table.columns.some(({ name, mayBeLong }) => mayBeLong === true && isLong(name));
}

function checkOwn({ current, source, table, name }: Found): void {
  const { "headgate.source": owner, "headgate.source-table": made } = current.metadata.properties;
  const own = sourceLabel(table.name);
  if (owner === source.name && made === own) return;
  const whose = owner === undefined ? "was not made by a source" : `was made from ${made ?? ""} of ${owner}`;
  throw new HeadgateError("LAKE_NAME_TAKEN", {
    place: tableLabel(name),
    message: `${own} would become ${tableLabel(name)}, but the table of that name ${whose}`,
    remedy: `connect the source under another name, or remove the table from the lake with \`headgate table drop ${tableLabel(name)}\``,
  });
}
