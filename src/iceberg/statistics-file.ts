/**
 * Statistics files of a snapshot (spec: "Table Statistics", "Partition Statistics"): Puffin files with sketches, and
 * files with one row per partition. Headgate does not write them; the metadata names them, and their descriptions are
 * kept as they were read.
 */
import type { Json } from "../base/json.ts";

export interface StatisticsFile {
  readonly snapshotId: bigint;
  readonly path: string;
  readonly json: Json;
}

export interface BlobMetadata {
  /** `apache-datasketches-theta-v1` and others (Puffin specification: "Blob types"). */
  readonly type: string;
  readonly snapshotId: bigint;
  readonly sequenceNumber: bigint;
  /** Ids of the columns that the blob was computed from. */
  readonly fields: readonly number[];
  readonly properties?: Readonly<Record<string, string>> | undefined;
}

interface TableStatistics {
  readonly snapshotId: bigint;
  readonly path: string;
  readonly fileSizeInBytes: bigint;
  readonly fileFooterSizeInBytes: bigint;
  readonly blobMetadata: readonly BlobMetadata[];
}

export function statisticsFile(statistics: TableStatistics): StatisticsFile {
  const { snapshotId, path, fileSizeInBytes, fileFooterSizeInBytes, blobMetadata } = statistics;
  return {
    snapshotId,
    path,
    json: {
      "snapshot-id": snapshotId,
      "statistics-path": path,
      "file-size-in-bytes": fileSizeInBytes,
      "file-footer-size-in-bytes": fileFooterSizeInBytes,
      "blob-metadata": blobMetadata.map((blob) => ({
        type: blob.type,
        "snapshot-id": blob.snapshotId,
        "sequence-number": blob.sequenceNumber,
        fields: blob.fields,
        properties: blob.properties,
      })),
    },
  };
}

type PartitionStatistics = Pick<TableStatistics, "snapshotId" | "path" | "fileSizeInBytes">;

export function partitionStatisticsFile({ snapshotId, path, fileSizeInBytes }: PartitionStatistics): StatisticsFile {
  return {
    snapshotId,
    path,
    json: { "snapshot-id": snapshotId, "statistics-path": path, "file-size-in-bytes": fileSizeInBytes },
  };
}
