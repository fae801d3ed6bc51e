/** The lake tables that a source feeds, with the state of each. */
import type { Kysely } from "kysely";
import { tableLabel } from "../catalog/table-name.ts";
import type { CaptureModeName, Tables } from "../db/tables.ts";
import { sourceLabel } from "../sync/settings/table-pattern.ts";
import { settingsOfSource, usualSettings } from "../sync/settings/table-settings.ts";

export interface SourceTableState {
  /** `schema.name` in the source. */
  readonly sourceTable: string;
  /** `database.table` in the lake. */
  readonly lakeTable: string;
  readonly active: boolean;
  readonly mode: CaptureModeName;
  readonly softDelete: boolean;
  readonly history: boolean;
  /** Configured columns that identify rows. */
  readonly key: readonly string[] | null;
  readonly partitionBy: readonly string[] | null;
  /** In seconds. */
  readonly freshness: number | null;
  /** The file in which it was declared; null if it was set by a command or not at all. */
  readonly origin: string | null;
  readonly rows: number;
  /** When it was last read as a whole and replaced. */
  readonly fullLoadAt: string | null;
  /** When it was last brought up to date with the source. */
  readonly freshAt: string;
  readonly position: string;
}

interface SourceParts {
  readonly sourceId: string;
  /** Whether its tables lie in files, so that their mode cannot be chosen. */
  readonly inFiles: boolean;
}

export async function tablesOfSource(
  db: Kysely<Tables>,
  { sourceId, inFiles }: SourceParts,
): Promise<readonly SourceTableState[]> {
  const settings = await settingsOfSource(db, sourceId);
  const rows = await db
    .selectFrom("positions")
    .innerJoin("tables", "tables.id", "positions.table_id")
    .innerJoin("databases", "databases.id", "tables.database_id")
    .selectAll("positions")
    .select(["tables.name as lake_name", "databases.name as lake_database"])
    .where("source_id", "=", sourceId)
    .orderBy("source_schema")
    .orderBy("source_name")
    .execute();
  return rows.map((row): SourceTableState => {
    const set = settings.find(({ table }) => table.schema === row.source_schema && table.name === row.source_name);
    const { active, mode, softDelete, history, key, layout, freshness } = set?.settings ?? usualSettings;
    return {
      sourceTable: sourceLabel({ schema: row.source_schema, name: row.source_name }),
      lakeTable: tableLabel({ database: row.lake_database, name: row.lake_name }),
      active,
      mode: inFiles ? "files" : (mode?.mode ?? "diff"),
      softDelete,
      history,
      key: key ?? null,
      partitionBy: layout.partitionBy ?? null,
      freshness: freshness ?? null,
      origin: set?.origin ?? null,
      rows: Number(row.row_count),
      fullLoadAt: row.full_load_at?.toISOString() ?? null,
      freshAt: row.moved_at.toISOString(),
      position: row.position,
    };
  });
}
