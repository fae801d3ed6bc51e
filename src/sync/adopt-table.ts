/**
 * A table that the lake holds and no source feeds, under the name that a source's table would get: it is taken over where it was
 * made from this very table, by a source of this name that was removed since. It is then compared and not loaded, so that its
 * column ids, states and history go on. Anything else of that name belongs to somebody else and is left alone.
 */
import type { CatalogTable, TableEntry } from "../catalog/catalog.ts";
import { HeadgateError } from "../errors.ts";
import { historyId } from "./change-history.ts";
import { formatLakeName, type LakeName } from "./lake-name.ts";
import { deletedAtProperty } from "./soft-deletes.ts";
import type { TableName } from "./source.ts";
import type { SyncContext } from "./sync-context.ts";
import { changeSettings, usualSettings, type TableSettings } from "./table-settings.ts";

interface Found {
  readonly table: TableName;
  readonly source: { readonly id: string; readonly name: string };
  /** Undefined where nobody set anything since. */
  readonly settings: TableSettings | undefined;
  readonly name: LakeName;
  readonly current: CatalogTable;
  readonly entries: readonly TableEntry[];
}

/**
 * Its settings from now on: what it kept of deleted rows and of changes it goes on keeping, unless somebody set that again.
 * Throws LAKE_NAME_TAKEN.
 */
export async function adoptTable({ db }: Pick<SyncContext, "db">, found: Found): Promise<TableSettings> {
  const { current, source, table, settings, entries } = found;
  checkOwn(found);
  if (settings !== undefined) return settings;
  const softDelete = current.metadata.properties[deletedAtProperty] !== undefined;
  const history = entries.some(({ id }) => id === historyId(current.id));
  if (!softDelete && !history) return usualSettings;
  return changeSettings(db, { sourceId: source.id, table, change: { softDelete, history } });
}

function checkOwn({ current, source, table, name }: Found): void {
  const { "headgate.source": owner, "headgate.source-table": made } = current.metadata.properties;
  const own = `${table.schema}.${table.name}`;
  if (owner === source.name && made === own) return;
  const whose = owner === undefined ? "was not made by a source" : `was made from ${made ?? ""} of ${owner}`;
  throw new HeadgateError("LAKE_NAME_TAKEN", {
    place: formatLakeName(name),
    message: `${own} would be ${formatLakeName(name)}, and the table of that name ${whose}`,
    remedy: `connect the source under another name, or take the table out of the lake with \`headgate table drop ${formatLakeName(name)}\``,
  });
}
