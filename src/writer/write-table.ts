/**
 * The only way from staged rows and changes of a table to its next metadata file: for syncs, imports, compaction,
 * roll-back, and changes that touch no row.
 * This is not a commit: nothing written here is visible until catalog/commit.ts moves the table's pointer.
 */
import type { CatalogTable } from "../catalog/catalog.ts";
import { tableLabel } from "../catalog/table-name.ts";
import type { KeptBytes, TableStep } from "../catalog/commit.ts";
import type { FileIO } from "../iceberg/file-io.ts";
import { addedBytes, keptBytes } from "../iceberg/kept-bytes.ts";
import { metadataVersion, writeMetadata } from "../iceberg/metadata-file.ts";
import { produceSnapshot, type SnapshotChange } from "../iceberg/snapshot-producer.ts";
import { currentSchema, defaultSpec, type TableMetadata } from "../iceberg/table-metadata.ts";
import { applyUpdates, type TableUpdate } from "../iceberg/table-update.ts";
import { deletesEntry, type StagedDeletes } from "./staged-deletes.ts";
import { manifestEntry, type StagedFile } from "./staged-file.ts";

export interface TableWrite {
  readonly table: KnownTable | NewTable;
  /** Undefined for a write that makes no snapshot. */
  readonly rows: RowChange | undefined;
}

/** A table of the catalog, and what changes in it before the snapshot is made. */
export interface KnownTable {
  readonly current: CatalogTable;
  readonly updates: readonly TableUpdate[];
}

/** A table that the commit creates. */
export interface NewTable {
  /** The table's first metadata, without a snapshot. */
  readonly metadata: TableMetadata;
  /** `database.table`, for messages. */
  readonly label: string;
  readonly create: NonNullable<TableStep["create"]>;
}

/** `SnapshotChange` explains the members that are not explained here. */
export interface RowChange extends Pick<SnapshotChange, "remove" | "operation" | "dataSequenceNumber" | "summary"> {
  readonly add: readonly StagedFile[];
  readonly deletes?: readonly StagedDeletes[] | undefined;
}

export interface Writing {
  readonly io: FileIO;
  /** Part of the file names. It is used for only one attempt at one commit. */
  readonly uuid: string;
  /** Called after the manifests and their list are written and before the metadata file is. */
  readonly onManifests?: (() => void) | undefined;
}

/** Throws what `applyUpdates` and `produceSnapshot` throw. */
export async function writeTable({ table, rows }: TableWrite, writing: Writing): Promise<TableStep> {
  const now = Date.now();
  const base = baseOf(table, now);
  const next = rows === undefined ? base : await withRows(base, rows, { ...writing, now });
  writing.onManifests?.();
  const to = await writeMetadata(writing.io, next, { version: versionOf(table), uuid: writing.uuid });
  const kept = await keptAfter(table, { next, io: writing.io });
  return { ...placeOf(table), to, snapshotId: next.currentSnapshotId, kept };
}

interface Written {
  readonly next: TableMetadata;
  readonly io: FileIO;
}

/** Counted anew only when snapshots were removed. */
async function keptAfter(table: TableWrite["table"], { next, io }: Written): Promise<KeptBytes> {
  if ("metadata" in table) return { total: await keptBytes(io, next) };
  const { metadata } = table.current;
  const staying = new Set(next.snapshots.map(({ snapshotId }) => snapshotId));
  const isSmaller = metadata.snapshots.some(({ snapshotId }) => !staying.has(snapshotId));
  return isSmaller ? { total: await keptBytes(io, next) } : { added: addedBytes(metadata, next) };
}

function baseOf(table: TableWrite["table"], now: number): TableMetadata {
  if ("metadata" in table) return table.metadata;
  const { current, updates } = table;
  return applyUpdates(current.metadata, { updates, previousFile: current.metadataLocation, now });
}

async function withRows(
  base: TableMetadata,
  { add, deletes = [], ...change }: RowChange,
  { io, uuid, now }: Writing & { readonly now: number },
): Promise<TableMetadata> {
  const layout = { schema: currentSchema(base), spec: defaultSpec(base), sortOrderId: base.defaultSortOrderId };
  const entries = [...add.map((file) => manifestEntry(file, layout)), ...deletes.map(deletesEntry)];
  const { updates } = await produceSnapshot(io, base, { ...change, add: entries, uuid, now });
  return applyUpdates(base, { updates, previousFile: undefined, now });
}

function versionOf(table: TableWrite["table"]): number {
  return "metadata" in table ? 0 : metadataVersion(table.current.metadataLocation) + 1;
}

function placeOf(table: TableWrite["table"]): Pick<TableStep, "tableId" | "label" | "from" | "create"> {
  if ("metadata" in table)
    return { tableId: table.metadata.tableUuid, label: table.label, from: undefined, create: table.create };
  const { current } = table;
  return { tableId: current.id, label: tableLabel(current), from: current.metadataLocation };
}
