/**
 * Settings for a table of a source: how its changes are found, what is kept of changed and deleted rows, and its types.
 */
import type { Kysely } from "kysely";
import { formatJson } from "../../base/json.ts";
import type { Compression } from "../../engine/file-layout.ts";
import type { TableSettingsRow, Tables, UnsignedBigint } from "../../db/tables.ts";
import type { ModeSetting } from "./capture-mode.ts";
import type { TableName } from "../source.ts";
import type { FormatVersion } from "../../iceberg/format-version.ts";
import { usualLayout, type LayoutSettings } from "../../writer/table-layout.ts";

export interface TableSettings {
  /** Undefined: nobody has chosen a mode. */
  readonly mode: ModeSetting | undefined;
  /** Rows that the source deletes stay in the lake, marked. */
  readonly softDelete: boolean;
  /** Every change is recorded in a table beside it. */
  readonly history: boolean;
  /** False: every run leaves the table out. */
  readonly active: boolean;
  /** True: it is loaded even where the source asks before it loads new tables. */
  readonly admitted: boolean;
  readonly layout: LayoutSettings;
  /** Columns that identify a row when the source declares no key; undefined: the source's key. */
  readonly key: readonly string[] | undefined;
  /** In seconds; an alert is raised when the table is older. */
  readonly freshness: number | undefined;
  /** Undefined: the source's setting applies. */
  readonly unsignedBigint: UnsignedBigint | undefined;
  /** How the rows of a source that is no database are read; see `KnownTable.reading`. */
  readonly reading: string | undefined;
  /** JSON: how far its files had been read, as the last declaration said it. */
  readonly declaredPlace: string | undefined;
}

export const usualSettings: TableSettings = {
  mode: undefined,
  softDelete: false,
  history: false,
  active: true,
  admitted: false,
  layout: usualLayout,
  key: undefined,
  freshness: undefined,
  unsignedBigint: undefined,
  reading: undefined,
  declaredPlace: undefined,
};

export interface SetTable {
  readonly table: TableName;
  /** The file in which it was declared. */
  readonly origin: string | undefined;
  readonly settings: TableSettings;
}

export async function settingsOfSource(db: Kysely<Tables>, sourceId: string): Promise<readonly SetTable[]> {
  const rows = await db.selectFrom("table_settings").selectAll().where("source_id", "=", sourceId).execute();
  return rows.map((row) => ({
    table: { schema: row.source_schema, name: row.source_name },
    origin: row.origin ?? undefined,
    settings: {
      mode: modeOf(row),
      softDelete: row.soft_delete,
      history: row.history,
      active: row.active,
      admitted: row.admitted,
      layout: {
        partitionBy: row.partition_by ?? undefined,
        sortBy: row.sort_by ?? undefined,
        targetFileSize: row.target_file_size ?? undefined,
        compression: (row.compression as Compression | null) ?? undefined,
        formatVersion: (row.format_version as FormatVersion | null) ?? undefined,
      },
      key: row.key_columns ?? undefined,
      freshness: row.freshness_seconds ?? undefined,
      unsignedBigint: row.unsigned_bigint ?? undefined,
      reading: row.reading ?? undefined,
      declaredPlace: row.declared_place ?? undefined,
    },
  }));
}

function modeOf({
  mode,
  cursor_column: column,
  overlap,
  overlap_unit: unit,
}: Pick<TableSettingsRow, "mode" | "cursor_column" | "overlap" | "overlap_unit">): ModeSetting | undefined {
  if (mode === null) return undefined;
  return {
    mode,
    column: column ?? undefined,
    overlap: overlap === null ? undefined : Number(overlap),
    unit: unit ?? undefined,
  };
}

interface SettingsPlace {
  readonly sourceId: string;
  readonly table: TableName;
}

export async function settingsOfTable(db: Kysely<Tables>, place: SettingsPlace): Promise<TableSettings> {
  return (await findSet(db, place))?.settings ?? usualSettings;
}

async function findSet(db: Kysely<Tables>, { sourceId, table }: SettingsPlace): Promise<SetTable | undefined> {
  const all = await settingsOfSource(db, sourceId);
  return all.find((set) => set.table.schema === table.schema && set.table.name === table.name);
}

/** Changes the given settings and leaves the others as they are. Returns all of them. */
export async function changeSettings(
  db: Kysely<Tables>,
  { sourceId, table, change, origin }: SettingsPlace & { change: Partial<TableSettings>; origin?: string | undefined },
): Promise<TableSettings> {
  const known = await findSet(db, { sourceId, table });
  const settings = { ...usualSettings, ...known?.settings, ...change };
  const { mode, softDelete, history, active, admitted, layout, key, freshness, unsignedBigint, reading } = settings;
  const values = {
    mode: mode?.mode ?? null,
    cursor_column: mode?.column ?? null,
    overlap: mode?.overlap === undefined ? null : BigInt(mode.overlap),
    overlap_unit: mode?.unit ?? null,
    soft_delete: softDelete,
    history,
    active,
    admitted,
    declared_place: settings.declaredPlace ?? null,
    partition_by: jsonOrNull(layout.partitionBy),
    sort_by: jsonOrNull(layout.sortBy),
    target_file_size: layout.targetFileSize ?? null,
    compression: layout.compression ?? null,
    format_version: layout.formatVersion ?? null,
    key_columns: jsonOrNull(key),
    freshness_seconds: freshness ?? null,
    unsigned_bigint: unsignedBigint ?? null,
    reading: reading ?? null,
    origin: origin ?? known?.origin ?? null,
    set_at: new Date(),
  };
  await db
    .insertInto("table_settings")
    .values({ source_id: sourceId, source_schema: table.schema, source_name: table.name, ...values })
    .onConflict((conflict) => conflict.columns(["source_id", "source_schema", "source_name"]).doUpdateSet(values))
    .execute();
  return settings;
}

/** Removes all settings of the table. */
export async function forgetSettings(db: Kysely<Tables>, { sourceId, table }: SettingsPlace): Promise<void> {
  await db
    .deleteFrom("table_settings")
    .where("source_id", "=", sourceId)
    .where("source_schema", "=", table.schema)
    .where("source_name", "=", table.name)
    .execute();
}

function jsonOrNull(value: readonly string[] | undefined): string | null {
  return value === undefined ? null : formatJson(value);
}
