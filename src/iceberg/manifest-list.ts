/**
 * Manifest lists (spec: "Snapshots" → "Manifest Lists"): the manifests of a snapshot, with the information that lets a
 * scan skip them.
 */
import { readAvroFile, writeAvroFile } from "./avro-file.ts";
import { avroField, avroList, type AvroSchema } from "./avro-schema.ts";
import type { ManifestContent } from "./manifest.ts";

export interface PartitionFieldSummary {
  readonly containsNull: boolean;
  readonly containsNan?: boolean | undefined;
  /** Serialised single values of the partition field's type. */
  readonly lowerBound?: Uint8Array | undefined;
  readonly upperBound?: Uint8Array | undefined;
}

export interface ManifestFile {
  readonly manifestPath: string;
  readonly manifestLength: bigint;
  readonly partitionSpecId: number;
  readonly content: ManifestContent;
  readonly sequenceNumber: bigint;
  /** The lowest sequence number of its live files. */
  readonly minSequenceNumber: bigint;
  readonly addedSnapshotId: bigint;
  readonly addedFilesCount: number;
  readonly existingFilesCount: number;
  readonly deletedFilesCount: number;
  readonly addedRowsCount: bigint;
  readonly existingRowsCount: bigint;
  readonly deletedRowsCount: bigint;
  /**
   * Row id of its first data file without one of its own; the others follow (spec: "Row Lineage"). Version 3, data
   * only.
   */
  readonly firstRowId?: bigint | undefined;
  /** One for each field of the spec. */
  readonly partitions?: readonly PartitionFieldSummary[] | undefined;
}

interface ListParts {
  readonly formatVersion: 2 | 3;
  readonly snapshotId: bigint;
  readonly parentSnapshotId: bigint | undefined;
  readonly sequenceNumber: bigint;
  /** Id of the first row that the snapshot adds. Version 3. */
  readonly firstRowId: bigint | undefined;
  readonly manifests: readonly ManifestFile[];
}

export function writeManifestList(list: ListParts): Uint8Array {
  const { formatVersion, snapshotId, parentSnapshotId, sequenceNumber, firstRowId, manifests } = list;
  return writeAvroFile({
    schema: listSchema(formatVersion),
    metadata: {
      "snapshot-id": String(snapshotId),
      "parent-snapshot-id": parentSnapshotId === undefined ? "null" : String(parentSnapshotId),
      "sequence-number": String(sequenceNumber),
      "format-version": String(formatVersion),
      ...(firstRowId === undefined ? {} : { "first-row-id": String(firstRowId) }),
    },
    records: manifests.map(toRecord),
  });
}

/** Throws METADATA_INVALID. */
export function readManifestList(bytes: Uint8Array): readonly ManifestFile[] {
  return readAvroFile(bytes, { names }).records.map((record) => fromRecord(record as ListRecord));
}

const summarySchema: AvroSchema = {
  type: "record",
  name: "r508",
  fields: [
    avroField({ name: "contains_null", id: 509, type: "boolean", required: true }),
    avroField({ name: "contains_nan", id: 518, type: "boolean", required: false }),
    avroField({ name: "lower_bound", id: 510, type: "bytes", required: false }),
    avroField({ name: "upper_bound", id: 511, type: "bytes", required: false }),
  ],
};

const required: readonly (readonly [name: string, id: number, type: AvroSchema])[] = [
  ["manifest_path", 500, "string"],
  ["manifest_length", 501, "long"],
  ["partition_spec_id", 502, "int"],
  ["content", 517, "int"],
  ["sequence_number", 515, "long"],
  ["min_sequence_number", 516, "long"],
  ["added_snapshot_id", 503, "long"],
  ["added_files_count", 504, "int"],
  ["existing_files_count", 505, "int"],
  ["deleted_files_count", 506, "int"],
  ["added_rows_count", 512, "long"],
  ["existing_rows_count", 513, "long"],
  ["deleted_rows_count", 514, "long"],
];

