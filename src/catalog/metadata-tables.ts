/**
 * Tables about a table, made from its metadata: `<table>.snapshots`, `.history`, `.refs`, `.manifests`, `.files` and
 * `.partitions`, with the same columns as in other engines. Each is written once as a Parquet file, because metadata
 * never changes.
 */
import { formatJson } from "../base/json.ts";
import { must } from "../base/must.ts";
import { ColumnBuffer, type StagedType } from "../engine/column-buffer.ts";
import type { FileColumn } from "../engine/file-shape.ts";
import { writePlainParquet } from "../engine/plain-parquet.ts";
import type { DataFile } from "../iceberg/data-file.ts";
import { ancestors } from "../iceberg/expire-snapshots.ts";
import type { FileIO } from "../iceberg/file-io.ts";
import { partitionKey, partitionTypes } from "../iceberg/partition-spec.ts";
import type { LiveEntry } from "../iceberg/manifest.ts";
import { bareEntries, liveEntries, readManifests, specOf } from "../iceberg/snapshot-manifests.ts";
import type { Snapshot } from "../iceberg/snapshot.ts";
import { schemaOfAllTime, type TableMetadata } from "../iceberg/table-metadata.ts";
import { textOf } from "../iceberg/value.ts";
import type { CatalogTable } from "./catalog.ts";
import type { LakeFiles } from "./deletion-vectors.ts";
import { tableFiles } from "./table-files.ts";

type Cell = string | number | bigint | boolean | null | undefined;

interface State {
  readonly io: FileIO;
  readonly metadata: TableMetadata;
  readonly snapshot: Snapshot | undefined;
}

interface MetadataTable {
  /** Names and Iceberg types. */
  readonly columns: readonly (readonly [name: string, type: keyof typeof stagedTypes])[];
  rows(state: State): Promise<readonly (readonly Cell[])[]>;
}

const stagedTypes = {
  string: { physical: "bytes", logical: { kind: "utf8" } },
  int: { physical: "int32" },
  boolean: { physical: "int32" },
  long: { physical: "int64" },
  timestamptz: { physical: "int64", logical: { kind: "timestamp", utc: true } },
} as const satisfies Record<string, StagedType>;

const snapshots: MetadataTable = {
  columns: [
    ["committed_at", "timestamptz"],
    ["snapshot_id", "long"],
    ["parent_id", "long"],
    ["operation", "string"],
    ["manifest_list", "string"],
    ["summary", "string"],
  ],
  rows: async ({ metadata }) =>
    metadata.snapshots.map(({ timestampMs, snapshotId, parentSnapshotId, summary, manifestList }) => [
      micros(timestampMs),
      snapshotId,
      parentSnapshotId,
      summary["operation"],
      manifestList,
      formatJson(summary),
    ]),
};

const history: MetadataTable = {
  columns: [
    ["made_current_at", "timestamptz"],
    ["snapshot_id", "long"],
    ["parent_id", "long"],
    ["is_current_ancestor", "boolean"],
  ],
  async rows({ metadata }) {
    const current = metadata.currentSnapshotId;
    const line = new Set(current === undefined ? [] : ancestors(metadata, current).map(({ snapshotId }) => snapshotId));
    const parents = new Map(metadata.snapshots.map((snapshot) => [snapshot.snapshotId, snapshot.parentSnapshotId]));
    return metadata.snapshotLog.map(({ timestampMs, snapshotId }) => [
      micros(timestampMs),
      snapshotId,
      parents.get(snapshotId),
      line.has(snapshotId),
    ]);
  },
};

const refs: MetadataTable = {
  columns: [
    ["name", "string"],
    ["type", "string"],
    ["snapshot_id", "long"],
    ["max_reference_age_in_ms", "long"],
    ["min_snapshots_to_keep", "int"],
    ["max_snapshot_age_in_ms", "long"],
  ],
  rows: async ({ metadata }) =>
    Object.entries(metadata.refs).map(([name, ref]) => [
      name,
      ref.type.toUpperCase(),
      ref.snapshotId,
      ref.maxRefAgeMs,
      ref.minSnapshotsToKeep,
      ref.maxSnapshotAgeMs,
    ]),
};

const manifests: MetadataTable = {
  columns: [
    ["content", "string"],
    ["path", "string"],
    ["length", "long"],
    ["partition_spec_id", "int"],
    ["added_snapshot_id", "long"],
    ["sequence_number", "long"],
    ["added_files_count", "int"],
    ["existing_files_count", "int"],
    ["deleted_files_count", "int"],
  ],
  rows: async ({ io, snapshot }) =>
    (snapshot === undefined ? [] : await readManifests(io, snapshot)).map((manifest) => [
      manifest.content,
      manifest.manifestPath,
      manifest.manifestLength,
      manifest.partitionSpecId,
      manifest.addedSnapshotId,
      manifest.sequenceNumber,
      manifest.addedFilesCount,
      manifest.existingFilesCount,
      manifest.deletedFilesCount,
    ]),
};

