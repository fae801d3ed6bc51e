/** Snapshots and their summaries (spec: "Snapshots"; summary keys: Appendix F). */
import { randomBytes } from "node:crypto";
import { isDeletionVector, type DataFile } from "./data-file.ts";
import { partitionKey } from "./partition-spec.ts";

export type SnapshotOperation = "append" | "replace" | "overwrite" | "delete";

export interface Snapshot {
  readonly snapshotId: bigint;
  readonly parentSnapshotId?: bigint | undefined;
  readonly sequenceNumber: bigint;
  /** Milliseconds since 1970-01-01. */
  readonly timestampMs: number;
  /** Absent in version 1 snapshots that list `manifests` instead. */
  readonly manifestList?: string | undefined;
  readonly manifests?: readonly string[] | undefined;
  /** All values are texts. `operation` is required from version 2. */
  readonly summary: Readonly<Record<string, string>>;
  readonly schemaId?: number | undefined;
  /** Version 3. */
  readonly firstRowId?: bigint | undefined;
  readonly addedRows?: bigint | undefined;
}

/** A positive random number of 63 bits. */
export function newSnapshotId(): bigint {
  return BigInt.asUintN(63, randomBytes(8).readBigUInt64BE()) || 1n;
}

interface SummaryParts {
  readonly operation: SnapshotOperation;
  readonly added: readonly DataFile[];
  readonly removed: readonly DataFile[];
  /** The parent's summary, whose totals are carried forward. */
  readonly parent: Readonly<Record<string, string>> | undefined;
  readonly extra: Readonly<Record<string, string>>;
}

/** Counts of what a snapshot changes, and the totals after it. */
export function snapshotSummary({
  operation,
  added,
  removed,
  parent,
  extra,
}: SummaryParts): Readonly<Record<string, string>> {
  const [plus, minus] = [countsOf(added), countsOf(removed)];
  const partitions = new Set([...added, ...removed].map(partitionKey));
  const counts: Record<string, bigint> = {
    "added-data-files": plus.dataFiles,
    "added-records": plus.records,
    "added-delete-files": plus.deleteFiles,
    "added-dvs": plus.vectors,
    "added-position-deletes": plus.positionDeletes,
    "added-equality-deletes": plus.equalityDeletes,
    "added-files-size": plus.bytes,
    "deleted-data-files": minus.dataFiles,
    "deleted-records": minus.records,
    "removed-delete-files": minus.deleteFiles,
    "removed-dvs": minus.vectors,
    "removed-position-deletes": minus.positionDeletes,
    "removed-equality-deletes": minus.equalityDeletes,
    "removed-files-size": minus.bytes,
    "changed-partition-count": BigInt(partitions.size),
  };
  const total = (name: string, count: keyof FileCounts): [string, bigint] => [
    name,
    BigInt(parent?.[name] ?? 0) + plus[count] - minus[count],
  ];
  const totals: readonly [string, bigint][] = [
    total("total-data-files", "dataFiles"),
    total("total-records", "records"),
    total("total-files-size", "bytes"),
    total("total-delete-files", "deleteFiles"),
    total("total-position-deletes", "positionDeletes"),
    total("total-equality-deletes", "equalityDeletes"),
  ];
  const present = Object.entries(counts).filter(([, count]) => count > 0n);
  return {
    operation,
    ...extra,
    ...Object.fromEntries([...present, ...totals].map(([key, value]) => [key, String(value)])),
  };
}

interface FileCounts {
  readonly dataFiles: bigint;
  /** Rows in data files. */
  readonly records: bigint;
  readonly deleteFiles: bigint;
  /** Delete files that are deletion vectors. */
  readonly vectors: bigint;
  readonly positionDeletes: bigint;
  readonly equalityDeletes: bigint;
  readonly bytes: bigint;
}

function countsOf(files: readonly DataFile[]): FileCounts {
  const of = (content: DataFile["content"]): readonly DataFile[] => files.filter((file) => file.content === content);
  const records = (some: readonly DataFile[]): bigint => some.reduce((sum, { recordCount }) => sum + recordCount, 0n);
  const data = of("data");
  return {
    dataFiles: BigInt(data.length),
    records: records(data),
    deleteFiles: BigInt(files.length - data.length),
    vectors: BigInt(files.filter(isDeletionVector).length),
    positionDeletes: records(of("position-deletes")),
    equalityDeletes: records(of("equality-deletes")),
    bytes: files.reduce((sum, file) => sum + (file.contentSizeInBytes ?? file.fileSizeInBytes), 0n),
  };
}