function listSchema(formatVersion: 2 | 3): AvroSchema {
  return {
    type: "record",
    name: "manifest_file",
    fields: [
      ...required.map(([name, id, type]) => avroField({ name, id, type, required: true })),
      avroField({ name: "partitions", id: 507, type: avroList(508, summarySchema), required: false }),
      ...(formatVersion === 3 ? [avroField({ name: "first_row_id", id: 520, type: "long", required: false })] : []),
    ],
  };
}

const names: ReadonlyMap<number, string> = new Map<number, string>([
  ...required.map(([name, id]): [number, string] => [id, name]),
  [507, "partitions"],
  [520, "first_row_id"],
]);

interface SummaryRecord {
  readonly contains_null: boolean;
  readonly contains_nan?: boolean | null;
  readonly lower_bound?: Uint8Array | null;
  readonly upper_bound?: Uint8Array | null;
}

interface ListRecord {
  readonly manifest_path: string;
  readonly manifest_length: bigint;
  readonly partition_spec_id: number;
  readonly content?: number | null;
  readonly sequence_number?: bigint | null;
  readonly min_sequence_number?: bigint | null;
  readonly added_snapshot_id: bigint;
  readonly added_files_count?: number | null;
  readonly existing_files_count?: number | null;
  readonly deleted_files_count?: number | null;
  readonly added_rows_count?: bigint | null;
  readonly existing_rows_count?: bigint | null;
  readonly deleted_rows_count?: bigint | null;
  readonly partitions?: readonly SummaryRecord[] | null;
  readonly first_row_id?: bigint | null;
}

function toRecord(file: ManifestFile): ListRecord {
  return {
    manifest_path: file.manifestPath,
    manifest_length: file.manifestLength,
    partition_spec_id: file.partitionSpecId,
    content: file.content === "data" ? 0 : 1,
    sequence_number: file.sequenceNumber,
    min_sequence_number: file.minSequenceNumber,
    added_snapshot_id: file.addedSnapshotId,
    added_files_count: file.addedFilesCount,
    existing_files_count: file.existingFilesCount,
    deleted_files_count: file.deletedFilesCount,
    added_rows_count: file.addedRowsCount,
    existing_rows_count: file.existingRowsCount,
    deleted_rows_count: file.deletedRowsCount,
    partitions: file.partitions?.map(toSummaryRecord) ?? null,
    first_row_id: file.firstRowId ?? null,
  };
}

function toSummaryRecord({ containsNull, containsNan, lowerBound, upperBound }: PartitionFieldSummary): SummaryRecord {
  return {
    contains_null: containsNull,
    contains_nan: containsNan ?? null,
    lower_bound: lowerBound === undefined ? null : Buffer.from(lowerBound),
    upper_bound: upperBound === undefined ? null : Buffer.from(upperBound),
  };
}

/**
 * A version 1 list has no content and no sequence numbers, and sometimes no counts (spec: "Manifest Lists"). These
 * become zero, and −1 for an unknown count.
 */
function fromRecord(record: ListRecord): ManifestFile {
  return {
    manifestPath: record.manifest_path,
    manifestLength: record.manifest_length,
    partitionSpecId: record.partition_spec_id,
    content: record.content === 1 ? "deletes" : "data",
    sequenceNumber: record.sequence_number ?? 0n,
    minSequenceNumber: record.min_sequence_number ?? 0n,
    addedSnapshotId: record.added_snapshot_id,
    addedFilesCount: record.added_files_count ?? -1,
    existingFilesCount: record.existing_files_count ?? -1,
    deletedFilesCount: record.deleted_files_count ?? -1,
    addedRowsCount: record.added_rows_count ?? -1n,
    existingRowsCount: record.existing_rows_count ?? -1n,
    deletedRowsCount: record.deleted_rows_count ?? -1n,
    firstRowId: record.first_row_id ?? undefined,
    partitions: record.partitions?.map((summary) => ({
      containsNull: summary.contains_null,
      containsNan: summary.contains_nan ?? undefined,
      lowerBound: summary.lower_bound ?? undefined,
      upperBound: summary.upper_bound ?? undefined,
    })),
  };
}