const files: MetadataTable = {
  columns: [
    ["content", "string"],
    ["file_path", "string"],
    ["file_format", "string"],
    ["spec_id", "int"],
    ["partition", "string"],
    ["record_count", "long"],
    ["file_size_in_bytes", "long"],
    ["sort_order_id", "int"],
    ["sequence_number", "long"],
    ["snapshot_id", "long"],
    ["referenced_data_file", "string"],
  ],
  rows: async (state) =>
    (await entriesOf(state)).map(({ dataFile, sequenceNumber, snapshotId }) => [
      dataFile.content,
      dataFile.filePath,
      dataFile.fileFormat,
      dataFile.specId,
      partitionText(state.metadata, dataFile),
      dataFile.recordCount,
      dataFile.fileSizeInBytes,
      dataFile.sortOrderId,
      sequenceNumber,
      snapshotId,
      dataFile.referencedDataFile,
    ]),
};

const partitions: MetadataTable = {
  columns: [
    ["partition", "string"],
    ["spec_id", "int"],
    ["record_count", "long"],
    ["file_count", "int"],
    ["total_data_file_size_in_bytes", "long"],
    ["position_delete_record_count", "long"],
    ["position_delete_file_count", "int"],
    ["equality_delete_record_count", "long"],
    ["equality_delete_file_count", "int"],
  ],
  async rows(state) {
    const groups = Map.groupBy(
      (await entriesOf(state)).map(({ dataFile }) => dataFile),
      partitionKey,
    );
    return [...groups.values()].map((group) => {
      const of = (content: DataFile["content"]) => group.filter((file) => file.content === content);
      const [data, byPosition, byValue] = [of("data"), of("position-deletes"), of("equality-deletes")];
      const any = must(group[0], "a file of the partition");
      return [
        partitionText(state.metadata, any),
        any.specId,
        total(data, "recordCount"),
        data.length,
        total(data, "fileSizeInBytes"),
        total(byPosition, "recordCount"),
        byPosition.length,
        total(byValue, "recordCount"),
        byValue.length,
      ];
    });
  },
};

const metadataTables: Readonly<Record<string, MetadataTable | undefined>> = {
  snapshots,
  history,
  refs,
  manifests,
  files,
  partitions,
};

function micros(millis: number): bigint {
  return BigInt(millis) * 1000n;
}

function total(group: readonly DataFile[], count: "recordCount" | "fileSizeInBytes"): bigint {
  return group.reduce((sum, file) => sum + file[count], 0n);
}

async function entriesOf({ io, metadata, snapshot }: State): Promise<readonly LiveEntry[]> {
  const listed = snapshot === undefined ? [] : await readManifests(io, snapshot);
  const entries: LiveEntry[] = [];
  for (const manifest of listed) entries.push(...(await liveEntries(io, metadata, manifest, bareEntries)));
  return entries;
}

/** For example `{"city":"Cluj","day":"2026-05-01"}`; null for an unpartitioned table. */
function partitionText(metadata: TableMetadata, { specId, partition }: DataFile): string | null {
  const spec = specOf(metadata, specId);
  if (spec.fields.length === 0) return null;
  const types = partitionTypes(spec, schemaOfAllTime(metadata));
  const values = spec.fields.map(({ name }, index) => {
    const value = partition[index] ?? null;
    return [name, value === null ? null : textOf(types[index] ?? "int", value)];
  });
  return formatJson(Object.fromEntries(values));
}

export interface MadeTable {
  readonly columns: readonly { readonly fieldId: number; readonly name: string; readonly type: string }[];
  /** How to find the columns in the file. */
  readonly shape: readonly FileColumn[];
  /** Returns the path of the file, which is written on first use. */
  file(): Promise<string>;
}

export function isMetadataTable(name: string): boolean {
  return Object.hasOwn(metadataTables, name.toLowerCase());
}

/** `name` must be one for which `isMetadataTable` returns true. */
export function metadataTable(
  lake: LakeFiles,
  { table, snapshot, name }: { table: CatalogTable; snapshot: Snapshot | undefined; name: string },
): MadeTable {
  const definition = must(metadataTables[name.toLowerCase()], "a metadata table");
  const columns = definition.columns.map(([column, type], index) => ({ fieldId: index + 1, name: column, type }));
  const key = `${table.metadataLocation}#${snapshot?.snapshotId ?? ""}#${name.toLowerCase()}`;
  const state = { io: tableFiles(lake, table).io, metadata: table.metadata, snapshot };
  return {
    columns,
    shape: columns.map((column) => ({ fieldId: column.fieldId, name: column.name, parts: [] })),
    file: () => lake.derived.path(key, async (path) => write(path, definition, await definition.rows(state))),
  };
}

async function write(path: string, { columns }: MetadataTable, rows: readonly (readonly Cell[])[]): Promise<void> {
  const staged = columns.map(([name, type], index) => {
    const buffer = new ColumnBuffer(stagedTypes[type]);
    for (const row of rows) append(buffer, type, row[index] ?? null);
    return { name, batch: buffer.take() };
  });
  await writePlainParquet(path, staged);
}

function append(buffer: ColumnBuffer, type: keyof typeof stagedTypes, value: Cell): void {
  if (value === null || value === undefined) return buffer.appendNull();
  if (type === "string") {
    const bytes = Buffer.from(String(value));
    return buffer.appendBytes(bytes, 0, bytes.length);
  }
  if (type === "int" || type === "boolean") return buffer.appendInt32(Number(value));
  return buffer.appendBigInt64(BigInt(value));
}
