/** Matches each source table with its lake table, the state of its last load, and the schema it will have. */
import type { Selectable } from "kysely";
import { uuidv7 } from "../../base/uuid.ts";
import { lakeOf } from "../../catalog/account-lakes.ts";
import type { CatalogTable, TableEntry } from "../../catalog/catalog.ts";
import type { PositionRow, UnsignedBigint } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { mapLimit } from "../../base/limit.ts";
import { adoptTable } from "./adopt-table.ts";
import { chooseMode, type CaptureMode } from "../settings/capture-mode.ts";
import { historyOfProperty } from "../../catalog/history-of-property.ts";
import { historyTarget, type HistoryTarget } from "../history/change-history.ts";
import { tableLabel, type NamedTable } from "../../catalog/table-name.ts";
import { lakeName } from "./lake-name.ts";
import { sourceLabel } from "../settings/table-pattern.ts";
import { currentSchema, followSchema, type FollowedSchema } from "./lake-schema.ts";
import type { LakeTarget } from "./lake-target.ts";
import { obstacleError } from "../settings/select-tables.ts";
import { deletedAtProperty, followMarks, withoutMarks } from "../history/soft-deletes.ts";
import type { RunRequest } from "./run-request.ts";
import type { DescribedTable, Position, Source, SourceObject, SourceTable, TableName } from "../source.ts";
import type { SyncContext } from "./sync-context.ts";
import { failedTable, type Attempt } from "./table-failure.ts";
import { tableLayout } from "../../writer/table-layout.ts";
import { settingsOfSource, usualSettings, type TableSettings } from "../settings/table-settings.ts";
import { shapeColumns, tableShape, type ShapeColumn } from "./table-shape.ts";
import { withUnsignedBigint } from "../settings/unsigned-bigint.ts";

export interface SyncTarget extends LakeTarget {
  readonly table: SourceTable;
  /** `schema.name` in the source. */
  readonly sourceLabel: string;
  readonly sourceId: string;
  /** The state after the table's last load, if there was one. */
  readonly standing: Standing | undefined;
  readonly shape: string;
  /** Columns that identify a row: those that somebody configured, or else the source's key. */
  readonly key: readonly string[] | undefined;
  /** How changes of this table are found. */
  readonly mode: CaptureMode;
  /** The table that records its changes, if there is one. */
  readonly history: HistoryTarget | undefined;
}

/** Facts about a table from the last time it was brought to a cut. */
export interface Standing {
  readonly position: Position;
  readonly rows: number;
  readonly shape: string;
  /** The source's digest of the rows at that time, if it was requested. */
  readonly fingerprint: string | undefined;
  /** The lake table's current snapshot at that time. */
  readonly snapshotId: bigint | undefined;
  /** The engine's digest of the rows at that time, if they were compared. */
  readonly digest: string | undefined;
  /** False when a cursor looked at only some of the rows, so that nothing is known about the others. */
  readonly isWhole: boolean;
  /** When the rows were last compared by content. */
  readonly comparedAt: Date | undefined;
  /** The table's snapshot up to which its history has been written. */
  readonly historySnapshotId: bigint | undefined;
}

interface TargetParts {
  readonly source: {
    readonly name: string;
    readonly mainSchema: Source["mainSchema"];
    readonly unsignedBigint: UnsignedBigint;
  };
  readonly sourceId: string;
  readonly tables: readonly DescribedTable[];
}

type RunParts = SyncContext & Pick<RunRequest, "report" | "signal">;

/**
 * In the order of the tables. A table that cannot be loaded, or has no place in the lake, is reported and does not
 * delay the others.
 */
