/** What a run has to bring where: each source table with its lake table, where it stands, and the schema it will have. */
import type { Selectable } from "kysely";
import type { CatalogTable } from "../catalog/catalog.ts";
import { uuidv7 } from "../base/uuid.ts";
import type { PositionRow } from "../db/tables.ts";
import { chooseMode, type CaptureMode } from "./capture-mode.ts";
import { modesOfSource } from "./mode-settings.ts";
import { formatLakeName, lakeName, type LakeName } from "./lake-name.ts";
import { followSchema, type FollowedSchema } from "./lake-schema.ts";
import type { Position, Source, SourceObject, SourceTable } from "./source.ts";
import type { SyncContext } from "./sync-context.ts";
import { shapeColumns, tableShape } from "./table-shape.ts";

export interface SyncTarget {
  readonly table: SourceTable;
  readonly name: LakeName;
  /** `schema.name` in the source. */
  readonly sourceLabel: string;
  readonly lakeLabel: string;
  readonly sourceId: string;
  /** The lake table's id: of the one that exists, else chosen for the one to be made. */
  readonly tableId: string;
  readonly location: string;
  /** The lake table as it is now. */
  readonly current: CatalogTable | undefined;
  /** Where it stands in the source's log. */
  readonly standing: Standing | undefined;
  readonly shape: string;
  /** How its changes are found. */
  readonly mode: CaptureMode;
  readonly follow: FollowedSchema;
}

/** What is known of a table from when it was last brought to a cut. */
export interface Standing {
  readonly position: Position;
  readonly rows: number;
  readonly shape: string;
  /** The source's digest of the rows then, where it was asked for. */
  readonly fingerprint: string | undefined;
  /** The lake table's current snapshot then. */
  readonly snapshotId: bigint | undefined;
  /** The engine's digest of its rows then, where they were compared. */
  readonly digest: string | undefined;
}

interface TargetParts {
  readonly source: { readonly name: string; readonly mainSchema: Source["mainSchema"] };
  readonly sourceId: string;
  readonly tables: readonly SourceTable[];
}

export async function resolveTargets(
  context: SyncContext,
  { source, sourceId, tables }: TargetParts,
): Promise<readonly SyncTarget[]> {
  const entries = await context.catalog.entries();
  const standings = await context.db.selectFrom("positions").selectAll().where("source_id", "=", sourceId).execute();
  const modes = await modesOfSource(context.db, sourceId);
  const planned = await context.db
    .selectFrom("staged_splits")
    .select(["table_id", "source_schema", "source_name"])
    .where("source_id", "=", sourceId)
    .groupBy(["table_id", "source_schema", "source_name"])
    .execute();
  return Promise.all(
    tables.map(async (table): Promise<SyncTarget> => {
      const { schema, name } = table.name;
      const isThis = (row: { source_schema: string; source_name: string }): boolean =>
        row.source_schema === schema && row.source_name === name;
      const target = lakeName(source, table.name);
      const row = standings.find(isThis);
      const entry =
        entries.find((candidate) => candidate.id === row?.table_id) ??
        entries.find(({ database, name: found }) => database === target.database && found === target.table);
      const current = entry && (await context.catalog.load(entry));
      const tableId = current?.id ?? planned.find(isThis)?.table_id ?? uuidv7();
      const standing = row && presentStanding(row);
      return {
        table,
        name: target,
        sourceLabel: `${schema}.${name}`,
        lakeLabel: formatLakeName(target),
        sourceId,
        tableId,
        location: current?.location ?? `${context.config.lakeLocation}/${tableId}`,
        current,
        standing,
        shape: tableShape(table),
        mode: chooseMode(
          table,
          modes.find(({ table: set }) => set.schema === schema && set.name === name),
        ),
        follow: followSchema(
          table,
          current && {
            schema: currentSchema(current),
            lastColumnId: current.metadata.lastColumnId,
            shape: standing === undefined ? [] : shapeColumns(standing.shape),
          },
        ),
      };
    }),
  );
}

function presentStanding(row: Selectable<PositionRow>): Standing {
  return {
    position: row.position,
    rows: Number(row.row_count),
    shape: row.shape,
    fingerprint: row.fingerprint ?? undefined,
    snapshotId: row.snapshot_id ?? undefined,
    digest: row.content_digest ?? undefined,
  };
}

function currentSchema({ metadata }: CatalogTable) {
  const schema = metadata.schemas.find(({ schemaId }) => schemaId === metadata.currentSchemaId);
  if (schema === undefined) throw new TypeError("metadata without its current schema");
  return schema;
}

/** Lake tables of this source whose table the source no longer has. */
export async function vanishedTables(
  context: SyncContext,
  { sourceId, discovered }: { sourceId: string; discovered: readonly SourceObject[] },
) {
  const rows = await context.db
    .selectFrom("positions")
    .innerJoin("tables", "tables.id", "positions.table_id")
    .innerJoin("databases", "databases.id", "tables.database_id")
    .select([
      "positions.source_schema",
      "positions.source_name",
      "positions.row_count",
      "tables.name",
      "databases.name as database",
    ])
    .where("positions.source_id", "=", sourceId)
    .execute();
  return rows
    .filter((row) => !discovered.some(({ name }) => name.schema === row.source_schema && name.name === row.source_name))
    .map((row) => ({
      sourceTable: `${row.source_schema}.${row.source_name}`,
      lakeTable: `${row.database}.${row.name}`,
      rows: Number(row.row_count),
    }));
}
