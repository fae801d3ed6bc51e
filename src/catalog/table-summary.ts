/**
 * The catalog as people see it: the list of tables, one table in detail, its history, and the tables that a source
 * feeds.
 */
import { currentSchema, currentSnapshot, defaultSpec, type TableMetadata } from "../iceberg/table-metadata.ts";
import { formatNestedType } from "../iceberg/schema.ts";
import { formatPartitionFields } from "../iceberg/partition-spec.ts";
import { mapLimit } from "../base/limit.ts";
import type { Json } from "../base/json.ts";
import { isView, type Catalog, type CatalogTable, type TableEntry } from "./catalog.ts";

export interface TableSummary extends Partial<TableFigures> {
  readonly database: string;
  readonly name: string;
  readonly kind: "table" | "view";
  readonly uuid: string;
  readonly columns: number;
}

/** Numbers that tell of every row, and where the rows are. */
export interface TableFigures {
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
  /** When its rows last changed, in ISO 8601. */
  readonly updatedAt: string;
  /** A 64-bit integer as text. */
  readonly snapshot_id: string | null;
  readonly metadata_location: string;
  readonly location: string;
}

/** The part of a table that somebody may know. */
export interface Known {
  isColumn(fieldId: number): boolean;
  readonly figures: boolean;
}

/** The part of one table that somebody may know, and whether they may know the source that feeds it, by its name. */
export interface KnownTable {
  known(entry: TableEntry): Known;
  isKnownSource(name: string): Promise<boolean>;
}

export interface ListedTable extends TableSummary {
  /** When it was last known to equal its source; null for a table that no source feeds. */
  readonly freshAt: string | null;
}

export async function listTables(
  catalog: Catalog,
  { database, known }: { readonly database?: string | undefined; known(entry: TableEntry): Known },
): Promise<readonly ListedTable[]> {
  const rows = await catalog.db.selectFrom("positions").select(["table_id", "moved_at"]).execute();
  const fresh = new Map(rows.map((row) => [row.table_id, row.moved_at.toISOString()]));
  const isWanted = (one: { readonly database: string }): boolean => database === undefined || one.database === database;
  const wanted = (await catalog.entries()).filter((entry) => isWanted(entry) || entry.links?.some(isWanted) === true);
  return mapLimit(wanted, 16, async (entry) => ({
    ...summary(await catalog.load(entry), known(entry)),
    freshAt: fresh.get(entry.id) ?? null,
  }));
}

export interface ColumnDescription {
  /** Undefined if some columns are hidden, because gaps between ids would tell of them. */
  readonly id: number | undefined;
  readonly name: string;
  readonly type: Json;
  readonly required: boolean;
  readonly doc: string | undefined;
}

export interface TableDescription extends Omit<TableSummary, "columns"> {
  readonly format: string;
  readonly key: string | undefined;
  readonly partitioned?: Json;
  readonly source: string | undefined;
  readonly columns: readonly ColumnDescription[];
  readonly properties?: Readonly<Record<string, string>>;
}

/** Throws TABLE_NOT_FOUND, TABLE_AMBIGUOUS. */
export async function describeTable(
  catalog: Catalog,
  { name, known, isKnownSource }: KnownTable & { readonly name: string },
): Promise<TableDescription> {
  const table = await catalog.find(name);
  const { metadata } = table;
  const schema = currentSchema(metadata);
  const { isColumn, figures } = known(table);
  const columns = schema.fields.filter(({ id }) => isColumn(id));
  const key = schema.identifierFieldIds.map((id) => columns.find((field) => field.id === id)?.name);
  const isWhole = columns.length === schema.fields.length;
  const { "headgate.source": source, "headgate.source-table": sourceTable, ...properties } = metadata.properties;
  const isFromKnown = source !== undefined && (await isKnownSource(source));
  return {
    ...summary(table, { isColumn, figures }),
    format: isView(table) ? "a view" : `Iceberg v${metadata.formatVersion}`,
    key: key.length > 0 && !key.includes(undefined) ? key.join(", ") : undefined,
    source: !isFromKnown ? undefined : `${source}: ${sourceTable ?? ""}`,
    columns: columns.map((field) => ({
      id: isWhole ? field.id : undefined,
      name: field.name,
      type: formatNestedType(field.type),
      required: field.required,
      doc: field.doc,
    })),
    ...(figures && !isView(table)
      ? { partitioned: partitioningOf(metadata), properties: isFromKnown ? metadata.properties : properties }
      : {}),
  };
}

function partitioningOf(metadata: TableMetadata): Json {
  const { fields } = defaultSpec(metadata);
  return fields.length === 0 ? "no" : formatPartitionFields(fields);
}

export interface TableState {
  readonly snapshotId: string;
  readonly committedAt: string;
  readonly operation: string;
  readonly rows: number;
  readonly addedFiles: number;
  readonly removedFiles: number;
  /** The sync run that made the state. */
  readonly run: string | undefined;
  readonly isCurrent: boolean;
}

/** Newest first. Throws TABLE_NOT_FOUND, TABLE_AMBIGUOUS. */
export async function tableHistory(catalog: Catalog, name: string): Promise<readonly TableState[]> {
  const { metadata } = await catalog.find(name);
  return metadata.snapshots.toReversed().map(({ snapshotId, timestampMs, summary: counts }) => ({
    snapshotId: String(snapshotId),
    committedAt: new Date(timestampMs).toISOString(),
    operation: counts["operation"] ?? "",
    rows: liveRows(counts),
    addedFiles: Number(counts["added-data-files"] ?? 0),
    removedFiles: Number(counts["deleted-data-files"] ?? 0),
    run: counts["headgate.run"],
    isCurrent: snapshotId === metadata.currentSnapshotId,
  }));
}

function summary(table: CatalogTable, { isColumn, figures }: Known): TableSummary {
  const { id: uuid, database, name, metadata } = table;
  const columns = currentSchema(metadata).fields.filter(({ id }) => isColumn(id)).length;
  const isOfFiles = figures && !isView(table);
  const kind = isView(table) ? "view" : "table";
  return { database, name, kind, uuid, columns, ...(isOfFiles ? figuresOf(table) : {}) };
}

function figuresOf({ location, metadataLocation, metadata }: CatalogTable): TableFigures {
  const counts = currentSnapshot(metadata)?.summary ?? {};
  return {
    rows: liveRows(counts),
    files: Number(counts["total-data-files"] ?? 0) + Number(counts["total-delete-files"] ?? 0),
    bytes: Number(counts["total-files-size"] ?? 0),
    updatedAt: updatedAt(metadata),
    snapshot_id: metadata.currentSnapshotId === undefined ? null : String(metadata.currentSnapshotId),
    metadata_location: metadataLocation,
    location,
  };
}

/** Each position delete names one row that is still in a data file. */
function liveRows(counts: Readonly<Record<string, string>>): number {
  return Number(counts["total-records"] ?? 0) - Number(counts["total-position-deletes"] ?? 0);
}

function updatedAt(metadata: TableMetadata): string {
  return new Date(currentSnapshot(metadata)?.timestampMs ?? metadata.lastUpdatedMs).toISOString();
}