export async function resolveTargets(
  context: RunParts,
  { source, sourceId, tables }: TargetParts,
): Promise<readonly Attempt<SyncTarget>[]> {
  const entries = (await context.catalog.entries()).filter(({ isElsewhere }) => isElsewhere !== true);
  const positions = await context.db.selectFrom("positions").selectAll().execute();
  const standings = positions.filter((row) => row.source_id === sourceId);
  const settings = await settingsOfSource(context.db, sourceId);
  const planned = await context.db
    .selectFrom("staged_splits")
    .select(["table_id", "source_schema", "source_name"])
    .where("source_id", "=", sourceId)
    .groupBy(["table_id", "source_schema", "source_name"])
    .execute();
  const claims = claimNames(source, tables);
  const lakeLocation = await lakeOf(context, context.catalog.accountId);
  return mapLimit(tables, resolvedAtOnce, async (table): Promise<Attempt<SyncTarget>> => {
    const { schema, name } = table.name;
    const isThis = (row: { source_schema: string; source_name: string }): boolean =>
      row.source_schema === schema && row.source_name === name;
    const own = lakeName(source, table.name);
    const sourceTable = sourceLabel(table.name);
    try {
      if ("obstacle" in table) throw obstacleError(sourceTable, table.obstacle);
      const first = claims.get(tableLabel(own));
      if (first !== table) throw new HeadgateError("LAKE_NAME_TAKEN", { place: tableLabel(own) });
      const entry = entries.find((other) => other.database === own.database && other.name === own.name);
      const owner = positions.find((row) => row.table_id === entry?.id);
      if (owner !== undefined && !(owner.source_id === sourceId && isThis(owner)))
        throw new HeadgateError("LAKE_NAME_TAKEN", { place: tableLabel(own) });
      const set = settings.find(({ table: other }) => other.schema === schema && other.name === name);
      const target = await resolveTarget(context, {
        table,
        sourceId,
        sourceName: source.name,
        lakeLocation,
        unsignedBigint: source.unsignedBigint,
        entries,
        name: own,
        row: standings.find(isThis),
        plannedId: planned.find(isThis)?.table_id,
        set: set?.settings,
        isClaimed: (other) => claims.has(tableLabel(other)),
      });
      return { done: target };
    } catch (failure) {
      return { failed: failedTable(context, { sourceLabel: sourceTable, lakeLabel: tableLabel(own), table }, failure) };
    }
  });
}

/** Names in the lake, each with the first table that claims it. */
function claimNames(
  source: TargetParts["source"],
  tables: readonly DescribedTable[],
): ReadonlyMap<string, DescribedTable> {
  const claims = new Map<string, DescribedTable>();
  for (const table of tables) {
    const label = tableLabel(lakeName(source, table.name));
    if (!claims.has(label)) claims.set(label, table);
  }
  return claims;
}

/** Number of metadata files to read at the same time. */
const resolvedAtOnce = 16;

interface KnownOfTable {
  readonly table: SourceTable;
  readonly sourceId: string;
  readonly sourceName: string;
  /** Where new tables of the source's account go. */
  readonly lakeLocation: string;
  /** Used when nothing is set for the table. */
  readonly unsignedBigint: UnsignedBigint;
  readonly entries: readonly TableEntry[];
  readonly name: NamedTable;
  readonly row: Selectable<PositionRow> | undefined;
  /** The id that an unfinished first load chose. */
  readonly plannedId: string | undefined;
  /** Undefined when nobody has set anything. */
  readonly set: TableSettings | undefined;
  /** True if a table of this run claims this name. */
  isClaimed(name: NamedTable): boolean;
}

