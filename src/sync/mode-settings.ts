/** The capture modes that somebody set, by table of a source. */
import type { Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import type { ModeSetting } from "./capture-mode.ts";
import type { TableName } from "./source.ts";

export interface SetMode extends ModeSetting {
  readonly table: TableName;
}

export async function modesOfSource(db: Kysely<Tables>, sourceId: string): Promise<readonly SetMode[]> {
  const rows = await db.selectFrom("capture_modes").selectAll().where("source_id", "=", sourceId).execute();
  return rows.map((row) => ({
    table: { schema: row.source_schema, name: row.source_name },
    mode: row.mode,
    column: row.cursor_column ?? undefined,
    overlap: row.overlap === null ? undefined : Number(row.overlap),
  }));
}

/** `undefined` forgets what was set. */
export async function setMode(
  db: Kysely<Tables>,
  { sourceId, table, setting }: { sourceId: string; table: TableName; setting: ModeSetting | undefined },
): Promise<void> {
  const place = { source_id: sourceId, source_schema: table.schema, source_name: table.name };
  await db.transaction().execute(async (transaction) => {
    await transaction
      .deleteFrom("capture_modes")
      .where("source_id", "=", sourceId)
      .where("source_schema", "=", table.schema)
      .where("source_name", "=", table.name)
      .execute();
    if (setting === undefined) return;
    const { mode, column, overlap } = setting;
    await transaction
      .insertInto("capture_modes")
      .values({
        ...place,
        mode,
        cursor_column: column ?? null,
        overlap: overlap === undefined ? null : BigInt(overlap),
      })
      .execute();
  });
}
