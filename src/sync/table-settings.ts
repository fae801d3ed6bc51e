/** What somebody set for a table of a source: how its changes are found, and what is kept of rows that change. */
import type { Kysely } from "kysely";
import type { TableSettingsRow, Tables } from "../db/tables.ts";
import type { ModeSetting } from "./capture-mode.ts";
import type { TableName } from "./source.ts";

export interface TableSettings {
  /** Undefined: nobody chose. */
  readonly mode: ModeSetting | undefined;
  /** Rows that the source deletes stay in the lake, marked. */
  readonly softDelete: boolean;
  /** Every change is kept in a table beside it. */
  readonly history: boolean;
  /** False leaves the table out of every run. */
  readonly active: boolean;
}

export const usualSettings: TableSettings = { mode: undefined, softDelete: false, history: false, active: true };

export interface SetTable {
  readonly table: TableName;
  /** The file it was declared in. */
  readonly origin: string | undefined;
  readonly settings: TableSettings;
}

export async function settingsOfSource(db: Kysely<Tables>, sourceId: string): Promise<readonly SetTable[]> {
  const rows = await db.selectFrom("table_settings").selectAll().where("source_id", "=", sourceId).execute();
  return rows.map((row) => ({
    table: { schema: row.source_schema, name: row.source_name },
    origin: row.origin ?? undefined,
    settings: { mode: modeOf(row), softDelete: row.soft_delete, history: row.history, active: row.active },
  }));
}

function modeOf({
  mode,
  cursor_column: column,
  overlap,
}: Pick<TableSettingsRow, "mode" | "cursor_column" | "overlap">): ModeSetting | undefined {
  if (mode === null) return undefined;
  return { mode, column: column ?? undefined, overlap: overlap === null ? undefined : Number(overlap) };
}

interface SettingsPlace {
  readonly sourceId: string;
  readonly table: TableName;
}

/** Changes the settings given and leaves the others. Returns all of them. */
export async function changeSettings(
  db: Kysely<Tables>,
  { sourceId, table, change, origin }: SettingsPlace & { change: Partial<TableSettings>; origin?: string | undefined },
): Promise<TableSettings> {
  const known = (await settingsOfSource(db, sourceId)).find(
    (set) => set.table.schema === table.schema && set.table.name === table.name,
  );
  const settings = { ...usualSettings, ...known?.settings, ...change };
  const { mode, softDelete, history, active } = settings;
  const values = {
    mode: mode?.mode ?? null,
    cursor_column: mode?.column ?? null,
    overlap: mode?.overlap === undefined ? null : BigInt(mode.overlap),
    soft_delete: softDelete,
    history,
    active,
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

/** As if nobody had set anything. */
export async function forgetSettings(db: Kysely<Tables>, { sourceId, table }: SettingsPlace): Promise<void> {
  await db
    .deleteFrom("table_settings")
    .where("source_id", "=", sourceId)
    .where("source_schema", "=", table.schema)
    .where("source_name", "=", table.name)
    .execute();
}