async function resolveTarget(context: SyncContext, known: KnownOfTable): Promise<SyncTarget> {
  const { catalog } = context;
  const { lakeLocation } = known;
  const { table: described, sourceId, entries, name, row, set } = known;
  const entry =
    entries.find(({ id }) => id === row?.table_id) ??
    entries.find((other) => other.database === name.database && other.name === name.name);
  const current = entry && (await catalog.load(entry));
  if (current?.metadata.properties[historyOfProperty] !== undefined)
    throw new HeadgateError("LAKE_NAME_TAKEN", {
      place: tableLabel(name),
      message: "the history of another table has this name in the lake",
      remedy: "rename the table at the source, or leave it out with --exclude",
    });
  const source = { id: sourceId, name: known.sourceName };
  const settings =
    current === undefined || row !== undefined
      ? (set ?? usualSettings)
      : await adoptTable(context, { table: described, source, settings: set, name, current, entries });
  const table = withUnsignedBigint(described, settings.unsignedBigint ?? known.unsignedBigint);
  const tableId = current?.id ?? known.plannedId ?? uuidv7();
  const standing = row && presentStanding(row);
  const shape = standing === undefined ? [] : shapeColumns(standing.shape);
  const keyed = { ...table, key: usableKey(table, settings.key) };
  const followed = followTable(keyed, { current, shape, softDelete: settings.softDelete });
  return {
    table,
    name,
    sourceLabel: sourceLabel(table.name),
    lakeLabel: tableLabel(name),
    sourceId,
    tableId,
    location: current?.location ?? `${lakeLocation}/${tableId}`,
    current,
    standing,
    shape: tableShape(table),
    key: keyed.key,
    mode: chooseMode(keyed, settings.mode),
    ...followed,
    layout: tableLayout(settings.layout, { schema: followed.follow.schema, metadata: current?.metadata }),
    history: settings.history ? await historyTarget({ ...known, tableId, shape, load: catalog.load }) : undefined,
  };
}

/** The configured key, or the source's own if a configured column no longer exists. */
function usableKey({ columns, key }: SourceTable, chosen: readonly string[] | undefined): SourceTable["key"] {
  const isThere = (name: string): boolean => columns.some((column) => column.name === name);
  return chosen !== undefined && chosen.length > 0 && chosen.every(isThere) ? chosen : key;
}

interface FollowParts {
  readonly current: CatalogTable | undefined;
  readonly shape: readonly ShapeColumn[];
  readonly softDelete: boolean;
}

function followTable(
  table: SourceTable,
  { current, shape, softDelete }: FollowParts,
): Pick<SyncTarget, "follow" | "properties"> {
  if (current === undefined)
    return withProperties(
      followMarks(followSchema(table, undefined), { wanted: softDelete, before: undefined, isNew: true }),
    );
  const { metadata } = current;
  const schema = currentSchema(metadata);
  const before = schema.fields.find(({ id }) => String(id) === metadata.properties[deletedAtProperty]);
  const previous = withoutMarks({ schema, lastColumnId: metadata.lastColumnId, shape }, before);
  return withProperties(followMarks(followSchema(table, previous), { wanted: softDelete, before, isNew: false }));
}

function withProperties(follow: FollowedSchema): Pick<SyncTarget, "follow" | "properties"> {
  const { deletedAt } = follow;
  return { follow, properties: deletedAt === undefined ? {} : { [deletedAtProperty]: String(deletedAt.id) } };
}

function presentStanding(row: Selectable<PositionRow>): Standing {
  return {
    position: row.position,
    rows: Number(row.row_count),
    shape: row.shape,
    fingerprint: row.fingerprint ?? undefined,
    snapshotId: row.snapshot_id ?? undefined,
    digest: row.content_digest ?? undefined,
    isWhole: row.compared_whole,
    comparedAt: row.compared_at ?? undefined,
    historySnapshotId: row.history_snapshot_id ?? undefined,
  };
}

export interface VanishedTable {
  /** The table's name in the source. */
  readonly name: TableName;
  readonly sourceTable: string;
  readonly lakeTable: string;
  readonly rows: number;
}

/** Lake tables of this source whose table the source no longer lists. */
export async function vanishedTables(
  context: Pick<SyncContext, "db">,
  { sourceId, discovered }: { sourceId: string; discovered: readonly SourceObject[] },
): Promise<readonly VanishedTable[]> {
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
      name: { schema: row.source_schema, name: row.source_name },
      sourceTable: sourceLabel({ schema: row.source_schema, name: row.source_name }),
      lakeTable: tableLabel(row),
      rows: Number(row.row_count),
    }));
}
